//! Half-turn cosines: [`hav`], [`cospi`], [`sinpi`], and the quarter-turn kernels that [`super::reduce`] shares.
//!
//! Guarantees: arguments are reduced exactly; `hav` is 0 at 0, 0.5 at 0.5 and increasing between them.

use super::poly::{p2, p4};
use super::table::{COS, COS_SLOPE, HALF_PI, HAV, MAGIC, SIN, SIN_SLOPE};
use super::{Ops, finite_or_nan};

/// (1 − cos πv)/2 for v in [0, 1/2], v being 0 or at least 2^-500: the cosine factor, counted from its flat end.
///
/// Relative accuracy holds to the very end, where (1 + cos)/2 cancels. The other half follows by reflection:
/// hav(v) = 1 − hav(1 − v).
#[inline(always)]
pub fn hav<O: Ops>(o: &mut O, v: O::F) -> O::F {
    let w = o.mul(v, v);
    let w2 = o.mul(w, w);
    let w4 = o.mul(w2, w2);
    let [lead, rest, second, c @ ..] = HAV;
    let q = p4(o, w, w2, [c[0], c[1], c[2], c[3]]);
    let top = p2(o, w, c[4], c[5]);
    let q = o.fma(w4, top, q);
    let (lead, rest, second) = (o.f(lead), o.f(rest), o.f(second));
    let q = o.fma(w, q, second);
    let error = o.mul(w, rest);
    let tail = o.fma(w2, q, error);
    o.fma(w, lead, tail)
}

/// cos πx
#[inline(always)]
pub fn cospi<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (h, n) = half_turns(o, x);
    let one = o.i(1);
    let n = o.iadd(n, one);
    let value = by_quadrant(o, h, None, n);
    finite_or_nan(o, x, value)
}

/// sin πx; sinpi(−0) is +0
#[inline(always)]
pub fn sinpi<O: Ops>(o: &mut O, x: O::F) -> O::F {
    let (h, n) = half_turns(o, x);
    let value = by_quadrant(o, h, None, n);
    finite_or_nan(o, x, value)
}

/// 2x = h + n mod 4, exactly, with |h| ≤ 1/2. Only the low two bits of n count.
#[inline(always)]
fn half_turns<O: Ops>(o: &mut O, x: O::F) -> (O::F, O::I) {
    let (half, two, minus_two, magic) = (o.f(0.5), o.f(2.0), o.f(-2.0), o.f(MAGIC));
    let turns = o.mul(x, half);
    let turns = o.nearest(turns);
    // In [−1, 1], and exact: for |x| ≥ 2^53 it is 0, as x is an even integer.
    let y = o.fma(turns, minus_two, x);
    let shifted = o.fma(y, two, magic);
    let n = o.sub(shifted, magic);
    let minus_n = o.neg(n);
    let h = o.fma(y, two, minus_n);
    (h, o.bits(shifted))
}

/// sin(π/2 · (h + low + n)) for |h| ≤ 1/2 and |low| below half an ulp of h; for the cosine, add 1 to n.
#[inline(always)]
pub(super) fn by_quadrant<O: Ops>(o: &mut O, h: O::F, low: Option<O::F>, n: O::I) -> O::F {
    let w = o.mul(h, h);
    let w2 = o.mul(w, w);
    let w4 = o.mul(w2, w2);
    let sine = sine(o, h, low, w, w2, w4);
    let cosine = cosine(o, h, low, w, w2, w4);

    let (one, two) = (o.i(1), o.i(2));
    let odd = o.iand(n, one);
    let even = o.ult(odd, one);
    let value = o.select(even, sine, cosine);
    // Adding 2^63 flips the sign bit and nothing else.
    let half = o.iand(n, two);
    let flip = o.shl(half, 62);
    let bits = o.bits(value);
    let bits = o.iadd(bits, flip);
    o.from_bits(bits)
}

#[inline(always)]
fn sine<O: Ops>(o: &mut O, h: O::F, low: Option<O::F>, w: O::F, w2: O::F, w4: O::F) -> O::F {
    let [lead, rest, c @ ..] = SIN;
    let q = p4(o, w, w2, [c[0], c[1], c[2], c[3]]);
    let top = p2(o, w, c[4], c[5]);
    let q = o.fma(w4, top, q);
    let (lead, rest) = (o.f(lead), o.f(rest));
    let q = o.fma(w, q, rest);
    let mut tail = o.mul(h, q);
    if let Some(low) = low {
        // d sin(π/2 · h) = π/2 · cos(π/2 · h); two terms of it are enough for so small a step.
        let slope = p2(o, w, HALF_PI, SIN_SLOPE);
        tail = o.fma(low, slope, tail);
    }
    o.fma(h, lead, tail)
}

#[inline(always)]
fn cosine<O: Ops>(o: &mut O, h: O::F, low: Option<O::F>, w: O::F, w2: O::F, w4: O::F) -> O::F {
    let [lead, c @ ..] = COS;
    let q = p4(o, w, w2, [c[0], c[1], c[2], c[3]]);
    let top = p2(o, w, c[4], c[5]);
    let q = o.fma(w4, top, q);
    // 1 + lead·h², the square and the sum each with their error.
    let (one, lead) = (o.f(1.0), o.f(lead));
    let high = o.fma(w, lead, one);
    let rest = o.sub(one, high);
    let error = o.fma(w, lead, rest);
    let minus_w = o.neg(w);
    let w_error = o.fma(h, h, minus_w);
    let mut error = o.fma(w_error, lead, error);
    if let Some(low) = low {
        let slope = o.f(COS_SLOPE);
        let slope = o.mul(slope, h);
        error = o.fma(slope, low, error);
    }
    let tail = o.fma(w2, q, error);
    o.add(high, tail)
}
