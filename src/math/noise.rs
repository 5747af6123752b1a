//! Noise that is a function of a counter.

use super::Ops;

/// 2^64 / φ, odd: the step from one state of splitmix64 to the next.
const GOLDEN: i64 = 0x9e37_79b9_7f4a_7c15_u64 as i64;

/// An even share of [−1, 1) for each `count`: splitmix64 (Steele, Lea & Flood, 2014) after `seed` + `count` + 1
/// steps' worth of its increment, the upper 53 bits.
#[inline(always)]
pub fn noise<O: Ops>(o: &mut O, seed: O::I, count: O::I) -> O::F {
    let (one, golden) = (o.i(1), o.i(GOLDEN));
    let count = o.iadd(count, one);
    let state = o.imul(count, golden);
    let z = o.iadd(state, seed);
    let z = fold(o, z, 30);
    let factor = o.i(0xbf58_476d_1ce4_e5b9_u64 as i64);
    let z = o.imul(z, factor);
    let z = fold(o, z, 27);
    let factor = o.i(0x94d0_49bb_1331_11eb_u64 as i64);
    let z = o.imul(z, factor);
    let z = fold(o, z, 31);
    let z = logical(o, z, 11);
    let z = o.to_float(z);
    let (scale, minus_one) = (o.f(f64::EPSILON), o.f(-1.0));
    o.fma(z, scale, minus_one)
}

/// z xor (z >> n)
#[inline(always)]
fn fold<O: Ops>(o: &mut O, z: O::I, n: u32) -> O::I {
    let high = logical(o, z, n);
    let (either, both) = (o.ior(z, high), o.iand(z, high));
    o.isub(either, both)
}

/// z >> n, zeros shifted in
#[inline(always)]
fn logical<O: Ops>(o: &mut O, z: O::I, n: u32) -> O::I {
    let (shifted, mask) = (o.sar(z, n), o.i((u64::MAX >> n) as i64));
    o.iand(shifted, mask)
}
