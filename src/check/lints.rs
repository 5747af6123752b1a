//! What is legal and probably wrong, as far as a part of the program shows it. What needs the values of the whole run
//! is in [`lint`](crate::lint).

use std::sync::Arc;

use num_traits::{CheckedDiv, CheckedMul, CheckedSub, Zero};

use super::duration::show;
use super::scope::Ex;
use super::sequence::Part;
use super::{Checker, Place};
use crate::catalogue;
use crate::clock::{Ratio, to_f64};
use crate::diag::{Code, Diagnostic, Severity, Span, lints};
use crate::interval::{Budget, bounds};
use crate::lower;
use crate::metric::REPORTED;
use crate::plan::{Arg, Sig, Window};
use crate::prelude;
use crate::syntax::ast::{Ast, ExprKind, Ident, Item, Param};

/// Phases that differ by less than this share of the greater value meet.
const NEAR: f64 = 0.01;

/// A finding that is good to know.
fn note(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic { severity: Severity::Note, ..Diagnostic::error(code, span, message) }
}

fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, span, message).warning()
}

/// Notes a first step that trains with 0.
pub(super) fn first_step(checker: &mut Checker, sig: &Arc<Sig>, place: Place, span: Span) {
    let value = |at: Ratio| lower::at_base_one(sig, at, false);
    let ends_above = || place.len.is_none_or(|len| value(place.start + len / 4) != 0.0);
    if !matches!(**sig, Sig::Const(_)) && value(place.start) == 0.0 && ends_above() {
        let d = note(&lints::ZERO_START, span, "step 0 trains with value 0");
        checker.found.push(d.help("`warmup(…, skip_zero: true)` starts one step in"));
    }
}

/// Warns of phases that do not meet, and of phases between two steps.
pub(super) fn joins(
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
        let d = warning(&lints::JUMP, after, message).because(before.span(), "the phase before");
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
        let Some(end) = window.len.map(|len| window.start + len) else { continue };
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
#[allow(clippy::too_many_arguments)]
pub(super) fn overlaid(
    checker: &mut Checker,
    ex: &Ex,
    over: &Sig,
    under: &Sig,
    len: Ratio,
    end: Ratio,
    at_end: bool,
    place: Place,
) {
    if place.len == Some(len) {
        let message = format!("the overlay takes all {} steps, so that nothing of what it lies on is left", show(len));
        checker
            .found
            .push(warning(&lints::NO_EFFECT, ex.span(), message).help("shorten the overlay, or write it alone"));
    } else if let Some(gap) = gap(over, under, end).filter(|_| !at_end) {
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

/// Warns of cycles that do not do what a cycle is for.
pub(super) fn cycle(checker: &mut Checker, call: &Ex, body: &Sig, length: Ratio, decay: f64, place: Place) {
    if place.len == Some(length) {
        return no_effect(checker, call, "cycle", "one cycle fills the span");
    }
    if body.is_fixed() && decay == 1.0 {
        return no_effect(checker, call, "cycle", "the value is the same at every step");
    }
    let passed = |span: Ratio| length.checked_mul(&(span.checked_div(&length)?.ceil() - 1));
    if let Some((span, passed)) = place.len.and_then(|span| Some((span, passed(span)?))) {
        ends(checker, call, length, passed, span);
    }
}

/// Warns of stairs that are no coarser than the steps, or of a value that has none.
pub(super) fn stairs(checker: &mut Checker, call: &Ex, body: &Sig, every: Ratio, place: Place) {
    if body.is_fixed() {
        no_effect(checker, call, "staircase", "the value is the same at every step");
    } else if every == Ratio::from_integer(1) && place.start.is_integer() && place.depth == 0 && !place.cycled {
        no_effect(checker, call, "staircase", "every step is a stair of its own");
    }
}

/// Warns of a value that is the same backwards.
pub(super) fn mirrored(checker: &mut Checker, ex: &Ex, body: &Sig) {
    if body.is_fixed() {
        no_effect(checker, ex, "reverse", "the value is the same at every step");
    }
}

/// Warns of a cycle after `passed` steps that goes on beyond the span: of the first, that it never starts again.
pub(super) fn ends(checker: &mut Checker, call: &Ex, length: Ratio, passed: Ratio, span: Ratio) {
    if length > span && passed.is_zero() {
        let message =
            format!("one cycle takes {} steps, and there are {}: it never starts again", show(length), show(span));
        let d = warning(&lints::NEVER, call.span(), message);
        checker.found.push(d.help("shorten the cycle, or leave `cycle` out"));
    } else if let Some(there) = span.checked_sub(&passed).filter(|there| *there < length) {
        let percent = (to_f64(there) / to_f64(length) * 100.0).round();
        let message =
            format!("the last cycle is cut: it has {} of its {} steps ({percent}%)", show(there), show(length));
        checker.found.push(
            warning(&lints::CUT, call.span(), message).help("a count, such as `cycle(4)`, divides the span evenly"),
        );
    }
}

/// Warns of a moment, for `what`, that comes only after the span.
pub(super) fn never(checker: &mut Checker, ex: &Ex, what: &str, at: Ratio, place: Place) {
    let Some(len) = place.len.filter(|&len| at >= len) else { return };
    // A percentage over 100 has been told.
    let told = |d: &Diagnostic| d.code == &lints::PERCENT && ex.span().to(d.span) == ex.span();
    if !checker.found.iter().any(told) {
        let message = format!("{what} never comes: it is {} steps in, and there are {}", show(at), show(len));
        checker.found.push(warning(&lints::NEVER, ex.span(), message).help("bring it forward, or leave it out"));
    }
}

/// Warns of a percentage over 100.
pub(super) fn percent(checker: &mut Checker, amount: Ratio, place: Place, span: Span) {
    let of = |whole: Ratio| (whole / 100).checked_mul(&amount);
    if let (true, Some(whole)) = (amount > Ratio::from_integer(100), place.whole)
        && let Some(all) = of(whole)
    {
        let message = format!("{}% is more than there is: {} of {} steps", show(amount), show(all), show(whole));
        checker.found.push(
            warning(&lints::PERCENT, span, message).help("`%` is of the enclosing span; at most 100% of it comes"),
        );
    }
}

/// Warns of a modifier that leaves every value as it is.
pub(super) fn no_effect(checker: &mut Checker, call: &Ex, name: &str, why: &str) {
    let d = warning(&lints::NO_EFFECT, call.span(), format!("`{name}` changes nothing: {why}"));
    checker.found.push(d.help("leave it out"));
}

/// Notes bounds that the value never reaches.
pub(super) fn clamped(checker: &mut Checker, call: &Ex, sig: &Arc<Sig>, place: Place, low: &Arg, high: &Arg) {
    let bound = |arg: &Arg, none: f64| match arg {
        Arg::Missing => Some(none),
        Arg::Sig(sig) => lower::constant(sig, place.start, false),
        _ => None,
    };
    let (Some(low), Some(high)) = (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY)) else { return };
    if low == f64::NEG_INFINITY && high == f64::INFINITY {
        return no_effect(checker, call, "clamp", "it has neither `min:` nor `max:`");
    }
    // Inside a cycle, or backwards, the values are those of another axis.
    if place.depth > 0 || place.cycled {
        return;
    }
    let ir = lower::single(sig, checker.clock.total());
    // Nothing is known of the inputs, so that a value which depends on one has no bounds.
    let range = bounds(&ir, 0, (0, u64::MAX), &[], &mut Budget::default());
    if range.is_finite() && low <= range.lo && range.hi <= high {
        let (lo, hi) = (range.lo, range.hi);
        let why = if lo == hi { format!("the value is {lo}") } else { format!("the value stays within {lo} .. {hi}") };
        no_effect(checker, call, "clamp", &why);
    }
}

/// Notes a use of `epoch`, which counts in fractions.
pub(super) fn per_epoch(checker: &mut Checker, ex: &Ex, name: &str) {
    let message = format!("`{name}` grows at every step, not once per epoch");
    let d = note(&lints::PER_EPOCH, ex.span(), message);
    checker.found.push(d.help(format!("`floor({name})` counts whole epochs; `| staircase(1 epoch)` holds the value")));
}

/// Forgets the notes on `epoch` since `mark`: what was found there is sampled, or rounded.
pub(super) fn whole_epochs(checker: &mut Checker, mark: usize) {
    let found = checker.found.split_off(mark);
    checker.found.extend(found.into_iter().filter(|d| d.code != &lints::PER_EPOCH));
}

/// Warns of names that hide others: a `let` and its parameters what the language has, parameters an earlier `let`.
pub(super) fn shadows(checker: &mut Checker, name: &Ident, params: &[Param]) {
    for ident in std::iter::once(name).chain(params.iter().map(|p| &p.name)) {
        let earlier = checker.scope.defined(&ident.text).filter(|&at| at != ident.span);
        let hidden = match earlier {
            Some(_) if ident == name => continue,
            Some(_) => "a `let`",
            None if super::NAMES.contains(&&*ident.text) => "what every expression knows by that name",
            None if super::functions().any(|f| f == ident.text) => "the function",
            None if catalogue::find(&ident.text).is_some() => "the phase or modifier",
            None if prelude::find(&ident.text).is_some() => "the form of the prelude",
            None => continue,
        };
        let d = warning(&lints::SHADOW, ident.span, format!("`{}` hides {hidden}", ident.text));
        let d = earlier.into_iter().fold(d, |d, at| d.because(at, "defined here"));
        checker.found.push(d.help("choose another name"));
    }
}

/// Warns of metrics that the run of a config never reports.
pub(super) fn unreported(checker: &mut Checker, ast: &Ast) {
    let runs = ast.items.iter().any(|item| matches!(item, Item::Block { kind, .. } if kind.text == "run"));
    if !runs {
        return;
    }
    for control in checker.controls.iter().filter(|c| !REPORTED.contains(&&*c.metric)) {
        let message = format!("the run never reports `{}`, so this never acts", control.metric);
        let help = format!("the metrics are {}", REPORTED.join(", "));
        checker.found.push(warning(&lints::NO_METRIC, control.span, message).help(help));
    }
}
