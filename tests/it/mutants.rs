//! Valid programs with one or two random edits: never a panic, never a word less than a reason in its place, and
//! mostly one that names the mistake and offers a fix.
//!
//! `ETUDE_MUTANTS=200000 cargo test --release --test it mutants -- --nocapture` takes more of them, runs those that are
//! programs, and prints the shares; `ETUDE_SHOW=S0100` prints mutants with that code and no fix, `ETUDE_SHOW=cascades` those of one edit with
//! several findings.

mod run;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use etude::diag::{Severity, Span};
use etude::{Clock, Diagnostic, check, fix, syntax};

use crate::cases::{self, format};

const PIECES: &[&str] = &[
    " ", "\n", "(", ")", "[", "]", "{", "}", ",", ":", "=", "->", ">>", "|", "-", "+", "*", "**", "/", "%", "x", "e",
    ".", "0", "1e-3", "for", "until", "let ", "if ", "\"", "#", "@", "=>", "→", "−", "steps", "cosine", "é", "\u{A0}",
    "…", "'",
];

/// A small random number generator, the same everywhere.
pub struct Random(pub u64);

impl Random {
    /// Any number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn place(&mut self, text: &str) -> usize {
        let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        places[self.below(places.len())]
    }

    /// So many edits: an insertion, a deletion, a replacement or a swap of neighbours.
    pub fn mutant(&mut self, program: &str, edits: usize) -> String {
        let mut text = program.to_owned();
        for _ in 0..edits {
            let at = self.place(&text);
            let next = at + text[at..].chars().next().map_or(0, char::len_utf8);
            let piece = PIECES[self.below(PIECES.len())];
            match self.below(4) {
                0 => text.insert_str(at, piece),
                1 => text.replace_range(at..next, ""),
                2 => text.replace_range(at..next, piece),
                _ => {
                    let moved = text[at..next].to_owned();
                    text.replace_range(at..next, "");
                    let to = at + text[at..].chars().next().map_or(0, char::len_utf8);
                    text.insert_str(to, &moved);
                }
            }
        }
        text
    }
}

/// The valid programs of the case files, and their clocks. Huge ones say nothing more.
fn programs() -> Vec<(String, Clock)> {
    let mut programs = vec![];
    for path in cases::files() {
        let text = std::fs::read_to_string(&path).expect("a case file is readable");
        for case in format::read(&text).expect("a case file is well formed") {
            if case.source.len() < 600 && errors(&case.source, &case.clock).is_empty() {
                programs.push((case.source, case.clock));
            }
        }
    }
    assert!(programs.len() > 300, "the case files are not where they should be");
    programs
}

/// What is wrong with a program.
fn errors(source: &str, clock: &Clock) -> Vec<Diagnostic> {
    let found = match syntax::parse(source) {
        Ok(ast) => check::check(&ast, clock, &cases::recording).err(),
        Err(found) => {
            assert!(!found.is_empty(), "rejected without a word: {source:?}");
            assert!(found.is_sorted_by_key(|d| d.span.start), "{source:?}");
            Some(found)
        }
    };
    let mut found = found.unwrap_or_default();
    found.retain(|d| d.severity == Severity::Error);
    let inside = |span: Span| {
        assert!(span.start <= span.end && source.get(span.range()).is_some(), "{span:?} in {source:?}");
    };
    for d in &found {
        assert!(d.help.is_some(), "no way on: {source:?}: {d:?}");
        assert!(d.labels.is_empty() || !d.label.is_empty(), "only other places are labelled: {source:?}: {d:?}");
        inside(d.span);
        d.labels.iter().for_each(|(span, _)| inside(*span));
        d.fix.iter().flat_map(|fix| &fix.edits).for_each(|edit| inside(edit.span));
    }
    found
}

/// Every finding can be drawn, with its code, its sentence and its line, in any theme, and says no control character. The
/// places need not be where the checker would put them: miette panics for those that lie past the end.
#[cfg(feature = "cli")]
fn drawn(source: &str, found: &[Diagnostic], width: usize) {
    use etude::cli::{Failure, Style};
    let moved = |by: usize| {
        let moved = move |span: Span| Span::new(span.start + by, span.end + 2 * by);
        found.iter().cloned().map(move |mut d| {
            d.span = moved(d.span);
            d.labels.iter_mut().for_each(|(span, _)| *span = moved(*span));
            d
        })
    };
    for (ascii, by) in [(false, 0), (true, 0), (false, 1), (false, source.len())] {
        let list = etude::Diagnostics::new("mutant", source, moved(by).collect());
        // Places beyond the end may become one.
        let count = list.list.len();
        let text = Failure::Found(list).render(Style { color: false, ascii, width, height: 30 });
        assert!(text.chars().all(|c| !c.is_control() || c == '\n'), "{source:?}\n{text:?}");
        for d in found {
            assert!(text.contains(d.code.code), "{} of {source:?} is not in\n{text}", d.code.code);
        }
        let frames = text.matches(if ascii { "[mutant:" } else { "╭─[mutant:" }).count();
        // One whose places lie far apart has several.
        assert!(frames >= count, "{source:?}\n{text}");
    }
}

/// Fixing leaves a program that reads, with no more errors than before, and nothing to fix; or the program as it was.
fn fixed(source: &str, found: &[Diagnostic], clock: &Clock) {
    let fixed = fix::fix(source, |text| errors(text, clock));
    if fixed.applied.is_empty() {
        assert_eq!(fixed.text, source);
        return;
    }
    assert!(syntax::parse(&fixed.text).is_ok(), "{source:?} became {:?}", fixed.text);
    assert_eq!(fixed.left, errors(&fixed.text, clock));
    assert!(syntax::parse(source).is_err() || fixed.left.len() <= found.len(), "{source:?} became {:?}", fixed.text);
    let again = fix::fix(&fixed.text, |text| errors(text, clock));
    assert_eq!(again.applied, [], "{source:?} became {:?} and then {:?}", fixed.text, again.text);
}

/// The text with every fix applied, where they do not overlap.
fn mended(source: &str, found: &[Diagnostic]) -> Option<String> {
    let mut fixes: Vec<_> = found.iter().map(|d| d.fix.as_ref()).collect::<Option<_>>()?;
    fixes.sort_by_key(|fix| fix.span().start);
    if fixes.windows(2).any(|w| w[0].span().end > w[1].span().start) {
        return None;
    }
    Some(fixes.iter().rev().fold(source.to_owned(), |text, fix| fix.mended(&text)))
}

#[test]
fn mutants_are_explained() {
    let count = std::env::var("ETUDE_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let show = std::env::var("ETUDE_SHOW").unwrap_or_default();
    let programs = programs();
    let mut random = Random(2);
    let (mut invalid, mut rejected, mut generic, mut only_generic) = (0, 0, 0, 0);
    let (mut single, mut cascades) = (0, 0);
    let (mut some_fix, mut all_fixed, mut mends, mut slowest) = (0, 0, 0, Duration::ZERO);
    let mut unfixed: BTreeMap<&str, usize> = BTreeMap::new();
    for k in 0..count {
        let (program, clock) = &programs[random.below(programs.len())];
        let edits = 1 + random.below(2);
        let source = random.mutant(program, edits);
        let started = Instant::now();
        let found = errors(&source, clock);
        slowest = slowest.max(started.elapsed());
        if k % 10 == 1 {
            fixed(&source, &found, clock);
        }
        #[cfg(feature = "cli")]
        if k % 10 == 0 {
            drawn(&source, &found, if k % 20 == 0 { 40 } else { 100 });
        }
        if found.is_empty() {
            continue;
        }
        invalid += 1;
        rejected += usize::from(syntax::parse(&source).is_err());
        let unspecific = found.iter().filter(|d| d.code.code == "S0100").count();
        generic += usize::from(unspecific > 0);
        only_generic += usize::from(unspecific == found.len());
        single += usize::from(edits == 1);
        cascades += usize::from(edits == 1 && found.len() > 1);
        some_fix += usize::from(found.iter().any(|d| d.fix.is_some()));
        all_fixed += usize::from(found.iter().all(|d| d.fix.is_some()));
        found.iter().filter(|d| d.fix.is_none()).for_each(|d| *unfixed.entry(d.code.code).or_default() += 1);
        let mended = mended(&source, &found);
        mends += usize::from(mended.is_some_and(|text| errors(&text, clock).is_empty()));
        let asked = found.iter().any(|d| d.code.code == show && d.fix.is_none());
        if asked || show == "cascades" && edits == 1 && found.len() > 1 {
            println!("{source:?}");
            found.iter().for_each(|d| println!("    {} {:?} {}", d.code.code, &source[d.span.range()], d.message));
        }
    }
    let share = |n: usize| 100.0 * n as f64 / invalid as f64;
    println!("{count} mutants, {invalid} invalid ({rejected} by the grammar), slowest {slowest:.1?}");
    println!(
        "generic only {:.2}%, some generic {:.2}%, of one edit {:.1}% with several findings",
        share(only_generic),
        share(generic),
        100.0 * cascades as f64 / single as f64
    );
    println!("some fix {:.1}%, all fixed {:.1}%, mended {:.1}%", share(some_fix), share(all_fixed), share(mends));
    println!("without a fix: {unfixed:?}");
    assert!(share(only_generic) <= 0.5 && share(generic) <= 2.0, "too many reasons are generic");
    assert!(share(all_fixed) >= 75.0, "too few mistakes have a fix");
}

#[test]
fn any_text_has_a_reason() {
    let mut random = Random(1);
    for _ in 0..4000 {
        let length = random.below(12);
        let text: String = (0..length).map(|_| PIECES[random.below(PIECES.len())]).collect();
        let _found = errors(&text, &Clock::steps(1000));
        #[cfg(feature = "cli")]
        drawn(&text, &_found, 100);
    }
}
