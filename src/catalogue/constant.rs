//! A constant phase.

use super::{Entry, Form, Kind, PLAIN, Param};

/// `const(c)`
pub const CONST: Entry = Entry {
    name: "const",
    summary: "one value, held",
    formula: "c",
    source: "torch.optim.lr_scheduler.ConstantLR, optax.constant_schedule",
    example: "warmup(10%) >> const(1e-3)",
    params: &[Param { name: "c", kind: Kind::Value, default: None, doc: "the value" }],
    form: Form::Curve(|_, _, args| args.val("c")),
    ..PLAIN
};
