//! One row of the catalogue, with a picture of its example.

use std::io::{self, Write};

use super::code::wrap;
use crate::catalogue::{Entry, Form, Param};
use crate::cli::sample::{self, Curves};
use crate::cli::table::columns;
use crate::cli::terminal::Style;
use crate::prelude::Form as Derived;
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
    picture(entry.name, entry.example, out, style)
}

/// A function of the prelude: its comment, its line and a picture with its defaults.
pub fn form_of_prelude(form: Derived, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let width = style.width.min(100);
    let about = wrap(form.doc, width);
    writeln!(out, "{} (in the prelude)\n\n{about}\n\n{}", form.name, wrap(form.line, width).replace('\n', "\n    "))?;
    picture(form.name, &example(form), out, style)
}

/// A call with a value for each parameter that has no default.
fn example(form: Derived) -> String {
    let all = form.line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(all, _)| all);
    let needed = all.split(", ").filter(|p| !p.is_empty() && !p.contains(':'));
    let values = needed.map(|p| match p {
        "lo" | "end" => format!("{p}: 1e-4"),
        _ => format!("{p}: 1e-3"),
    });
    let mut values: Vec<String> = values.collect();
    if form.line.contains("2k steps") {
        values.push("half: 100 steps".into());
    } else if form.line.contains("4k steps") {
        values.push("up: 100 steps".into());
    }
    format!("{}({})", form.name, values.join(", "))
}

fn picture(name: &str, example: &str, out: &mut dyn Write, style: Style) -> io::Result<()> {
    writeln!(out, "\nexample:  {example}\n")?;
    let clock = Clock::steps(STEPS).steps_per_epoch(STEPS_PER_EPOCH);
    if let Ok(plan) = schedule::plan(example, clock) {
        let curves = Curves { name: name.into(), plan, source: example.into() };
        let figure = sample::figure(&[curves], false);
        write!(out, "{}", figure.to_terminal(style.width.min(76), 13, style.ascii, style.color))?;
    }
    Ok(())
}

/// What an entry is, in a word.
pub fn form(entry: &Entry) -> &'static str {
    match entry.form {
        Form::Ramp(_) | Form::Curve(_) | Form::Either(..) => "phase",
        Form::Modifier(_) => "modifier",
    }
}

fn row(param: &Param) -> Vec<String> {
    let default = match param.default {
        None => "required".into(),
        Some("") => "optional".into(),
        Some(text) => format!("default {text}"),
    };
    vec![param.name.into(), param.kind.to_string(), default, param.doc.into()]
}
