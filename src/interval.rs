//! [`Ir`] over a stretch of steps → bounds of its values, for every step of the stretch at once.
//!
//! Guarantees: the bounds hold every value that the interpreter gives for a step of the stretch; for one step they are
//! that value, to the bit. No work goes beyond a [`Budget`], and what is cut off by it is bounded by nothing at all.

mod frame;
pub mod range;
mod search;

pub use range::Range;
pub use search::{Proof, prove, value};

use crate::ir::{Inst, Ir, Val};
use frame::Frame;

/// Instructions that may still be bounded.
#[derive(Clone, Copy, Debug)]
pub struct Budget(pub u32);

impl Default for Budget {
    /// Enough for the longest programs once, or for some thousand bisections of short ones: at most some ten milliseconds.
    fn default() -> Self {
        Self(120_000)
    }
}

impl Budget {
    /// Counts `cost`; false where it is too much.
    fn spend(&mut self, cost: usize) -> bool {
        self.0 = self.0.saturating_sub(u32::try_from(cost).unwrap_or(u32::MAX));
        self.0 > 0
    }
}

/// The bounds of output `k` from step `first` to step `last`, both included.
pub fn bounds(ir: &Ir, k: usize, (first, last): (u64, u64), inputs: &[f64], budget: &mut Budget) -> Range {
    let mut frame = Frame::new((first, last), inputs, budget);
    frame.block(&ir.outputs[k].block, 1)
}

/// The operation that first left the numbers where output `k` is not finite at `step`.
#[derive(Clone, Copy, Debug)]
pub struct Culprit<'a> {
    /// The operation.
    pub inst: &'a Inst,
    /// Its operands.
    pub operands: [f64; 2],
}

/// The operation that makes output `k` infinite or NaN at `step`, if its operands are finite.
pub fn culprit<'a>(ir: &'a Ir, k: usize, step: u64, inputs: &[f64]) -> Option<Culprit<'a>> {
    let mut budget = Budget::default();
    let mut frame = Frame::new((step, step), inputs, &mut budget);
    frame.block(&ir.outputs[k].block, 1);
    let mut at = frame.result()?;
    loop {
        let inst = frame.defined(at)?;
        let operands = match inst {
            Inst::Unary(_, a) => [*a, *a],
            Inst::Binary(_, a, b) | Inst::Ramp(_, a, b, _) => [*a, *b],
            _ => return None,
        };
        let odd = operands.into_iter().find(|v| frame.val(*v).known().is_none_or(|v| !v.is_finite()));
        match odd {
            Some(Val::Reg(r)) => at = r,
            Some(Val::Const(_)) => return None,
            None => return Some(Culprit { inst, operands: operands.map(|v| frame.val(v).lo) }),
        }
    }
}

/// The first operand of `inst` at `step`, if output `k` comes to `inst` there.
pub fn operand(ir: &Ir, k: usize, step: u64, inst: &Inst, inputs: &[f64]) -> Option<f64> {
    let mut budget = Budget::default();
    let mut frame = Frame::new((step, step), inputs, &mut budget);
    frame.block(&ir.outputs[k].block, 1);
    let (Inst::Unary(_, a) | Inst::Binary(_, a, _)) = inst else { return None };
    frame.reaches(inst).then(|| frame.val(*a).known()).flatten()
}
