//! One row per diagnostic code.

use super::{Severity, clock, config, limits, lints, names, syntax, timeline};

/// A stable diagnostic code. Codes are never reused.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// Band and number, such as `S0101`.
    pub code: &'static str,
    /// How bad what it stands for is.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Why it is wrong and what to do about it.
    pub explain: &'static str,
    /// The smallest program that triggers it (checked with a clock of 1000 steps, nothing else known);
    /// empty where no short program can (a limit).
    pub wrong: &'static str,
    /// The same program put right.
    pub right: &'static str,
}

/// Every code, band by band.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [limits::CODES, syntax::CODES, names::CODES, timeline::CODES, clock::CODES, config::CODES, lints::CODES]
        .into_iter()
        .flatten()
        .copied()
}

/// The row of `code`, in any letter case.
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|c| c.code.eq_ignore_ascii_case(code))
}
