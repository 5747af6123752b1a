//! The straight ramp.

use super::{Entry, Form, PLAIN, RAMP};
use crate::ir::{Builder, Curve, Local, Val};

/// `linear(a -> b)`, also written `a -> b`
pub const LINEAR: Entry = Entry {
    name: "linear",
    summary: "a straight line from a to b",
    formula: "a + (b - a) * u",
    source: "torch.optim.lr_scheduler.LinearLR, optax.linear_schedule, transformers linear",
    example: "warmup(10%) >> linear(1e-3 -> 0)",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| lower(b, time, from, to)),
    ..PLAIN
};

pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    let rise = b.sub(to, from);
    time.ramp(b, Curve::Linear, from, rise, false)
}
