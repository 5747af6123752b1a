//! Polynomials and exact sums, shared by the function families.
//!
//! The polynomials take the powers of the argument that they need from the caller, which mostly has them anyway.
//! Estrin's order keeps the dependent chain short; the leading terms, where rounding matters, stay with the caller.

use super::Ops;

/// c0 + c1·x
#[inline(always)]
pub(super) fn p2<O: Ops>(o: &mut O, x: O::F, c0: f64, c1: f64) -> O::F {
    let (c0, c1) = (o.f(c0), o.f(c1));
    o.fma(x, c1, c0)
}

/// Four coefficients, lowest first.
#[inline(always)]
pub(super) fn p4<O: Ops>(o: &mut O, x: O::F, x2: O::F, c: [f64; 4]) -> O::F {
    let low = p2(o, x, c[0], c[1]);
    let high = p2(o, x, c[2], c[3]);
    o.fma(x2, high, low)
}

/// Eight coefficients, lowest first.
#[inline(always)]
pub(super) fn p8<O: Ops>(o: &mut O, x: O::F, x2: O::F, x4: O::F, c: [f64; 8]) -> O::F {
    let low = p4(o, x, x2, [c[0], c[1], c[2], c[3]]);
    let high = p4(o, x, x2, [c[4], c[5], c[6], c[7]]);
    o.fma(x4, high, low)
}

/// a + b as a rounded sum and its exact error, for a = 0 or an exponent of a not below that of b.
#[inline(always)]
pub(super) fn fast_two_sum<O: Ops>(o: &mut O, a: O::F, b: O::F) -> (O::F, O::F) {
    let sum = o.add(a, b);
    let rest = o.sub(a, sum);
    (sum, o.add(rest, b))
}

/// a + b as a rounded sum and its exact error.
#[inline(always)]
pub(super) fn two_sum<O: Ops>(o: &mut O, a: O::F, b: O::F) -> (O::F, O::F) {
    let sum = o.add(a, b);
    let b_part = o.sub(sum, a);
    let a_part = o.sub(sum, b_part);
    let (a_rest, b_rest) = (o.sub(a, a_part), o.sub(b, b_part));
    (sum, o.add(a_rest, b_rest))
}

/// a · b as a rounded product and its exact error (exact unless it underflows).
#[inline(always)]
pub(super) fn two_product<O: Ops>(o: &mut O, a: O::F, b: O::F) -> (O::F, O::F) {
    let product = o.mul(a, b);
    let minus = o.neg(product);
    (product, o.fma(a, b, minus))
}
