//! Every catalogue row is complete: a case file, an example that runs, parameters whose defaults mean something.

use std::collections::HashSet;

use etude::catalogue::{ALL, Entry, Kind, Param};
use etude::{Clock, Program};

use crate::cases::{self, at};

#[test]
fn every_entry_has_its_case_file() {
    let files: HashSet<String> = cases::files()
        .iter()
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    for entry in ALL {
        assert!(files.contains(entry.name), "tests/cases/{}.etude is missing", entry.name);
    }
}

#[test]
fn every_derived_form_has_its_cases() {
    let cases = include_str!("../cases/prelude.etude");
    for form in etude::prelude::forms() {
        let call = |line: &str| line.starts_with(&format!("{}(", form.name)) && line.contains("   @ ");
        let valued = |pair: (&str, &str)| call(pair.0) && pair.1.starts_with("lr(");
        assert!(cases.lines().zip(cases.lines().skip(1)).any(valued), "no case gives values of `{}`", form.name);
    }
}

#[test]
fn names_and_texts_are_there_once() {
    let mut names = HashSet::new();
    for Entry { name, summary, formula, source, params, .. } in ALL {
        assert!(names.insert(name), "`{name}` stands twice");
        for text in [summary, formula, source] {
            assert!(!text.is_empty() && !text.ends_with('.'), "`{name}`: a phrase, without a full stop: {text:?}");
        }
        let mut seen = HashSet::new();
        for param in *params {
            assert!(seen.insert(param.name), "`{name}` has `{}` twice", param.name);
            assert!(!param.doc.is_empty(), "`{}` of `{name}` has no text", param.name);
        }
    }
}

#[test]
fn examples_run() {
    let clock = Clock::steps(10_000).steps_per_epoch(500);
    for entry in ALL {
        let (programs, found) = cases::compile(entry.example, clock);
        assert!(found.iter().all(|d| d.severity < etude::diag::Severity::Warning), "{}: {found:#?}", entry.example);
        let oracle: &Program = programs.first().unwrap_or_else(|| panic!("{} does not compile", entry.example));
        assert!(entry.example.contains(entry.name), "{} does not show `{}`", entry.example, entry.name);
        for step in 0..10_002 {
            assert!(at(oracle, step)[0].is_finite(), "{} at step {step}", entry.example);
        }
        let wrong = cases::probe(&programs, []);
        assert!(wrong.is_empty(), "{}: {}", entry.example, wrong.join("\n"));
    }
}

#[test]
fn defaults_are_values_or_words() {
    for entry in ALL {
        for param in entry.params {
            if let Some(text) = param.default {
                assert!(is_default(param, text), "`{text}` is no default for `{}` of `{}`", param.name, entry.name);
            }
        }
    }
}

/// Whether `text` is a value of the parameter, or says in words what stands for it.
fn is_default(param: &Param, text: &str) -> bool {
    let words = !text.bytes().any(|b| b.is_ascii_digit());
    match param.kind {
        Kind::Number(low, high) => text.parse().is_ok_and(|x: f64| x > low && x <= high),
        Kind::AtLeast(low) => text.parse().is_ok_and(|x: f64| x >= low),
        Kind::Share => text.parse().is_ok_and(|x: f64| x > 0.0 && x < 1.0),
        Kind::Count(low) => text.parse().is_ok_and(|x: u64| x >= low),
        Kind::Choice(choices) => choices.contains(&text),
        Kind::Flag => matches!(text, "true" | "false"),
        Kind::Value => words || text.parse().is_ok_and(f64::is_finite),
        Kind::Duration | Kind::Period => {
            words || text.strip_suffix(" steps").is_some_and(|n| etude::clock::exact(n).is_some())
        }
        Kind::Durations => words,
        Kind::Ramp | Kind::RampOrValue | Kind::Length | Kind::CountOrDuration | Kind::Phase | Kind::Metric => false,
        Kind::Factors | Kind::Numbers => false,
    }
}
