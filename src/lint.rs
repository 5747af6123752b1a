//! Everything that can be said about a program: its mistakes, or what is legal and probably wrong.
//!
//! Guarantees: what is reported of a value is a value that the program has at the step named; a comment can silence
//! warnings and notes, never an error.

mod allow;
mod shape;
mod values;

use crate::check::check;
use crate::clock::Clock;
use crate::diag::Diagnostics;
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
    with_plan(source, clock, files).0
}

/// The same, and the checked program where there is no error.
pub(crate) fn with_plan(source: &str, clock: Clock, files: Files) -> (Diagnostics, Option<Plan>) {
    stack::enough(|| found(source, clock, files))
}

fn found(source: &str, clock: Clock, files: Files) -> (Diagnostics, Option<Plan>) {
    let found = |list| Diagnostics::new("<program>", source, list);
    let ast = match syntax::parse(source) {
        Ok(ast) => ast,
        Err(list) => return (found(schedule::beside_syntax(source, list, clock, files)), None),
    };
    let mut plan = match check(&ast, &clock, files) {
        Ok(plan) => plan,
        Err(list) => return (found(list), None),
    };
    let proof = lower(&plan).and_then(|ir| finite::check(source, &plan, &ir).map(|proven| (ir, proven)));
    let (ir, proven) = match proof {
        Ok(proof) => proof,
        Err(d) => return (found(vec![*d]), None),
    };
    let mut list = std::mem::take(&mut plan.warnings);
    list.extend(shape::doubtful(source, &ast));
    list.extend(values::doubtful(&ast, &plan, &ir));
    list.extend(finite::bad_base(source, &plan, &ir, proven));
    (found(allow::silence(source, list)), Some(plan))
}
