//! [`exp2`], [`exp`], and the two functions that are quotients of exponentials: [`tanh`] and [`sigmoid`].
//!
//! 2^(n+r) is 2^n times a polynomial in |r| ≤ 1/2 whose leading terms are kept in two parts, so that nearly all of the
//! error is the last rounding. 2^n is two factors, as one f64 cannot hold 2^1024 or a subnormal power; only the second
//! multiplication rounds.

use super::poly::{fast_two_sum, p2, p8, two_sum};
use super::table::{EXP, EXP2, INF, LN2, LN2_LOW, LOG2_E, MAGIC, MINUS_LN2_CUT, MINUS_LN2_REST, NAN};
use super::{Ops, nan_unless};

/// 2^x
#[inline(always)]
pub fn exp2<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let magic = o.f(MAGIC);
    let shifted = o.add(x, magic);
    let n = o.sub(shifted, magic);
    let r = o.sub(x, n);
    let (high, low) = exp2_near_0(o, r, None);
    let value = scale(o, high, low, shifted);
    saturate(o, x, value, -1076.0, 1024.0, 0.0, INF)
}

/// e^x
#[inline(always)]
pub fn exp<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (shifted, r, c) = reduce(o, x);
    let (high, low) = exp_near_0(o, r, c);
    let value = scale(o, high, low, shifted);
    saturate(o, x, value, -746.0, 710.0, 0.0, INF)
}

/// tanh x
#[inline(always)]
pub fn tanh<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let size = o.abs(x);
    let twice = o.add(size, size);
    let (shifted, r, c) = reduce(o, twice);
    // e^(r+c) − 1 = high + low
    let c = o.fma(c, r, c);
    let rest = tail(o, r, c, EXP);
    let (high, low) = fast_two_sum(o, r, rest);
    // The numerator is e^2|x| − 1, the denominator 2 more.
    let power = one_power_of_two(o, shifted);
    let (one, two) = (o.f(1.0), o.f(2.0));
    let (high, low) = (o.mul(power, high), o.mul(power, low));
    let below = o.sub(power, one);
    let (num, num_low) = fast_two_sum(o, below, high);
    let num_low = o.add(num_low, low);
    let (den, den_low) = two_sum(o, num, two);
    let den_low = o.add(den_low, num_low);
    let quotient = divide(o, (num, num_low), (den, den_low));

    let limit = o.f(20.0);
    let small = o.lt(size, limit);
    let value = o.select(small, quotient, one);
    let sign = o.i(i64::MIN);
    let x_bits = o.bits(x);
    let sign = o.iand(x_bits, sign);
    let bits = o.bits(value);
    let bits = o.ior(bits, sign);
    let value = o.from_bits(bits);
    let number = o.eq(x, x);
    nan_unless(o, number, value)
}

/// 1 / (1 + e^−x)
#[inline(always)]
pub fn sigmoid<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let size = o.abs(x);
    let minus = o.neg(size);
    let (shifted, r, c) = reduce(o, minus);
    let (first, second) = power_of_two(o, shifted);
    let (zero, one) = (o.f(0.0), o.f(1.0));
    let (high, low) = exp_near_0(o, r, c);
    let (high, low) = fast_two_sum(o, high, low);
    // 1 + e^−|x|
    let (scaled, scaled_low) = (o.mul(high, first), o.mul(low, first));
    let (scaled, scaled_low) = (o.mul(scaled, second), o.mul(scaled_low, second));
    let (den, den_low) = fast_two_sum(o, one, scaled);
    let den_low = o.add(den_low, scaled_low);
    // The numerator is 1, or e^x for a negative x; then 2^n comes last, so that it rounds to a subnormal once.
    let negative = o.lt(x, zero);
    let num = o.select(negative, high, one);
    let num_low = o.select(negative, low, zero);
    let first = o.select(negative, first, one);
    let second = o.select(negative, second, one);
    let quotient = divide(o, (num, num_low), (den, den_low));
    let value = o.mul(quotient, first);
    let value = o.mul(value, second);
    saturate(o, x, value, -746.0, 40.0, 0.0, 1.0)
}

/// 2^(r + low) in two parts, for |r| ≤ 1/2 and |low| at most an ulp of r.
#[inline(always)]
pub(super) fn exp2_near_0<O: Ops>(o: &mut O, r: O::F, low: Option<O::F>) -> (O::F, O::F) {
    let (one, ln2, ln2_low) = (o.f(1.0), o.f(LN2), o.f(LN2_LOW));
    let high = o.fma(r, ln2, one);
    let rest = o.sub(one, high);
    let error = o.fma(r, ln2, rest);
    let mut error = o.fma(r, ln2_low, error);
    if let Some(low) = low {
        let low = o.mul(low, ln2);
        error = o.fma(low, high, error);
    }
    (high, tail(o, r, error, EXP2))
}

/// e^(r + c) in two parts, for |r| ≤ 0.3466 and |c| at most an ulp of r.
#[inline(always)]
fn exp_near_0<O: Ops>(o: &mut O, r: O::F, c: O::F) -> (O::F, O::F) {
    let one = o.f(1.0);
    let (high, error) = fast_two_sum(o, one, r);
    let error = o.fma(c, high, error);
    (high, tail(o, r, error, EXP))
}

/// (high + low)·2^n, for the n that was added to [`MAGIC`].
#[inline(always)]
pub(super) fn scale<O: Ops>(o: &mut O, high: O::F, low: O::F, shifted: O::F) -> O::F {
    let (first, second) = power_of_two(o, shifted);
    // The sum, rounded once: the first factor is exact, and the high part need not wait for the low one.
    let high = o.mul(high, first);
    let sum = o.fma(low, first, high);
    o.mul(sum, second)
}

/// 2^n as two normal factors, for the n that was added to [`MAGIC`], |n| ≤ 2000.
#[inline(always)]
fn power_of_two<O: Ops>(o: &mut O, shifted: O::F) -> (O::F, O::F) {
    let (magic, bias) = (o.i(MAGIC.to_bits() as i64), o.i(1023));
    let n = o.bits(shifted);
    let n = o.isub(n, magic);
    let n1 = o.sar(n, 1);
    let n2 = o.isub(n, n1);
    let (n1, n2) = (o.iadd(n1, bias), o.iadd(n2, bias));
    let (n1, n2) = (o.shl(n1, 52), o.shl(n2, 52));
    (o.from_bits(n1), o.from_bits(n2))
}

/// 2^n as one factor, for |n| ≤ 1000.
#[inline(always)]
fn one_power_of_two<O: Ops>(o: &mut O, shifted: O::F) -> O::F {
    let offset = o.i(1023 - MAGIC.to_bits() as i64);
    let n = o.bits(shifted);
    let n = o.iadd(n, offset);
    let n = o.shl(n, 52);
    o.from_bits(n)
}

/// `value` inside (low, high), the limits outside, and a NaN for a NaN.
#[inline(always)]
pub(super) fn saturate<O: Ops>(o: &mut O, x: O::F, value: O::F, low: f64, high: f64, below: f64, above: f64) -> O::F {
    let (low, high, below, above, nan) = (o.f(low), o.f(high), o.f(below), o.f(above), o.f(NAN));
    let number = o.eq(x, x);
    let above = o.select(number, above, nan);
    let not_low = o.lt(low, x);
    let value = o.select(not_low, value, below);
    let not_high = o.lt(x, high);
    o.select(not_high, value, above)
}

/// x = n·ln 2 + r + c: n added to [`MAGIC`], and |r| ≤ 0.3466 with its rounding error c.
#[inline(always)]
fn reduce<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::F, O::F) {
    let (magic, log2_e) = (o.f(MAGIC), o.f(LOG2_E));
    let (cut, rest) = (o.f(MINUS_LN2_CUT), o.f(MINUS_LN2_REST));
    let shifted = o.fma(x, log2_e, magic);
    let n = o.sub(shifted, magic);
    // The cut constant has 41 bits and n at most 11, so this step is exact.
    let exact = o.fma(n, cut, x);
    let r = o.fma(n, rest, exact);
    let error = o.sub(exact, r);
    (shifted, r, o.fma(n, rest, error))
}

/// r²·(the polynomial that follows the linear term) + error
#[inline(always)]
fn tail<O: Ops>(o: &mut O, r: O::F, error: O::F, c: [f64; 11]) -> O::F {
    let w = o.mul(r, r);
    let w2 = o.mul(w, w);
    let w4 = o.mul(w2, w2);
    let q = p8(o, r, w, w2, [c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
    let top = p2(o, r, c[8], c[9]);
    let last = o.f(c[10]);
    let top = o.fma(w, last, top);
    let q = o.fma(w4, top, q);
    o.fma(w, q, error)
}

/// (a + a') / (b + b'), nearly correctly rounded.
#[inline(always)]
fn divide<O: Ops>(o: &mut O, (a, a_low): (O::F, O::F), (b, b_low): (O::F, O::F)) -> O::F {
    let one = o.f(1.0);
    let inverse = o.div(one, b);
    let q = o.mul(a, inverse);
    let minus_q = o.neg(q);
    let rest = o.fma(minus_q, b, a);
    let low = o.fma(minus_q, b_low, a_low);
    let rest = o.add(rest, low);
    o.fma(rest, inverse, q)
}
