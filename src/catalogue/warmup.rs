//! Warmup: the ramp into the next phase.

use super::{Args, Entry, Form, Kind, PLAIN, Param, cosine, exp, linear, poly, sqrt};
use crate::ir::{Builder, Local, Val};

/// `warmup(d)`
pub const WARMUP: Entry = Entry {
    name: "warmup",
    summary: "a ramp from (almost) nothing to where the next phase starts",
    formula: "from + (to - from) * shape(u); with skip_zero u = (i + 1) / (n + 1)",
    source: "Goyal et al., 2017 (Accurate, Large Minibatch SGD); transformers' warmup, torchtitan (skip_zero)",
    example: "warmup(5%) >> cosine(1e-3 -> 0)",
    params: &[
        Param { name: "d", kind: Kind::Length, default: None, doc: "how long it lasts" },
        Param { name: "from", kind: Kind::Value, default: Some("0"), doc: "the value at step 0" },
        Param {
            name: "to",
            kind: Kind::Value,
            default: Some("the next phase's start, else base"),
            doc: "the value at its end",
        },
        Param {
            name: "shape",
            kind: Kind::Choice(&["linear", "cosine", "exp", "sqrt", "poly"]),
            default: Some("linear"),
            doc: "the ramp's shape",
        },
        Param { name: "power", kind: Kind::Number(0.0, 1e3), default: Some("1"), doc: "the exponent of shape poly" },
        Param {
            name: "skip_zero",
            kind: Kind::Flag,
            default: Some("false"),
            doc: "start one step in, so that step 0 already learns",
        },
    ],
    form: Form::Into { lower, from: "from", to: "to" },
    // One step in it has left its first end; `poly` computes from the last one.
    starts_exactly: |args| !args.flag("skip_zero") && args.word("shape") != "poly",
    ..PLAIN
};

fn lower(b: &mut Builder, time: Local, from: Val, to: Val, args: &Args) -> Val {
    let time = if args.flag("skip_zero") { time.skip_zero() } else { time };
    match args.word("shape") {
        "cosine" => cosine::lower(b, time, from, to),
        "exp" => exp::lower(b, time, from, to),
        "sqrt" => sqrt::lower(b, time, from, to),
        "poly" => poly::lower(b, time, from, to, args),
        _ => linear::lower(b, time, from, to),
    }
}
