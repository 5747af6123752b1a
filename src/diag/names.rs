//! Band S02: names, kinds, units and arguments.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
