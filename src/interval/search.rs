//! Whether a property holds at every step, and the first step at which it does not.

use super::{Budget, Range, bounds, points};
use crate::eval::eval;
use crate::ir::{Block, Inst, Int, Ir, Val};

/// What is known of a property of one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It holds at every step, from 0 to the last u64.
    Holds,
    /// It does not hold at this step; at every earlier one it does.
    Fails(u64),
    /// It holds before this step; there the budget ran out, or the inputs' bounds are too wide to tell.
    Unknown(u64),
}

/// Decides whether `good` holds for output `k` at every step and all inputs within `inputs`. `good` must hold for a range
/// only if it holds for all of its values. Stretches that their bounds do not decide are halved.
pub fn prove(ir: &Ir, k: usize, inputs: &[Range], budget: &mut Budget, good: impl Fn(Range) -> bool) -> Proof {
    let mut over = |stretch| good(bounds(ir, k, stretch, inputs, budget)).then_some(()).ok_or(budget.0 == 0);
    if over((0, u64::MAX)).is_ok() {
        return Proof::Holds;
    }
    let known: Option<Vec<f64>> = inputs.iter().map(|r| r.known()).collect();
    // What is left to decide, the earliest last.
    let mut open = phases(ir, k);
    while let Some((first, last)) = open.pop() {
        match over((first, last)) {
            Ok(()) => continue,
            Err(true) => return Proof::Unknown(first),
            Err(false) => {}
        }
        match &known {
            Some(inputs) if !good(Range::point(value(ir, k, first, inputs))) => return Proof::Fails(first),
            None if over((first, first)).is_err() => return Proof::Unknown(first),
            _ => {}
        }
        if first == last {
            continue;
        }
        let middle = first + (last - first) / 2;
        open.push((middle + 1, last));
        if middle > first {
            open.push((first + 1, middle));
        }
    }
    Proof::Holds
}

/// Output `k` at `step`.
pub fn value(ir: &Ir, k: usize, step: u64, inputs: &[f64]) -> f64 {
    // The bounds of one step are its value, unless that is no number; the interpreter runs every output.
    if let Some(value) = bounds(ir, k, (step, step), &points(inputs), &mut Budget::default()).known() {
        return value;
    }
    let mut out = vec![0.0; ir.outputs.len()];
    eval(ir, step, inputs, &mut out);
    out[k]
}

/// The steps between the moments at which another phase starts, the last ones first.
fn phases(ir: &Ir, k: usize) -> Vec<(u64, u64)> {
    let block = &ir.outputs[k].block;
    let mut starts = vec![0];
    if let (Some(Inst::Choose { on: Int::Reg(0), bounds, .. }), Val::Reg(_)) = (block.code.last(), block.result) {
        starts.extend(bounds.iter().filter_map(|&b| u64::try_from(b).ok()).filter(|&b| b > 0));
    }
    let ends = starts[1..].iter().map(|&s| s - 1).chain([u64::MAX]);
    let mut all: Vec<(u64, u64)> = starts.iter().copied().zip(ends).collect();
    all.reverse();
    all
}

/// Instructions that one run of output `k` takes at most.
pub(crate) fn size(ir: &Ir, k: usize) -> u64 {
    longest(&ir.outputs[k].block)
}

fn longest(block: &Block) -> u64 {
    let one = |inst: &Inst| match inst {
        Inst::Choose { arms, .. } => 1 + arms.iter().map(longest).max().unwrap_or(0),
        _ => 1,
    };
    block.code.iter().map(one).sum()
}
