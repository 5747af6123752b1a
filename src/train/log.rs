//! metrics.jsonl and metrics.csv in an output directory.
//!
//! Numbers are written so that they read back to the same bits. Names of hyperparameters are those of the rule; those of
//! group g ≥ 1 are prefixed `group<g>.`, and the run's first JSON line says which pattern that is.
//!
//! `metrics.jsonl`: one object per line; `kind` is `run`, `step` or `epoch`.
//! `metrics.csv`: one row per step; the three epoch columns are filled in an epoch's last row.

#![allow(clippy::disallowed_methods, reason = "a log is a file")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::folder::create;
use super::observe::{EpochRecord, Observer, Report, RunInfo, StepRecord, Weights};
use crate::config::Rule;
use crate::optim::Layout;

/// Writes the metrics of a run; an [`Observer`].
#[derive(Debug)]
pub struct Log {
    jsonl: Sink,
    csv: Sink,
    names: Vec<String>,
    line: String,
    /// The CSV row of the last step has not ended.
    open: bool,
}

impl Log {
    /// Creates `directory` if it is missing, and both files in it, in the place of older ones. A link there is replaced, not
    /// followed.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn create(directory: &Path) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(|e| Error::file("create", directory, e))?;
        let jsonl = Sink::create(directory.join("metrics.jsonl"))?;
        let csv = Sink::create(directory.join("metrics.csv"))?;
        Ok(Self { jsonl, csv, names: Vec::new(), line: String::new(), open: false })
    }

    /// Brings to the files what a run left that ended early.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn end(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.open) {
            self.csv.write(",,,\n")?;
        }
        self.jsonl.flush()?;
        self.csv.flush()
    }
}

/// The bytes that the metrics of so many steps take at most, epochs apart.
pub fn most(steps: u64, layout: &Layout, rule: &Rule) -> u64 {
    // Twice the longest numbers: two counts and two values, and what is written between them.
    let (fixed, each) = (2 * (2 * 20 + 2 * 24) + 70, 2 * 24 + 5);
    let groups = layout.groups().len();
    let names: usize = rule.hypers.iter().map(|h| h.name.len() + each).sum();
    let prefixes = rule.hypers.len() * groups.saturating_sub(1) * format!("group{groups}.").len();
    steps.saturating_mul((fixed + groups * names + prefixes) as u64)
}

impl Observer for Log {
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        self.names.clear();
        for group in 0..run.layout.groups().len() {
            let prefix = if group == 0 { String::new() } else { format!("group{group}.") };
            self.names.extend(run.hypers.iter().map(|h| format!("{prefix}{}", h.name)));
        }
        self.line.clear();
        self.line.push_str("step,epoch,loss,grad_norm");
        for name in &self.names {
            _ = write!(self.line, ",{name}");
        }
        self.line.push_str(",train_loss,test_loss,test_accuracy\n");
        self.csv.write(&self.line)?;
        let head = serde_json::json!({
            "kind": "run",
            "device": run.device,
            "steps": run.steps,
            "steps_per_epoch": run.steps_per_epoch,
            "epochs": run.epochs,
            "parameters": run.layout.parameters(),
            "groups": run.layout.patterns(),
        });
        self.jsonl.write(&format!("{head}\n"))
    }

    fn step(&mut self, s: &StepRecord<'_>) -> Result<(), Error> {
        let (step, epoch, loss, norm) = (s.step, s.epoch, s.loss, s.grad_norm);
        self.line.clear();
        if self.open {
            self.line.push_str(",,,\n");
        }
        // `{:?}` is the shortest text that reads back to the same bits; all values are finite here.
        _ = write!(self.line, "{step},{epoch},{loss:?},{norm:?}");
        for value in s.values {
            _ = write!(self.line, ",{value:?}");
        }
        self.open = true;
        self.csv.write(&self.line)?;

        self.line.clear();
        _ = write!(self.line, r#"{{"kind":"step","step":{step},"epoch":{epoch},"loss":{loss:?},"grad_norm":{norm:?}"#);
        for (name, value) in self.names.iter().zip(s.values) {
            _ = write!(self.line, r#","{name}":{value:?}"#);
        }
        self.line.push_str("}\n");
        self.jsonl.write(&self.line)
    }

    fn epoch(&mut self, e: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        self.line.clear();
        _ = writeln!(self.line, ",{:?},{:?},{:?}", e.train_loss, e.test_loss, e.test_accuracy);
        self.open = false;
        self.csv.write(&self.line)?;
        self.line.clear();
        _ = writeln!(
            self.line,
            r#"{{"kind":"epoch","epoch":{},"steps":{},"train_loss":{:?},"test_loss":{:?},"test_accuracy":{:?}}}"#,
            e.epoch, e.steps, e.train_loss, e.test_loss, e.test_accuracy
        );
        self.jsonl.write(&self.line)?;
        // Whoever watches the files sees whole epochs, and a crash loses at most one.
        self.jsonl.flush()?;
        self.csv.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&mut self, _: &Report) -> Result<(), Error> {
        self.end()
    }
}

impl Drop for Log {
    /// Whoever wants to hear of an error calls [`Log::end`].
    fn drop(&mut self) {
        _ = self.end();
    }
}

/// A file that grows by whole lines, so that a run that is ended by force leaves no part of one.
#[derive(Debug)]
struct Sink {
    path: PathBuf,
    file: File,
    /// What is not in the file yet.
    text: String,
}

impl Sink {
    /// Bytes that wait at most before they are written, but for a line's beginning.
    const MOST: usize = 1 << 13;

    fn create(path: PathBuf) -> Result<Self, Error> {
        // What is no file stays, and is in the way.
        let made = match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => create(&path),
        };
        let file = made.map_err(|e| Error::file("create", &path, e))?;
        Ok(Self { path, file, text: String::new() })
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.text.push_str(text);
        if self.text.len() < Self::MOST { Ok(()) } else { self.flush() }
    }

    /// Writes the lines that have ended.
    fn flush(&mut self) -> Result<(), Error> {
        let lines = self.text.rfind('\n').map_or(0, |end| end + 1);
        let written = self.file.write_all(&self.text.as_bytes()[..lines]);
        // After a failure nothing follows that could be taken for the rest of a line.
        self.text.drain(..lines);
        written.map_err(|e| Error::file("write", &self.path, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Spec;
    use crate::train::train;

    #[test]
    fn writes_both_files() {
        let directory = std::env::temp_dir().join(format!("etude-log-{}", std::process::id()));
        let target = directory.join("a").join("b");
        let spec = Spec { rule: "sgd".to_owned(), groups: vec!["bias".to_owned()], epochs: 2, ..Spec::default() };
        let hypers = |step: u64, values: &mut [f64]| {
            values.copy_from_slice(&[0.1 / (step + 1) as f64, 0.9, 1e-7, 0.2, 0.5, 0.0]);
        };
        let report = train(&spec, &hypers, &mut Log::create(&target).unwrap()).unwrap();

        let text = std::fs::read_to_string(target.join("metrics.jsonl")).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 1 + 46 + 2);
        assert_eq!((&lines[0]["device"], &lines[0]["groups"][0]), (&"cpu".into(), &"bias".into()));
        assert_eq!(lines[3]["lr"].as_f64(), Some(0.1 / 3.0));
        assert_eq!((&lines[3]["weight_decay"], &lines[3]["group1.lr"]), (&1e-7.into(), &0.2.into()));
        assert_eq!(lines[48]["test_loss"].as_f64(), Some(report.epochs[1].test_loss));

        let text = std::fs::read_to_string(target.join("metrics.csv")).unwrap();
        let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split(',').collect()).collect();
        assert_eq!(rows.len(), 47);
        assert!(rows.iter().all(|r| r.len() == 4 + 6 + 3));
        assert_eq!((rows[0][4], rows[0][7], rows[1][12]), ("lr", "group1.lr", ""));
        assert_eq!(rows[46][12].parse(), Ok(report.epochs[1].test_accuracy));

        let broken = |step: u64, values: &mut [f64]| values.fill(if step == 2 { f64::NAN } else { 0.0 });
        assert!(train(&spec, &broken, &mut Log::create(&target).unwrap()).is_err());
        let text = std::fs::read_to_string(target.join("metrics.csv")).unwrap();
        assert!(text.ends_with(",,,\n") && text.lines().count() == 3);

        let blocked = Log::create(&target.join("metrics.csv").join("x")).unwrap_err().to_string();
        assert!(blocked.starts_with("cannot create "), "{blocked}");
        std::fs::remove_dir_all(directory).unwrap();
    }
}
