//! Bounds of an integer.

use super::Range;

/// From `lo` to `hi`, both included. Wide enough for a step, which may be beyond an i64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ints {
    pub(crate) lo: i128,
    pub(crate) hi: i128,
}

impl Ints {
    /// Any register.
    pub(crate) const ANY: Self = Self { lo: i64::MIN as i128, hi: i64::MAX as i128 };

    pub(crate) fn point(x: i128) -> Self {
        Self { lo: x, hi: x }
    }

    /// These bounds, if no result wraps.
    pub(crate) fn fitting(self) -> Self {
        if self.within(Self::ANY) { self } else { Self::ANY }
    }

    pub(crate) fn within(self, other: Self) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    /// x·a + b
    pub(crate) fn scaled(self, a: i128, b: i128) -> Self {
        let (x, y) = (self.lo * a + b, self.hi * a + b);
        Self { lo: x.min(y), hi: x.max(y) }.fitting()
    }

    /// ⌊x / d⌋ of an x that counts from 0.
    pub(crate) fn quotient(self, d: i128) -> Self {
        if self.lo < 0 { Self { lo: 0, hi: Self::ANY.hi } } else { Self { lo: self.lo / d, hi: self.hi / d }.fitting() }
    }

    pub(crate) fn float(self) -> Range {
        Range::new(self.lo as f64, self.hi as f64)
    }
}
