//! What consecutive counts give, a loop for each shape: the curves as [`ops::ramp`] has them, progress, noise, tables.

use super::counts::Counts;
use super::quotient::{COUNT_END, ORIGIN, Quotient, count};
use crate::ir::Curve;
use crate::ir::ops::{along, lookup};
use crate::math::{Native, noise as noise_at};
use crate::simd::{Isa, Pass, dispatch};

/// count / len
pub(super) fn ratio(isa: Isa, counts: Counts, len: f64, out: &mut [f64]) {
    shaped(isa, Progress, counts, len, out);
}

/// A ramp from a by c, u = count / len.
pub(super) fn ramp(isa: Isa, curve: Curve, (a, c): (f64, f64), counts: Counts, len: f64, out: &mut [f64]) {
    match curve {
        Curve::Linear => shaped(isa, Linear { a, c }, counts, len, out),
        Curve::Cosine => shaped(isa, Cosine { a, c }, counts, len, out),
        Curve::Exp => shaped(isa, Exp { a, c }, counts, len, out),
    }
}

/// Noise for each count, by the seed.
pub(super) fn noise(isa: Isa, seed: i64, counts: Counts, out: &mut [f64]) {
    dispatch(isa, Noise { seed, counts, out });
}

/// The table's number for each count, the last one beyond it.
pub(super) fn table(table: &[f64], counts: Counts, out: &mut [f64]) {
    let mut index = counts.first;
    for out in out {
        *out = lookup(table, index as u64);
        index = index.wrapping_add(counts.step);
    }
}

fn shaped<S: Shape>(isa: Isa, shape: S, counts: Counts, len: f64, out: &mut [f64]) {
    let near = isa.fuses() && counts.are_below(COUNT_END, out.len());
    match Quotient::by(len).filter(|_| near) {
        Some(quotient) => {
            // Made here, so that the loop finds it in memory, as a vector.
            let block = if S::LITTLE { counts.block() } else { [0.0; BLOCK] };
            dispatch(isa, Near { shape, quotient, counts, block, out });
        }
        // Without a fused multiply-add a division costs less, too.
        None => dispatch(isa, Far { shape, len, counts, out }),
    }
}

/// A function of u as a type, so that each has a loop of its own.
trait Shape: Copy {
    /// Whether it is so little that counting is a good part of it.
    const LITTLE: bool;

    fn at(self, u: f64) -> f64;
}

#[derive(Clone, Copy)]
struct Progress;

impl Shape for Progress {
    const LITTLE: bool = true;

    #[inline(always)]
    fn at(self, u: f64) -> f64 {
        u
    }
}

macro_rules! curves {
    ($($curve:ident: $little:literal,)*) => {$(
        #[derive(Clone, Copy)]
        struct $curve {
            a: f64,
            c: f64,
        }

        impl Shape for $curve {
            const LITTLE: bool = $little;

            #[inline(always)]
            fn at(self, u: f64) -> f64 {
                along(&mut Native, Curve::$curve, self.a, self.c, u)
            }
        }
    )*};
}

curves!(Linear: true, Cosine: false, Exp: false,);

/// Counts in 0 .. [`COUNT_END`].
struct Near<'a, S> {
    shape: S,
    quotient: Quotient,
    counts: Counts,
    /// The first counts.
    block: [f64; BLOCK],
    out: &'a mut [f64],
}

/// Values of a little shape at a time: enough sums side by side to hide how long each takes.
const BLOCK: usize = 16;

impl Counts {
    fn block(self) -> [f64; BLOCK] {
        std::array::from_fn(|k| self.first.wrapping_add(self.step.wrapping_mul(k as i64)) as f64)
    }
}

impl<S: Shape> Pass for Near<'_, S> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self { shape, quotient, counts: Counts { first, step }, mut block, mut out } = self;
        let mut bits = ORIGIN.wrapping_add(first);
        if S::LITTLE {
            let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
            let next = step.wrapping_mul(BLOCK as i64);
            bits = bits.wrapping_add(next.wrapping_mul(blocks.len() as i64));
            // Whole numbers below 2^53, so that the sums are exact as far as they are used.
            let next = next as f64;
            for values in blocks {
                for k in 0..BLOCK {
                    values[k] = shape.at(quotient.of(block[k]));
                    block[k] += next;
                }
            }
            out = rest;
        }
        for out in out {
            *out = shape.at(quotient.of(count(bits)));
            bits = bits.wrapping_add(step);
        }
    }
}

/// Any counts.
struct Far<'a, S> {
    shape: S,
    len: f64,
    counts: Counts,
    out: &'a mut [f64],
}

impl<S: Shape> Pass for Far<'_, S> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self { shape, len, counts, out } = self;
        let mut count = counts.first;
        for out in out {
            *out = shape.at(count as f64 / len);
            count = count.wrapping_add(counts.step);
        }
    }
}

struct Noise<'a> {
    seed: i64,
    counts: Counts,
    out: &'a mut [f64],
}

impl Pass for Noise<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let Self { seed, counts, out } = self;
        let mut count = counts.first;
        for out in out {
            *out = noise_at(&mut Native, seed, count);
            count = count.wrapping_add(counts.step);
        }
    }
}
