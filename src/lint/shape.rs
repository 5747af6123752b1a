//! What the way a program is written shows.

use crate::catalogue::{self, Entry, Time};
use crate::diag::{Diagnostic, Span, lints};
use crate::syntax::ast::{Ast, Expr, ExprKind};

/// What is doubtful about the shape of `ast`.
pub(super) fn doubtful(ast: &Ast) -> Vec<Diagnostic> {
    ast.all().into_iter().filter_map(warmup_again).collect()
}

/// A repetition that starts with the phase into the one that it is meant for.
fn warmup_again(expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Pipe(subject, modifiers) = &expr.kind else { return None };
    let ExprKind::Seq(parts) = &subject.kind else { return None };
    let repeats = |entry: &Entry| entry.modifier().is_some_and(|m| m.time == Time::Repeated);
    let (again, repeated) = modifiers.iter().find_map(|m| Some((m, called(m).filter(|entry| repeats(entry))?)))?;
    let first = called(&parts[0]).filter(|entry| entry.target().is_some())?;
    let rest = Span::new(parts[1].span.start, again.span.end);
    let message = format!("every {} starts with the {} again", repeated.name, first.name);
    let d = Diagnostic::new(&lints::WARMUP_AGAIN, again.span, message)
        .label("by this")
        .because(parts[0].span, "this is repeated")
        .help("put what is to be repeated into parentheses");
    Some(d.maybe(Span::new(rest.start, rest.start), "(").and(Span::new(rest.end, rest.end), ")"))
}

/// The entry that an expression calls.
fn called(expr: &Expr) -> Option<&'static Entry> {
    match &expr.kind {
        ExprKind::Call { name, .. } => catalogue::find(&name.text),
        _ => None,
    }
}
