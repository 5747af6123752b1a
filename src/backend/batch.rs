//! A program over a range of steps: whole loops where a call for each step would be.
//!
//! Guarantees: the bits of a call for each step, on every instruction set; nothing is written but `out`.
//!
//! A table of phases is split at their last steps, and each runs the loop of its curve ([`shape`]). Any other program runs
//! instruction by instruction over some hundred steps at a time that take the same way through it ([`lanes`]). What that does
//! not pay for is called step by step: programs of very many registers, and stretches in which the way changes every
//! few steps.

mod counts;
mod each;
mod hold;
mod lanes;
mod quotient;
mod shape;

use counts::Counts;
use hold::hold;
use lanes::{Lanes, MOST_REGISTERS};

use super::phases::Phase;
use crate::ir::{Int, Ir, Ticks};
use crate::simd::Isa;

/// What a range is filled from.
#[derive(Clone, Copy)]
pub(crate) enum Batch<'a> {
    /// One value at every step.
    #[cfg(feature = "jit")]
    Constant(f64),
    /// The phases, up to the last step there is.
    Phases(&'a [Phase]),
    /// Any program.
    Ir(&'a Ir),
}

/// Ranges up to here are called step by step: what prepares anything else takes as long.
const FEW: usize = 32;

/// Where a range is filled, and by what.
pub(crate) struct Range<'a> {
    pub(crate) isa: Isa,
    pub(crate) inputs: &'a [f64],
    /// The first step; the last is less than 2^64.
    pub(crate) start: u64,
    /// A row of every value for each step.
    pub(crate) out: &'a mut [f64],
    /// A row's values at a step.
    pub(crate) call: &'a dyn Fn(u64, &mut [f64]),
}

impl Range<'_> {
    /// Fills it with the rows of `outputs` values.
    pub(crate) fn fill(self, outputs: usize, batch: Option<Batch>) {
        let Self { isa, inputs, start, out, call } = self;
        let Some(last) = (out.len() / outputs.max(1)).checked_sub(1) else { return };
        match batch {
            #[cfg(feature = "jit")]
            Some(Batch::Constant(value)) => hold(isa, value, out),
            Some(Batch::Phases(phases)) if last >= FEW => table(isa, phases, start, out),
            Some(Batch::Ir(ir)) if last >= FEW && ir.registers <= MOST_REGISTERS => {
                program(isa, ir, inputs, start, out, call)
            }
            _ => each(start, outputs, out, call),
        }
    }
}

fn each(start: u64, outputs: usize, out: &mut [f64], call: &dyn Fn(u64, &mut [f64])) {
    for (k, row) in out.chunks_exact_mut(outputs).enumerate() {
        call(start + k as u64, row);
    }
}

fn table(isa: Isa, phases: &[Phase], mut start: u64, mut out: &mut [f64]) {
    for phase in phases {
        if phase.last < start {
            continue;
        }
        // The last phase's end may be 2^64.
        let left = (phase.last - start).saturating_add(1);
        let (these, rest) = out.split_at_mut(usize::try_from(left).unwrap_or(usize::MAX).min(out.len()));
        phase_of(isa, phase, start, these);
        start = start.wrapping_add(these.len() as u64);
        out = rest;
        if out.is_empty() {
            return;
        }
    }
}

fn phase_of(isa: Isa, phase: &Phase, start: u64, out: &mut [f64]) {
    let &Phase { off, mul, sub, len, a, c, curve, .. } = phase;
    let Some(curve) = curve else { return hold(isa, a, out) };
    let steps = Counts { first: start as i64, step: 1 };
    shape::ramp(isa, curve, (a, c), steps.ticks(Ticks { x: Int::Reg(0), off, mul, sub }), len, out);
}

/// Steps of a turn that are fewer than a call for each would be worth.
const WORTH: usize = 12;

/// So many turns of few steps in a row, and the next steps are called one by one: this many.
const PATIENCE: usize = 4;
const CALLED: usize = 1000;

fn program(isa: Isa, ir: &Ir, inputs: &[f64], mut start: u64, mut out: &mut [f64], call: &dyn Fn(u64, &mut [f64])) {
    let outputs = ir.outputs.len();
    let mut lanes = Lanes::new(isa, ir, inputs);
    let mut few = 0;
    while !out.is_empty() {
        let steps = if few < PATIENCE {
            let steps = lanes.turn(start, out);
            few = if steps < WORTH { few + 1 } else { 0 };
            steps
        } else {
            few = 0;
            let steps = CALLED.min(out.len() / outputs);
            each(start, outputs, &mut out[..steps * outputs], call);
            steps
        };
        // After the last step there is, this is 0, and nothing is left.
        start = start.wrapping_add(steps as u64);
        out = &mut out[steps * outputs..];
    }
}
