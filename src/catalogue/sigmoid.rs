//! The logistic ramp.

use super::{Args, Entry, Form, Kind, PLAIN, Param, RAMP, halves};
use crate::ir::{Builder, Local, Unary, Val};

/// `sigmoid(a -> b, steepness: k)`
pub const SIGMOID: Entry = Entry {
    name: "sigmoid",
    summary: "flat, steep in the middle, flat: a logistic curve from a to b, stretched to reach both",
    formula: "a + (b - a) * (s(u) - s(0)) / (s(1) - s(0)), s(u) = sigmoid(steepness * (u - 1/2)), computed from the nearer end",
    source: "darknet and Caffe policy `sigmoid`, normalised so that both ends are exact",
    example: "warmup(5%) >> sigmoid(1e-3 -> 1e-5)",
    params: &[
        RAMP,
        Param {
            name: "steepness",
            kind: Kind::Number(0.0, 1e3),
            default: Some("12"),
            doc: "how steep the middle is; near 0 the ramp is straight, far above 12 a step",
        },
    ],
    form: Form::Ramp(lower),
    ..PLAIN
};

/// With d = u or 1 - u and x = k d/2, the shape from the nearer end is sinh x / (2 sinh(k/4) cosh(k/4 - x)):
/// the difference of two sigmoids, without its cancellation.
fn lower(b: &mut Builder, time: Local, from: Val, to: Val, args: &Args) -> Val {
    let steepness = args.val("steepness");
    let (half, quarter) = (b.mul(steepness, Val::Const(0.5)), b.mul(steepness, Val::Const(0.25)));
    let whole = sinh2(b, quarter);
    halves(b, time, from, to, |b, first, near, far| {
        let distance = if first { time.done(b) } else { time.left(b) };
        let x = b.mul(half, distance);
        let rest = b.sub(quarter, x);
        let (passed, other) = (sinh2(b, x), cosh2(b, rest));
        let all = b.mul(whole, other);
        let shape = b.div(passed, all);
        b.mix(near, far, shape)
    })
}

/// 2 cosh x
fn cosh2(b: &mut Builder, x: Val) -> Val {
    let minus = b.unary(Unary::Neg, x);
    let (up, down) = (b.unary(Unary::Exp, x), b.unary(Unary::Exp, minus));
    b.add(up, down)
}

/// 2 sinh x = tanh x · 2 cosh x
fn sinh2(b: &mut Builder, x: Val) -> Val {
    let (tanh, cosh) = (b.unary(Unary::Tanh, x), cosh2(b, x));
    b.mul(tanh, cosh)
}
