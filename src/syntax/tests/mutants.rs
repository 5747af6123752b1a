//! Valid programs with small random edits: never a panic, always a reason, every place inside the text.

use super::valid::PROGRAMS;
use crate::diag::{Severity, Span, syntax};
use crate::syntax::parse;

const PIECES: &[&str] = &[
    " ", "\n", "(", ")", "[", "]", "{", "}", ",", ":", "=", "->", ">>", "|", "-", "+", "*", "**", "/", "%", "x", "e",
    ".", "0", "1e-3", "for", "until", "let ", "if ", "\"", "#", "@", "=>", "→", "−", "steps", "cosine", "é", "\u{A0}",
    "…", "'",
];

/// A small random number generator, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn place(&mut self, text: &str) -> usize {
        let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        places[self.below(places.len())]
    }

    /// One or two edits: an insertion, a deletion, a replacement or a swap of neighbours.
    fn mutant(&mut self) -> String {
        let mut text = PROGRAMS[self.below(PROGRAMS.len())].0.to_owned();
        for _ in 0..=self.below(2) {
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

fn check(source: &str) -> Option<Vec<crate::diag::Diagnostic>> {
    let errors = parse(source).err()?;
    assert!(!errors.is_empty(), "{source:?}");
    let inside = |span: Span| {
        assert!(span.start <= span.end && source.get(span.range()).is_some(), "{span:?} in {source:?}");
    };
    for error in &errors {
        assert_eq!(error.severity, Severity::Error);
        inside(error.span);
        error.labels.iter().for_each(|(span, _)| inside(*span));
        error.fix.iter().for_each(|fix| inside(fix.span));
    }
    assert!(errors.is_sorted_by_key(|e| e.span.start), "{source:?}");
    Some(errors)
}

#[test]
fn every_rejection_has_a_reason_in_the_text() {
    let mut random = Random(1);
    for _ in 0..4000 {
        check(&random.mutant());
    }
    for _ in 0..4000 {
        let length = random.below(12);
        check(&(0..length).map(|_| PIECES[random.below(PIECES.len())]).collect::<String>());
    }
}

/// `cargo test --release -- --ignored --nocapture how_specific`
#[test]
#[ignore = "a measurement, not a check"]
fn how_specific_reasons_are() {
    let mut random = Random(2);
    let (mut invalid, mut generic, mut several, mut fixed, mut mends) = (0, 0, 0, 0, 0);
    let mut shown = 0;
    for _ in 0..100_000 {
        let source = random.mutant();
        let Some(errors) = check(&source) else { continue };
        invalid += 1;
        let is_generic = errors.iter().any(|e| e.code == &syntax::UNEXPECTED);
        generic += usize::from(is_generic);
        several += usize::from(errors.len() > 1);
        fixed += usize::from(errors.iter().all(|e| e.fix.is_some()));
        let mut fixes: Vec<_> = errors.iter().filter_map(|e| e.fix.clone()).collect();
        fixes.sort_by_key(|fix| fix.span.start);
        let mut text = source.clone();
        let apart = fixes.windows(2).all(|w| w[0].span.end <= w[1].span.start);
        if apart && fixes.len() == errors.len() {
            fixes.iter().rev().for_each(|fix| text.replace_range(fix.span.range(), &fix.replacement));
            mends += usize::from(parse(&text).is_ok());
        }
        if is_generic && source.len() < 70 && shown < 60 {
            shown += 1;
            println!("{source:?}");
            errors.iter().for_each(|e| println!("    {} {:?} {}", e.code.code, &source[e.span.range()], e.message));
        }
    }
    println!(
        "{invalid} invalid: {generic} generic, {several} with several findings, {fixed} with fixes, {mends} mended"
    );
}
