//! [`pow`]: 2^(y·log2 |x|), the exponent in two parts, then the special cases of IEEE 754 and C99 by selection.

use super::exp::{exp2_near_0, saturate, scale};
use super::log::log2_parts;
use super::poly::{fast_two_sum, two_product};
use super::table::{INF, MAGIC};
use super::{Ops, nan_unless};

/// x^y. As in IEEE 754: pow(x, 0) = pow(1, y) = 1 for every x and y, NaN included; a negative x needs an integral y.
#[inline(always)]
pub fn pow<O: Ops>(o: &mut O, x: O::F, y: O::F) -> O::F {
    let size = o.abs(x);
    let (zero, half, one, magic) = (o.f(0.0), o.f(0.5), o.f(1.0), o.f(MAGIC));
    let (inf, minus_inf) = (o.f(INF), o.f(-INF));

    let (log, log_low) = log2_parts(o, size);
    let is_zero = o.eq(size, zero);
    let log = o.select(is_zero, minus_inf, log);
    let finite = o.lt(size, inf);
    let log = o.select(finite, log, size);

    let (t, t_low) = two_product(o, y, log);
    let t_low = o.fma(y, log_low, t_low);
    let shifted = o.add(t, magic);
    let n = o.sub(shifted, magic);
    let r = o.sub(t, n);
    let (r, t_low) = fast_two_sum(o, r, t_low);
    let (high, low) = exp2_near_0(o, r, Some(t_low));
    let value = scale(o, high, low, shifted);
    let value = saturate(o, t, value, -1076.0, 1025.0, 0.0, INF);

    // |x| = 1 is 1 for an infinite y too, but not for a NaN.
    let number = o.eq(y, y);
    let unit = o.eq(size, one);
    let unit_value = o.select(number, one, y);
    let value = o.select(unit, unit_value, value);

    // An odd integer is integral and its half is not.
    let whole = o.floor(y);
    let integral = o.eq(whole, y);
    let half_y = o.mul(y, half);
    let half_whole = o.floor(half_y);
    let even = o.eq(half_whole, half_y);
    let plus = o.f(1.0);
    let minus = o.f(-1.0);
    let sign = o.select(even, plus, minus);
    let sign = o.select(integral, sign, plus);
    let (sign_bit, bits) = (o.i(i64::MIN), o.bits(x));
    let non_negative = o.ult(bits, sign_bit);
    let sign = o.select(non_negative, plus, sign);
    let value = o.mul(value, sign);

    // A finite negative base with a fractional exponent has no real power.
    let below_zero = o.lt(x, zero);
    let base = o.select(below_zero, size, inf);
    let real = o.eq(base, inf);
    let fractional = o.select(integral, one, zero);
    let fractional = o.select(real, one, fractional);
    let defined = o.eq(fractional, one);
    let value = nan_unless(o, defined, value);

    let number = o.eq(value, value);
    let value = nan_unless(o, number, value);
    let no_exponent = o.eq(y, zero);
    let value = o.select(no_exponent, one, value);
    let base_one = o.eq(x, one);
    o.select(base_one, one, value)
}
