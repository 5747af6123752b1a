//! Random numbers with a fixed meaning: ChaCha8 streams, and our own maps from words to numbers.
//!
//! `rand`'s distributions and `shuffle` may change their values between releases; these do not (golden tests below).

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::float::ln;

/// The stream that initialises parameters; epoch e is shuffled by stream e.
pub const INIT_STREAM: u64 = u64::MAX;

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    words: ChaCha8Rng,
    spare: Option<f64>,
}

impl Stream {
    /// Stream number `stream` of `seed`. Streams of one seed are independent.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut words = ChaCha8Rng::seed_from_u64(seed);
        words.set_stream(stream);
        Self { words, spare: None }
    }

    /// Uniform in [0, 1): a multiple of 2^−53.
    pub fn uniform(&mut self) -> f64 {
        (self.words.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal, by Marsaglia's polar method (Marsaglia & Bray 1964).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * ln(s) / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// Uniform in 0..n, without bias (Lemire 2019, arXiv:1805.10941). 0 for n = 0.
    pub fn below(&mut self, n: u32) -> u32 {
        let threshold = n.wrapping_neg().checked_rem(n).unwrap_or(0);
        loop {
            let product = u64::from(self.words.next_u32()) * u64::from(n);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Shuffles in place (Fisher–Yates, from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(u32::try_from(i + 1).unwrap_or(u32::MAX));
            items.swap(i, j as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        let mut stream = Stream::new(42, 0);
        let uniform = stream.uniform();
        let normal = [stream.normal(), stream.normal()];
        let mut items: Vec<u8> = (0..10).collect();
        Stream::new(42, 7).shuffle(&mut items);
        assert_eq!((uniform, normal, &items[..]), GOLDEN);
    }

    const GOLDEN: (f64, [f64; 2], &[u8]) =
        (0.6818961923066714, [0.5987798730119623, -0.09638927277279241], &[0, 6, 5, 8, 7, 4, 9, 3, 1, 2]);

    #[test]
    fn moments_are_right() {
        let mut stream = Stream::new(1, INIT_STREAM);
        let n = 40_000;
        let (mut mean, mut square, mut counts) = (0.0, 0.0, [0u32; 5]);
        for _ in 0..n {
            let x = stream.normal();
            mean += x / f64::from(n);
            square += x * x / f64::from(n);
            counts[stream.below(5) as usize] += 1;
        }
        assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.03, "{mean} {square}");
        assert!(counts.iter().all(|&c| c.abs_diff(8000) < 400), "{counts:?}");
        assert_eq!(stream.below(0), 0);
    }
}
