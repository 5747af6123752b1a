//! A product of factors.

use super::{Args, Entry, Form, Kind, PLAIN, Param};
use crate::ir::{Builder, Local, Val};

/// `product(a, e, every: d)`
pub const PRODUCT: Entry = Entry {
    name: "product",
    summary: "multiplied by a new factor, every so often",
    formula: "a * e(1) * e(2) * ... * e(floor(i / every)), where `step` in e is the number of the factor",
    source: "torch.optim.lr_scheduler.MultiplicativeLR",
    example: "product(1e-3, 1 - 1 / (step + 1), every: 10%)",
    params: &[
        Param { name: "a", kind: Kind::Value, default: None, doc: "the value at the phase's start" },
        Param {
            name: "e",
            kind: Kind::Factors,
            default: None,
            doc: "the factors, on a clock of their own: `step` is 1 for the first; at most 10 000",
        },
        Param { name: "every", kind: Kind::Period, default: None, doc: "the time from one factor to the next" },
    ],
    form: Form::Curve(lower),
    ..PLAIN
};

fn lower(b: &mut Builder, time: Local, args: &Args) -> Val {
    match (args.time("every"), args.table("e")) {
        (Some(every), Some(products)) => {
            let (k, _) = time.cycles(b, every);
            let factor = b.lookup(k, products);
            b.mul(args.val("a"), factor)
        }
        _ => args.val("a"),
    }
}
