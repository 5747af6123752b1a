//! Cosine annealing.

use super::{Entry, Form, RAMP};

/// `cosine(a -> b)`
pub const COSINE: Entry = Entry {
    name: "cosine",
    summary: "half a cosine wave from a to b",
    formula: "a + (b - a) * (1 - cos(pi * u)) / 2, computed from the nearer end",
    source: "SGDR (Loshchilov & Hutter, 2017); torch.optim.lr_scheduler.CosineAnnealingLR, transformers cosine, optax.cosine_decay_schedule",
    example: "warmup(5%) >> cosine(1e-3 -> 1e-5)",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| b.cosine(from, to, time.progress())),
};
