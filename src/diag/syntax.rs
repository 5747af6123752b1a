//! Band S01: text that the grammar does not read.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
