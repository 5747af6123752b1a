//! The integers of consecutive steps, as long as they are an arithmetic progression.

use crate::ir::Ticks;

/// first, first + step, first + 2·step, …, wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) first: i64,
    pub(super) step: i64,
}

impl Counts {
    /// One integer, for every step.
    pub(super) const fn every(first: i64) -> Self {
        Self { first, step: 0 }
    }

    /// The integers times a, and b more.
    pub(super) const fn scaled(self, a: i64, b: i64) -> Self {
        Self { first: self.first.wrapping_mul(a).wrapping_add(b), step: self.step.wrapping_mul(a) }
    }

    /// What `ticks` counts where its axis has these.
    pub(super) const fn ticks(self, Ticks { off, mul, sub, .. }: Ticks) -> Self {
        let since = Self { first: self.first.wrapping_sub(off), ..self };
        since.scaled(mul, sub.wrapping_neg())
    }

    /// These less `other`'s.
    pub(super) const fn minus(self, other: Self) -> Self {
        Self { first: self.first.wrapping_sub(other.first), step: self.step.wrapping_sub(other.step) }
    }

    /// How many of them, from the first on, are in `least ..= most`, as unsigned integers; the first is.
    pub(super) fn within(self, least: u64, most: u64) -> u64 {
        let first = self.first as u64;
        let room = if self.step < 0 { first - least } else { most - first };
        match self.step.unsigned_abs() {
            0 => u64::MAX,
            step => (room / step).saturating_add(1),
        }
    }

    /// Whether each of the first `n` is in 0 .. `end`: it is between the first and the last, so that none wraps.
    pub(super) fn are_below(self, end: i64, n: usize) -> bool {
        let last = i128::from(self.first) + i128::from(self.step) * (n as i128 - 1).max(0);
        let range = 0..i128::from(end);
        range.contains(&i128::from(self.first)) && range.contains(&last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_ends_where_the_next_is_outside() {
        let counts = |first: u64, step| Counts { first: first as i64, step };
        for (first, step, least, most, within) in [
            (0, 1, 0, 0, 1),
            (3, 1, 0, 9, 7),
            (3, 4, 0, 11, 3),
            (3, 4, 0, 10, 2),
            (9, -1, 0, 9, 10),
            (9, -4, 1, 9, 3),
            (9, -4, 2, 9, 2),
            (u64::MAX - 1, 1, 0, u64::MAX, 2),
            (u64::MAX, 1, 1 << 63, u64::MAX, 1),
            (0, i64::MIN, 0, u64::MAX, 1),
            (0, 1, 0, u64::MAX, u64::MAX),
            (5, 0, 5, 5, u64::MAX),
        ] {
            assert_eq!(counts(first, step).within(least, most), within, "{first} by {step} in {least} ..= {most}");
        }
    }
}
