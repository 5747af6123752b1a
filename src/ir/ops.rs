//! What each f64 instruction computes, written once over [`Ops`]: folding, interpreter and backends share it.

use super::{Binary, Curve, Unary};
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
pub fn ramp<O: Ops>(o: &mut O, curve: Curve, a: O::F, c: O::F, count: O::I, len: O::F) -> O::F {
    let u = ratio(o, count, len);
    match curve {
        Curve::Linear => {
            let risen = o.mul(c, u);
            o.add(a, risen)
        }
        Curve::Cosine => {
            let h = math::hav(o, u);
            o.fma(c, h, a)
        }
        Curve::Exp => {
            let octaves = o.mul(c, u);
            let factor = math::exp2(o, octaves);
            o.mul(a, factor)
        }
    }
}
