//! Hyperbolic tangent decay.

use super::{Args, Entry, Form, Kind, PLAIN, Param, RAMP};
use crate::check::build::Given;
use crate::diag::{Diagnostic, names};
use crate::ir::{Builder, Local, Unary, Val};

/// `tanh(a -> b, lo: l, hi: h)`
pub const TANH: Entry = Entry {
    name: "tanh",
    summary: "flat, then steep, then flat: a stretch of the hyperbolic tangent",
    formula: "b + (a - b) * (1 - tanh(lo * (1 - u) + hi * u)) / 2; so near a at the start, and b itself only at the end",
    source: "Hsueh et al., 2019 (Stochastic Gradient Descent with Hyperbolic-Tangent Decay on Classification); timm TanhLRScheduler",
    example: "warmup(5%) >> tanh(1e-3 -> 0)",
    params: &[
        RAMP,
        Param {
            name: "lo",
            kind: Kind::Number(-1e3, 1e3),
            default: Some("-7"),
            doc: "where the stretch of tanh starts; -7 is within 1e-6 of a",
        },
        Param {
            name: "hi",
            kind: Kind::Number(-1e3, 1e3),
            default: Some("3"),
            doc: "where it ends, above lo; 3 is within 0.3 % of b",
        },
    ],
    form: Form::Ramp(lower),
    starts_exactly: |_| false,
    incoherent,
    ..PLAIN
};

fn incoherent(given: &Given) -> Option<Diagnostic> {
    let (lo, hi) = (given.args().number("lo")?, given.args().number("hi")?);
    (lo >= hi).then(|| {
        let message = format!("`lo: {lo}` is not below `hi: {hi}`");
        Diagnostic::new(&names::OUT_OF_RANGE, given.bound.call.span(), message)
            .help("to turn the curve round, swap the ends of the ramp")
    })
}

fn lower(b: &mut Builder, time: Local, from: Val, to: Val, args: &Args) -> Val {
    let (left, done) = (time.left(b), time.done(b));
    let (below, above) = (b.mul(args.val("lo"), left), b.mul(args.val("hi"), done));
    let x = b.add(below, above);
    // (1 - tanh x)/2 = sigmoid(-2x), which keeps its digits where tanh is nearly 1.
    let twice = b.mul(Val::Const(-2.0), x);
    let shape = b.unary(Unary::Sigmoid, twice);
    // Where the end itself is met it is b, which the formula misses.
    let shape = match time.is_left() {
        true => {
            let open = b.unary(Unary::Ceil, left);
            b.mul(shape, open)
        }
        false => shape,
    };
    b.mix(to, from, shape)
}
