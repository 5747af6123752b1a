//! Modifiers that change nothing.

use std::sync::Arc;

use super::warning;
use crate::check::scope::Ex;
use crate::check::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::lints;
use crate::interval::{Budget, bounds};
use crate::lower;
use crate::plan::{Arg, Sig};

/// Warns of stairs that are no coarser than the steps, or of a value that has none.
pub(in crate::check) fn stairs(checker: &mut Checker, call: &Ex, body: &Sig, every: Ratio, place: Place) {
    if body.is_fixed() {
        no_effect(checker, call, "staircase", "the value is the same at every step");
    } else if every == Ratio::from_integer(1) && place.start.is_integer() && place.depth == 0 && !place.cycled {
        no_effect(checker, call, "staircase", "every step is a stair of its own");
    }
}

/// Warns of a value that is the same backwards.
pub(in crate::check) fn mirrored(checker: &mut Checker, ex: &Ex, body: &Sig) {
    if body.is_fixed() {
        no_effect(checker, ex, "reverse", "the value is the same at every step");
    }
}

/// Warns of a modifier that leaves every value as it is.
pub(in crate::check) fn no_effect(checker: &mut Checker, call: &Ex, name: &str, why: &str) {
    let d = warning(&lints::NO_EFFECT, call.span(), format!("`{name}` changes nothing: {why}"));
    checker.found.push(d.help("leave it out"));
}

/// Notes bounds that the value never reaches.
pub(in crate::check) fn clamped(checker: &mut Checker, call: &Ex, sig: &Arc<Sig>, place: Place, low: &Arg, high: &Arg) {
    let bound = |arg: &Arg, none: f64| match arg {
        Arg::Missing => Some(none),
        Arg::Value(sig) => lower::constant(sig, place.start, false, &checker.work),
        _ => None,
    };
    let (Some(low), Some(high)) = (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY)) else { return };
    if low == f64::NEG_INFINITY && high == f64::INFINITY {
        return no_effect(checker, call, "clamp", "it has neither `min:` nor `max:`");
    }
    // Inside a cycle, or backwards, the values are those of another axis.
    if place.depth > 0 || place.cycled {
        return;
    }
    let Some(ir) = lower::single(sig, checker.clock.total(), &checker.work) else { return };
    // Nothing is known of the inputs, so that a value which depends on one has no bounds.
    let range = bounds(&ir, 0, (0, u64::MAX), &[], &mut Budget::default());
    if range.is_finite() && low <= range.lo && range.hi <= high {
        let (lo, hi) = (range.lo, range.hi);
        let why = if lo == hi { format!("the value is {lo}") } else { format!("the value stays within {lo} .. {hi}") };
        no_effect(checker, call, "clamp", &why);
    }
}
