//! `etude eval`: values at steps.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Input;
use super::metrics::{self, Replay};
use super::steps::{self, Steps};
use crate::diag::number::number;
use crate::{Backend, Program};

/// Print the values at some steps
#[derive(Debug, clap::Args)]
pub struct Eval {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: ClockArgs,
    /// What `base` and `1x` stand for; several, for as many param groups: each has its columns
    #[arg(long, value_name = "X[,X…]", default_value = "1", value_parser = bases, allow_hyphen_values = true)]
    base: Bases,
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

/// The base value of each param group, at least one.
#[derive(Clone, Debug)]
struct Bases(Vec<f64>);

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
        let program = self.clock.compile(&self.input.read()?, backend)?;
        let steps = match (&self.at, &self.range) {
            (Some(list), _) => Steps::List(list.clone()),
            (None, Some(range)) => range.clone(),
            (None, None) => Steps::over(&program),
        };
        let recorded = metrics::read(&self.metrics, &[&program])?;
        metrics::notes(&recorded, &program, "the program", steps.last()).iter().for_each(|note| eprintln!("{note}"));
        let groups: Vec<Program> = self.base.0.iter().map(|base| program.with_base(*base)).collect::<Result<_, _>>()?;
        let replays = groups.iter().map(|group| Replay::new(group, &recorded)).collect();
        let names = names(&program, groups.len());
        match self.format {
            Format::Table => table(&names, replays, &steps, out),
            Format::Json => json(&names, replays, &steps, out),
            Format::Csv => csv(&names, replays, &steps, out),
        }
    }
}

/// Calls `row` with every step and its values, group by group.
fn each(
    names: &[String],
    mut groups: Vec<Replay>,
    steps: &Steps,
    mut row: impl FnMut(u64, &[f64]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut values = vec![0.0; names.len()];
    let outputs = names.len() / groups.len().max(1);
    for step in steps.iter() {
        for (group, values) in groups.iter_mut().zip(values.chunks_mut(outputs.max(1))) {
            group.at(step, values)?;
        }
        if let Some((name, value)) = names.iter().zip(&values).find(|(_, v)| !v.is_finite()) {
            return Err(Failure::Message(format!("`{name}` is not a finite number at step {step}: {value}")));
        }
        row(step, &values)?;
    }
    Ok(())
}

/// What the columns are called: a lone value needs no name, and the first group no number.
fn names(program: &Program, groups: usize) -> Vec<String> {
    let names: Vec<&str> = program.names().collect();
    let names = if let [_] = names[..] { vec!["value"] } else { names };
    let column = |k: usize, name: &&str| if k == 0 { (*name).into() } else { format!("{name}[{k}]") };
    (0..groups).flat_map(|k| names.iter().map(move |name| column(k, name))).collect()
}

fn table(names: &[String], groups: Vec<Replay>, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let digits = steps.last().to_string().len().max(4);
    let widths: Vec<usize> = names.iter().map(|n| n.chars().count().max(22)).collect();
    let mut line = format!("{:>digits$}", "step");
    names.iter().zip(&widths).for_each(|(name, width)| line += &format!("  {name:<width$}"));
    writeln!(out, "{}", line.trim_end())?;
    each(names, groups, steps, |step, values| {
        line.clear();
        line += &format!("{step:>digits$}");
        values.iter().zip(&widths).for_each(|(value, width)| line += &format!("  {:<width$}", number(*value)));
        Ok(writeln!(out, "{}", line.trim_end())?)
    })
}

fn json(names: &[String], groups: Vec<Replay>, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let text = |name: &String| serde_json::to_string(name).map_err(|e| Failure::Message(e.to_string()));
    let keys = names.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let mut separator = "[";
    each(names, groups, steps, |step, values| {
        write!(out, "{separator}{{\"step\":{step}")?;
        separator = ",\n ";
        for (key, value) in keys.iter().zip(values) {
            write!(out, ",{key}:{value:?}")?;
        }
        Ok(write!(out, "}}")?)
    })?;
    Ok(writeln!(out, "{}]", if separator == "[" { "[" } else { "" })?)
}

fn csv(names: &[String], groups: Vec<Replay>, steps: &Steps, out: &mut dyn Write) -> Result<(), Failure> {
    let failed = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(e) => Failure::Output(e),
        other => Failure::Message(format!("{other:?}")),
    };
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["step"].into_iter().chain(names.iter().map(String::as_str))).map_err(failed)?;
    let mut row = csv::StringRecord::new();
    each(names, groups, steps, |step, values| {
        row.clear();
        row.push_field(&step.to_string());
        values.iter().for_each(|value| row.push_field(&format!("{value:?}")));
        writer.write_record(&row).map_err(failed)
    })?;
    Ok(writer.flush()?)
}

/// `0.1`, `0.1,0.01` or, as JSON writes it, `[0.1, 0.01]`.
fn bases(text: &str) -> Result<Bases, String> {
    let list = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    list.split(',').map(|base| finite(base.trim())).collect::<Result<_, _>>().map(Bases)
}

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| format!("`{text}` is not a finite number"))
}
