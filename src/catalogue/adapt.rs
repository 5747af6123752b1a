//! Rises and cuts that follow a metric.

use std::sync::Arc;

use super::control::{METRIC, MODE, follow};
use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::Modified;
use crate::metric::Rise;
use crate::plan::Sig;

/// `s | adapt(metric)`
pub const ADAPT: Entry = Entry {
    name: "adapt",
    summary: "raises the value while a metric gets better, cuts it when it does not",
    formula: "s * scale; after more than `patience` new bests in a row the value becomes min(s * scale / factor, max), after more than \
              `patience` observations in a row without one max(s * scale * factor, min), unless that changes it by no more than eps",
    source: "transformers.GreedyLR (arXiv:2512.14527)",
    example: "0.1 | adapt(train_loss, factor: 0.9, patience: 5, min: 1e-3)",
    params: &[
        METRIC,
        MODE,
        Param {
            name: "factor",
            kind: Kind::Share,
            default: Some("0.95"),
            doc: "a cut multiplies by it, a rise divides by it",
        },
        Param {
            name: "patience",
            kind: Kind::Count(0),
            default: Some("10"),
            doc: "observations in a row of one kind that change nothing",
        },
        Param {
            name: "threshold",
            kind: Kind::AtLeast(0.0),
            default: Some("1e-6"),
            doc: "by how much a new best must be better",
        },
        Param {
            name: "threshold_mode",
            kind: Kind::Choice(&["rel", "abs"]),
            default: Some("abs"),
            doc: "a share of the best, or a difference",
        },
        Param {
            name: "cooldown",
            kind: Kind::Count(0),
            default: Some("0"),
            doc: "observations after a cut that are not counted",
        },
        Param {
            name: "warmup",
            kind: Kind::Count(0),
            default: Some("0"),
            doc: "observations after a rise that are not counted",
        },
        Param { name: "min", kind: Kind::Value, default: Some("1e-3"), doc: "the least value that a cut leads to" },
        Param { name: "max", kind: Kind::Value, default: Some("1"), doc: "the greatest value that a rise leads to" },
        Param {
            name: "eps",
            kind: Kind::AtLeast(0.0),
            default: Some("1e-8"),
            doc: "a change of the value by no more is left out",
        },
        Param { name: "smooth", kind: Kind::Flag, default: Some("false"), doc: "watch a moving average of the metric" },
        Param {
            name: "window",
            kind: Kind::Count(1),
            default: Some("50"),
            doc: "observations that the moving average is over",
        },
        Param {
            name: "reset_start",
            kind: Kind::Count(1),
            default: Some("500"),
            doc: "cuts at `min` after which the scale and the best start again",
        },
    ],
    form: Form::Modifier(Modifier { time: Time::Kept, build }),
    ..PLAIN
};

fn build(m: Modified) -> Option<Arc<Sig>> {
    let args = m.given.args();
    let count = |name: &str| args.number(name).map(|n| n as u64);
    let window = if args.flag("smooth") { Some(count("window")?) } else { None };
    let rise = Rise { warmup: count("warmup")?, window, reset_start: count("reset_start")? };
    follow(m, Some(rise))
}
