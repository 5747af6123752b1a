//! Cosine annealing.

use num_traits::One;

use super::{Entry, Form, RAMP};
use crate::clock::Ratio;
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
};

/// Each half from the end that is nearer: 1 + cos loses every digit where the value goes to 0.
pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    let half = time.len.map_or_else(Ratio::one, |len| len / 2);
    time.reached(b, &[half], |b, passed| {
        let (near, far, distance) =
            if passed == 0 { (from, to, time.progress()) } else { (to, from, time.remaining()) };
        let gap = b.sub(far, near);
        b.ramp(Curve::Cosine, near, gap, distance)
    })
}
