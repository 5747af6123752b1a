//! What each f64 instruction computes, written once over [`Ops`]: folding, interpreter and backends share it.

use super::{Binary, Unary};
use crate::math::{self, Ops};

/// One operand.
#[inline(always)]
pub fn unary<O: Ops>(o: &mut O, op: Unary, a: O::F) -> O::F {
    match op {
        Unary::Neg => o.neg(a),
        Unary::Abs => o.abs(a),
        Unary::Floor => o.floor(a),
        Unary::Ceil => math::ceil(o, a),
        Unary::Round => o.nearest(a),
        Unary::Sqrt => o.sqrt(a),
        Unary::Exp => math::exp(o, a),
        Unary::Exp2 => math::exp2(o, a),
        Unary::Ln => math::ln(o, a),
        Unary::Log2 => math::log2(o, a),
        Unary::Log10 => math::log10(o, a),
        Unary::Sin => math::sin(o, a),
        Unary::Cos => math::cos(o, a),
        Unary::Tanh => math::tanh(o, a),
        Unary::Sigmoid => math::sigmoid(o, a),
    }
}

/// Two operands.
#[inline(always)]
pub fn binary<O: Ops>(o: &mut O, op: Binary, a: O::F, b: O::F) -> O::F {
    match op {
        Binary::Add => o.add(a, b),
        Binary::Sub => o.sub(a, b),
        Binary::Mul => o.mul(a, b),
        Binary::Div => o.div(a, b),
        Binary::Min => math::min(o, a, b),
        Binary::Max => math::max(o, a, b),
        Binary::Pow => math::pow(o, a, b),
    }
}

/// A phase's length, in ticks.
#[derive(Clone, Copy, Debug)]
pub struct Len<I, F> {
    /// As an integer.
    pub int: I,
    /// As the nearest f64.
    pub float: F,
}

/// count / len
#[inline(always)]
pub fn ratio<O: Ops>(o: &mut O, count: O::I, len: O::F) -> O::F {
    let count = o.to_float(count);
    o.div(count, len)
}

/// (len − count) / len, exact where 1 − u would round.
#[inline(always)]
pub fn left<O: Ops>(o: &mut O, count: O::I, len: Len<O::I, O::F>) -> O::F {
    let rest = o.isub(len.int, count);
    ratio(o, rest, len.float)
}

/// a + (b − a)·u
#[inline(always)]
pub fn linear<O: Ops>(o: &mut O, a: O::F, b: O::F, count: O::I, len: O::F) -> O::F {
    let u = ratio(o, count, len);
    let rise = o.sub(b, a);
    let risen = o.mul(rise, u);
    o.add(a, risen)
}

/// Half-cosine ramp (SGDR, Loshchilov & Hutter 2017) through hav v = (1 − cos πv)/2, from the nearer end:
/// near + (far − near)·hav(distance to it). Exact at both ends; no cancellation where the rate goes to 0.
#[inline(always)]
pub fn cosine<O: Ops>(o: &mut O, a: O::F, b: O::F, count: O::I, len: Len<O::I, O::F>) -> O::F {
    let rest = o.isub(len.int, count);
    let first_half = o.ult(count, rest);
    let distance = o.iselect(first_half, count, rest);
    let v = ratio(o, distance, len.float);
    let h = math::hav(o, v);
    let near = o.select(first_half, a, b);
    let far = o.select(first_half, b, a);
    let gap = o.sub(far, near);
    o.fma(gap, h, near)
}

/// The length as a running backend has it.
pub fn len(ticks: i64) -> Len<i64, f64> {
    Len { int: ticks, float: ticks as f64 }
}
