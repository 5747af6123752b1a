//! Phases that do not meet, or that no step falls into.

use std::sync::Arc;

use crate::catalogue::{self, Entry};
use crate::check::duration::show;
use crate::check::scope::Ex;
use crate::check::sequence::Part;
use crate::check::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, lints};
use crate::lower;
use crate::plan::{Sig, Window};
use crate::syntax::ast::ExprKind;
use crate::work::Work;

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
        let Some(gap) = gap(&pieces[k - 1].1, &pieces[k].1, at, &checker.work) else { continue };
        let message =
            format!("the value {} at step {}: {} ends here, {} starts there", gap.verb, show(at), gap.from, gap.to);
        let (before, after) = (&parts[k - 1].ex, parts[k].ex.span());
        let d = Diagnostic::new(&lints::JUMP, after, message)
            .label(format!("starts with {}", gap.to))
            .because(before.span(), format!("ends with {}", gap.from));
        checker.found.push(match target(before) {
            Some((entry, to, given)) => {
                let help = format!("without `{to}:` the {} ends where the next phase starts", entry.name);
                d.help(help).maybe(given, "")
            }
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
            let d = Diagnostic::new(&lints::NO_STEP, part.ex.span(), message);
            checker.found.push(d.help("make it longer, or leave it out"));
        }
    }
}

/// A difference where two phases meet, in words.
pub(crate) struct Gap {
    pub(crate) verb: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// How `before` and `after` fail to meet, if they do. What is flat by intent is meant to jump.
pub(crate) fn gap(before: &Sig, after: &Sig, at: Ratio, work: &Work) -> Option<Gap> {
    if flat(before, true) || flat(after, false) {
        return None;
    }
    let (a, b) = (lower::at_base_one(before, at, true, work), lower::at_base_one(after, at, false, work));
    let wide = (a - b).abs() > NEAR * a.abs().max(b.abs());
    wide.then(|| {
        let verb = if b < a { "drops" } else { "jumps up" };
        let percent = ((a - b).abs() / a.abs().max(f64::MIN_POSITIVE) * 100.0).round();
        let verb = if a == 0.0 { verb.into() } else { format!("{verb} by {percent}%") };
        let number = |v: f64, sig: &Sig, left| {
            let fixed = lower::constant(sig, at, left, work).is_some();
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

/// The last end of a written phase that would else lead to the next one, with the comma before it.
fn target(ex: &Ex) -> Option<(&'static Entry, &'static str, Span)> {
    let ExprKind::Call { name, args } = ex.kind() else { return None };
    let entry = catalogue::find(&name.text)?;
    let to = entry.target()?;
    let k = args.iter().position(|a| a.name.as_ref().is_some_and(|n| n.text == to))?;
    let before = args.get(k.checked_sub(1)?)?;
    ex.is_written().then(|| (entry, to, Span::new(before.value.span.end, args[k].value.span.end)))
}
