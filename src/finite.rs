//! The check that a schedule is a finite number wherever it is asked.
//!
//! Most catalogue phases with finite ends are finite by construction. Programs with operations that can fail
//! (arithmetic that may overflow, division, roots, logarithms, powers, exponentials) are run at the ends of every
//! phase and over a grid of the run, and the first bad step is reported.

use crate::clock::to_f64;
use crate::diag::{Diagnostic, Span, timeline};
use crate::eval::open_loop;
use crate::ir::{Binary, Ir, Unary};
use crate::lower::LONGEST;
use crate::plan::{Arg, Plan, Sig};

/// Points of the grid over the run.
const GRID: u64 = 512;

/// The first step at which a value is not finite, as an error.
pub(crate) fn check(plan: &Plan, ir: &Ir) -> Result<(), Box<Diagnostic>> {
    if !plan.outputs.iter().any(|(_, sig)| is_partial(sig)) {
        return Ok(());
    }
    let end = plan.clock.total().unwrap_or(LONGEST as u64);
    let mut steps: Vec<u64> = (0..=GRID).map(|k| (u128::from(end) * u128::from(k) / u128::from(GRID)) as u64).collect();
    for phase in &plan.phases {
        for moment in [Some(phase.start), phase.end].into_iter().flatten() {
            let step = to_f64(moment) as u64;
            steps.extend([step.saturating_sub(1), step, step + 1]);
        }
    }
    steps.sort_unstable();
    steps.dedup();
    let mut out = vec![0.0; ir.outputs.len()];
    for step in steps {
        open_loop(ir, step, 1.0, &mut out);
        if let Some(k) = out.iter().position(|v| !v.is_finite()) {
            let first = first_bad(ir, step, k);
            return Err(Box::new(describe(plan, ir, first, k)));
        }
    }
    Ok(())
}

/// The first bad step at or before `step`: a bad stretch usually reaches back to where it began.
fn first_bad(ir: &Ir, step: u64, k: usize) -> u64 {
    let mut out = vec![0.0; ir.outputs.len()];
    let mut bad = |step: u64| {
        open_loop(ir, step, 1.0, &mut out);
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
    open_loop(ir, step, 1.0, &mut out);
    let what = if out[k].is_nan() { "not a number" } else { "infinite" };
    let span = plan
        .phases
        .iter()
        .rfind(|p| p.output == k && p.depth == 0 && to_f64(p.start) <= step as f64)
        .map_or(Span::default(), |p| p.span);
    let name = &plan.outputs[k].0;
    Diagnostic::error(&timeline::NOT_FINITE, span, format!("{name} is {what} at step {step}"))
        .help("keep the argument in range: `max(0, …)` under a root, a divisor that never reaches 0")
}

/// Whether an operation that was written by hand, or a ramp between odd ends, can leave the numbers.
fn is_partial(sig: &Sig) -> bool {
    match sig {
        Sig::Unary(op, a) => {
            matches!(op, Unary::Sqrt | Unary::Ln | Unary::Log2 | Unary::Log10 | Unary::Exp | Unary::Exp2)
                || is_partial(a)
        }
        Sig::Binary(op, a, b) => {
            let alone = match op {
                Binary::Min | Binary::Max => false,
                // The scale of a metric-driven modifier is 1 until something is observed.
                Binary::Mul if matches!(**b, Sig::Input(1..)) => false,
                Binary::Div | Binary::Pow => true,
                Binary::Add | Binary::Sub | Binary::Mul => !sig.is_fixed(),
            };
            alone || is_partial(a) || is_partial(b)
        }
        Sig::Ramp { ends, args, entry, .. } => {
            let geometric = entry.name == "exp" || args.iter().any(|a| matches!(a, Arg::Word("exp")));
            let safe = match (&*ends[0], &*ends[1]) {
                // Finite ends may lie further apart than a number can say.
                (Sig::Const(a), Sig::Const(b)) => {
                    (b - a).is_finite() && (!geometric || a.min(*b) > 0.0 && (b / a).is_normal())
                }
                _ => false,
            };
            !safe || args.iter().any(is_partial_arg)
        }
        Sig::Curve { entry, args, .. } => entry.name != "const" || args.iter().any(is_partial_arg),
        Sig::Seq(pieces) => pieces.iter().any(|(_, sig)| is_partial(sig)),
        Sig::Cycle { body, decay, .. } => *decay > 1.0 || is_partial(body),
        Sig::Stairs { body, .. } => is_partial(body),
        Sig::At { sig, .. } => is_partial(sig),
        Sig::Const(_) | Sig::Input(_) | Sig::Time(..) => false,
    }
}

fn is_partial_arg(arg: &Arg) -> bool {
    matches!(arg, Arg::Sig(sig) if is_partial(sig))
}
