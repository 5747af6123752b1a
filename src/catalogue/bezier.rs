//! Easing curves.

use super::{Args, Entry, Form, Kind, PLAIN, Param, RAMP};
use crate::check::build::Given;
use crate::diag::{Diagnostic, names};
use crate::ir::{Builder, Local, Val};

/// `bezier(a -> b, x1: …, y1: …, x2: …, y2: …)`
pub const BEZIER: Entry = Entry {
    name: "bezier",
    summary: "an easing curve from a to b, by two handles",
    formula: "a + (b - a) * y(s), x(s) = u, on the cubic Bezier curve (0, 0), (x1, y1), (x2, y2), (1, 1)",
    source: "CSS cubic-bezier() (W3C CSS Easing Functions)",
    example: "warmup(5%) >> bezier(1e-3 -> 0, x1: 0.42, y1: 0, x2: 0.58, y2: 1)",
    params: &[
        RAMP,
        Param { name: "x1", kind: Kind::Number(-1.0, 1.0), default: None, doc: "the first handle's time, 0 to 1" },
        Param {
            name: "y1",
            kind: Kind::Number(-1e3, 1e3),
            default: None,
            doc: "the first handle's height: 0 is a, 1 is b",
        },
        Param { name: "x2", kind: Kind::Number(-1.0, 1.0), default: None, doc: "the second handle's time, 0 to 1" },
        Param { name: "y2", kind: Kind::Number(-1e3, 1e3), default: None, doc: "the second handle's height" },
    ],
    form: Form::Ramp(lower),
    incoherent,
    ..PLAIN
};

fn incoherent(given: &Given) -> Option<Diagnostic> {
    let handle = ["x1", "x2"].into_iter().find(|name| given.args().number(name).is_some_and(|x| x < 0.0))?;
    let message = format!("`{handle}` of `bezier` is negative: a handle's time is 0 to 1");
    let d = Diagnostic::new(&names::OUT_OF_RANGE, given.bound.span(handle), message);
    Some(d.help("`etude explain bezier` shows what its handles do"))
}

fn lower(b: &mut Builder, time: Local, from: Val, to: Val, args: &Args) -> Val {
    let u = time.done(b);
    let shape = b.bezier(u, ["x1", "y1", "x2", "y2"].map(|name| args.val(name)));
    b.mix(from, to, shape)
}
