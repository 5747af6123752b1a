//! One row of the catalogue, with a picture of its example.

use std::io::{self, Write};

use super::code::wrap;
use crate::catalogue::{Entry, Form, Kind, Param};
use crate::cli::sample::{self, Curves};
use crate::cli::table::columns;
use crate::cli::terminal::Style;
use crate::{Clock, schedule};

/// The run of the examples.
const STEPS: u64 = 1000;
const STEPS_PER_EPOCH: u64 = 50;

pub fn explain(entry: &Entry, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let width = style.width.min(100);
    writeln!(out, "{} ({}): {}\n", entry.name, form(entry), entry.summary)?;
    for (label, text) in [("value", entry.formula), ("source", entry.source)] {
        let hanging = wrap(text, width - 9).replace('\n', "\n         ");
        writeln!(out, "{label:<9}{hanging}")?;
    }
    if !entry.params.is_empty() {
        let rows: Vec<Vec<String>> = entry.params.iter().map(row).collect();
        writeln!(out, "\nparameters:")?;
        columns(&rows, usize::MAX).lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    writeln!(out, "\nexample:  {}\n", entry.example)?;
    let clock = Clock::steps(STEPS).steps_per_epoch(STEPS_PER_EPOCH);
    if let Ok(plan) = schedule::plan(entry.example, clock) {
        let curves = Curves { name: entry.name.into(), plan, source: entry.example.into() };
        let figure = sample::figure(&[curves], false);
        write!(out, "{}", figure.to_terminal(style.width.min(76), 13, style.ascii, style.color))?;
    }
    Ok(())
}

/// What an entry is, in a word.
pub fn form(entry: &Entry) -> &'static str {
    match entry.form {
        Form::Ramp(_) | Form::Curve(_) => "phase",
        Form::Modifier(_) => "modifier",
    }
}

fn row(param: &Param) -> Vec<String> {
    let kind = match param.kind {
        Kind::Ramp => "a -> b".into(),
        Kind::Value => "value".into(),
        Kind::Number(low, high) if high.is_infinite() => format!("number above {low}"),
        Kind::Number(low, high) => format!("number in ({low}, {high}]"),
        Kind::AtLeast(low) => format!("number from {low}"),
        Kind::Share => "number in (0, 1)".into(),
        Kind::Count(low) => format!("whole number from {low}"),
        Kind::Metric => "metric".into(),
        Kind::Duration => "duration".into(),
        Kind::Durations => "[durations]".into(),
        Kind::CountOrDuration => "count or duration".into(),
        Kind::Choice(words) => words.join(" | "),
        Kind::Flag => "true | false".into(),
        Kind::Phase => "phase".into(),
    };
    let default = match param.default {
        None => "required".into(),
        Some("") => "optional".into(),
        Some(text) => format!("default {text}"),
    };
    vec![param.name.into(), kind, default, param.doc.into()]
}
