//! Everything that can be said about a program: its mistakes, or what is legal and probably wrong.
//!
//! Guarantees: what is reported of a value is a value that the program has at the step named; a comment can silence
//! warnings and notes, never an error.

mod allow;
mod shape;
mod values;

use crate::check::check;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::diag::{Code, Diagnostic, Diagnostics, lints};
use crate::lower::lower;
use crate::plan::Plan;
use crate::recording::{Files, no_files};
use crate::{finite, schedule, stack, syntax};

/// All findings about a program: its errors or, where it has none, its warnings and notes, without those that a comment
/// `# allow(CODE): reason` silences.
///
/// ```
/// let found = etude::lint("warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)", etude::Clock::steps(1000));
/// assert!(!found.has_errors());
/// assert!(found.list.iter().any(|d| d.code.code == "W0302"));
/// ```
pub fn lint(source: &str, clock: Clock) -> Diagnostics {
    with_files(source, clock, &no_files)
}

/// The same for a program that may replay the curves that `files` reads.
pub fn with_files(source: &str, clock: Clock, files: Files) -> Diagnostics {
    with_plan(source, clock, files, None).0
}

/// The same for the program of `config`, which was read from the same source. What would keep it from being trained is an
/// error, where it is one for training ([`Config::trains`]).
pub fn with_config(source: &str, config: &Config, clock: Clock, files: Files) -> Diagnostics {
    with_plan(source, clock, files, Some(config)).0
}

/// The same, and the checked program where there is no error in it.
pub(crate) fn with_plan(
    source: &str,
    clock: Clock,
    files: Files,
    config: Option<&Config>,
) -> (Diagnostics, Option<Plan>) {
    stack::enough(|| found(source, clock, files, config.filter(|config| config.trains())))
}

fn found(source: &str, clock: Clock, files: Files, config: Option<&Config>) -> (Diagnostics, Option<Plan>) {
    let found = |list| Diagnostics::new("<program>", source, list);
    let wrong = |mut list: Vec<Diagnostic>| {
        list.extend(config.map_or(vec![], Config::incomplete));
        (found(list), None)
    };
    let ast = match syntax::parse(source) {
        Ok(ast) => ast,
        Err(list) => return (found(schedule::beside_syntax(source, list, clock, files)), None),
    };
    let mut plan = match check(&ast, &clock, files) {
        Ok(plan) => plan,
        Err(list) => return wrong(list),
    };
    let proof = lower(&plan).and_then(|ir| finite::check(source, &plan, &ir).map(|proven| (ir, proven)));
    let (ir, proven) = match proof {
        Ok(proof) => proof,
        Err(d) => return wrong(vec![*d]),
    };
    let mut list = std::mem::take(&mut plan.warnings);
    list.extend(shape::doubtful(source, &ast));
    list.extend(values::doubtful(&ast, &plan, &ir));
    list.extend(finite::bad_base(source, &plan, &ir, proven));
    let mut list = allow::silence(source, list);
    let refused = config.map_or(vec![], |config| config::refused(config, &plan, &ir));
    // What is refused is not doubtful besides.
    list.retain(|d| !REFUSED.contains(&d.code) || refused.iter().all(|r| r.span != d.span));
    list.extend(refused);
    (found(list), Some(plan))
}

/// What is an error where the runner refuses it.
const REFUSED: &[&Code] = &[&lints::NEGATIVE, &lints::MOMENTUM, &lints::NO_METRIC];
