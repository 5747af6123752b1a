//! Cycles of geometric lengths: where they end, exactly or nearly.

use num_bigint::BigInt;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, One, ToPrimitive, Zero};

use crate::clock::Ratio;

/// Cycles of different lengths are written out, so many at most.
pub(super) const MOST_CYCLES: usize = 10_000;

/// How the length of cycles is given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Every {
    /// So many over a span.
    Count(i128, Ratio),
    /// The first one lasts so long.
    Time(Ratio),
}

/// Where cycles of geometric lengths end, as far as 128 bits tell, and whether these are all.
pub(super) fn exact_ends(every: Every, grow: Ratio, span: Ratio) -> (Vec<Ratio>, bool) {
    let mut ends = vec![];
    let all = exact_ends_into(&mut ends, every, grow, span).is_some_and(|passed| passed >= span);
    (ends, all)
}

fn exact_ends_into(ends: &mut Vec<Ratio>, every: Every, grow: Ratio, span: Ratio) -> Option<Ratio> {
    let (mut length, count) = match every {
        Every::Time(d) => (d, MOST_CYCLES),
        Every::Count(k, len) => {
            let k = usize::try_from(k).ok().filter(|&k| k <= MOST_CYCLES)?;
            let (mut sum, mut power) = (Ratio::zero(), Ratio::one());
            for _ in 0..k {
                sum = sum.checked_add(&power)?;
                power = power.checked_mul(&grow)?;
            }
            (len.checked_div(&sum)?, k)
        }
    };
    let mut passed = Ratio::zero();
    while passed < span && ends.len() < count {
        passed = passed.checked_add(&length)?;
        ends.push(passed);
        length = length.checked_mul(&grow)?;
    }
    Some(passed)
}

/// The same to 192 bits after the point, which are cut off: so an end that is a whole step is found below it, and
/// rounding up to the grid gives it back. The end of counted cycles is the span's.
pub(super) fn near_ends(every: Every, grow: Ratio, span: Ratio, grid: i128) -> Option<Vec<Ratio>> {
    const BITS: u32 = 192;
    let fixed = |r: Ratio| (BigInt::from(*r.numer()) << BITS) / *r.denom();
    let scaled = |x: &BigInt| x * *grow.numer() / *grow.denom();
    let scaled_up = |x: &BigInt| (x * *grow.numer() + (*grow.denom() - 1)) / *grow.denom();
    let (mut length, count, counted) = match every {
        Every::Time(d) => (fixed(d), MOST_CYCLES, false),
        Every::Count(k, len) => {
            let k = usize::try_from(k).ok().filter(|&k| k <= MOST_CYCLES)?;
            let (mut sum, mut power) = (BigInt::ZERO, BigInt::from(1) << BITS);
            for _ in 0..k {
                sum += &power;
                power = scaled_up(&power);
            }
            ((fixed(len) << BITS) / sum, k, true)
        }
    };
    let whole = fixed(span);
    let (mut ends, mut passed) = (vec![], BigInt::ZERO);
    while passed < whole && ends.len() < count {
        passed += &length;
        let end: BigInt = -(-(&passed * grid) >> BITS);
        ends.push(Ratio::new(end.to_i128()?, grid));
        length = scaled(&length);
    }
    if counted {
        ends.pop();
        ends.push(span);
    }
    (counted || passed >= whole).then_some(ends)
}
