//! What stands under the pointer: the word, the duration, and the phase around it.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::context::{Context, context};
use super::document::{Checked, Document};
use super::hints::in_steps;
use super::lex::{Kind, Token, lex};
use super::names;
use crate::catalogue::{self, Entry, Param};
use crate::clock::Unit;
use crate::config;
use crate::diag::number::{grouped, steps};
use crate::explain;
use crate::prelude::Form;
use crate::{Clock, PhaseRow, prelude};

/// How many values a phase's picture shows.
const BARS: u64 = 32;

/// What is known of the place `at`.
pub(super) fn hover(document: &Document, at: usize) -> Option<Hover> {
    let words = lex(document.source());
    let k = words.iter().rposition(|word| word.span.start <= at && at < word.span.end)?;
    let word = &words[k];
    let mut parts = match word.kind {
        Kind::Comment | Kind::Str => return None,
        Kind::Number => vec![],
        Kind::Word | Kind::Mark => {
            own(document, at).or_else(|| key(&words, k)).or_else(|| about(word)).into_iter().collect()
        }
    };
    let (checked, clock) = (document.checked(), document.known().clock);
    let duration = || checked?.durations.iter().map(|d| d.0).find(|s| s.start <= at && at < s.end);
    if let Some(span) = duration() {
        parts.extend(
            checked.and_then(|c| in_steps(c, span)).map(|time| in_time(&document.source()[span.range()], time, clock)),
        );
    }
    let phase = checked.and_then(|c| {
        let around = c.phases.iter().filter(|row| row.span.start <= at && at < row.span.end);
        Some((c, around.min_by_key(|row| row.span.end - row.span.start)?))
    });
    parts.extend(phase.map(|(checked, row)| phase_of(checked, row, clock)));
    let place = duration().unwrap_or(word.span);
    (!parts.is_empty()).then(|| Hover {
        contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: parts.join("\n\n---\n\n") }),
        range: Some(document.text.range(place)),
    })
}

/// A name that the program binds: its `let`.
fn own(document: &Document, at: usize) -> Option<String> {
    let parsed = document.parsed()?;
    let (binding, _) = names::at(parsed, at)?;
    Some(code(&parsed.text.all[binding.item.range()]))
}

/// The name of an argument or of a block's entry.
fn key(words: &[Token], k: usize) -> Option<String> {
    words.get(k + 1).filter(|next| next.text == ":")?;
    let name = words[k].text;
    match context(&words[..k], words[k].first) {
        Context::Key { block, head } => {
            let (_, meaning) = config::keys(block, head).into_iter().find(|(key, _)| *key == name)?;
            Some(format!("`{name}`: {meaning}"))
        }
        Context::Argument { callee, .. } => {
            let entry = catalogue::find(callee)?;
            Some(parameter(entry.params.iter().find(|p| p.name == name)?))
        }
        _ => None,
    }
}

/// A word of the language.
fn about(word: &Token) -> Option<String> {
    let text = word.text;
    if let Some(entry) = catalogue::find(text) {
        return Some(entry_text(entry));
    }
    if let Some(form) = prelude::find(text) {
        return Some(form_text(form));
    }
    let meaning = explain::word(text).or_else(|| keyword(text).map(String::from))?;
    Some(format!("`{text}`: {meaning}"))
}

fn keyword(word: &str) -> Option<&'static str> {
    Some(match word {
        "for" => "the phase lasts so long",
        "until" => "the phase ends there, counted from the start of the sequence",
        "let" => "a name for an expression, or a function",
        "edition" => "the version of the language",
        ">>" => "phases in time: the right one starts where the left one ends",
        "->" => "a ramp from the left value to the right one, over the phase",
        "|" => "a modifier of everything on its left",
        "x" => "times the base value that the trainer supplies",
        _ => match Unit::named(word)? {
            Unit::Percent => "of the enclosing span: the run, or one cycle",
            Unit::Step => "optimizer updates",
            Unit::Epoch => "passes over the data",
            Unit::Sample => "training examples",
            Unit::Token => "tokens",
        },
    })
}

/// A row of the catalogue, as `etude explain` says it.
pub(super) fn entry_text(entry: &Entry) -> String {
    let head = head(&entry.signature(), entry.summary, entry.formula, entry.source);
    let params: Vec<String> = entry.params.iter().map(|p| format!("\n* {}", parameter(p))).collect();
    format!("{head}{}\n\n{}", params.concat(), code(entry.example))
}

/// A derived form, in the same way.
pub(super) fn form_text(form: Form) -> String {
    let head = head(form.signature(), &form.summary(), form.formula(), form.source());
    let params = form.params().map(|p| {
        let default = p.default.map_or(String::new(), |text| format!(" (default `{text}`)"));
        format!("\n* `{}`{default}: {}", p.name, p.doc)
    });
    head + &params.collect::<String>()
}

fn head(signature: &str, summary: &str, formula: &str, source: &str) -> String {
    let source = if source.is_empty() { String::new() } else { format!("\n*source:* {source}\n") };
    format!("{}\n\n{summary}\n\n*value:* `{formula}`\n{source}", code(signature))
}

fn parameter(param: &Param) -> String {
    let default = match param.default {
        None => String::new(),
        Some("") => ", optional".into(),
        Some(default) => format!(", default `{default}`"),
    };
    format!("`{}` ({}{default}): {}", param.name, param.kind, param.doc)
}

fn code(text: &str) -> String {
    format!("```etude\n{}\n```", text.trim_end())
}

/// `5%` = 500 steps of 10 000
fn in_time(written: &str, time: f64, clock: Clock) -> String {
    let run = clock.total().map_or(String::new(), |n| format!(" of {}", grouped(&n.to_string())));
    format!("`{written}` = {} steps{run}", steps(time))
}

/// A phase's time, values and picture.
fn phase_of(checked: &Checked, row: &PhaseRow, clock: Clock) -> String {
    let end = row.end.map_or("…".into(), steps);
    let share = clock.total().zip(row.end).filter(|_| row.depth == 0);
    let share = share.map_or(String::new(), |(n, end)| format!(" ({:.1}%)", (end - row.start) / n as f64 * 100.0));
    let within = if row.depth > 0 { " within its cycle or group" } else { "" };
    let mut text = format!("steps {} .. {end}{share}{within}, value {} -> {}", steps(row.start), row.from, row.to);
    if let Some(bars) = row.end.filter(|_| row.depth == 0).and_then(|end| picture(checked, row, end)) {
        text += &format!("\n\n`{bars}`");
    }
    text
}

/// The values from the phase's start to its end, each as a bar between the least and the greatest.
fn picture(checked: &Checked, row: &PhaseRow, end: f64) -> Option<String> {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let k = checked.program.names().position(|name| name == row.output)?;
    let (first, last) = (row.start.ceil() as u64, (end.ceil() as u64).saturating_sub(1));
    let count = last.checked_sub(first)?.min(BARS - 1);
    let mut values = vec![0.0; checked.program.names().count()];
    let curve: Vec<f64> = (0..=count)
        .map(|i| {
            let passed = u128::from(last - first) * u128::from(i) / u128::from(count.max(1));
            checked.program.at(first + passed as u64, &mut values);
            values[k]
        })
        .collect();
    let (low, high) = curve.iter().fold((f64::MAX, f64::MIN), |(low, high), &v| (low.min(v), high.max(v)));
    let bar = |v: f64| HEIGHTS[(((v - low) / (high - low) * 7.0).round() as usize).min(7)];
    Some(curve.into_iter().map(bar).collect())
}
