//! Runs `tests/cases/*.etude`: programs with their values and diagnostics, as data.
//!
//! A file is a list of cases:
//!
//! ```text
//! # Comments stand between cases.
//! warmup(5%) >> cosine(1e-3 -> 0)   @ 1000 steps
//! lr(0) == 0   lr(25) == 5e-4   lr(525) ~ 5e-4   lr(max) == 0
//!
//! let peak = 1e-3
//! warmup(5 epocs) >> peak           @ 1000 steps, 100 steps/epoch, batch 8, 4 tokens/sample, base 0.1
//! #        ^^^^^ error[S0201]: unknown unit
//! ```
//!
//! * A program is any number of lines; the one with `@` ends it and gives the clock: `N steps`, `N steps/epoch`,
//!   `batch N`, `N tokens/sample`, `base X`, in any order, or `unknown`.
//! * `name(step) == value` asks for the exact bits of the literal, `name(step) ~ value (tolerance)` for a relative
//!   error of at most `tolerance` (1e-15 where it is left out). A step is a number, `2^53` or `max`.
//! * `# ^^^ severity[CODE]: message` under a line of the program expects a diagnostic at the carets; the message is
//!   a part of the real one. The `#` is the first caret when `^` follows it directly, or when there are no carets.
//!   A place over several lines is marked up to the end of its first line.
//! * Errors and warnings that are missing or not written both fail; notes count only where they are written.
//! * `BLESS=1` rewrites values and diagnostics in place. Check what it writes against the formula, not against hope.
//!
//! Besides the listed steps every program runs at its first and last steps, at every phase's boundary and far
//! beyond the end, on every backend: all bits must agree, be finite, and not change after the end.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use etude::diag::Severity;
use etude::simd::Isa;
use etude::{Backend, Clock, Diagnostic, Diagnostics, FileError, Input, Program, Recording, diag};

pub mod format;

use format::{Case, Mark, Written};

use crate::fill;

/// Every backend of this build; the first is the oracle.
pub const BACKENDS: &[Backend] = if cfg!(feature = "jit") { &[Backend::Eval, Backend::Jit] } else { &[Backend::Eval] };

#[test]
fn every_case_holds() {
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    let (mut failures, mut cases, mut values) = (String::new(), 0, 0);
    for path in files() {
        let text = std::fs::read_to_string(&path).expect("a case file is readable");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (list, mut edits) = match format::read(&text) {
            Ok(list) => (list, format::Edits::default()),
            Err(message) => {
                writeln!(failures, "tests/cases/{name}:{message}").unwrap();
                continue;
            }
        };
        for case in &list {
            cases += 1;
            values += case.values.len();
            for (line, message) in run(case, &mut edits) {
                writeln!(failures, "tests/cases/{name}:{}: {message}", line + 1).unwrap();
            }
        }
        if bless {
            let blessed = edits.apply(&text);
            if blessed != text {
                std::fs::write(&path, blessed).expect("a case file is writable");
            }
        }
    }
    println!("{cases} cases, {values} values");
    assert!(failures.is_empty() || bless, "\n{failures}\nBLESS=1 rewrites the case files to what came out.\n");
}

/// The case files, by name.
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = std::fs::read_dir(folder).expect("tests/cases exists");
    let mut files: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "etude"));
    files.sort();
    files
}

/// Compiles on every backend; the diagnostics of a program that compiles are its warnings and notes.
pub fn compile(source: &str, clock: Clock) -> (Vec<Program>, Vec<Diagnostic>) {
    let programs: Result<Vec<Program>, Diagnostics> =
        BACKENDS.iter().map(|&backend| Input::new(source, clock).with(&recording).on(backend).program()).collect();
    match programs {
        Ok(programs) => (programs, Input::new(source, clock).with(&recording).lint().list),
        Err(found) => (vec![], found.list),
    }
}

/// The recorded curves that cases may name.
pub fn recording(name: &str) -> Result<Recording, FileError> {
    match name {
        "curve.csv" => Recording::new([(0, 1.0), (10, 0.3), (20, 0.7), (30, 0.1), (40, 0.2)]),
        "steps.csv" => Recording::new([(7, 0.1), (8, 0.7), (9, 0.3)]),
        _ => Err("there is no such file".into()),
    }
}

/// Every case of every file.
pub fn all() -> Vec<Case> {
    let read = |path: PathBuf| std::fs::read_to_string(path).expect("a case file is readable");
    files().into_iter().flat_map(|path| format::read(&read(path)).expect("a case file has cases")).collect()
}

/// What is wrong with a case, each with its line.
fn run(case: &Case, edits: &mut format::Edits) -> Vec<(usize, String)> {
    let (programs, found) = compile(&case.source, case.clock);
    let with_base = |p: &Program| p.with_base(case.base).unwrap_or_else(|e| panic!("{e}\n{}", case.source));
    let programs: Vec<Program> = programs.iter().map(with_base).collect();
    let mut wrong = vec![];
    diagnostics(case, &found, &mut wrong, edits);
    let Some(oracle) = programs.first() else {
        if let Some(value) = case.values.first() {
            wrong.push((value.line, "values are listed, but the program does not compile".into()));
        }
        return wrong;
    };
    for value in &case.values {
        let Some(place) = oracle.names().position(|n| n == value.name) else {
            let names: Vec<&str> = oracle.names().collect();
            wrong.push((value.line, format!("`{}` is not computed; there are {}", value.name, names.join(", "))));
            continue;
        };
        let got = at(oracle, value.step)[place];
        if !value.accepts(got) {
            let off = (got - value.value).abs() / value.value.abs();
            let message = format!("{}({}) is {got:?}, not {} (off by {off:.1e})", value.name, value.step, value.text);
            wrong.push((value.line, message));
            edits.replace(value.line, value.place.clone(), diag::number::number(got));
        }
    }
    let listed = case.values.iter().map(|v| v.step);
    wrong.extend(probe(&programs, listed).into_iter().map(|message| (case.last, message)));
    wrong
}

/// Every value at `step`.
pub fn at(program: &Program, step: u64) -> Vec<f64> {
    let mut out = vec![0.0; program.names().count()];
    program.at(step, &mut out);
    out
}

/// What no program may do: differ between backends, or between a range and its steps, be infinite or NaN, or change after
/// the end.
pub fn probe(programs: &[Program], more: impl IntoIterator<Item = u64>) -> Vec<String> {
    let oracle = &programs[0];
    let names: Vec<String> = oracle.names().map(String::from).collect();
    let end = oracle.clock().total();
    let mut steps: BTreeSet<u64> = more.into_iter().chain([0, 1, 1 << 53, u64::MAX]).collect();
    if let Some(end) = end {
        steps.extend([end.saturating_sub(2), end - 1, end, end.saturating_add(1), end.saturating_mul(2)]);
    }
    for phase in oracle.phases() {
        for moment in std::iter::once(phase.start).chain(phase.end) {
            let step = moment as u64;
            steps.extend([step.saturating_sub(1), step, step.saturating_add(1), step.saturating_add(2)]);
        }
    }
    let mut wrong = vec![];
    let held = end.map(|end| at(oracle, end));
    for step in steps {
        let values = at(oracle, step);
        for (k, value) in values.iter().enumerate() {
            if !value.is_finite() {
                wrong.push(format!("{}({step}) is {value}", names[k]));
            }
            if let (Some(end), Some(held)) = (end, &held)
                && step > end
                && held[k].to_bits() != value.to_bits()
            {
                wrong.push(format!("{}({step}) is {value:?} after the end, but {:?} at it", names[k], held[k]));
            }
        }
        for (program, backend) in programs.iter().zip(BACKENDS).skip(1) {
            for (k, (a, b)) in values.iter().zip(at(program, step)).enumerate() {
                if a.to_bits() != b.to_bits() {
                    wrong.push(format!("{}({step}) is {a:?} interpreted and {b:?} with {backend:?}", names[k]));
                }
            }
        }
    }
    let last = end.unwrap_or(0).saturating_add(24);
    for program in programs {
        wrong.extend(fill::differs(program, Isa::best(), last.saturating_sub(48)..last));
    }
    wrong
}

fn diagnostics(case: &Case, found: &[Diagnostic], wrong: &mut Vec<(usize, String)>, edits: &mut format::Edits) {
    let mut expected: Vec<&Mark> = case.marks.iter().collect();
    let mut blessed: Vec<(usize, Option<String>)> = vec![];
    let before = wrong.len();
    for d in found {
        let written = Written::of(&case.source, d);
        let line = case.lines[written.line];
        let matches = |mark: &&Mark| {
            mark.line == written.line
                && (mark.start, mark.end) == (written.start, written.end)
                && mark.severity == d.severity.to_string()
                && mark.code == d.code.code
                && d.message.contains(&mark.message)
        };
        match expected.iter().position(matches) {
            Some(k) => {
                let mark = expected.remove(k);
                blessed.push((line, written.text(&mark.severity, &mark.code, &mark.message)));
            }
            None if d.severity == Severity::Note => {}
            None => {
                let (severity, code) = (d.severity.to_string(), d.code.code);
                let (start, end) = (written.start, written.end);
                wrong.push((line, format!("unexpected at {start}..{end}: {severity}[{code}]: {}", d.message)));
                blessed.push((line, written.text(&severity, code, &d.message)));
            }
        }
    }
    for mark in expected {
        let (start, end) = (mark.start, mark.end);
        wrong.push((mark.at, format!("missing at {start}..{end}: {}[{}]: {}", mark.severity, mark.code, mark.message)));
    }
    if wrong.len() > before {
        for mark in &case.marks {
            edits.delete(mark.at);
        }
        for (line, text) in blessed {
            match text {
                Some(text) => edits.insert_after(line, text),
                None => wrong.push((line, "a diagnostic in the second column has no room for its `#`: indent".into())),
            }
        }
    }
}

/// The programs of a case file.
pub fn sources(text: &str) -> Vec<String> {
    format::read(text).expect("a case file is readable").into_iter().map(|case| case.source).collect()
}
