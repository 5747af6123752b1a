//! Polynomial decay.

use super::{Args, Entry, Form, Kind, PLAIN, Param, RAMP};
use crate::ir::{Builder, Local, Val};

/// `poly(a -> b, power: p)`
pub const POLY: Entry = Entry {
    name: "poly",
    summary: "a power of the time that is left",
    formula: "b + (a - b) * (1 - u) ** power",
    source: "torch.optim.lr_scheduler.PolynomialLR, optax.polynomial_schedule, transformers polynomial",
    example: "poly(1e-3 -> 1e-5, power: 2)",
    params: &[
        RAMP,
        Param {
            name: "power",
            kind: Kind::Number(0.0, 1e3),
            default: Some("1"),
            doc: "the exponent; 1 is a straight line",
        },
    ],
    form: Form::Ramp(lower),
    starts_exactly: |_| false,
    ..PLAIN
};

pub(super) fn lower(b: &mut Builder, time: Local, from: Val, to: Val, args: &Args) -> Val {
    let left = time.left(b);
    let shape = b.pow(left, args.val("power"));
    b.mix(to, from, shape)
}
