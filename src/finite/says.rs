//! What to say of a value that is not a finite number: when, why, and what keeps it one.

use super::{affordable, last, moments, phase_at};
use crate::clock::to_f64;
use crate::compile::Parsed;
use crate::diag::number::brief;
use crate::diag::{Diagnostic, Span, lints};
use crate::interval::{self, Culprit};
use crate::ir::{Binary, Inst, Ir, Unary};
use crate::plan::Plan;
use crate::syntax::ast::{BinaryOp, Expr, ExprKind};

/// Instructions of the later steps that are looked at to say of one value how long it lasts. Some dozens are said.
const MOST_LATER: u64 = 1 << 18;

/// `at step 3`, or `from step 3 on` where it stays so.
pub(crate) fn when(plan: &Plan, ir: &Ir, k: usize, step: u64, inputs: &[f64], bad: impl Fn(f64) -> bool) -> String {
    let still = |step: u64| bad(interval::value(ir, k, step, inputs));
    let mut later = affordable(moments(plan, k), ir, k, MOST_LATER).filter(|&s| s > step);
    if step >= last(plan) {
        "after the end of the run".into()
    } else if still(step + 1) && later.all(still) {
        format!("from step {step} on")
    } else {
        format!("at step {step}")
    }
}

/// Output `k` is not a finite number at `step`.
pub(super) fn describe(parsed: &Parsed, plan: &Plan, ir: &Ir, step: u64, k: usize, inputs: &[f64]) -> Diagnostic {
    let what = if interval::value(ir, k, step, inputs).is_nan() { "not a number" } else { "infinite" };
    let when = when(plan, ir, k, step, inputs, |v| !v.is_finite());
    let name = &plan.outputs[k].0;
    let phase = phase_at(plan, k, step);
    let span = phase.map_or(Span::default(), |p| p.span);
    let help = "keep the argument in range: `max(0, …)` under a root, a divisor that never reaches 0";
    let message = format!("{name} is {what} {when}");
    let Some(culprit) = interval::culprit(ir, k, step, inputs) else {
        return Diagnostic::new(&lints::NOT_FINITE, span, message).help(help);
    };
    let Some(reason) = reason(&culprit) else {
        return Diagnostic::new(&lints::NOT_FINITE, span, message).help(help);
    };
    let ends = phase.map_or((0.0, None), |p| (to_f64(p.start), p.end.map(to_f64)));
    let ends = [ends.0.ceil() as u64, (ends.1.map_or(last(plan), |end| end.ceil() as u64)).saturating_sub(1)];
    let range = ends.map(|step| interval::operand(ir, k, step, culprit.inst, inputs));
    let range = match (culprit.inst, range) {
        (Inst::Unary(..), [Some(first), Some(last)]) if first != last => {
            format!(" (range {} .. {})", brief(first), brief(last))
        }
        _ => String::new(),
    };
    let d = Diagnostic::new(&lints::NOT_FINITE, span, format!("{message}: {reason}{range}"));
    let all = parsed.ast.all();
    let written: Vec<&Expr> = all.iter().filter_map(|e| part(e, culprit.inst)).collect();
    let [argument] = written[..] else { return d.help(help) };
    // The smallest piece that is to blame, and where it is used if that is elsewhere.
    let used = (span.to(argument.span) != span).then_some(span);
    let d = used.into_iter().fold(d, |d, phase| d.because(phase, "used here"));
    let d = Diagnostic { span: argument.span, ..d };
    if matches!(culprit.inst, Inst::Unary(Unary::Sqrt, _)) {
        let Span { start, end } = argument.span;
        let kept = parsed.text.all[start..end].trim();
        let d = d.help(format!("`sqrt(max(0, {kept}))` stays at 0"));
        return d.maybe(Span::new(start, start), "max(0, ").and(Span::new(end, end), ")");
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
