//! Cycles: the whole span again and again.

use super::{Entry, Form, Kind, Modifier, Param};

/// `s | cycle(k)`, `s | cycle(d)`
pub const CYCLE: Entry = Entry {
    name: "cycle",
    summary: "repeats what stands on its left",
    formula: "s(i mod d) * decay ** floor(i / d); with grow, cycle j is grow ** j times as long",
    source: "SGDR (Loshchilov & Hutter, 2017); torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, CyclicLR; transformers cosine_with_restarts",
    example: "warmup(5%) >> (cosine(1e-3 -> 0) | cycle(4))",
    params: &[
        Param {
            name: "cycles",
            kind: Kind::CountOrDuration,
            default: None,
            doc: "how many cycles fill the span, or how long the first one is",
        },
        Param {
            name: "grow",
            kind: Kind::Number(0.0, 1e3),
            default: Some("1"),
            doc: "each cycle's length over the one before",
        },
        Param {
            name: "decay",
            kind: Kind::Number(0.0, 1e3),
            default: Some("1"),
            doc: "each cycle's values over the one before",
        },
    ],
    form: Form::Modifier(Modifier::Cycle),
};
