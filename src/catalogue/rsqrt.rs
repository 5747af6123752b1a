//! Inverse square root decay.

use num_traits::One;

use super::{Args, Entry, Form, Kind, PLAIN, Param};
use crate::clock::Ratio;
use crate::ir::{Builder, Local, Unary, Val};

/// `rsqrt(a, timescale: T)`
pub const RSQRT: Entry = Entry {
    name: "rsqrt",
    summary: "falls with the inverse square root of time",
    formula: "a * sqrt(T / (T + i)), i = time since the phase's start",
    source: "Vaswani et al., 2017 (Attention Is All You Need); transformers inverse_sqrt, fairseq inverse_sqrt",
    example: "warmup(10%) >> rsqrt(1e-3, timescale: 10%)",
    params: &[
        Param { name: "a", kind: Kind::Value, default: None, doc: "the value at the phase's start" },
        Param {
            name: "timescale",
            kind: Kind::Duration,
            default: Some("10k steps"),
            doc: "T: after 3 T the value has halved",
        },
    ],
    form: Form::Curve(lower),
    ..PLAIN
};

fn lower(b: &mut Builder, time: Local, args: &Args) -> Val {
    // i/T in one division, then 1/(1 + i/T): the same curve with two roundings fewer.
    let scale = args.time("timescale").unwrap_or_else(Ratio::one);
    let passed = time.since(b, scale);
    let denominator = b.add(Val::Const(1.0), passed);
    let root = b.unary(Unary::Sqrt, denominator);
    b.div(args.val("a"), root)
}
