//! One row of the catalogue, with a picture of its example.

use std::io::{self, Write};

use super::code::wrap;
use crate::catalogue::{Entry, Form, Param};
use crate::cli::sample::{self, Curves};
use crate::cli::table::columns;
use crate::cli::terminal::Style;
use crate::plot::{Figure, Line, Panel};
use crate::prelude::{Form as Derived, Param as Parameter};
use crate::{Backend, Clock, Input, Program};

/// The run of the examples.
const STEPS: u64 = 1000;
const STEPS_PER_EPOCH: u64 = 50;
/// Steps from one observation of a metric to the next.
const OBSERVED: u64 = 10;

pub fn explain(entry: &Entry, out: &mut dyn Write, style: Style) -> io::Result<()> {
    head(&format!("{} ({})", entry.name, form(entry)), entry.summary, entry.formula, entry.source, out, style)?;
    parameters(entry.params.iter().map(row).collect(), out)?;
    picture(entry.name, entry.example, out, style)
}

/// A function of the prelude.
pub fn form_of_prelude(form: Derived, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let name = format!("{} (derived form)", form.name);
    head(&name, &form.summary(), form.formula(), form.source(), out, style)?;
    let row = |p: Parameter| {
        let default = p.default.map_or("required".into(), |text| format!("default {text}"));
        vec![p.name.into(), default, p.doc.into()]
    };
    parameters(form.params().map(row).collect(), out)?;
    picture(form.name, &form.example(), out, style)
}

fn head(name: &str, summary: &str, formula: &str, source: &str, out: &mut dyn Write, style: Style) -> io::Result<()> {
    let width = style.width.min(100);
    writeln!(out, "{}\n", wrap(&format!("{name}: {summary}"), width))?;
    for (label, text) in [("value", formula), ("source", source)] {
        let hanging = wrap(text, width - 9).replace('\n', "\n         ");
        writeln!(out, "{label:<9}{hanging}")?;
    }
    Ok(())
}

fn parameters(rows: Vec<Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nparameters:{}", if rows.is_empty() { " none" } else { "" })?;
    columns(&rows, usize::MAX).lines().try_for_each(|line| writeln!(out, "  {line}"))
}

fn picture(name: &str, example: &str, out: &mut dyn Write, style: Style) -> io::Result<()> {
    writeln!(out, "\nexample:  {example}\n")?;
    let clock = Clock::steps(STEPS).steps_per_epoch(STEPS_PER_EPOCH);
    let input = Input::new(example, clock);
    let checked = input.check().and_then(|checked| Ok((checked.plan.clone(), checked.program(Backend::Eval)?)));
    let Ok((plan, program)) = checked else {
        return writeln!(out, "(the example does not compile with {STEPS} steps)");
    };
    let figure = match program.metrics()[..] {
        [metric] => closed_loop(&program, metric),
        _ => sample::figure(&[Curves { name: name.into(), plan, source: example.into() }], false),
    };
    let height = 3 + 10 * figure.panels.len();
    write!(out, "{}", figure.to_terminal(style.width.min(76), height, style.ascii, style.color))
}

/// What a metric that falls for half the run and then stays does to a schedule, and the metric below it.
fn closed_loop(program: &Program, metric: &str) -> Figure {
    let mut run = program.start();
    let (mut pieces, mut observed) = (vec![], vec![]);
    let mut last = None;
    for step in 0..=STEPS {
        let value = run.lr(step);
        // Between two observations the value does not change: what changes is a jump.
        if last.replace(value) != Some(value) {
            pieces.push(vec![]);
        }
        pieces.last_mut().expect("the first step begins a piece").push((step as f64, value));
        if step % OBSERVED == 0 {
            let value = 1.0 - step.min(STEPS / 2) as f64 / STEPS as f64;
            run.observe_at(step, metric, value).expect("the program watches it");
            observed.push((step as f64, value));
        }
    }
    let panel = |name: &str, lines| Panel { y_label: name.into(), x_label: "step".into(), lines, ..Panel::default() };
    let value = panel("lr", vec![Line { name: "lr".into(), segments: pieces }]);
    Figure { panels: vec![value, panel(metric, vec![Line::new(metric, observed)])], ..Figure::default() }
}

/// What an entry is, in a word.
pub fn form(entry: &Entry) -> &'static str {
    match entry.form {
        Form::Modifier(_) => "modifier",
        _ => "phase",
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
