//! Bounds.

use std::sync::Arc;

use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::Modified;
use crate::diag::{Diagnostic, names};
use crate::ir::Binary;
use crate::plan::Sig;

/// `s | clamp(min: a, max: b)`
pub const CLAMP: Entry = Entry {
    name: "clamp",
    summary: "keeps the value within bounds",
    formula: "min(max(s, min), max)",
    source: "optax end_value, Megatron-LM min_lr",
    example: "cosine(1e-3 -> 0) | clamp(min: 1e-5)",
    params: &[
        Param { name: "min", kind: Kind::Value, default: Some("no bound"), doc: "the least value" },
        Param { name: "max", kind: Kind::Value, default: Some("no bound"), doc: "the greatest value" },
    ],
    form: Form::Modifier(Modifier { time: Time::Kept, build }),
    ..PLAIN
};

fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let sig = m.body()?;
    let bound = |name: &str| m.given.args().value(name).cloned();
    let (low, high) = (bound("min"), bound("max"));
    idle(&mut m, &sig, low.as_ref(), high.as_ref());
    if let (Some(a), Some(b)) = (m.given.args().number("min"), m.given.args().number("max"))
        && a > b
    {
        let message = format!("`min: {a}` is above `max: {b}`");
        let d = Diagnostic::new(&names::OUT_OF_RANGE, m.given.bound.call.span(), message);
        return m.checker.fail(d.help("swap them"));
    }
    let raised = low.into_iter().fold(sig, |sig, low| Arc::new(Sig::Binary(Binary::Max, sig, low)));
    Some(high.into_iter().fold(raised, |sig, high| Arc::new(Sig::Binary(Binary::Min, sig, high))))
}

/// Warns of bounds that the value never reaches.
fn idle(m: &mut Modified, sig: &Arc<Sig>, low: Option<&Arc<Sig>>, high: Option<&Arc<Sig>>) {
    if low.is_none() && high.is_none() {
        return m.no_effect("it has neither `min:` nor `max:`");
    }
    let bound = |sig: Option<&Arc<Sig>>, none: f64| sig.map_or(Some(none), |sig| m.at_start(sig));
    let (Some(low), Some(high)) = (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY)) else { return };
    let Some((lo, hi)) = m.range(sig) else { return };
    if low <= lo && hi <= high {
        let why = if lo == hi { format!("the value is {lo}") } else { format!("the value stays within {lo} .. {hi}") };
        m.no_effect(&why);
    }
}
