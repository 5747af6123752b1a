//! A program, its run, and whether every backend gives what the oracle says.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use etude::diag::Severity;
use etude::{Clock, Diagnostic, Diagnostics, Input, Program};
use num_traits::Signed;

use super::layout::Refusal;
use super::number::Num;
use super::program::{Facts, Node, Q, ratio};
use super::random::Random;
use super::value::{Oracle, Stop};
use crate::cases::{BACKENDS, at};

/// What came of one program.
#[derive(Debug, Default)]
pub struct Outcome {
    /// So many steps agree; so many lie too close to a boundary that a rounding may move.
    pub compared: usize,
    pub doubted: usize,
    /// At so many steps all backends give the same bits.
    pub alike: usize,
    /// The code with which the compiler refuses what has a meaning, within its limits.
    pub limit: Option<&'static str>,
    /// Both refuse.
    pub refused: bool,
}

/// A disagreement.
#[derive(Clone, Debug)]
pub struct Mismatch {
    pub kind: &'static str,
    pub text: String,
}

fn wrong<T>(kind: &'static str, text: String) -> Result<T, Mismatch> {
    Err(Mismatch { kind, text })
}

/// How many steps of one program are compared.
const STEPS: usize = 28;

/// How many more the backends are compared at with one another: 100,000 programs make 1e7.
const MORE: usize = 110;

/// The step that a message names.
fn named_step(text: &str) -> Option<u64> {
    let digits = text.split("step ").nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The square root of the bit by which a limit is looked at from its side, and less than any value that means something.
const TINY: f64 = 1e-50;

/// Why a program has no meaning.
const REFUSALS: [Refusal; 3] = [Refusal::Time, Refusal::Cycles, Refusal::Order];

/// What makes a program none.
fn errors(found: &Diagnostics) -> impl Iterator<Item = &Diagnostic> {
    found.list.iter().filter(|d| d.severity == Severity::Error)
}

/// Whether a value is none that a backend may give.
fn is_beyond(num: Num) -> bool {
    !num.x.is_finite() || num.x.abs() > 1e100
}

fn clock(facts: &Facts) -> Clock {
    Clock::steps(facts.steps).steps_per_epoch(facts.epoch).batch(facts.batch).tokens_per_sample(facts.tokens)
}

/// Compares the compiler with the oracle.
///
/// # Errors
/// The first disagreement, or a panic.
pub fn compare(node: &Node, facts: &Facts, seed: u64) -> Result<Outcome, Mismatch> {
    let asked = AssertUnwindSafe(|| compared(node, facts, seed));
    catch_unwind(asked).unwrap_or_else(|_| wrong("panic", "it panics".to_owned()))
}

fn compared(node: &Node, facts: &Facts, seed: u64) -> Result<Outcome, Mismatch> {
    let source = node.source();
    let oracle = Oracle::new(node, *facts);
    let compiled = Input::new(&source, clock(facts)).on(BACKENDS[0]).program();
    let (oracle, program) = match (oracle, compiled) {
        (Err(refusal), Err(found)) => {
            let codes: Vec<&str> = errors(&found).map(|d| d.code.code).collect();
            // Of several mistakes one may hide the others.
            let one = |c: &&str| REFUSALS.iter().any(|r| r.codes().contains(c)) || LIMITS.contains(c);
            let hides = errors(&found).any(|d| d.message.contains(OUTSIDE));
            return match hides || codes.iter().any(one) {
                true => Ok(Outcome { refused: true, ..Outcome::default() }),
                false => wrong("another refusal", format!("expected one of {:?}, got {codes:?}", refusal.codes())),
            };
        }
        (Err(refusal), Ok(_)) => {
            return wrong("no refusal", format!("expected one of {:?}, and it compiles", refusal.codes()));
        }
        (Ok(oracle), Err(found)) => {
            let Some(first) = errors(&found).next() else { return wrong("no error", String::new()) };
            let code = first.code.code;
            let message = format!("{code}: {}", first.message);
            return match code {
                "W0305" if first.message.contains(UNDECIDED) => Ok(Outcome { limit: Some(code), ..Outcome::default() }),
                "W0305" => {
                    let step = errors(&found).find_map(|d| named_step(&d.message));
                    match step.map(|step| oracle.at(step)) {
                        Some(Ok(num)) if !is_beyond(num) => wrong(code, format!("{message}; it is {}", num.x)),
                        _ => Ok(Outcome { limit: Some(code), ..Outcome::default() }),
                    }
                }
                "S0305" if parts(&first.message).is_some_and(|parts| parts <= FINE) => wrong(code, message),
                _ if LIMITS.contains(&code) || first.message.contains(OUTSIDE) => {
                    Ok(Outcome { limit: Some(code), ..Outcome::default() })
                }
                _ => wrong(code, message),
            };
        }
        (Ok(oracle), Ok(program)) => (oracle, program),
    };
    let mut programs = vec![program];
    for backend in &BACKENDS[1..] {
        match Input::new(&source, clock(facts)).on(*backend).program() {
            Ok(program) => programs.push(program),
            Err(found) => return wrong("backends", format!("only one backend compiles it: {}", found.list[0].message)),
        }
    }
    let based: Result<Vec<Program>, _> = programs.iter().map(|p| p.with_base(facts.base)).collect();
    // Not proven to be finite for it.
    let Ok(programs) = based else { return Ok(Outcome { limit: Some("base"), ..Outcome::default() }) };
    let mut outcome = Outcome::default();
    let alike = |step: u64| {
        let got: Vec<f64> = programs.iter().map(|p| at(p, step)[0]).collect();
        match got.iter().all(|v| v.to_bits() == got[0].to_bits()) {
            true => Ok(got[0]),
            false => wrong("bits", format!("step {step}: the backends give {got:?}")),
        }
    };
    steps(&oracle, facts, seed, |step| {
        let got = alike(step)?;
        outcome.alike += 1;
        match oracle.at(step) {
            Ok(num) if (num.x - got).abs() <= 2.0 * num.e + TINY || num.x == got => outcome.compared += 1,
            Ok(num) => {
                let text = format!("step {step}: expected {:?} to within {:?}, got {got:?}", num.x, 2.0 * num.e);
                return wrong("value", text);
            }
            Err(Stop::Doubt) => outcome.doubted += 1,
            Err(stop) => {
                return wrong("value", format!("step {step}: it compiles, and the oracle has {stop:?}"));
            }
        }
        Ok(())
    })?;
    let mut r = Random::new(!seed);
    for _ in 0..MORE {
        alike(r.below(facts.steps.saturating_add(facts.steps / 8 + 1)))?;
        outcome.alike += 1;
    }
    Ok(outcome)
}

/// What is refused where a neighbour's value depends on where the run is and lies outside of the cycle.
const OUTSIDE: &str = "depends on where the run is, and lies outside of its cycle";

/// What is refused because bounds do not tell whether it is finite.
const UNDECIDED: &str = "it could not be decided";

/// So many parts of a step can always be counted.
const FINE: u128 = 1 << 36;

/// The parts of a step that a message says a time comes to.
fn parts(message: &str) -> Option<u128> {
    let number = message.split("of which a step has ").nth(1)?;
    number.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// What the compiler may refuse though it has a meaning: what is too fine, too much, or without a proof of finite values.
pub const LIMITS: &[&str] = &["S0305", "S0009"];

/// Asks for the first and the last steps, those beyond, the ones around every boundary that was met, and any other.
fn steps(
    oracle: &Oracle<'_>,
    facts: &Facts,
    seed: u64,
    mut ask: impl FnMut(u64) -> Result<(), Mismatch>,
) -> Result<(), Mismatch> {
    let n = facts.steps;
    let mut r = Random::new(seed);
    let mut done = BTreeSet::new();
    let mut ask = |step: u64, done: &mut BTreeSet<u64>| if done.insert(step) { ask(step) } else { Ok(()) };
    for step in [n, 0, 1, n - 1, n.saturating_add(1), 2 * n, n / 2, 1 << 53, u64::MAX] {
        ask(step, &mut done)?;
    }
    for _ in 0..6 {
        ask(r.below(n), &mut done)?;
    }
    while done.len() < STEPS && (done.len() as u64) < n {
        let marks = oracle.marks.take();
        let known = marks.len() as u64;
        for _ in 0..8 {
            let step =
                if known == 0 || r.chance(10) { r.below(n) } else { around(&marks[r.below(known) as usize], &mut r) };
            ask(step, &mut done)?;
        }
        if known > 0 {
            // Those that were met first come again: the coarse boundaries are among them.
            oracle.marks.borrow_mut().extend(marks.into_iter().take(400));
        }
        if r.chance(2) {
            break;
        }
    }
    Ok(())
}

/// A step at a boundary, before or after it.
fn around(mark: &Q, r: &mut Random) -> u64 {
    if mark.is_negative() {
        return 0;
    }
    let off = ratio(1, 1u128 << 90);
    let first = u64::try_from((mark - off).ceil().to_integer()).unwrap_or(u64::MAX);
    match r.below(5) {
        0 => first.saturating_sub(1),
        1 => first.saturating_add(1),
        _ => first,
    }
}
