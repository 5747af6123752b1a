//! Recorded metrics on the command line: `--metrics NAME=FILE.json`.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::diag::nearest;
use crate::files;
use crate::{Program, Run};

/// What a metric was after each step.
#[derive(Clone, Debug)]
pub struct Recorded {
    name: String,
    /// `None` where it was not measured.
    values: Vec<Option<f64>>,
}

/// A program that is fed with recorded metrics: value i after step i, before step i + 1 is asked for.
#[derive(Debug)]
pub struct Replay<'a> {
    program: &'a Program,
    recorded: &'a [Recorded],
    run: Run,
    /// Steps whose metrics have been observed.
    fed: u64,
}

impl<'a> Replay<'a> {
    pub fn new(program: &'a Program, recorded: &'a [Recorded]) -> Self {
        Self { program, recorded, run: program.start(), fed: 0 }
    }

    /// The values at `step`, after everything that was observed before it.
    pub fn at(&mut self, step: u64, out: &mut [f64]) -> Result<(), Failure> {
        if self.recorded.is_empty() {
            self.program.at(step, out);
            return Ok(());
        }
        if step < self.fed {
            (self.run, self.fed) = (self.program.start(), 0);
        }
        let last = self.recorded.iter().map(|r| r.values.len() as u64).max().unwrap_or(0);
        for now in self.fed..step.min(last) {
            for Recorded { name, values } in self.recorded {
                if let Some(Some(value)) = values.get(now as usize) {
                    self.run.observe_at(now, name, *value).map_err(|e| Failure::Message(e.to_string()))?;
                }
            }
        }
        self.fed = self.fed.max(step.min(last));
        self.run.at(step, out);
        Ok(())
    }
}

/// Reads every file, and checks that one of the programs watches what it holds.
pub fn read(files: &[(String, PathBuf)], programs: &[&Program]) -> Result<Vec<Recorded>, Failure> {
    let mut known: Vec<&str> = programs.iter().flat_map(|program| program.metrics()).collect();
    known.sort_unstable();
    known.dedup();
    let one = |(name, path): &(String, PathBuf)| {
        if !known.contains(&name.as_str()) {
            let near = nearest(name, known.iter().copied());
            let help = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let watched = if known.is_empty() { "no metrics".into() } else { known.join(", ") };
            return Err(Failure::Message(format!("--metrics {name}: the program watches {watched}{help}")));
        }
        if files.iter().filter(|(other, _)| other == name).count() > 1 {
            return Err(Failure::Message(format!("--metrics {name} is given twice; leave one out")));
        }
        Ok(Recorded { name: name.clone(), values: values(path).map_err(|why| wrong(name, path, &why))? })
    };
    files.iter().map(one).collect()
}

/// Says which metrics of `program`, called `who`, nothing is known about, from where on up to step `last`.
pub fn notes(recorded: &[Recorded], program: &Program, who: &str, last: u64) -> Vec<String> {
    let note = |metric: &str| match recorded.iter().find(|r| r.name == metric).map(|r| r.values.len() as u64) {
        None => Some(format!(
            "note: {who} watches {metric}, and nothing is observed; `--metrics {metric}=FILE.json` replays it"
        )),
        Some(0) => Some(format!("note: --metrics {metric} has no values: nothing is observed")),
        Some(n) if n < last => {
            Some(format!("note: --metrics {metric} ends after step {}: nothing is observed from there on", n - 1))
        }
        Some(_) => None,
    };
    program.metrics().into_iter().filter_map(note).collect()
}

fn wrong(name: &str, path: &Path, why: &str) -> Failure {
    Failure::Message(format!("--metrics {name}={}: {why}", path.display()))
}

/// How a file should look.
const SHAPE: &str = "write an array of one value for each step, such as [0.9, 0.8, null, \"nan\"]";

fn values(path: &Path) -> Result<Vec<Option<f64>>, String> {
    let bytes = files::read(path).map_err(|why| format!("cannot read it: {why}"))?;
    if bytes.trim_ascii().is_empty() {
        return Err(format!("an empty file; {SHAPE}"));
    }
    let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(|e| {
        let place = format!("line {}, column {}", e.line(), e.column());
        format!("not JSON from {place} on; {SHAPE} (NaN and infinity are \"nan\", \"inf\" and \"-inf\", in quotes)")
    })?;
    let list = match json {
        serde_json::Value::Array(list) => list,
        serde_json::Value::Object(_) => return Err(format!("an object, not an array; {SHAPE}")),
        other => return Err(format!("{other}, not an array; {SHAPE}")),
    };
    let one = |(i, value): (usize, &serde_json::Value)| match value {
        serde_json::Value::Null => Ok(None),
        value => number(value).map(Some).ok_or_else(|| {
            format!("value {i} is {value}; write a number, \"nan\", \"inf\", \"-inf\" or, for no value, null")
        }),
    };
    list.iter().enumerate().map(one).collect()
}

fn number(value: &serde_json::Value) -> Option<f64> {
    match value.as_str() {
        None => value.as_f64(),
        Some(text) => match text.to_ascii_lowercase().as_str() {
            "nan" => Some(f64::NAN),
            "inf" | "+inf" | "infinity" => Some(f64::INFINITY),
            "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
    }
}

/// `NAME=FILE`
pub fn file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.trim().into(), path.into())),
        _ => Err("recorded metrics are written `NAME=FILE.json`".into()),
    }
}
