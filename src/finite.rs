//! The check that a schedule is a finite number wherever it is asked.
//!
//! Ramps between finite ends not too far apart are finite by construction. Programs with operations that can fail
//! (arithmetic that may overflow, division, roots, logarithms, powers, exponentials) are run at the ends of every
//! phase and over a grid of the run, and the first bad step is reported.

use std::collections::BTreeSet;

use crate::clock::to_f64;
use crate::diag::{Diagnostic, Span, timeline};
use crate::eval::eval;
use crate::ir::{Binary, Block, Inst, Ir, Unary, Val};
use crate::lower::LONGEST;
use crate::plan::Plan;

/// Points of the grid over the run.
const GRID: u64 = 1024;

/// The first step at which a value is not finite, as an error.
pub(crate) fn check(plan: &Plan, ir: &Ir) -> Result<(), Diagnostic> {
    if !ir.outputs.iter().any(|o| is_partial(&o.block)) {
        return Ok(());
    }
    let end = plan.clock.total().unwrap_or(LONGEST as u64);
    let mut steps: BTreeSet<u64> = (0..=GRID).map(|k| (u128::from(end) * u128::from(k) / u128::from(GRID)) as u64).collect();
    for phase in &plan.phases {
        for moment in [Some(phase.start), phase.end].into_iter().flatten() {
            let step = to_f64(moment) as u64;
            steps.extend([step.saturating_sub(1), step, step + 1]);
        }
    }
    let mut out = vec![0.0; ir.outputs.len()];
    for step in steps {
        eval(ir, step, &[1.0], &mut out);
        if let Some(k) = out.iter().position(|v| !v.is_finite()) {
            let first = first_bad(ir, step, k);
            return Err(describe(plan, ir, first, k));
        }
    }
    Ok(())
}

/// The first bad step at or before `step`: a bad stretch usually reaches back to where it began.
fn first_bad(ir: &Ir, step: u64, k: usize) -> u64 {
    let mut out = vec![0.0; ir.outputs.len()];
    let mut bad = |step: u64| {
        eval(ir, step, &[1.0], &mut out);
        !out[k].is_finite()
    };
    let (mut good, mut found) = (0, step);
    if bad(0) {
        return 0;
    }
    while found - good > 1 {
        let middle = good + (found - good) / 2;
        if bad(middle) { found = middle } else { good = middle }
    }
    found
}

fn describe(plan: &Plan, ir: &Ir, step: u64, k: usize) -> Diagnostic {
    let mut out = vec![0.0; ir.outputs.len()];
    eval(ir, step, &[1.0], &mut out);
    let what = if out[k].is_nan() { "not a number" } else { "infinite" };
    let span = plan
        .phases
        .iter()
        .filter(|p| p.output == k && p.depth == 0 && to_f64(p.start) <= step as f64)
        .next_back()
        .map_or(Span::default(), |p| p.span);
    let name = &plan.outputs[k].0;
    Diagnostic::error(&timeline::NOT_FINITE, span, format!("{name} is {what} at step {step}"))
        .help("keep the argument in range: `max(0, …)` under a root, a divisor that never reaches 0")
}

fn is_partial(block: &Block) -> bool {
    block.code.iter().any(|inst| match inst {
        Inst::Unary(op, _) => {
            matches!(op, Unary::Sqrt | Unary::Ln | Unary::Log2 | Unary::Log10 | Unary::Exp | Unary::Exp2)
        }
        Inst::Binary(op, ..) => !matches!(op, Binary::Min | Binary::Max),
        // Ends that are finite may lie further apart than a number can say.
        Inst::Linear(a, b, _) | Inst::Cosine(a, b, _) => match (a, b) {
            (Val::Const(a), Val::Const(b)) => !(b - a).is_finite(),
            _ => true,
        },
        Inst::Choose { arms, .. } => arms.iter().any(is_partial),
        _ => false,
    })
}
