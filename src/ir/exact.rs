//! Fractions that stay exact: what is too long for 128 bits is computed with as many as it needs.
//!
//! Most times are whole numbers of something, and reducing a fraction costs a hundred times what an integer does: so
//! these are told apart first.

use num_bigint::BigInt;
use num_traits::{CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};

use super::time::MOST;
use crate::clock::{Ratio, to_f64};

/// Whole `every` passed after `since`: ⌊since / every⌋, or its limit from the left.
pub fn passed(since: Ratio, every: Ratio, left: bool) -> i128 {
    let part = BigInt::from(*since.numer()) * *every.denom();
    let whole = BigInt::from(*since.denom()) * *every.numer();
    // What is below 0 is cut to 0, so that cutting and flooring agree.
    let part = if left { part - 1 } else { part };
    if part.is_negative() { 0 } else { (part / whole).to_i128().unwrap_or(i128::MAX) }
}

/// a − b; where that has more digits than 128 bits hold, the nearest multiple of 2^-40.
pub fn minus(a: Ratio, b: Ratio) -> Ratio {
    if b.is_zero() {
        return a;
    }
    let whole = (a.is_integer() && b.is_integer()).then(|| a.numer().checked_sub(b.numer())).flatten();
    whole.map(Ratio::from_integer).or_else(|| a.checked_sub(&b)).unwrap_or_else(|| {
        let fine = (1i128 << 40) as f64;
        Ratio::new(((to_f64(a) - to_f64(b)) * fine) as i128, 1 << 40)
    })
}

/// a · n; what is beyond every count is `MOST`.
pub fn times(a: Ratio, n: i128) -> Ratio {
    if n == 1 { a } else { product(a, n).unwrap_or(Ratio::from_integer(MOST)) }
}

/// a · n, if 128 bits hold it.
fn product(a: Ratio, n: i128) -> Option<Ratio> {
    match n.checked_rem(*a.denom()) {
        Some(0) => a.numer().checked_mul(&(n / a.denom())).map(Ratio::from_integer),
        _ => a.checked_mul(&Ratio::from_integer(n)),
    }
}

/// `part` and `whole` counted in the same unit, exactly where that can be.
pub fn commensurate(part: Ratio, whole: Ratio) -> (i64, i64) {
    let most = part.abs().max(whole);
    let mul = lcm(*part.denom(), *whole.denom()).filter(|&fine| fits(most, fine)).unwrap_or_else(|| coarse(most));
    (round(part, mul), round(whole, mul).max(1))
}

/// Whether `len` can be counted in `1/mul`.
pub fn fits(len: Ratio, mul: i128) -> bool {
    mul < MOST && product(len, mul).is_some_and(|n| n < Ratio::from_integer(MOST))
}

/// The finest power of two that `len` can still be counted in: 2^-61 of the phase is lost at most.
pub fn coarse(len: Ratio) -> i128 {
    let mut mul = 1i128 << 61;
    while mul > 1 && !fits(len, mul) {
        mul >>= 1;
    }
    mul
}

/// The whole number nearest to x · mul, as far as a register holds it.
pub fn round(x: Ratio, mul: i128) -> i64 {
    let most = MOST as i64;
    match product(x, mul) {
        Some(n) if n.is_integer() => n.to_integer().clamp(-MOST, MOST) as i64,
        Some(n) => n.round().to_integer().clamp(-MOST, MOST) as i64,
        // More digits than 128 bits hold: the nearest double is as close as the result can be.
        None => ((to_f64(x) * mul as f64) as i64).clamp(-most, most),
    }
}

/// The whole part and what is left of it.
pub fn floor_rest(x: Ratio) -> (i128, Ratio) {
    if x.is_integer() {
        return (x.to_integer(), Ratio::zero());
    }
    let floor = x.floor();
    (floor.to_integer(), minus(x, floor))
}

/// The least common multiple, if 128 bits hold it.
pub fn lcm(a: i128, b: i128) -> Option<i128> {
    match (a, b) {
        (1, n) | (n, 1) => Some(n),
        _ => (a / gcd(a, b)).checked_mul(b),
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_counted_beyond_128_bits() {
        let every = Ratio::new((1 << 90) + 1, 1 << 36);
        let since = Ratio::new((1 << 100) + (1 << 10), 1 << 36);
        assert_eq!(passed(since, every, false), 1024);
        assert_eq!(passed(since, every, true), 1023);
        assert_eq!(passed(Ratio::new(-1, 3), every, false), 0);
        assert_eq!(passed(Ratio::from_integer(0), every, true), 0);
    }
}
