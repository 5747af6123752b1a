//! Every diagnostic code's row: its smallest wrong program gives it, the same program put right does not.

use std::collections::HashSet;

use etude::config::{self, Config};
use etude::diag::{self, Severity, names};
use etude::{Backend, Clock, Diagnostic, Input, syntax};

use crate::cases;

/// What is found in `source` with a run of 1000 steps, nothing else known.
pub fn found(source: &str) -> Vec<Diagnostic> {
    found_at(source, Clock::steps(1000))
}

/// What is found in `source` with this clock, or as a config for training with its own.
pub fn found_at(source: &str, clock: Clock) -> Vec<Diagnostic> {
    let config = syntax::parse(source).and_then(|ast| config::read(&ast));
    if config.as_ref().is_ok_and(Config::trains) {
        return Input::config(source).with(&cases::recording).lint().list;
    }
    let (programs, mut found) = cases::compile(source, clock);
    if !programs.is_empty()
        && let Err(more) = Input::new(source, clock).on(Backend::Eval).schedule()
    {
        found.extend(more.list);
    }
    // What a program does not read as, it has been told.
    if syntax::parse(source).is_ok() {
        found.extend(config.err().into_iter().flatten());
    }
    found
}

#[test]
fn wrong_programs_are_wrong_and_right_ones_right() {
    let mut odd = vec![];
    for row in diag::all() {
        if !row.wrong.is_empty() {
            let found = found(row.wrong);
            if !found.iter().any(|d| d.code.code == row.code) {
                odd.push(format!("{}: the wrong program gives {:?}\n{}", row.code, codes(&found), row.wrong));
            }
            for d in found.iter().filter(|d| d.help.is_none()) {
                odd.push(format!("{}: no help with {:?}\n{}", row.code, d.message, row.wrong));
            }
        }
        let found = found(row.right);
        let fails = |d: &Diagnostic| d.code == row || d.severity == Severity::Error && d.code != &names::ONE_VALUE;
        if !row.right.is_empty() && found.iter().any(fails) {
            odd.push(format!("{}: the right program gives {:?}\n{}", row.code, codes(&found), row.right));
        }
    }
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|d| d.code.code).collect()
}

#[test]
fn rows_are_complete_unique_and_sorted() {
    let mut seen = HashSet::new();
    let mut last = "";
    for row in diag::all() {
        let code = row.code;
        let (band, number) = code.split_at(3);
        assert!(seen.insert(code), "{code} stands twice");
        assert!(code.len() == 5 && number.bytes().all(|b| b.is_ascii_digit()), "{code} is no band and number");
        assert!(last.get(..3) != Some(band) || last < code, "{code} stands after {last}");
        assert!(!row.title.is_empty() && !row.explain.is_empty(), "{code} has no text");
        assert!(
            row.title.chars().next().is_some_and(|c| !c.is_uppercase() || row.title.starts_with("UTF")),
            "{code}: {}",
            row.title
        );
        assert!(row.explain.ends_with(['.', ')', '`']), "{code}: an explanation is sentences");
        assert!(diag::find(&code.to_lowercase()).is_some_and(|found| found == row), "{code} is not found");
        last = code;
    }
}

#[test]
fn places_lie_in_the_source() {
    for source in diag::all().map(|row| row.wrong) {
        for d in found(source) {
            for span in
                std::iter::once(d.span).chain(d.labels.iter().map(|l| l.0)).chain(d.fix.iter().map(|f| f.span()))
            {
                assert!(source.get(span.range()).is_some(), "{}: {span:?} in {source:?}", d.code.code);
            }
        }
    }
}

/// A fix that a machine may apply leaves a program without the mistake.
#[test]
fn certain_fixes_mend() {
    for row in diag::all() {
        for d in found(row.wrong) {
            let Some(fix) = d.fix.filter(|f| f.applicability == diag::Applicability::MachineApplicable) else {
                continue;
            };
            let mended = fix.mended(row.wrong);
            assert!(!found(&mended).iter().any(|d| d.code == row), "{}: {mended:?} is still wrong", row.code);
        }
    }
}
