//! Band S00: what no program may exceed.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
