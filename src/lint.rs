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
use crate::finite::{self, Proven};
use crate::ir::Ir;
use crate::lower::lower;
use crate::plan::Plan;
use crate::recording::{Files, no_files};
use crate::syntax::{self, Ast};
use crate::{schedule, stack};

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
    match syntax::parse(source) {
        Ok(ast) => parsed(source, &ast, clock, files),
        Err(list) => Diagnostics::new("<program>", source, schedule::beside_syntax(source, list, clock, files)),
    }
}

/// The same for a source that was parsed before, as `ast`.
pub fn parsed(source: &str, ast: &Ast, clock: Clock, files: Files) -> Diagnostics {
    stack::enough(|| of(source, ast, clock, files).0)
}

/// A program without errors.
#[derive(Debug)]
pub(crate) struct Proved {
    pub(crate) plan: Plan,
    pub(crate) ir: Ir,
    pub(crate) proven: Proven,
}

/// All findings about a source that parses as `ast`, and what it means where there is no error. Needs stack.
pub(crate) fn of(source: &str, ast: &Ast, clock: Clock, files: Files) -> (Diagnostics, Option<Proved>) {
    let found = |list| Diagnostics::new("<program>", source, list);
    let mut plan = match check(ast, &clock, files) {
        Ok(plan) => plan,
        Err(list) => return (found(list), None),
    };
    let proof = lower(&plan).and_then(|ir| finite::check(source, &plan, &ir).map(|proven| (ir, proven)));
    let (ir, proven) = match proof {
        Ok(proof) => proof,
        Err(d) => return (found(vec![*d]), None),
    };
    let mut list = std::mem::take(&mut plan.warnings);
    list.extend(shape::doubtful(source, ast));
    list.extend(values::doubtful(ast, &plan, &ir));
    list.extend(finite::bad_base(source, &plan, &ir, proven));
    (found(allow::silence(source, list)), Some(Proved { plan, ir, proven }))
}
