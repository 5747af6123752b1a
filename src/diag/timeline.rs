//! Band S03: phases and values over time.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
