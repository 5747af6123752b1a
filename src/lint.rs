//! Everything that can be said about a program: its mistakes, or what is legal and probably wrong.
//!
//! Guarantees: what is reported of a value is a value that the program has at the step named; a comment can silence
//! warnings and notes, never an error.

mod allow;
mod shape;
mod values;

use crate::clock::Clock;
use crate::compile::{Checked, Input};
use crate::config;
use crate::diag::{Code, Diagnostic, Diagnostics, lints};
use crate::finite;

/// All findings about a program: its errors or, where it has none, its warnings and notes, without those that a comment
/// `# allow(CODE): reason` silences.
///
/// ```
/// let found = etude::lint("warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)", etude::Clock::steps(1000));
/// assert!(!found.has_errors());
/// assert!(found.list.iter().any(|d| d.code.code == "W0302"));
/// ```
pub fn lint(source: &str, clock: Clock) -> Diagnostics {
    Input::new(source, clock).lint()
}

/// What is legal and probably wrong, without what a comment silences; of a config for training also what keeps it from being
/// trained.
pub(crate) fn of(checked: &Checked) -> Vec<Diagnostic> {
    let Checked { parsed, plan, ir, .. } = checked;
    let mut list = plan.warnings.clone();
    list.extend(shape::doubtful(&parsed.ast));
    list.extend(values::doubtful(&parsed.ast, plan, ir));
    list.extend(finite::bad_base(checked));
    // A file that others use brings more than each of them needs.
    list.retain(|d| d.code != &lints::UNUSED || parsed.text.is_own(d.span));
    let mut list = allow::silence(&parsed.text.all, list);
    let refused = checked.parsed.trained().map_or(vec![], |config| config::refused(config, plan, ir));
    // What is refused is not doubtful besides.
    list.retain(|d| !REFUSED.contains(&d.code) || refused.iter().all(|r| r.span != d.span));
    list.extend(refused);
    list
}

/// What is an error where the runner refuses it.
const REFUSED: &[&Code] = &[&lints::NEGATIVE, &lints::MOMENTUM, &lints::NO_METRIC];
