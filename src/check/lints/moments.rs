//! Cycles that are cut, and moments that never come.

use num_traits::{CheckedDiv, CheckedMul, CheckedSub, Zero};

use super::{no_effect, warning};
use crate::check::duration::show;
use crate::check::scope::Ex;
use crate::check::{Checker, Place};
use crate::clock::{Ratio, to_f64};
use crate::diag::{Diagnostic, Span, lints};
use crate::plan::Sig;

/// Warns of cycles that do not do what a cycle is for.
pub(in crate::check) fn cycle(checker: &mut Checker, call: &Ex, body: &Sig, length: Ratio, decay: f64, place: Place) {
    if place.len == Some(length) {
        return no_effect(checker, call, "cycle", "one cycle fills the span");
    }
    if body.is_fixed() && decay == 1.0 {
        return no_effect(checker, call, "cycle", "the value is the same at every step");
    }
    let passed = |span: Ratio| {
        let cycles = span.checked_div(&length)?.ceil().to_integer();
        length.checked_mul(&Ratio::from_integer(cycles.checked_sub(1)?))
    };
    if let Some((span, passed)) = place.len.and_then(|span| Some((span, passed(span)?))) {
        ends(checker, call, length, passed, span);
    }
}

/// Warns of a cycle after `passed` steps that goes on beyond the span: of the first, that it never starts again.
pub(in crate::check) fn ends(checker: &mut Checker, call: &Ex, length: Ratio, passed: Ratio, span: Ratio) {
    if length > span && passed.is_zero() {
        let message =
            format!("one cycle takes {} steps, and there are {}: it never starts again", show(length), show(span));
        let d = warning(&lints::NEVER, call.span(), message);
        checker.found.push(d.help("shorten the cycle, or leave `cycle` out"));
    } else if let Some(there) = span.checked_sub(&passed).filter(|there| *there < length) {
        let percent = (to_f64(there) / to_f64(length) * 100.0).round();
        let message =
            format!("the last cycle is cut: it has {} of its {} steps ({percent}%)", show(there), show(length));
        checker.found.push(
            warning(&lints::CUT, call.span(), message).help("a count, such as `cycle(4)`, divides the span evenly"),
        );
    }
}

/// Warns of a moment, for `what`, that comes only after the span.
pub(in crate::check) fn never(checker: &mut Checker, ex: &Ex, what: &str, at: Ratio, place: Place) {
    let Some(len) = place.len.filter(|&len| at >= len) else { return };
    // A percentage over 100 has been told.
    let told = |d: &Diagnostic| d.code == &lints::PERCENT && ex.span().to(d.span) == ex.span();
    if !checker.found.iter().any(told) {
        let message = format!("{what} never comes: it is {} steps in, and there are {}", show(at), show(len));
        checker.found.push(warning(&lints::NEVER, ex.span(), message).help("bring it forward, or leave it out"));
    }
}

/// Warns of a percentage over 100.
pub(in crate::check) fn percent(checker: &mut Checker, amount: Ratio, place: Place, span: Span) {
    let of = |whole: Ratio| whole.checked_div(&Ratio::from_integer(100))?.checked_mul(&amount);
    if let (true, Some(whole)) = (amount > Ratio::from_integer(100), place.whole)
        && let Some(all) = of(whole)
    {
        let message = format!("{}% is more than there is: {} of {} steps", show(amount), show(all), show(whole));
        checker.found.push(
            warning(&lints::PERCENT, span, message).help("`%` is of the enclosing span; at most 100% of it comes"),
        );
    }
}
