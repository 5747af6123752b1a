//! Ranges of steps: the values of [`Program::at`] for many steps at a time.
//!
//! Guarantee: the bits of a call for each step, whatever fills the range. Of native code nothing is kept that a range could
//! be filled from, so that a live program stays small; it is made again from the source once that pays.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use once_cell::race::OnceBox;

use super::Program;
use crate::backend::{self, Batch, Phase};
use crate::ir::Ir;
use crate::simd::Isa;

/// What ranges of a compiled program are filled from.
#[derive(Default)]
pub(super) struct Whole {
    /// Steps that ranges asked for until it was made.
    asked: AtomicU64,
    made: OnceBox<Made>,
}

/// A program as it is kept to fill ranges from.
enum Made {
    Phases(Arc<[Phase]>),
    Ir(Box<Ir>),
    /// The source cannot be looked at again.
    Nothing,
}

/// Steps whose calls take as long as it takes to make a program again, for each byte of its source and code.
const STEPS_PER_BYTE: u64 = 32;

impl Program {
    /// The values for the steps of `range`, a row for each, in the order of [`names`](Self::names): output `k` of `step` is
    /// `out[(step − range.start) · outputs + k]`. The bits are those of [`at`](Self::at).
    ///
    /// Ranges run by the widest vectors that the machine has: a loop for each phase of a schedule with constant ends, other
    /// programs instruction by instruction. A program in native code is first called step by step; once the ranges it has filled
    /// have taken about as long as checking its source again, that is done and kept, some hundred bytes for a usual schedule.
    ///
    /// ```
    /// let source = "lr: warmup(10%) >> cosine(1e-3 -> 0)\nbeta1: 0.85 -> 0.95";
    /// let program = etude::Program::compile(source, etude::Clock::steps(100))?;
    /// let mut rows = [0.0; 2 * 100];
    /// program.fill(0..100, &mut rows);
    /// assert_eq!(rows[2 * 10..][..2], [1e-3, 0.86]);
    /// # Ok::<(), etude::Diagnostics>(())
    /// ```
    ///
    /// # Panics
    /// When `out` is not as long as `range`, times the number of values.
    pub fn fill(&self, range: Range<u64>, out: &mut [f64]) {
        self.fill_all(Isa::best(), range, out);
    }

    /// [`fill`](Self::fill) by one instruction set, from the first call on.
    #[doc(hidden)]
    pub fn fill_by(&self, isa: Isa, range: Range<u64>, out: &mut [f64]) {
        if self.live.owner.batch().is_none() {
            self.made();
        }
        self.fill_all(isa, range, out);
    }

    fn fill_all(&self, isa: Isa, range: Range<u64>, out: &mut [f64]) {
        match &self.live.closed {
            None => self.fill_closed(isa, range, &self.inputs, out),
            Some(_) => self.fill_closed(isa, range, &self.inputs(), out),
        }
    }

    /// The values for the scales in `inputs`; see [`closed`](Self::closed).
    pub(crate) fn fill_closed(&self, isa: Isa, range: Range<u64>, inputs: &[f64], out: &mut [f64]) {
        let outputs = self.live.outputs;
        let steps = range.end.saturating_sub(range.start);
        let values = u128::from(steps) * outputs as u128;
        assert_eq!(values, out.len() as u128, "one place for each value at each step");
        let batch = self.live.owner.batch().or_else(|| self.later(steps));
        let call = |step: u64, row: &mut [f64]| self.closed(step, inputs, row);
        backend::Range { isa, inputs, start: range.start, out, call: &call }.fill(outputs, batch);
    }

    /// What a program in native code is filled from, if it is worth that for `steps` more.
    fn later(&self, steps: u64) -> Option<Batch<'_>> {
        let Whole { asked, made } = &self.live.whole;
        if made.get().is_none() {
            let before = asked.fetch_add(steps, Ordering::Relaxed);
            let bytes = (self.code_size() + self.source().len()) as u64;
            if before.saturating_add(steps) < bytes.saturating_mul(STEPS_PER_BYTE) {
                return None;
            }
        }
        match self.made() {
            Made::Phases(table) => Some(Batch::Phases(table)),
            Made::Ir(ir) => Some(Batch::Ir(ir)),
            Made::Nothing => None,
        }
    }

    fn made(&self) -> &Made {
        self.live.whole.made.get_or_init(|| {
            Box::new(match self.checked() {
                Ok(checked) => match backend::phases(&checked.ir) {
                    Some(table) => Made::Phases(table),
                    None => Made::Ir(Box::new(checked.ir)),
                },
                Err(_) => Made::Nothing,
            })
        })
    }
}
