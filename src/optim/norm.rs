//! The global gradient norm, in one fixed order.
//!
//! The order does not depend on the thread count, and it is the natural one of a GPU: a block of 256 lanes strides over 4096
//! elements and folds by halves; one more block does the same over the blocks' sums. All sums are f64, so squares of
//! f32 neither overflow nor lose low bits early.

use super::simd::{Isa, Pass, dispatch};

/// Elements per partial sum.
pub const CHUNK: usize = 4096;
const LANES: usize = 256;

/// Σx² of a slice. `partial` is scratch, one element per chunk or more; `threads` is at least 1.
pub fn sum_of_squares(x: &[f32], partial: &mut [f64], threads: usize) -> f64 {
    let chunks = x.len().div_ceil(CHUNK);
    let partial = &mut partial[..chunks];
    if threads < 2 || chunks < 2 * threads {
        fill(x, partial);
    } else {
        let share = chunks.div_ceil(threads);
        std::thread::scope(|scope| {
            for (x, partial) in x.chunks(share * CHUNK).zip(partial.chunks_mut(share)) {
                scope.spawn(move || fill(x, partial));
            }
        });
    }
    fold(partial)
}

/// The sum of partial sums.
pub(super) fn fold(partial: &[f64]) -> f64 {
    dispatch(Isa::best(), Fold(partial))
}

/// What gradients of the norm `norm` are multiplied by to be clipped at `limit`, as `torch.nn.utils.clip_grad_norm_` does:
/// min(1, limit / (norm + 1e-6)); 1 without a limit.
pub fn clip_scale(limit: Option<f64>, norm: f64) -> f32 {
    limit.map_or(1.0, |limit| (limit / (norm + 1e-6)).min(1.0) as f32)
}

fn fill(x: &[f32], partial: &mut [f64]) {
    for (x, sum) in x.chunks(CHUNK).zip(partial) {
        *sum = dispatch(Isa::best(), Squares(x));
    }
}

struct Squares<'a>(&'a [f32]);

impl Pass for Squares<'_> {
    type Out = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut lanes = [0.0; LANES];
        for row in self.0.chunks(LANES) {
            for (lane, &x) in lanes.iter_mut().zip(row) {
                let x = f64::from(x);
                *lane += x * x;
            }
        }
        halve(lanes)
    }
}

struct Fold<'a>(&'a [f64]);

impl Pass for Fold<'_> {
    type Out = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut lanes = [0.0; LANES];
        for row in self.0.chunks(LANES) {
            for (lane, x) in lanes.iter_mut().zip(row) {
                *lane += x;
            }
        }
        halve(lanes)
    }
}

#[inline(always)]
fn halve(mut lanes: [f64; LANES]) -> f64 {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_gradients_are_not_scaled() {
        assert_eq!(clip_scale(Some(1.0), 0.5), 1.0);
        assert_eq!(clip_scale(Some(1.0), 4.0), (1.0 / (4.0 + 1e-6)) as f32);
        assert_eq!(clip_scale(None, 4.0), 1.0);
    }

    #[test]
    fn sums_and_ignores_the_thread_count() {
        let x: Vec<f32> = (0..50_001u32).map(|i| ((i * 7919 % 1009) as f32 - 500.0) / 333.0).collect();
        let exact: f64 = x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        let mut partial = vec![0.0; x.len().div_ceil(CHUNK)];
        let one = sum_of_squares(&x, &mut partial, 1);
        assert!((one / exact - 1.0).abs() < 1e-13);
        for threads in 2..6 {
            assert_eq!(one.to_bits(), sum_of_squares(&x, &mut partial, threads).to_bits());
        }
        assert_eq!(sum_of_squares(&[], &mut [], 3), 0.0);
        assert_eq!(sum_of_squares(&[f32::MAX; 2], &mut partial, 1), 2.0 * f64::from(f32::MAX) * f64::from(f32::MAX));
        assert!(sum_of_squares(&[1.0, f32::NAN], &mut partial, 1).is_nan());
    }
}
