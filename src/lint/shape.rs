//! What the way a program is written shows.

use crate::diag::{Diagnostic, Span, lints};
use crate::syntax::ast::{Ast, Expr, ExprKind};

/// What is doubtful about the shape of `ast`, the tree of `source`.
pub(super) fn doubtful(source: &str, ast: &Ast) -> Vec<Diagnostic> {
    ast.all().into_iter().filter_map(|expr| warmup_again(source, expr)).collect()
}

/// A cycle that repeats the warmup before the phase that it is meant for.
fn warmup_again(source: &str, expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Pipe(subject, modifiers) = &expr.kind else { return None };
    let ExprKind::Seq(parts) = &subject.kind else { return None };
    let calls = |expr: &Expr, word: &str| matches!(&expr.kind, ExprKind::Call { name, .. } if name.text == word);
    let cycle = modifiers.iter().find(|m| calls(m, "cycle")).filter(|_| calls(&parts[0], "warmup"))?;
    let rest = Span::new(parts[1].span.start, cycle.span.end);
    let d = Diagnostic::error(&lints::WARMUP_AGAIN, cycle.span, "every cycle starts with the warmup again")
        .warning()
        .label("by this")
        .because(parts[0].span, "this is repeated")
        .help("put what is to be repeated into parentheses");
    Some(d.maybe(rest, format!("({})", &source[rest.range()])))
}
