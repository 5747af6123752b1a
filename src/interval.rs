//! [`Ir`] over a stretch of steps and of inputs → bounds of its values, for all of them at once.
//!
//! Guarantees: the bounds hold every value that the interpreter gives for a step of the stretch and inputs within
//! theirs; for one step and one value of each input they are that value, to the bit. No work goes beyond a [`Budget`], and what is cut off by it is bounded by nothing at all.

mod frame;
mod ints;
pub mod range;
mod search;

pub(crate) use ints::Ints;
pub use range::Range;
pub(crate) use search::size;
pub use search::{Proof, prove, value};

use crate::ir::{Block, Inst, Ir, Val};
use frame::Frame;

/// Instructions that may still be bounded.
#[derive(Clone, Copy, Debug)]
pub struct Budget(pub u32);

impl Default for Budget {
    /// Enough for some thousand bisections of short programs: at most some ten milliseconds.
    fn default() -> Self {
        Self(120_000)
    }
}

impl Budget {
    /// The same, and enough to bound `ir` some times as a whole, however long it is.
    pub fn of(ir: &Ir) -> Self {
        const TIMES: u32 = 4;
        let length: usize = ir.outputs.iter().map(|o| length(&o.block)).sum();
        let whole = u32::try_from(length).unwrap_or(u32::MAX).saturating_mul(TIMES);
        Self(Self::default().0.saturating_add(whole))
    }

    /// Counts `cost`; false where it is too much.
    fn spend(&mut self, cost: usize) -> bool {
        self.0 = self.0.saturating_sub(u32::try_from(cost).unwrap_or(u32::MAX));
        self.0 > 0
    }
}

/// What bounding `block` as a whole costs.
fn length(block: &Block) -> usize {
    let one = |inst: &Inst| match inst {
        Inst::Choose { arms, .. } => 1 + arms.iter().map(length).sum::<usize>(),
        Inst::Lookup(_, table) => 1 + table.len(),
        _ => 1,
    };
    block.code.iter().map(one).sum()
}

/// The bounds of output `k` from step `first` to step `last`, both included, for all inputs within `inputs`.
pub fn bounds(ir: &Ir, k: usize, (first, last): (u64, u64), inputs: &[Range], budget: &mut Budget) -> Range {
    if budget.0 == 0 {
        return Range::ANY;
    }
    let mut frame = Frame::new((first, last), inputs, budget);
    frame.block(&ir.outputs[k].block, 1)
}

/// Inputs that are known.
pub fn points(inputs: &[f64]) -> Vec<Range> {
    inputs.iter().map(|&v| Range::point(v)).collect()
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
    let (mut budget, inputs) = (Budget::default(), points(inputs));
    let mut frame = Frame::new((step, step), &inputs, &mut budget);
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
    let (mut budget, inputs) = (Budget::default(), points(inputs));
    let mut frame = Frame::new((step, step), &inputs, &mut budget);
    frame.block(&ir.outputs[k].block, 1);
    let (Inst::Unary(_, a) | Inst::Binary(_, a, _)) = inst else { return None };
    frame.reaches(inst).then(|| frame.val(*a).known()).flatten()
}
