//! The bases that a program can have.
//!
//! Guarantee: a handle has no base for which its program is not known to be finite at every step.

use std::fmt;
use std::ops::RangeInclusive;

use super::Program;
use crate::finite::{self, Proven};
use crate::stack;

/// Why a program cannot have a base.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseError {
    base: f64,
    reason: String,
}

impl Program {
    /// The same program for another base value; see [`Schedule::with_base`](super::Schedule::with_base).
    ///
    /// # Errors
    /// The program is not known to be finite at every step for this base.
    pub fn with_base(&self, base: f64) -> Result<Self, BaseError> {
        self.admit(base)?;
        // Of the two zeros the positive one: the other would turn the sign of what is divided by it.
        Ok(Self { inputs: [base + 0.0], ..self.clone() })
    }

    /// Whether it can have this base.
    pub(super) fn admit(&self, base: f64) -> Result<(), BaseError> {
        self.refusal(base).map_err(|reason| BaseError { base, reason })
    }

    fn refusal(&self, base: f64) -> Result<(), String> {
        if !(base >= 0.0 && base.is_finite()) {
            return Err("is not a finite number from 0 on".into());
        }
        let Proven { bases: (least, most), scales } = self.live.proven;
        if least <= base && base <= most {
            return Ok(());
        }
        let checked = self.checked().map_err(|_| "cannot be looked at again".to_owned())?;
        let proof = stack::enough(|| finite::at_base(&checked, base, scales));
        proof.map_err(|d| format!("is none that the program can have: {}", d.message))
    }

    /// The bases for which the program was proven to be finite when it was compiled, 1 among them. Of any other,
    /// [`with_base`](Self::with_base) finds out.
    pub fn bases(&self) -> RangeInclusive<f64> {
        let (least, most) = self.live.proven.bases;
        least..=most
    }
}

impl BaseError {
    /// The base that was asked for.
    pub fn base(&self) -> f64 {
        self.base
    }
}

impl fmt::Display for BaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the base {} {}", crate::diag::number::number(self.base), self.reason)
    }
}

impl std::error::Error for BaseError {}
