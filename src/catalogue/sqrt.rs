//! The 1 − sqrt cooldown.

use super::{Entry, Form, PLAIN, RAMP};
use crate::ir::{Builder, Local, Unary, Val};

/// `sqrt(a -> b)`
pub const SQRT: Entry = Entry {
    name: "sqrt",
    summary: "steep first, then flat: the 1 - sqrt cooldown",
    formula: "a + (b - a) * sqrt(u)",
    source: "Hägele et al., 2024 (Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations); transformers warmup_stable_decay 1-sqrt",
    example: "warmup(5%) >> 1e-3 >> sqrt(-> 0) for 20%",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| lower(b, time, from, to)),
    ..PLAIN
};

pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    let u = time.done(b);
    let shape = b.unary(Unary::Sqrt, u);
    b.mix(from, to, shape)
}
