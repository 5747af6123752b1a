//! One phase over another.

use super::{Entry, Form, Kind, Modifier, Param};

/// `s | overlay(p, at: start)`
pub const OVERLAY: Entry = Entry {
    name: "overlay",
    summary: "replaces the first or last part, while the clock underneath runs on",
    formula: "p while p lasts, s otherwise",
    source: "BERT's optimizer (Devlin et al., 2018), timm warmup_prefix=False; cooldown branches (Hägele et al., 2024)",
    example: "linear(1e-3 -> 0) | overlay(warmup(10%))",
    params: &[
        Param { name: "p", kind: Kind::Phase, default: None, doc: "the phase on top; it has a length" },
        Param {
            name: "at",
            kind: Kind::Choice(&["start", "end"]),
            default: Some("start"),
            doc: "which part it replaces",
        },
    ],
    form: Form::Modifier(Modifier::Overlay),
};
