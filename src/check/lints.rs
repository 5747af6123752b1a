//! What is legal and probably wrong.

use std::sync::Arc;

use super::sequence::Part;
use super::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Severity, Span, lints};
use crate::lower;
use crate::plan::{Sig, Window};
use crate::syntax::ast::{Arg, Expr, ExprKind};

/// Notes a first step that trains with 0.
pub(super) fn first_step(checker: &mut Checker, sig: &Arc<Sig>, place: Place, body: &Expr) {
    let at_start = lower::constant(sig, place.start, false);
    let ends_above =
        place.len.and_then(|len| lower::constant(sig, place.start + len / 4, false)).is_none_or(|v| v != 0.0);
    if at_start == Some(0.0) && ends_above && !matches!(**sig, Sig::Const(_)) {
        let first = if let ExprKind::Seq(phases) = &body.kind { phases[0].span } else { body.span };
        let d = Diagnostic::error(&lints::ZERO_START, first, "step 0 trains with value 0");
        checker
            .found
            .push(Diagnostic {
                severity: Severity::Note, ..d.help("`warmup(…, skip_zero: true)` starts one step in")
            });
    }
}

/// Warns of phases that do not meet. A constant phase is meant to jump.
pub(super) fn jumps(checker: &mut Checker, pieces: &[(Ratio, Arc<Sig>)], windows: &[Window], parts: &[Part]) {
    for k in 1..pieces.len() {
        let at = windows[k].start;
        let ([(_, before), (_, after)], Some(_)) = (&[&pieces[k - 1], &pieces[k]], windows[k - 1].len) else {
            continue;
        };
        if flat(before, true) || flat(after, false) {
            continue;
        }
        let (Some(a), Some(b)) = (lower::constant(before, at, true), lower::constant(after, at, false)) else {
            continue;
        };
        let scale = a.abs().max(b.abs());
        if (a - b).abs() > 0.01 * scale {
            let verb = if b < a { "drops" } else { "jumps up" };
            let percent = ((a - b).abs() / a.abs().max(f64::MIN_POSITIVE) * 100.0).round();
            let percent = if a == 0.0 { String::new() } else { format!(" by {percent}%") };
            let (first, second) = (&parts[k - 1].ex, &parts[k].ex);
            let at = super::duration::show(at);
            let message = format!("the value {verb}{percent} at step {at}, from {a} to {b}");
            let d = Diagnostic::error(&lints::JUMP, second.span(), message)
                .warning()
                .label(format!("starts with {b}"))
                .because(first.span(), format!("ends with {a}"));
            let d = match target(first.expr) {
                Some(argument) => {
                    d.help("remove `to:`, and `warmup` ends where the next phase starts").maybe(argument, "")
                }
                None => d.help("leave out the end that should follow from the other phase, and they join"),
            };
            checker.found.push(d);
        }
    }
}

/// The `to:` of a warmup, with the comma that separates it.
fn target(phase: &Expr) -> Option<Span> {
    let ExprKind::Call { name, args } = &phase.kind else { return None };
    let k = args.iter().position(|arg| arg.name.as_ref().is_some_and(|n| n.text == "to"))?;
    let start = |arg: &Arg| arg.name.as_ref().map_or(arg.value.span.start, |n| n.span.start);
    match (k.checked_sub(1), args.get(k + 1)) {
        _ if name.text != "warmup" => None,
        (Some(before), _) => Some(Span::new(args[before].value.span.end, args[k].value.span.end)),
        (None, Some(next)) => Some(Span::new(start(&args[k]), start(next))),
        (None, None) => None,
    }
}

/// Whether the value is flat by intent where it meets its neighbour: at its end, or at its start.
fn flat(sig: &Sig, at_end: bool) -> bool {
    match sig {
        Sig::Curve { .. } => true,
        Sig::Reverse { body, .. } => flat(body, !at_end),
        Sig::Seq(pieces) => {
            let piece = if at_end { pieces.last() } else { pieces.first() };
            piece.is_some_and(|(_, sig)| flat(sig, at_end))
        }
        _ => sig.is_fixed(),
    }
}
