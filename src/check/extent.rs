//! How the time of a phase is given, and of what is made of several.

use num_traits::CheckedAdd;

use crate::clock::Ratio;

/// How a phase's time is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Extent {
    /// It shares what the others leave.
    Free,
    /// It lasts so long.
    For(Ratio),
    /// It ends so long after the sequence's start.
    Until(Ratio),
    /// It is made of values of both kinds: it ends with the one that ends last.
    Both(Ratio, Ratio),
}

impl Extent {
    /// The time of a value that is made of two: the longer one's, or the only one that is given.
    pub(super) fn longest(self, other: Self) -> Self {
        match (self, other) {
            (Self::Free, b) => b,
            (a, Self::Free) => a,
            (Self::For(a), Self::For(b)) => Self::For(a.max(b)),
            (Self::Until(a), Self::Until(b)) => Self::Until(a.max(b)),
            (Self::For(a), Self::Until(b)) | (Self::Until(b), Self::For(a)) => Self::Both(a, b),
            (Self::Both(a, b), Self::For(c)) | (Self::For(c), Self::Both(a, b)) => Self::Both(a.max(c), b),
            (Self::Both(a, b), Self::Until(c)) | (Self::Until(c), Self::Both(a, b)) => Self::Both(a, b.max(c)),
            (Self::Both(a, b), Self::Both(c, d)) => Self::Both(a.max(c), b.max(d)),
        }
    }

    /// The time of this and then of `next`; `None` where it has too many digits.
    pub(super) fn then(self, next: Self) -> Option<Self> {
        Some(match (self, next) {
            (Self::For(a), Self::For(b)) => Self::For(a.checked_add(&b)?),
            (Self::Until(a), Self::For(b)) => Self::Until(a.checked_add(&b)?),
            (Self::Both(a, b), Self::For(c)) => Self::Both(a.checked_add(&c)?, b.checked_add(&c)?),
            (Self::For(a), Self::Both(b, c)) => Self::Both(a.checked_add(&b)?, c),
            (Self::Until(a), Self::Both(b, c)) => Self::Until(a.checked_add(&b)?.max(c)),
            (Self::Both(a, b), Self::Both(c, d)) => Self::Both(a.checked_add(&c)?, b.checked_add(&c)?.max(d)),
            (_, Self::Until(d)) | (Self::Free, Self::Both(_, d)) => Self::Until(d),
            (Self::Free, Self::For(_)) | (_, Self::Free) => Self::Free,
        })
    }

    /// The length of its `for`.
    pub(super) fn length(self) -> Option<Ratio> {
        match self {
            Self::For(d) => Some(d),
            _ => None,
        }
    }

    /// The moment of its `until`.
    pub(super) fn until(self) -> Option<Ratio> {
        match self {
            Self::Until(d) | Self::Both(_, d) => Some(d),
            Self::Free | Self::For(_) => None,
        }
    }
}
