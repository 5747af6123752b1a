//! Bounds.

use super::{Entry, Form, Kind, Modifier, Param};

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
    form: Form::Modifier(Modifier::Clamp),
};
