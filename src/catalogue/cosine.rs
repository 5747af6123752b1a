//! Cosine annealing.

use super::{Entry, Form, PLAIN, RAMP, halves};
use crate::ir::{Builder, Curve, Local, Val};

/// `cosine(a -> b)`
pub const COSINE: Entry = Entry {
    name: "cosine",
    summary: "half a cosine wave from a to b",
    formula: "a + (b - a) * (1 - cos(pi * u)) / 2, computed from the nearer end",
    source: "SGDR (Loshchilov & Hutter, 2017); torch.optim.lr_scheduler.CosineAnnealingLR, transformers cosine, optax.cosine_decay_schedule",
    example: "warmup(5%) >> cosine(1e-3 -> 1e-5)",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| lower(b, time, from, to)),
    ..PLAIN
};

pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    halves(b, time, from, to, |b, first, near, far| {
        let gap = b.sub(far, near);
        time.ramp(b, Curve::Cosine, near, gap, !first)
    })
}
