//! The check that a schedule is a finite number at every step, and what to say where it is not.
//!
//! The bounds of a whole run prove most programs in one pass; the others are bisected down to their first bad step.
//! Where the budget for that runs out, the ends of every phase and a grid over the run are tried.

use crate::clock::to_f64;
use crate::diag::{Diagnostic, Span, lints};
use crate::eval::eval;
use crate::explain::brief;
use crate::interval::{self, Budget, Culprit, Proof, Range};
use crate::ir::{Binary, Inst, Ir, Unary};
use crate::lower::LONGEST;
use crate::plan::{Phase, Plan};
use crate::syntax;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};

/// Points of the grid over the run.
const GRID: u64 = 512;

/// The first step at which a value is not finite, as an error.
pub(crate) fn check(source: &str, plan: &Plan, ir: &Ir) -> Result<(), Box<Diagnostic>> {
    let mut budget = Budget::default();
    let inputs = open_inputs(ir);
    let mut open = vec![];
    for k in 0..ir.outputs.len() {
        match interval::prove(ir, k, &inputs, &mut budget, Range::is_finite) {
            Proof::Holds => {}
            Proof::Fails(step) => return Err(Box::new(describe(source, plan, ir, step, k))),
            Proof::Unknown => open.push(k),
        }
    }
    if let Some((k, step)) = tried(plan, ir, &open, &inputs) {
        return Err(Box::new(describe(source, plan, ir, step, k)));
    }
    Ok(())
}

/// The first output of `open` that is found not to be finite, and its first bad step.
fn tried(plan: &Plan, ir: &Ir, open: &[usize], inputs: &[f64]) -> Option<(usize, u64)> {
    let mut out = vec![0.0; ir.outputs.len()];
    let steps = if open.is_empty() { vec![] } else { moments(plan) };
    steps.into_iter().find_map(|step| {
        eval(ir, step, inputs, &mut out);
        let k = *open.iter().find(|&&k| !out[k].is_finite())?;
        Some((k, began(step, |step| !interval::value(ir, k, step, inputs).is_finite())))
    })
}

/// Base 1 and nothing observed.
pub(crate) fn open_inputs(ir: &Ir) -> Vec<f64> {
    vec![1.0; ir.inputs]
}

/// Where a bad stretch began that holds `found`: it usually reaches back to there without a gap.
pub(crate) fn began(found: u64, bad: impl Fn(u64) -> bool) -> u64 {
    if bad(0) {
        return 0;
    }
    let (mut before, mut first) = (0, found);
    while first - before > 1 {
        let middle = before + (first - before) / 2;
        if bad(middle) { first = middle } else { before = middle }
    }
    first
}

/// The steps around the ends of every phase, and a grid over the run.
pub(crate) fn moments(plan: &Plan) -> Vec<u64> {
    let end = last(plan);
    let mut steps: Vec<u64> = (0..=GRID).map(|k| (u128::from(end) * u128::from(k) / u128::from(GRID)) as u64).collect();
    for phase in &plan.phases {
        for moment in [Some(phase.start), phase.end].into_iter().flatten() {
            let step = to_f64(moment) as u64;
            steps.extend([step.saturating_sub(1), step, step.saturating_add(1)]);
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// The end of the run, from which on the value is held.
fn last(plan: &Plan) -> u64 {
    plan.clock.total().unwrap_or(LONGEST as u64)
}

/// The phase that output `k` is in at `step`.
pub(crate) fn phase_at(plan: &Plan, k: usize, step: u64) -> Option<&Phase> {
    plan.phases_of(k).iter().rfind(|p| p.depth == 0 && to_f64(p.start) <= step as f64)
}

/// `at step 3`, or `from step 3 on` where it stays so.
pub(crate) fn when(plan: &Plan, ir: &Ir, k: usize, step: u64, bad: impl Fn(f64) -> bool) -> String {
    let inputs = open_inputs(ir);
    let still = |step: u64| bad(interval::value(ir, k, step, &inputs));
    if step >= last(plan) {
        "after the end of the run".into()
    } else if still(step + 1) && moments(plan).into_iter().filter(|&s| s > step).all(still) {
        format!("from step {step} on")
    } else {
        format!("at step {step}")
    }
}

fn describe(source: &str, plan: &Plan, ir: &Ir, step: u64, k: usize) -> Diagnostic {
    let inputs = open_inputs(ir);
    let what = if interval::value(ir, k, step, &inputs).is_nan() { "not a number" } else { "infinite" };
    let when = when(plan, ir, k, step, |v| !v.is_finite());
    let name = &plan.outputs[k].0;
    let phase = phase_at(plan, k, step);
    let span = phase.map_or(Span::default(), |p| p.span);
    let help = "keep the argument in range: `max(0, …)` under a root, a divisor that never reaches 0";
    let message = format!("{name} is {what} {when}");
    let Some(culprit) = interval::culprit(ir, k, step, &inputs) else {
        return Diagnostic::error(&lints::NOT_FINITE, span, message).help(help);
    };
    let Some(reason) = reason(&culprit) else {
        return Diagnostic::error(&lints::NOT_FINITE, span, message).help(help);
    };
    let ends = phase.map_or((0.0, None), |p| (to_f64(p.start), p.end.map(to_f64)));
    let ends = [ends.0.ceil() as u64, (ends.1.map_or(last(plan), |end| end.ceil() as u64)).saturating_sub(1)];
    let range = ends.map(|step| interval::operand(ir, k, step, culprit.inst, &inputs));
    let range = match (culprit.inst, range) {
        (Inst::Unary(..), [Some(first), Some(last)]) if first != last => {
            format!(" (range {} .. {})", brief(first), brief(last))
        }
        _ => String::new(),
    };
    let d = Diagnostic::error(&lints::NOT_FINITE, span, format!("{message}: {reason}{range}"));
    let Ok(ast) = syntax::parse(source) else { return d.help(help) };
    let all = ast.all();
    let written: Vec<&Expr> = all.iter().filter_map(|e| part(e, culprit.inst)).collect();
    let [argument] = written[..] else { return d.help(help) };
    // The smallest piece that is to blame, and where it is used if that is elsewhere.
    let used = (span.to(argument.span) != span).then_some(span);
    let d = used.into_iter().fold(d, |d, phase| d.because(phase, "used here"));
    let d = Diagnostic { span: argument.span, ..d };
    if matches!(culprit.inst, Inst::Unary(Unary::Sqrt, _)) {
        let kept = format!("max(0, {})", source[argument.span.range()].trim());
        return d.help(format!("`sqrt({kept})` stays at 0")).maybe(argument.span, kept);
    }
    d.help(help)
}

/// The piece that decides, where `expr` is such an operation: the argument, the divisor, the whole power.
fn part<'a>(expr: &'a Expr, inst: &Inst) -> Option<&'a Expr> {
    let decides = match (&expr.kind, inst) {
        (ExprKind::Call { name, args }, Inst::Unary(op, _)) if name.text == op.word() => &args.first()?.value,
        (ExprKind::Binary(BinaryOp::Div, _, divisor), Inst::Binary(Binary::Div, ..)) => divisor,
        (ExprKind::Binary(BinaryOp::Pow, ..), Inst::Binary(Binary::Pow, ..)) => expr,
        _ => return None,
    };
    (!matches!(decides.kind, ExprKind::Ramp(_))).then_some(decides)
}

/// Why the operation left the numbers.
fn reason(culprit: &Culprit) -> Option<String> {
    let [a, b] = culprit.operands;
    let (x, y) = (brief(a), brief(b));
    Some(match culprit.inst {
        Inst::Unary(Unary::Sqrt, _) => "the root's argument is negative".into(),
        Inst::Unary(Unary::Ln | Unary::Log2 | Unary::Log10, _) if a == 0.0 => "the logarithm's argument is 0".into(),
        Inst::Unary(Unary::Ln | Unary::Log2 | Unary::Log10, _) => "the logarithm's argument is negative".into(),
        Inst::Unary(Unary::Exp | Unary::Exp2, _) => format!("the exponent is {x}"),
        Inst::Binary(Binary::Div, ..) if b == 0.0 => "the divisor is 0".into(),
        Inst::Binary(Binary::Div, ..) => format!("{x} / {y} overflows"),
        Inst::Binary(Binary::Pow, ..) if a == 0.0 => format!("0 has no power {y}"),
        Inst::Binary(Binary::Pow, ..) if a < 0.0 && b.fract() != 0.0 => {
            format!("the base is {x}, and {y} is no whole number")
        }
        Inst::Binary(Binary::Pow, ..) => format!("{x} ** {y} overflows"),
        Inst::Binary(op @ (Binary::Add | Binary::Sub | Binary::Mul), ..) => {
            format!("{x} {} {y} overflows", op.word())
        }
        _ => return None,
    })
}
