//! Values for a list of steps, or for several bases at one step: a row for each.
//!
//! Guarantee: the bits of a call for each row. Nothing is allocated.

use super::{BaseError, Program, Schedule};

impl Program {
    /// The values at each of `steps`, a row for each, in the order of [`names`](Self::names): output `k` of `steps[j]` is
    /// `out[j · outputs + k]`. Steps may be in any order; for those of a range, [`fill`](Self::fill) is quicker.
    ///
    /// # Panics
    /// When `out` is not as long as `steps`, times the number of values.
    pub fn at_steps(&self, steps: &[u64], out: &mut [f64]) {
        self.rows(steps.len(), out).zip(steps).for_each(|(row, step)| self.at(*step, row));
    }

    /// The values at `step` for each of `bases`, a row for each, as handles [with those bases](Self::with_base) give them: the
    /// param groups of an optimizer, say.
    ///
    /// ```
    /// let program = etude::Program::compile("lr: 2x -> 0x\nmomentum: 0.9", etude::Clock::steps(100))?;
    /// let mut rows = [0.0; 4];
    /// program.at_bases(50, &[0.1, 0.01], &mut rows)?;
    /// assert_eq!(rows, [0.1, 0.9, 0.01, 0.9]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first of the bases that the program cannot have; nothing is written.
    ///
    /// # Panics
    /// When `out` is not as long as `bases`, times the number of values.
    pub fn at_bases(&self, step: u64, bases: &[f64], out: &mut [f64]) -> Result<(), BaseError> {
        bases.iter().try_for_each(|base| self.admit(*base))?;
        for (row, base) in self.rows(bases.len(), out).zip(bases) {
            self.based(step, &[base + 0.0], row);
        }
        Ok(())
    }

    fn rows<'o>(&self, count: usize, out: &'o mut [f64]) -> impl Iterator<Item = &'o mut [f64]> {
        let outputs = self.live.outputs;
        assert_eq!(count * outputs, out.len(), "one place for each value of each row");
        out.chunks_mut(outputs.max(1))
    }
}

impl Schedule {
    /// The values at each of `steps`; see [`Program::at_steps`].
    ///
    /// # Panics
    /// When `out` is not as long as `steps`.
    pub fn at_steps(&self, steps: &[u64], out: &mut [f64]) {
        self.program.at_steps(steps, out);
    }

    /// The values at `step` for each of `bases`; see [`Program::at_bases`].
    ///
    /// # Errors
    /// The first of the bases that the schedule cannot have; nothing is written.
    ///
    /// # Panics
    /// When `out` is not as long as `bases`.
    pub fn at_bases(&self, step: u64, bases: &[f64], out: &mut [f64]) -> Result<(), BaseError> {
        self.program.at_bases(step, bases, out)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Clock, Program, compile};

    #[test]
    fn rows_are_calls() {
        let source = "lr: warmup(10%) >> cosine(2x -> 0) | plateau(loss)\nbeta: 0.8 -> 0.9";
        let program = Program::compile(source, Clock::steps(100)).unwrap();
        let (steps, bases) = ([99, 0, 7, u64::MAX, 7], [1.0, 0.0, 3e-4, 1e120]);
        let (mut rows, mut one) = ([0.0; 10], [0.0; 2]);
        program.at_steps(&steps, &mut rows);
        for (row, step) in rows.chunks(2).zip(steps) {
            program.at(step, &mut one);
            assert_eq!(row, one, "{step}");
        }
        program.at_bases(7, &bases, &mut rows[..8]).unwrap();
        for (row, base) in rows.chunks(2).zip(bases) {
            program.with_base(base).unwrap().at(7, &mut one);
            assert_eq!(row, one, "{base}");
        }
        let before = rows;
        let error = program.at_bases(7, &[1.0, -1.0], &mut rows[..4]).unwrap_err();
        assert_eq!((error.base(), rows), (-1.0, before));
        let schedule = compile("1x", Clock::unknown()).unwrap();
        schedule.at_steps(&[3, 1], &mut rows[..2]);
        schedule.at_bases(3, &[0.5], &mut rows[2..3]).unwrap();
        assert_eq!(rows[..3], [1.0, 1.0, 0.5]);
    }
}
