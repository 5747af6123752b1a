//! What each f64 instruction computes, written once over [`Ops`]: folding, interpreter and backends share it.

use super::Value::Float;
use super::{Binary, Curve, Function, Ticks, Unary, Value};
use crate::math::{self, Native, Ops};

/// Operations, and functions of them.
pub trait Calls: Ops + Sized {
    /// The function's value; its operations are written out where a backend has no better way.
    #[inline(always)]
    fn call(&mut self, function: Function, args: &[Value<Self::F, Self::I>]) -> Self::F {
        function.write(self, args)
    }
}

impl Calls for Native {}

impl Unary {
    /// The function that it is, where it is more than an operation.
    #[inline(always)]
    pub const fn function(self) -> Option<Function> {
        match self {
            Self::Neg | Self::Abs | Self::Floor | Self::Ceil | Self::Round | Self::Sqrt => None,
            Self::Exp => Some(Function::Exp),
            Self::Exp2 => Some(Function::Exp2),
            Self::Ln => Some(Function::Ln),
            Self::Log2 => Some(Function::Log2),
            Self::Log10 => Some(Function::Log10),
            Self::Sin => Some(Function::Sin),
            Self::Cos => Some(Function::Cos),
            Self::Tanh => Some(Function::Tanh),
            Self::Sigmoid => Some(Function::Sigmoid),
        }
    }
}

/// One operand.
#[inline(always)]
pub fn unary<O: Calls>(o: &mut O, op: Unary, a: O::F) -> O::F {
    match (op, op.function()) {
        (_, Some(function)) => o.call(function, &[Float(a)]),
        (Unary::Neg, _) => o.neg(a),
        (Unary::Abs, _) => o.abs(a),
        (Unary::Floor, _) => o.floor(a),
        (Unary::Ceil, _) => math::ceil(o, a),
        (Unary::Round, _) => o.nearest(a),
        (_, None) => o.sqrt(a),
    }
}

/// Two operands.
#[inline(always)]
pub fn binary<O: Calls>(o: &mut O, op: Binary, a: O::F, b: O::F) -> O::F {
    match op {
        Binary::Add => o.add(a, b),
        Binary::Sub => o.sub(a, b),
        Binary::Mul => o.mul(a, b),
        Binary::Div => o.div(a, b),
        Binary::Min => math::min(o, a, b),
        Binary::Max => math::max(o, a, b),
        Binary::Pow => o.call(Function::Pow, &[Float(a), Float(b)]),
    }
}

/// x, counted as `ticks` says; operations that would change nothing are left out.
pub fn ticks<O: Ops>(o: &mut O, mut x: O::I, Ticks { off, mul, sub, .. }: Ticks) -> O::I {
    if off != 0 {
        let off = o.i(off);
        x = o.isub(x, off);
    }
    if mul != 1 {
        let mul = o.i(mul);
        x = o.imul(x, mul);
    }
    if sub != 0 {
        let sub = o.i(sub);
        x = o.isub(x, sub);
    }
    x
}

/// count / len
#[inline(always)]
pub fn ratio<O: Ops>(o: &mut O, count: O::I, len: O::F) -> O::F {
    let count = o.to_float(count);
    o.div(count, len)
}

/// The number at `index`, the last one beyond it.
#[inline(always)]
pub fn lookup(table: &[f64], index: u64) -> f64 {
    table[index.min(table.len() as u64 - 1) as usize]
}

/// A ramp from a by c, u = count / len.
#[inline(always)]
pub fn ramp<O: Calls>(o: &mut O, curve: Curve, a: O::F, c: O::F, count: O::I, len: O::F) -> O::F {
    let u = ratio(o, count, len);
    along(o, curve, a, c, u)
}

/// A ramp from a by c at u.
#[inline(always)]
pub fn along<O: Calls>(o: &mut O, curve: Curve, a: O::F, c: O::F, u: O::F) -> O::F {
    match curve {
        Curve::Linear => {
            let risen = o.mul(c, u);
            o.add(a, risen)
        }
        Curve::Cosine => {
            let h = o.call(Function::Hav, &[Float(u)]);
            o.fma(c, h, a)
        }
        Curve::Exp => {
            let octaves = o.mul(c, u);
            let factor = o.call(Function::Exp2, &[Float(octaves)]);
            o.mul(a, factor)
        }
    }
}
