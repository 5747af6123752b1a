//! Band C05: whole training configs.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
