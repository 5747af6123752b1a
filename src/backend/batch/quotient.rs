//! Many counts divided by one length, without a division for each: the same bits as `count / len`.

/// 1 / len in two parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotient {
    high: f64,
    low: f64,
}

/// Lengths from here on are divided by.
const LEN_END: f64 = (1_u64 << 48) as f64;

/// Counts from here on, and negative ones, are divided.
pub(super) const COUNT_END: i64 = 1 << 52;

impl Quotient {
    /// For counts in 0 .. [`COUNT_END`]; `None` where the bits are not proven to be those of a division. `len` is a whole
    /// number from 1 on.
    ///
    /// With u = 2^-53, `high` and `low` miss 1/len by u² of it, and the product with `low` is off by as much; so what the
    /// fused operation rounds is count/len · (1 + ε), |ε| < 2^-104. That rounds like count/len itself unless a midpoint
    /// M/2^e between two f64, M an odd number of 54 bits, lies between them. But count/len is no midpoint, as M would
    /// divide count, which is smaller; and the distance |count·2^e − M·len| / (len·2^e) from one is at least
    /// 1/(len·2^e), which is 1/(len·M) > 2^-102 of it.
    pub(super) fn by(len: f64) -> Option<Self> {
        let high = 1.0 / len;
        let low = (-len).mul_add(high, 1.0) / len;
        (len < LEN_END).then_some(Self { high, low })
    }

    /// count / len
    #[inline(always)]
    pub(super) fn of(self, count: f64) -> f64 {
        count.mul_add(self.high, count * self.low)
    }
}

/// Added to the bits of 2^52, a count in 0 .. [`COUNT_END`] is a fraction's last bits.
pub(super) const ORIGIN: i64 = 0x433 << 52;

/// The count whose sum with [`ORIGIN`] this is.
#[inline(always)]
pub(super) fn count(bits: i64) -> f64 {
    f64::from_bits(bits as u64) - f64::from_bits(ORIGIN as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::tests::Random;

    fn same(n: u64, len: u64) {
        let quotient = Quotient::by(len as f64).expect("a length below 2^48");
        let (got, divided) = (quotient.of(count(ORIGIN + n as i64)), n as f64 / len as f64);
        assert_eq!(got.to_bits(), divided.to_bits(), "{n} / {len}");
    }

    #[test]
    fn is_the_division() {
        let mut random = Random(1);
        for bits in 1..=48 {
            for _ in 0..1000 {
                let len = (random.bits() >> (64 - bits)).max(1);
                same(random.bits() % (len + 1), len);
                same(random.bits() >> 12, len);
            }
        }
        for len in [1, 2, 3, (1 << 48) - 1, (1 << 47) + 1] {
            for n in [0, 1, len - 1, len, len + 1, (1 << 52) - 1] {
                same(n, len);
            }
        }
    }

    /// The counts whose quotients come nearest to the middle between two f64: count·2^e = ±1 modulo an odd length.
    #[test]
    fn is_the_division_where_it_is_hardest() {
        let (mut random, mut hard) = (Random(2), 0);
        for bits in 2..=48 {
            for _ in 0..200 {
                let len = (random.bits() >> (64 - bits)) | 1;
                for e in 54..=60 {
                    let inverse = power(half(len), e, len);
                    for n in [inverse, len - inverse] {
                        let middle = ((u128::from(n) << e) + 1) / u128::from(len);
                        hard += u32::from(middle >> 53 == 1);
                        same(n, len);
                    }
                }
            }
        }
        assert!(hard > 10_000, "{hard}");
    }

    #[test]
    fn a_length_without_a_proof_has_none() {
        assert!(Quotient::by(LEN_END - 1.0).is_some());
        assert!(Quotient::by(LEN_END).is_none());
    }

    /// 1/2 modulo an odd number.
    fn half(modulus: u64) -> u64 {
        modulus.div_ceil(2) % modulus
    }

    fn power(base: u64, exponent: u32, modulus: u64) -> u64 {
        let times = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
        (0..exponent).fold(1 % modulus, |product, _| times(product, base))
    }
}
