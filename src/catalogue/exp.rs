//! The geometric ramp.

use super::{Entry, Form, PLAIN, RAMP};
use crate::ir::{Builder, Curve, Local, Unary, Val};

/// `exp(a -> b)`
pub const EXP: Entry = Entry {
    name: "exp",
    summary: "a constant ratio from step to step, from a to b",
    formula: "a * (b / a) ** u, for a, b > 0",
    source: "fastai SchedExp, optax.exponential_decay, learning-rate range tests (Smith, 2017)",
    example: "exp(1e-7 -> 1) for 200 steps",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| lower(b, time, from, to)),
    ..PLAIN
};

pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    let ratio = b.ratio(to, from);
    let octaves = b.unary(Unary::Log2, ratio);
    time.ramp(b, Curve::Exp, from, octaves, false)
}
