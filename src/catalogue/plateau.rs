//! Cuts that follow a metric.

use super::control::{METRIC, MODE, follow};
use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};

/// `s | plateau(metric)`
pub const PLATEAU: Entry = Entry {
    name: "plateau",
    summary: "cuts the value when a metric has stopped getting better",
    formula: "s * scale; after more than `patience` observations in a row without a new best, scale = max(s * scale * factor, min) / s, \
              unless that changes the value by no more than eps; s is taken at the observed step, so `min` holds at each cut \
              (for a bound that always holds: `| clamp(min: ...)`)",
    source: "torch.optim.lr_scheduler.ReduceLROnPlateau",
    example: "1e-3 | plateau(val_loss, factor: 0.1, patience: 10)",
    params: &[
        METRIC,
        MODE,
        Param {
            name: "factor",
            kind: Kind::Share,
            default: Some("0.1"),
            doc: "the value after a cut over the one before",
        },
        Param {
            name: "patience",
            kind: Kind::Count(0),
            default: Some("10"),
            doc: "observations in a row without a new best that change nothing",
        },
        Param {
            name: "threshold",
            kind: Kind::AtLeast(0.0),
            default: Some("1e-4"),
            doc: "by how much a new best must be better",
        },
        Param {
            name: "threshold_mode",
            kind: Kind::Choice(&["rel", "abs"]),
            default: Some("rel"),
            doc: "a share of the best, or a difference; `rel` calls every negative metric that stays the same better",
        },
        Param {
            name: "cooldown",
            kind: Kind::Count(0),
            default: Some("0"),
            doc: "observations after a cut that are not counted",
        },
        Param { name: "min", kind: Kind::Value, default: Some("0"), doc: "the least value that a cut leads to" },
        Param {
            name: "eps",
            kind: Kind::AtLeast(0.0),
            default: Some("1e-8"),
            doc: "a cut that changes the value by no more is left out",
        },
    ],
    form: Form::Modifier(Modifier { time: Time::Kept, build: |m| follow(m, None) }),
    ..PLAIN
};
