//! exp, tanh and ln from additions, multiplications and divisions only, so that a run has the same bits on every platform.
//!
//! The f32 functions are branch-free and vectorise; they are accurate to a few ulp, which is all that an activation needs.

/// 1.5 · 2^23: adding it rounds an f32 below 2^22 to an integer, ties to even, and leaves that integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// e^x within 2 ulp on [−87.3, 88.3]; x is clamped to that interval. NaN stays NaN.
///
/// Cody–Waite reduction and the polynomial of Cephes' `expf` (Moshier).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.3, 88.3);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let p = 1.987_569_1e-4 * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * (r * r) + r + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    p * f32::from_bits(exponent)
}

/// tanh x within 6 ulp; x is clamped to ±7.905, where tanh is 1 in f32. NaN stays NaN.
///
/// The 13/6 rational function of Eigen's `ptanh`.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let x = x.clamp(-7.905_311, 7.905_311);
    let z = x * x;
    let p = -2.760_768_5e-16 * z + 2.000_188e-13;
    let p = p * z - 8.604_672e-11;
    let p = p * z + 5.122_297e-8;
    let p = p * z + 1.485_722_4e-5;
    let p = p * z + 6.372_619_3e-4;
    let p = p * z + 4.893_524_6e-3;
    let q = 1.198_258_4e-6 * z + 1.185_347_1e-4;
    let q = q * z + 2.268_434_6e-3;
    let q = q * z + 4.893_525e-3;
    x * p / q
}

/// ln x within 4 ulp for finite, normal x > 0; −∞ for 0, NaN below 0, x itself for ∞ and NaN. Subnormal x counts as 0.
///
/// x = m · 2^e with m in [√½, √2); ln m = 2 artanh((m − 1)/(m + 1)) as a series in the odd powers.
pub fn ln(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x < f64::MIN_POSITIVE {
        return if x < 0.0 { f64::NAN } else { f64::NEG_INFINITY };
    }
    let bits = x.to_bits();
    let mut e = (bits >> 52) as i64 - 1023;
    let mut m = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if m > std::f64::consts::SQRT_2 {
        m /= 2.0;
        e += 1;
    }
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut sum = 0.0;
    for k in (1..=11).rev() {
        sum = sum * z + 1.0 / f64::from(2 * k + 1);
    }
    e as f64 * std::f64::consts::LN_2 + (2.0 * s + 2.0 * s * z * sum)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the platform's functions are the yardstick")]
mod tests {
    use super::*;

    /// The largest error over 20,001 points, in ulps of the result.
    fn ulps(f: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let mut worst = 0.0f64;
        for i in 0..=20_000u16 {
            let x = from + (to - from) * f32::from(i) / 20_000.0;
            let exact = exact(f64::from(x));
            let ulp = f64::from((exact as f32).next_up()) - f64::from(exact as f32);
            worst = worst.max((f64::from(f(x)) - exact).abs() / ulp.abs());
        }
        worst
    }

    #[test]
    fn exp_and_tanh_are_accurate() {
        assert!(ulps(exp, f64::exp, -87.0, 88.0) < 2.0);
        assert!(ulps(tanh, f64::tanh, -9.0, 9.0) < 6.0);
        assert!(ulps(tanh, f64::tanh, -1e-3, 1e-3) < 4.0);
        assert_eq!((exp(0.0), tanh(0.0)), (1.0, 0.0));
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
        assert!(exp(1e9).is_finite() && exp(-1e9) > 0.0 && tanh(1e9) <= 1.0);
    }

    #[test]
    fn ln_is_accurate() {
        let mut x = 1e-300;
        while x < 1e300 {
            let error = (ln(x) - x.ln()).abs();
            assert!(error <= 4.0 * f64::EPSILON * x.ln().abs(), "{x} {error}");
            x *= 1.37;
        }
        assert_eq!(ln(1.0), 0.0);
        assert_eq!(ln(0.0), f64::NEG_INFINITY);
        assert!(ln(-1.0).is_nan());
    }
}
