//! What is legal and probably wrong, as far as a part of the program shows it. What needs the values of the whole run
//! is in [`lint`](crate::lint).

use std::sync::Arc;

use num_traits::{CheckedAdd, CheckedDiv};

use super::scope::Ex;
use super::{Checker, Place};
use crate::catalogue;
use crate::clock::Ratio;
use crate::config::block::Block;
use crate::config::metrics;
use crate::diag::{Diagnostic, Severity, lints};
use crate::lower;
use crate::plan::Sig;
use crate::prelude;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item, Param};

mod joins;
mod moments;

pub(crate) use joins::gap;
pub(super) use joins::joins;
pub(super) use moments::{never, percent};

/// Notes a first step that trains with 0.
pub(super) fn first_step(checker: &mut Checker, sig: &Arc<Sig>, place: Place, body: &Expr) {
    let value = |at: Ratio| lower::at_base_one(sig, at, false, &checker.work);
    let quarter = |len: Ratio| place.start.checked_add(&len.checked_div(&Ratio::from_integer(4))?);
    let ends_above = || place.len.and_then(quarter).is_none_or(|at| value(at) != 0.0);
    if !matches!(**sig, Sig::Const(_)) && value(place.start) == 0.0 && ends_above() {
        let first = if let ExprKind::Seq(phases) = &body.kind { phases[0].span } else { body.span };
        let d = Diagnostic::new(&lints::ZERO_START, first, "step 0 trains with value 0");
        checker.found.push(d.help("`warmup(…, skip_zero: true)` starts one step in"));
    }
}

/// Notes a use of `epoch`, which counts in fractions.
pub(super) fn per_epoch(checker: &mut Checker, ex: &Ex, name: &str) {
    let message = format!("`{name}` grows at every step, not once per epoch");
    let d = Diagnostic::new(&lints::PER_EPOCH, ex.span(), message);
    checker.found.push(d.help(format!("`floor({name})` counts whole epochs; `| staircase(1 epoch)` holds the value")));
}

/// Forgets what is doubtful since `mark`: the same has been said of the first cycle.
pub(super) fn said(checker: &mut Checker, mark: usize) {
    let found = checker.found.split_off(mark);
    checker.found.extend(found.into_iter().filter(|d| d.severity == Severity::Error));
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
        let d = Diagnostic::new(&lints::SHADOW, ident.span, format!("`{}` hides {hidden}", ident.text));
        let d = earlier.into_iter().fold(d, |d, at| d.label("hides it").because(at, "defined here"));
        checker.found.push(d.help("choose another name"));
    }
}

/// Warns of metrics that the run of a config never reports.
pub(super) fn unreported(checker: &mut Checker, ast: &Ast) {
    let runs = ast.items.iter().any(|item| matches!(item, Item::Block { kind, .. } if Block::Run.is(&kind.text)));
    if !runs {
        return;
    }
    for control in &checker.controls {
        if let Some((message, help)) = metrics::unreported(&control.metric) {
            checker.found.push(Diagnostic::new(&lints::NO_METRIC, control.span, message).help(help));
        }
    }
}
