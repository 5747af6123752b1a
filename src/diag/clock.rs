//! Band E04: facts about the run that a program needs and the clock lacks.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[];
