//! Band W: programs that are legal and probably wrong.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
