//! [`ln`], [`log2`], [`log10`]: table-free, with one division.
//!
//! x = 2^k·m with m in [√½, √2), and ln m = 2·atanh((m − 1)/(m + 1)) as an unevaluated sum of two f64, good to about
//! 2^-66. Near 1 (k = 0) that keeps the relative accuracy, as m − 1 is exact.

use super::Ops;
use super::poly::{fast_two_sum, p8, two_product};
use super::table::{GROW, INF, LG2_CUT, LG2_REST, LOG, MAGIC, MINUS_LN2_CUT, MINUS_LN2_REST, NAN, SQRT_HALF_BITS};
use super::table::{THIRD, THIRD_LOW, TWO_LG_E, TWO_LG_E_LOW, TWO_LOG2_E, TWO_LOG2_E_LOW};

/// The natural logarithm.
#[inline(always)]
pub fn ln<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (k, a, b) = parts(o, x);
    let (a, b) = (o.add(a, a), o.add(b, b));
    let value = with_exponent(o, k, (a, b), -MINUS_LN2_CUT, -MINUS_LN2_REST);
    on_domain(o, x, value)
}

/// The logarithm to base 2; exact for powers of two.
#[inline(always)]
pub fn log2<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (high, low) = log2_parts(o, x);
    let value = o.add(high, low);
    on_domain(o, x, value)
}

/// The logarithm to base 10; exact for powers of ten.
#[inline(always)]
pub fn log10<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (k, a, b) = parts(o, x);
    let part = times(o, (a, b), TWO_LG_E, TWO_LG_E_LOW);
    let value = with_exponent(o, k, part, LG2_CUT, LG2_REST);
    on_domain(o, x, value)
}

/// log2 of a positive finite x in two parts, good to about 2^-66 of it.
#[inline(always)]
pub(super) fn log2_parts<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::F) {
    let (k, a, b) = parts(o, x);
    let (part, part_low) = times(o, (a, b), TWO_LOG2_E, TWO_LOG2_E_LOW);
    let (high, low) = fast_two_sum(o, k, part);
    (high, o.add(low, part_low))
}

/// k and atanh((m − 1)/(m + 1)) in two parts, for x = 2^k·m positive and finite.
#[inline(always)]
fn parts<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::F, O::F) {
    let (k, m) = split(o, x);
    let one = o.f(1.0);
    // s = (m − 1)/(m + 1)
    let num = o.sub(m, one);
    let (den, den_low) = fast_two_sum(o, one, m);
    let inverse = o.div(one, den);
    let s = o.mul(num, inverse);
    let minus_s = o.neg(s);
    let rest = o.fma(minus_s, den, num);
    let rest = o.fma(minus_s, den_low, rest);
    let s_low = o.mul(rest, inverse);
    // z = s²
    let (z, z_error) = two_product(o, s, s);
    let twice = o.add(s, s);
    let z_low = o.fma(twice, s_low, z_error);
    // b = 1/3 + z·(1/5 + …)
    let z2 = o.mul(z, z);
    let z4 = o.mul(z2, z2);
    let q = p8(o, z, z2, z4, LOG);
    let rest = o.mul(z, q);
    let (third, third_low) = (o.f(THIRD), o.f(THIRD_LOW));
    let (b, b_low) = fast_two_sum(o, third, rest);
    let b_low = o.add(b_low, third_low);
    let minus_rest = o.neg(rest);
    let error = o.fma(z, q, minus_rest);
    let error = o.fma(z_low, q, error);
    let b_low = o.add(b_low, error);
    // p = z·b, then s + s·p
    let (p, p_low) = two_product(o, z, b);
    let p_low = o.fma(z, b_low, p_low);
    let p_low = o.fma(z_low, b, p_low);
    let (sp, sp_low) = two_product(o, s, p);
    let sp_low = o.fma(s, p_low, sp_low);
    let sp_low = o.fma(s_low, p, sp_low);
    let (high, low) = fast_two_sum(o, s, sp);
    let sp_low = o.add(sp_low, s_low);
    (k, high, o.add(low, sp_low))
}

/// x = 2^k·m, m in [√½, √2), for a positive finite x.
#[inline(always)]
fn split<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::F) {
    let (normal, grow, magic) = (o.f(f64::MIN_POSITIVE), o.f(GROW), o.f(MAGIC));
    let bias = o.i(MAGIC.to_bits() as i64);
    let grown_bias = o.i(MAGIC.to_bits() as i64 - 54);
    let subnormal = o.lt(x, normal);
    let grown = o.mul(x, grow);
    let x = o.select(subnormal, grown, x);
    let bias = o.iselect(subnormal, grown_bias, bias);
    let bits = o.bits(x);
    let origin = o.i(SQRT_HALF_BITS);
    let above = o.isub(bits, origin);
    let k = o.sar(above, 52);
    let exponent = o.shl(k, 52);
    let m = o.isub(bits, exponent);
    let m = o.from_bits(m);
    let k = o.iadd(k, bias);
    let k = o.from_bits(k);
    (o.sub(k, magic), m)
}

#[inline(always)]
fn times<O: Ops>(o: &mut O, (a, b): (O::F, O::F), c: f64, c_low: f64) -> (O::F, O::F) {
    let (c, c_low) = (o.f(c), o.f(c_low));
    let (high, low) = two_product(o, a, c);
    let low = o.fma(a, c_low, low);
    (high, o.fma(b, c, low))
}

/// k·(cut + rest) + part; `cut` is short enough for k·cut to be exact.
#[inline(always)]
fn with_exponent<O: Ops>(o: &mut O, k: O::F, part: (O::F, O::F), cut: f64, rest: f64) -> O::F {
    let (cut, rest) = (o.f(cut), o.f(rest));
    let exact = o.mul(k, cut);
    let (high, low) = fast_two_sum(o, exact, part.0);
    let more = o.fma(k, rest, part.1);
    let low = o.add(low, more);
    o.add(high, low)
}

/// −∞ at 0, ∞ at ∞, NaN below 0 and for NaN.
#[inline(always)]
fn on_domain<O: Ops>(o: &mut O, x: O::F, value: O::F) -> O::F {
    let (zero, inf, minus_inf, nan) = (o.f(0.0), o.f(INF), o.f(-INF), o.f(NAN));
    let finite = o.lt(x, inf);
    let value = o.select(finite, value, inf);
    let is_zero = o.eq(x, zero);
    let outside = o.select(is_zero, minus_inf, nan);
    let positive = o.lt(zero, x);
    o.select(positive, value, outside)
}
