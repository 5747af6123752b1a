//! Text → [`Ast`]. The grammar in `grammar/etude.pest` is the language; this stage adds limits,
//! precedence and the explanation of what the grammar rejects.
//!
//! Guarantees: [`parse`] ends in linear time on any text, never panics, and every tree it returns is at most
//! [`MAX_DEPTH`] deep, so that recursive consumers are safe on a small stack.

pub mod ast;
mod build;
mod diagnose;
mod grammar;
pub mod idioms;
mod moved;
mod number;
pub(crate) mod repair;
mod scan;
mod show;
#[cfg(test)]
mod tests;

use pest::Parser;

use crate::diag::{Diagnostic, MAX_SHOWN, Span, limits, syntax};
use crate::stack;
use grammar::{Grammar, Rule};

pub use ast::Ast;
pub(crate) use moved::Moved;

/// The longest source, in bytes.
pub const MAX_SOURCE: usize = 1 << 20;
/// The deepest nesting of brackets.
pub const MAX_NESTING: usize = 64;
/// The longest run of operators that nest to the right: prefix `-` and `**`.
pub const MAX_RUN: usize = 64;
/// The deepest tree.
pub const MAX_DEPTH: usize = 200;
/// The most phases in one `>>` chain.
pub const MAX_PHASES: usize = 10_000;

#[cfg(test)]
thread_local! {
    static PARSES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many texts this thread has read.
#[cfg(test)]
pub(crate) fn parses() -> usize {
    PARSES.get()
}

/// Reads a program or a config. The error is never empty, and in order of place.
pub fn parse(source: &str) -> Result<Ast, Vec<Diagnostic>> {
    #[cfg(test)]
    PARSES.set(PARSES.get() + 1);
    stack::enough(|| {
        scan::scan(source).map_err(|found| beside_brackets(source, found))?;
        read(source)
    })
}

/// What is wrong besides brackets and quotes that do not match.
fn beside_brackets(source: &str, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.extend(repair::beside(source, &found, |mended| match scan::scan(mended) {
        Ok(()) => read(mended).err().unwrap_or_default(),
        // Brackets again: they were not mended well enough to say more.
        Err(_) => vec![],
    }));
    found.sort_by_key(|d| (d.span.start, d.span.end));
    found.truncate(MAX_SHOWN);
    found
}

/// Reads a source whose brackets match.
fn read(source: &str) -> Result<Ast, Vec<Diagnostic>> {
    // pest can limit the calls of rules, but only for all parsers of the process, the host's own included. The grammar is
    // linear, and a source has an end.
    match Grammar::parse(Rule::source, source) {
        Ok(mut pairs) => build::source(pairs.next().expect("`source` is the start rule"), source),
        Err(error) => Err(diagnose::diagnose(source, &error)),
    }
}

/// The text of a file: UTF-8, without the byte order mark that some editors put first.
/// Offsets in later diagnostics count from the returned text's start.
pub fn decode(bytes: &[u8]) -> Result<&str, Vec<Diagnostic>> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(text).map_err(|error| {
        let at = error.valid_up_to();
        let offset = at + bytes.len() - text.len();
        vec![
            Diagnostic::new(
                &limits::NOT_UTF8,
                Span::new(at, at + error.error_len().unwrap_or(1)),
                format!("byte {offset} (0x{:02X}) is not UTF-8", text[at]),
            )
            .help("save the file as UTF-8"),
        ]
    })
}

fn empty(source: &str) -> Diagnostic {
    Diagnostic::new(&syntax::EMPTY, Span::new(0, source.len()), "the program is empty")
        .label("expected a schedule or a config")
        .help("the smallest schedule is a number, such as `1e-3`")
}

/// Text for a message: never a whole screen of it.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}
