//! Phases that do not meet, or that no step falls into.

use std::sync::Arc;

use super::{note, warning};
use crate::check::duration::show;
use crate::check::scope::Ex;
use crate::check::sequence::Part;
use crate::check::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Span, lints};
use crate::lower;
use crate::plan::{Sig, Window};
use crate::syntax::ast::ExprKind;

/// Phases that differ by less than this share of the greater value meet.
const NEAR: f64 = 0.01;

/// Warns of phases that do not meet, and of phases between two steps.
pub(in crate::check) fn joins(
    checker: &mut Checker,
    parts: &[Part],
    pieces: &[(Ratio, Arc<Sig>)],
    windows: &[Window],
    place: Place,
) {
    for k in 1..pieces.len() {
        let at = windows[k].start;
        if windows[k - 1].len.is_none() {
            continue;
        }
        let Some(gap) = gap(&pieces[k - 1].1, &pieces[k].1, at) else { continue };
        let message =
            format!("the value {} at step {}: {} ends here, {} starts there", gap.verb, show(at), gap.from, gap.to);
        let (before, after) = (&parts[k - 1].ex, parts[k].ex.span());
        let d = warning(&lints::JUMP, after, message)
            .label(format!("starts with {}", gap.to))
            .because(before.span(), format!("ends with {}", gap.from));
        checker.found.push(match target(before) {
            Some(given) => d.help("without `to:` the warmup ends where the next phase starts").maybe(given, ""),
            None => d.help("leave out the end that should follow from the other phase, and they join"),
        });
    }
    // Within a cycle each round has its own steps.
    if place.cycled {
        return;
    }
    for (part, window) in parts.iter().zip(windows) {
        let Some(end) = window.end() else { continue };
        if window.start.ceil() == end.ceil() {
            let message = format!(
                "no step falls into this phase: it runs from {} to {}, between two steps",
                show(window.start),
                show(end)
            );
            let d = warning(&lints::NO_STEP, part.ex.span(), message);
            checker.found.push(d.help("make it longer, or leave it out"));
        }
    }
}

/// Warns of an overlay that leaves nothing of what it lies on, and notes what has gone on under a warmup.
pub(in crate::check) fn overlaid(
    checker: &mut Checker,
    ex: &Ex,
    over: &Sig,
    under: &Sig,
    window: Window,
    place: Place,
) {
    let Some(end) = window.end() else { return };
    if window.len == place.len {
        let message = "the overlay takes the whole span, so that nothing of what it lies on is left";
        let d = warning(&lints::NO_EFFECT, ex.span(), message);
        checker.found.push(d.help("shorten the overlay, or write it alone"));
    } else if let Some(gap) = gap(over, under, end).filter(|_| window.start == place.start) {
        let message = format!(
            "the value {} at step {}: the overlay ends at {}, and underneath it has come to {} by then",
            gap.verb,
            show(end),
            gap.from,
            gap.to
        );
        let d = note(&lints::RUN_ON, ex.span(), message);
        checker.found.push(d.help("`warmup(…) >> …` starts the next phase's clock after the warmup"));
    }
}

/// A difference where two phases meet, in words.
struct Gap {
    verb: String,
    from: String,
    to: String,
}

/// How `before` and `after` fail to meet, if they do. What is flat by intent is meant to jump.
fn gap(before: &Sig, after: &Sig, at: Ratio) -> Option<Gap> {
    if flat(before, true) || flat(after, false) {
        return None;
    }
    let (a, b) = (lower::at_base_one(before, at, true), lower::at_base_one(after, at, false));
    let wide = (a - b).abs() > NEAR * a.abs().max(b.abs());
    wide.then(|| {
        let verb = if b < a { "drops" } else { "jumps up" };
        let percent = ((a - b).abs() / a.abs().max(f64::MIN_POSITIVE) * 100.0).round();
        let verb = if a == 0.0 { verb.into() } else { format!("{verb} by {percent}%") };
        let number = |v: f64, sig: &Sig, left| {
            let fixed = lower::constant(sig, at, left).is_some();
            if fixed { format!("{v}") } else { format!("{v}x") }
        };
        Gap { verb, from: number(a, before, true), to: number(b, after, false) }
    })
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

/// The `to:` of a written warmup, with the comma before it.
fn target(ex: &Ex) -> Option<Span> {
    let ExprKind::Call { name, args } = ex.kind() else { return None };
    let k = args.iter().position(|a| a.name.as_ref().is_some_and(|n| n.text == "to"))?;
    let before = args.get(k.checked_sub(1)?)?;
    (name.text == "warmup" && ex.is_written()).then(|| Span::new(before.value.span.end, args[k].value.span.end))
}
