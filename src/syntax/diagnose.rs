//! Why the grammar rejected a text. The grammar alone decides what is rejected, so nothing here can raise a
//! false alarm; it can only explain badly.
//!
//! Two passes, both linear: `grammar/tolerant.pest` reads any text as tokens, of which the wrong ones are reported
//! and taken for what they mean; the walk then reports what is wrong between tokens. Where both are silent, the
//! strict grammar's own words remain.

mod exprs;
mod calls;
mod foreign;
mod items;
mod lex;
mod numbers;
mod walk;
mod words;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::tolerant::Tolerant;
use super::repair::same_island;
use super::{Rule, empty, shorten};
use crate::diag::{Diagnostic, Fix, MAX_SHOWN, Span, limits, syntax};
use lex::Kind;

/// What pest says where it gives up: the thread's stack is short, or the process limits the work of its parsers.
fn given_up(variant: &ErrorVariant<Rule>, at: usize) -> Diagnostic {
    let stack = variant.message().contains("stack");
    let (message, help) = match stack {
        true => (
            "this thread has too little stack left to read a program",
            "read it on a thread with more: 2 MiB, which Rust's have, is enough",
        ),
        false => (
            "this process has limited the work of its parsers, and this source takes more",
            "raise or drop the limit that the process has set: `pest::set_call_limit(None)`",
        ),
    };
    Diagnostic::new(&limits::TOO_MUCH_WORK, Span::new(at, at), message).help(help)
}

/// The reasons, in order of place; at least one.
pub(super) fn diagnose(source: &str, error: &Error<Rule>) -> Vec<Diagnostic> {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return vec![given_up(&error.variant, at)];
    };
    let (tokens, mut found) = lex::lex(source);
    if found.is_empty() && tokens.len() == 1 {
        return vec![empty(source)];
    }
    if found.len() < MAX_SHOWN {
        found.extend(walk::walk(source, &tokens));
    }
    if found.is_empty() {
        let here = tokens.iter().find(|t| t.span.end > at).filter(|t| t.kind != Kind::End);
        found.push(unexpected(source, here.map(|t| Span::new(t.span.start.max(at), t.span.end)), positives));
    }
    found.sort_by_key(|d| (d.span.start, d.span.end));
    found.dedup_by(|b, a| a.span == b.span);
    let mut kept: Vec<Diagnostic> = vec![];
    for d in found {
        let follows = kept.last().is_some_and(|last| !is_certain(last) && same_island(source, last.span, d.span));
        if is_certain(&d) || !follows {
            kept.push(d);
        }
    }
    kept.truncate(MAX_SHOWN);
    kept
}

/// Whether it is clear what was meant, so that what follows was understood, too.
fn is_certain(d: &Diagnostic) -> bool {
    d.fix.as_ref().is_some_and(Fix::is_certain)
}

/// What the grammar itself has to say.
fn unexpected(source: &str, here: Option<Span>, expected: &[Rule]) -> Diagnostic {
    let end = source.trim_end().len();
    let (what, span) = match here {
        Some(span) => (format!("`{}`", shorten(&source[span.range()])), span),
        None => ("end of the program".to_owned(), Span::new(end, end)),
    };
    let mut words: Vec<&str> = expected.iter().filter_map(|rule| in_words(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    let message = match words.split_last() {
        None => format!("unexpected {what}"),
        Some((only, [])) => format!("unexpected {what}: expected {only}"),
        Some((last, rest)) => format!("unexpected {what}: expected {} or {last}", rest.join(", ")),
    };
    Diagnostic::new(&syntax::UNEXPECTED, span, message)
        .label("the text up to here was understood")
        .help("go on from there, or remove what follows")
}

/// A rule of the grammar as a person would call it.
fn in_words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::expr | Rule::seq | Rule::timed | Rule::ramp | Rule::sum => "an expression",
        Rule::quantity | Rule::number | Rule::named | Rule::paren | Rule::list | Rule::name => "a value",
        Rule::neg | Rule::open_start => "a value",
        Rule::pow | Rule::mul | Rule::div | Rule::add | Rule::sub => "an operator such as `>>` or `+`",
        Rule::timing => "`for` or `until`",
        Rule::unit_sign | Rule::unit_name => "a unit",
        Rule::args | Rule::params => "`(`",
        Rule::arg => "an argument",
        Rule::braces => "`{`",
        Rule::string | Rule::text => "a string",
        Rule::simple_name => "a name",
        Rule::edition_number => "an edition's number",
        Rule::edition | Rule::use_item | Rule::let_item | Rule::entry | Rule::block | Rule::key => "an item",
        Rule::EOI => "the end",
        _ => return None,
    })
}
