//! Sampled time.

use super::{Entry, Form, Kind, Modifier, Param};

/// `s | staircase(d)`
pub const STAIRCASE: Entry = Entry {
    name: "staircase",
    summary: "samples the value at multiples of d and holds it",
    formula: "s(d * floor(i / d))",
    source: "per-epoch schedulers stepped once per epoch (torch, timm, Keras callbacks); optax staircase=True",
    example: "cosine(1e-3 -> 0) | staircase(10%)",
    params: &[Param { name: "d", kind: Kind::Duration, default: None, doc: "how long each stair lasts" }],
    form: Form::Modifier(Modifier::Staircase),
};
