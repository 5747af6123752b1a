//! Inverse time.

use num_traits::One;

use super::{Args, Entry, Form, Kind, PLAIN, Param};
use crate::check::build::Given;
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, names};
use crate::ir::{Builder, Local, Val};

/// `inv(a -> b)`, `inv(a, rate: r, every: d, power: p)`
pub const INV: Entry = Entry {
    name: "inv",
    summary: "falls with the inverse of time: a hyperbola from a to b, or on and on from a",
    formula: "a / ((a / b - 1) * u + 1), for a, b of one sign; from one value a / (1 + rate * i / every) ** power",
    source: "levanter inv; keras InverseTimeDecay, Paddle InverseTimeDecay, thinc decaying, Caffe inv",
    example: "warmup(5%) >> inv(1e-3 -> 1e-5)",
    params: &[
        Param {
            name: "a",
            kind: Kind::RampOrValue,
            default: None,
            doc: "the ramp `a -> b`, or the value at the phase's start",
        },
        Param {
            name: "every",
            kind: Kind::Duration,
            default: Some("the ramp's length"),
            doc: "from one value: the time that `rate` counts",
        },
        Param {
            name: "rate",
            kind: Kind::Number(0.0, 1e6),
            default: Some("1"),
            doc: "from one value: the decay in each `every`",
        },
        Param { name: "power", kind: Kind::Number(0.0, 1e3), default: Some("1"), doc: "from one value: the exponent" },
    ],
    form: Form::Either(|b, time, from, to, _| ramp(b, time, from, to), curve),
    incoherent,
    impossible,
    ..PLAIN
};

fn incoherent(given: &Given) -> Option<Diagnostic> {
    let bound = &given.bound;
    if given.args().value("a").is_none() {
        let other = ["every", "rate", "power"].into_iter().find(|name| bound.written(name).is_some())?;
        let message = format!("`{other}` is for `inv` from one value");
        let d = Diagnostic::new(&names::ARGUMENTS, bound.span(other), message);
        return Some(d.help("a ramp from a to b has no other parameters"));
    }
    given.args().time("every").is_none().then(|| {
        Diagnostic::new(&names::ARGUMENTS, bound.call.span(), "`inv` from one value needs `every:`")
            .help("`inv(1e-3, every: 1 epoch)`, or both ends: `inv(1e-3 -> 1e-5)`")
    })
}

fn impossible(a: f64, b: f64, ramp: Span) -> Option<Diagnostic> {
    (a == 0.0 || b == 0.0 || (a < 0.0) != (b < 0.0)).then(|| {
        let message = format!("`inv` cannot go from {a} to {b}: its ends have one sign and are not 0");
        Diagnostic::new(&names::OUT_OF_RANGE, ramp, message)
            .help("a hyperbola never reaches 0; end it at a small value")
    })
}

/// The formula's denominator as (1 - u) + (a/b)·u: a sum without cancellation, and exact at the start.
fn ramp(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    let ratio = b.ratio(from, to);
    let (left, done) = (time.left(b), time.done(b));
    let risen = b.mul(ratio, done);
    let denominator = b.add(left, risen);
    b.div(from, denominator)
}

fn curve(b: &mut Builder, time: Local, args: &Args) -> Val {
    let passed = time.since(b, args.time("every").unwrap_or_else(Ratio::one));
    let decay = b.mul(args.val("rate"), passed);
    let grown = b.add(Val::Const(1.0), decay);
    let divisor = if args.val("power") == Val::Const(1.0) { grown } else { b.pow(grown, args.val("power")) };
    b.div(args.val("a"), divisor)
}
