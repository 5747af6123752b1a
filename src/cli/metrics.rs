//! Recorded metrics on the command line: `--metrics NAME=FILE.json`.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::input::reason;
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

/// Reads every file, and checks that `program` watches what they hold.
pub fn read(files: &[(String, PathBuf)], program: &Program) -> Result<Vec<Recorded>, Failure> {
    let known = program.metrics();
    let one = |(name, path): &(String, PathBuf)| {
        if !known.contains(&name.as_str()) {
            let known = if known.is_empty() { "no metrics".into() } else { known.join(", ") };
            return Err(Failure::Message(format!("--metrics {name}: the program watches {known}")));
        }
        if files.iter().filter(|(other, _)| other == name).count() > 1 {
            return Err(Failure::Message(format!("--metrics {name} is given twice")));
        }
        Ok(Recorded { name: name.clone(), values: values(path)? })
    };
    files.iter().map(one).collect()
}

fn values(path: &Path) -> Result<Vec<Option<f64>>, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::Message(format!("cannot read `{shown}`: {}", reason(&e))))?;
    let list: Vec<serde_json::Value> = serde_json::from_str(&text)
        .map_err(|e| Failure::Message(format!("`{shown}` is not a JSON array of numbers: {e}")))?;
    let one = |(i, value): (usize, &serde_json::Value)| match value {
        serde_json::Value::Null => Ok(None),
        value => number(value).map(Some).ok_or_else(|| {
            let message = format!("`{shown}`: value {i} is {value}, not a number, \"nan\", \"inf\", \"-inf\" or null");
            Failure::Message(message)
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
