//! What is legal and probably wrong.

use std::sync::Arc;

use super::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Severity, Span, lints};
use crate::lower;
use crate::plan::{Sig, Window};

/// Notes a first step that trains with 0.
pub(super) fn first_step(checker: &mut Checker, sig: &Arc<Sig>, place: Place, span: Span) {
    let at_start = lower::constant(sig, place.start, false);
    let ends_above =
        place.len.and_then(|len| lower::constant(sig, place.start + len / 4, false)).is_none_or(|v| v != 0.0);
    if at_start == Some(0.0) && ends_above && !matches!(**sig, Sig::Const(_)) {
        let d = Diagnostic::error(&lints::ZERO_START, span, "step 0 trains with value 0");
        checker
            .found
            .push(Diagnostic {
                severity: Severity::Note, ..d.help("`warmup(…, skip_zero: true)` starts one step in")
            });
    }
}

/// Warns of phases that do not meet. A constant phase is meant to jump.
pub(super) fn jumps(checker: &mut Checker, pieces: &[(Ratio, Arc<Sig>)], windows: &[Window], spans: &[Span]) {
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
            let message = format!(
                "the value {verb}{percent} at step {}: {a} ends here, {b} starts there",
                super::duration::show(at)
            );
            let d =
                Diagnostic::error(&lints::JUMP, spans[k], message).warning().because(spans[k - 1], "the phase before");
            checker.found.push(d.help("leave out the end that should follow from the other phase, and they join"));
        }
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
