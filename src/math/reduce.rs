//! [`cos`] and [`sin`] of any finite argument, by Payne and Hanek's method: the argument is multiplied with just those
//! bits of 2/π that decide the quarter turn and the place within it.
//!
//! Guarantees: no f64 comes nearer to a multiple of π/2 than the product resolves, so huge arguments lose nothing.

use super::poly::{fast_two_sum, two_product, two_sum};
use super::table::{MAGIC, TINY, TWO_OVER_PI};
use super::trig::by_quadrant;
use super::{Ops, finite_or_nan};

/// cos x
#[inline(always)]
pub fn cos<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (h, low, n) = quarter_turns(o, x);
    let one = o.i(1);
    let n = o.iadd(n, one);
    let value = by_quadrant(o, h, Some(low), n);
    finite_or_nan(o, x, value)
}

/// sin x
#[inline(always)]
pub fn sin<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (h, low, n) = quarter_turns(o, x);
    let value = by_quadrant(o, h, Some(low), n);
    // Below 2^-27 the sine rounds to x; the products above would underflow near 0.
    let (size, tiny) = (o.abs(x), o.f(TINY));
    let small = o.lt(size, tiny);
    let value = o.select(small, x, value);
    finite_or_nan(o, x, value)
}

/// x·2/π = h + low + n mod 4 with |h| ≤ 1/2. Only the low two bits of n count.
#[inline(always)]
fn quarter_turns<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::F, O::I) {
    // Row g serves the exponents 46 + 16g to 61 + 16g (row 0 everything below, too): x·2^(−16g) times the row.
    let (mask, least, zero) = (o.i(0x7ff), o.i(1023 + 46), o.i(0));
    let bits = o.bits(x);
    let exponent = o.sar(bits, 52);
    let exponent = o.iand(exponent, mask);
    let above = o.isub(exponent, least);
    let g = o.sar(above, 4);
    let low = o.ult(exponent, least);
    let g = o.iselect(low, zero, g);
    let shrink = o.shl(g, 56);
    let bits = o.isub(bits, shrink);
    let x = o.from_bits(bits);
    let row = o.shl(g, 2);
    let c0 = constant(o, row, 0);
    let c1 = constant(o, row, 1);
    let c2 = constant(o, row, 2);
    let c3 = constant(o, row, 3);

    // Four products, at most 2^70, 2^17, 2^-36 and 2^-89, exact but for the last.
    let (p0, p0_low) = two_product(o, x, c0);
    let (p1, p1_low) = two_product(o, x, c1);
    let (p2, p2_low) = two_product(o, x, c2);
    let least = o.fma(x, c3, p2_low);
    let (quarter, minus_four, magic) = (o.f(0.25), o.f(-4.0), o.f(MAGIC));
    let turns = o.mul(p0, quarter);
    let turns = o.nearest(turns);
    let p0 = o.fma(turns, minus_four, p0);
    // p0 is 0 or still above its error: it is a multiple of its old last place.
    let (sum, e1) = fast_two_sum(o, p0, p0_low);
    let (sum, e2) = two_sum(o, sum, p1);
    let shifted = o.add(sum, magic);
    let n = o.sub(shifted, magic);
    let head = o.sub(sum, n);

    let (e, e_low) = two_sum(o, e1, e2);
    let (d, d_low) = two_sum(o, p1_low, p2);
    let (t, t_low) = two_sum(o, e, d);
    let low = o.add(e_low, d_low);
    let low = o.add(low, t_low);
    let low = o.add(low, least);
    let (h, h_low) = two_sum(o, head, t);
    let low = o.add(h_low, low);
    let (h, low) = fast_two_sum(o, h, low);
    (h, low, o.bits(shifted))
}

#[inline(always)]
fn constant<O: Ops>(o: &mut O, row: O::I, column: i64) -> O::F {
    let column = o.i(column);
    let index = o.ior(row, column);
    let bits = o.lookup(&TWO_OVER_PI, index);
    o.from_bits(bits)
}
