//! Hints between the words: durations in steps, and the ends of ramps that are not written.
//!
//! Guarantee: a hint is what the checker found. A place that means several things, or is not known, has none.

use std::collections::HashMap;

use lsp_types::{InlayHint, InlayHintKind, InlayHintLabel, Range};

use super::document::{Checked, Document};
use crate::PhaseRow;
use crate::catalogue::{self, Entry};
use crate::clock::to_f64;
use crate::diag::Span;
use crate::diag::number::steps;
use crate::syntax::ast::{Ast, Expr, ExprKind, Item};

/// The most hints of one answer: far more than a window shows, which is what editors ask for.
const MOST: usize = 10_000;

/// The hints in a range.
pub(super) fn hints(document: &Document, range: Range) -> Vec<InlayHint> {
    let asked = document.text.span(range);
    let (Some(parsed), Some(checked)) = (document.parsed(), document.checked()) else { return vec![] };
    let mut all = durations(document, checked);
    all.extend(ends(&parsed.ast, checked));
    all.sort_by_key(|hint| hint.at);
    let hints = all.into_iter().filter(|hint| asked.start <= hint.at && hint.at <= asked.end).take(MOST);
    hints.map(|hint| hint.placed(document)).collect()
}

/// A piece of text that stands at a byte; a blank is drawn on one side of it.
struct Hint {
    at: usize,
    text: String,
    before: bool,
}

impl Hint {
    fn placed(self, document: &Document) -> InlayHint {
        InlayHint {
            position: document.text.position(self.at),
            label: InlayHintLabel::String(self.text),
            kind: Some(InlayHintKind::TYPE),
            text_edits: None,
            tooltip: None,
            padding_left: Some(!self.before),
            padding_right: Some(self.before),
            data: None,
        }
    }
}

/// What a duration comes to, where it is the same wherever it holds.
pub(super) fn in_steps(checked: &Checked, span: Span) -> Option<f64> {
    let mut found = checked.durations.iter().filter(|(place, _)| *place == span).map(|(_, steps)| *steps);
    let only = found.next()?;
    found.next().is_none().then(|| to_f64(only))
}

/// `5%` is `= 500 steps`.
fn durations(document: &Document, checked: &Checked) -> Vec<Hint> {
    let in_other_units = |span: &Span| !document.source()[span.range()].trim_end_matches('s').ends_with("step");
    let groups = checked.durations.chunk_by(|a, b| a.0 == b.0);
    let once = groups.filter_map(|group| match group {
        [(span, time)] => Some((*span, to_f64(*time))),
        _ => None,
    });
    let hint = |(span, time): (Span, f64)| {
        let unit = if time == 1.0 { "step" } else { "steps" };
        Hint { at: span.end, text: format!("= {} {unit}", steps(time)), before: false }
    };
    once.filter(|(span, _)| in_other_units(span)).map(hint).collect()
}

/// The start of `-> b`, and the target of a phase that leads into the next one.
fn ends(ast: &Ast, checked: &Checked) -> Vec<Hint> {
    let mut exprs: Vec<&Expr> = ast.body.iter().collect();
    collect(&ast.items, &mut exprs);
    // A phase that several rows show, each with other ends, has none to show.
    let mut rows: HashMap<Span, Option<&PhaseRow>> = HashMap::new();
    for row in &checked.phases {
        let known = rows.entry(row.span).or_insert(Some(row));
        *known = known.filter(|other| (other.from, other.to) == (row.from, row.to));
    }
    let mut hints = vec![];
    while let Some(expr) = exprs.pop() {
        hints.extend(rows.get(&expr.span).copied().flatten().and_then(|row| end(expr, row)));
        children(expr, &mut exprs);
    }
    hints
}

/// The end that a phase leaves out.
fn end(phase: &Expr, row: &PhaseRow) -> Option<Hint> {
    let before = |ramp: &Expr| Hint { at: ramp.span.start, text: row.from.to_string(), before: true };
    match &bare(phase).kind {
        ExprKind::Ramp(ends) if ends[0].is_none() => Some(before(bare(phase))),
        ExprKind::Call { name, args } if let Some(to) = catalogue::find(&name.text).and_then(Entry::target) => {
            let given = args.iter().any(|arg| arg.name.as_ref().is_some_and(|n| n.text == to));
            let hint = Hint { at: bare(phase).span.end, text: format!("-> {}", row.to), before: false };
            (!given).then_some(hint)
        }
        ExprKind::Call { args, .. } => {
            let ramp = &args.first()?.value;
            matches!(&ramp.kind, ExprKind::Ramp(ends) if ends[0].is_none()).then(|| before(ramp))
        }
        _ => None,
    }
}

/// A phase without its time and parentheses.
fn bare(mut phase: &Expr) -> &Expr {
    while let ExprKind::Timed(inner, ..) | ExprKind::Paren(inner) = &phase.kind {
        phase = inner;
    }
    phase
}

fn collect<'a>(items: &'a [Item], exprs: &mut Vec<&'a Expr>) {
    for item in items {
        match item {
            Item::Let { value, .. } | Item::Entry { value, .. } => exprs.push(value),
            Item::Block { items, .. } => collect(items, exprs),
            Item::Use { .. } => {}
        }
    }
}

fn children<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Quantity(..) | ExprKind::Str(_) | ExprKind::Name(_) => {}
        ExprKind::List(list) | ExprKind::Seq(list) => out.extend(list),
        ExprKind::Call { args, .. } => out.extend(args.iter().map(|arg| &arg.value)),
        ExprKind::Paren(a) | ExprKind::Neg(a) => out.push(a),
        ExprKind::Binary(_, a, b) | ExprKind::Timed(a, _, b) => out.extend([&**a, b]),
        ExprKind::Ramp(ends) => out.extend(ends.iter().flatten()),
        ExprKind::Pipe(subject, modifiers) => {
            out.push(subject);
            out.extend(modifiers);
        }
    }
}
