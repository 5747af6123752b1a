//! Reflected exponential decay.

use super::{Entry, Form, PLAIN, RAMP, halves};
use crate::ir::{Builder, Local, Val};

/// `rex(a -> b)`
pub const REX: Entry = Entry {
    name: "rex",
    summary: "slow first, then ever faster: a reflected exponential",
    formula: "a + (b - a) * (1 - (1 - u) / (1 - u / 2)), computed from the nearer end",
    source: "Chen et al., 2022 (REX: Revisiting Budgeted Training with an Improved Schedule); pytorch_optimizer, Axolotl rex",
    example: "warmup(5%) >> rex(1e-3 -> 0)",
    params: &[RAMP],
    form: Form::Ramp(|b, time, from, to, _| lower(b, time, from, to)),
    ..PLAIN
};

fn lower(b: &mut Builder, time: Local, from: Val, to: Val) -> Val {
    halves(b, time, from, to, |b, first, near, far| {
        // With l = 1 - u the shape is u/(1 + l) from a, and 2l/(1 + l) from b.
        let left = time.left(b);
        let denominator = b.add(Val::Const(1.0), left);
        let distance = if first { time.done(b) } else { b.mul(Val::Const(2.0), left) };
        let shape = b.div(distance, denominator);
        b.mix(near, far, shape)
    })
}
