//! `etude eval`: values at steps.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Input;
use super::metrics::{self, Replay};
use super::steps::{self, Steps};
use crate::explain::number;
use crate::{Backend, Program};

/// Print the values at some steps
#[derive(Debug, clap::Args)]
pub struct Eval {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: ClockArgs,
    /// What `base` and `1x` stand for
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = finite, allow_negative_numbers = true)]
    base: f64,
    /// These steps [default: 11 steps over the run]
    #[arg(long, value_name = "STEPS", value_delimiter = ',', value_parser = steps::step)]
    at: Option<Vec<u64>>,
    /// The steps from A up to, but without, B, or every S-th of them
    #[arg(long, value_name = "A..B[:S]", value_parser = steps::range, conflicts_with = "at")]
    range: Option<Steps>,
    /// Recorded values of a metric, a JSON array: value i is observed after step i, null is no value; may be repeated
    #[arg(long, value_name = "NAME=FILE.json", value_parser = metrics::file)]
    metrics: Vec<(String, PathBuf)>,
    /// What runs the program; both give the same bits
    #[arg(long, value_enum, default_value_t = Runner::Jit)]
    backend: Runner,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Runner {
    /// The interpreter
    Eval,
    /// Native code
    Jit,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// An array of objects
    Json,
    /// A header, then a row for each step
    Csv,
}

impl Eval {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let backend = match self.backend {
            Runner::Eval => Backend::Eval,
            Runner::Jit => Backend::Jit,
        };
        let program = self.clock.compile(&self.input.read()?, backend)?.with_base(self.base);
        let steps = match (&self.at, &self.range) {
            (Some(list), _) => Steps::List(list.clone()),
            (None, Some(range)) => range.clone(),
            (None, None) => Steps::over(&program),
        };
        let recorded = metrics::read(&self.metrics, &program)?;
        let replay = Replay::new(&program, &recorded);
        match self.format {
            Format::Table => table(&program, replay, &steps, out),
            Format::Json => json(&program, replay, &steps, out),
            Format::Csv => csv(&program, replay, &steps, out),
        }
    }
}

/// Calls `row` with every step and its values.
fn each(
    program: &Program,
    mut replay: Replay,
    steps: &Steps,
    mut row: impl FnMut(u64, &[f64]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut values = vec![0.0; program.names().count()];
    for step in steps.iter() {
        replay.at(step, &mut values)?;
        if let Some((name, value)) = program.names().zip(&values).find(|(_, v)| !v.is_finite()) {
            return Err(Failure::Message(format!("`{name}` is not a finite number at step {step}: {value}")));
        }
        row(step, &values)?;
    }
    Ok(())
}

/// What the columns are called: a lone value needs no name.
fn names(program: &Program) -> Vec<&str> {
    let names: Vec<&str> = program.names().collect();
    if let [_] = names[..] { vec!["value"] } else { names }
}

fn table(program: &Program, replay: Replay, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let digits = steps.last().to_string().len().max(4);
    let names = names(program);
    let widths: Vec<usize> = names.iter().map(|n| n.chars().count().max(22)).collect();
    let mut line = format!("{:>digits$}", "step");
    names.iter().zip(&widths).for_each(|(name, width)| line += &format!("  {name:<width$}"));
    writeln!(out, "{}", line.trim_end())?;
    each(program, replay, steps, |step, values| {
        line.clear();
        line += &format!("{step:>digits$}");
        values.iter().zip(&widths).for_each(|(value, width)| line += &format!("  {:<width$}", number(*value)));
        Ok(writeln!(out, "{}", line.trim_end())?)
    })
}

fn json(program: &Program, replay: Replay, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let text = |name: &&str| serde_json::to_string(name).map_err(|e| Failure::Message(e.to_string()));
    let names = names(program).iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let mut separator = "[";
    each(program, replay, steps, |step, values| {
        write!(out, "{separator}{{\"step\":{step}")?;
        separator = ",\n ";
        for (name, value) in names.iter().zip(values) {
            write!(out, ",{name}:{value:?}")?;
        }
        Ok(write!(out, "}}")?)
    })?;
    Ok(writeln!(out, "{}]", if separator == "[" { "[" } else { "" })?)
}

fn csv(program: &Program, replay: Replay, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(e) => Failure::Output(e),
        other => Failure::Message(format!("{other:?}")),
    };
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["step"].into_iter().chain(names(program))).map_err(failed)?;
    let mut row = csv::StringRecord::new();
    each(program, replay, steps, |step, values| {
        row.clear();
        row.push_field(&step.to_string());
        values.iter().for_each(|value| row.push_field(&format!("{value:?}")));
        writer.write_record(&row).map_err(failed)
    })?;
    Ok(writer.flush()?)
}

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| format!("`{text}` is not a finite number"))
}
