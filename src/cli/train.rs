//! `etude train`: a config file → a trained model, its metrics and their picture.
//!
//! A run's files are written to `DIR.unfinished`, which takes the place of `DIR` when the run has ended well, so that one
//! which fails or is stopped leaves the files of the one before it alone, and its own to look at. What keeps a run from
//! starting is found before anything is written.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::input::Source;
use super::table::columns;
use crate::Diagnostics;
use crate::compile::Known;
use crate::config::{self, SetError};
use crate::plot;
use crate::printable::shown;
use crate::train::{Error, Folder, Log, Observer, Report, Trainer};
use crate::train::{data, log};

mod curve;
mod curves;
mod progress;
mod stop;

use curves::Curves;
use progress::Progress;
use stop::Stop;

/// Train the model that a config file describes
#[derive(Debug, clap::Args)]
pub struct Train {
    /// A config file, or `-` for stdin
    #[arg(value_name = "FILE.etude")]
    file: PathBuf,
    /// Where the run goes, in the place of an earlier one [default: runs/<name of the file>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Change a `let` (peak=1e-3) or a key of `run` (epochs=5); may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// The run's seed
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Where to train: cpu, cuda (the first GPU), cuda:1 …; without it, as the config says
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// On a GPU: let the host compute the schedule and send it, instead of the GPU; the values are the same
    #[arg(long)]
    host_schedule: bool,
}

/// What a run leaves in its directory.
const FILES: [&str; 5] = [CONFIG, "metrics.jsonl", "metrics.csv", PICTURES[0], PICTURES[1]];
const CONFIG: &str = "config.etude";
const PICTURES: [&str; 2] = ["plot.svg", "plot.png"];

impl Train {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let source = self.source()?;
        let (mut spec, hypers) = source.input(Known::own()).training()?;
        spec.host_schedule = self.host_schedule;

        let data = data::load(&spec.data)?;
        let mut trainer = Trainer::new(&spec, &data, &hypers)?;

        let steps = spec.steps_per_epoch(data.train.len()).saturating_mul(spec.epochs);
        let most = log::most(steps, trainer.weights().layout, trainer.rule());
        if most >= 1 << 30 {
            // Nobody is left to hear that stderr is closed.
            _ = writeln!(io::stderr(), "note: the metrics of {steps} steps take up to {:.1} GB", most as f64 / 1e9);
        }
        let mut stop = Stop::new();
        let directory = self.directory();
        let folder = Folder::open(&directory, &FILES)?;
        folder.write(CONFIG, source.text.as_bytes())?;
        let mut log = Log::create(folder.path())?;
        let (mut progress, mut curves) = (Progress::new(), Curves::default());
        let mut watch = hypers.watch();
        let ran =
            trainer.run(&mut vec![&mut watch as &mut dyn Observer, &mut log, &mut progress, &mut curves, &mut stop]);
        drop(progress);
        let written = log.end().and_then(|()| {
            let figure = curves.figure();
            PICTURES
                .iter()
                .try_for_each(|name| plot::write(&figure, &folder.path().join(name)).map_err(Error::observer))
        });
        let report = match ran {
            Ok(report) => report,
            Err(e) => return Err(ended(&e, stop.asked(), &beside(&directory, folder.path()), written.err())),
        };
        written?;
        folder.finish()?;
        Ok(summary(&report, &directory, out)?)
    }

    /// The config with every `--set`, `--seed` and `--device` in place.
    fn source(&self) -> Result<Source, Failure> {
        let mut source = Source::file(&self.file)?;
        let seed = self.seed.map(|seed| ("run.seed", seed.to_string(), format!("--seed {seed}")));
        let device = self.device.clone().map(|device| ("run.device", device.clone(), format!("--device {device}")));
        let set = self.set.iter().map(|(name, value)| (&**name, value.clone(), format!("--set {name}={value}")));
        for (name, value, written) in set.chain(seed).chain(device) {
            source.text = config::set(&source.text, name, &value).map_err(|e| match e {
                SetError::Message(text) => Failure::Message(format!("{written}: {text}")),
                SetError::Value(found) => Failure::Found(found),
                SetError::Source(list) => {
                    Failure::Found(Diagnostics::new(source.name.as_str(), source.text.as_str(), list))
                }
            })?;
        }
        Ok(source)
    }

    fn directory(&self) -> PathBuf {
        let stem = self.file.file_stem().filter(|s| *s != "-").map_or("stdin".into(), |s| s.to_owned());
        self.out.clone().unwrap_or_else(|| Path::new("runs").join(stem))
    }
}

fn summary(report: &Report, directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    let seconds = report.wall.as_secs_f64();
    let Some(last) = report.last() else { return Ok(()) };
    let best = &report.epochs[report.best];
    let best = format!("best {:.2}% after epoch {}", best.test_accuracy * 100.0, best.epoch + 1);
    let speed = format!("{:.0} steps/s", report.steps as f64 / seconds.max(1e-9));
    let rows = [
        ["device".into(), report.device.clone(), String::new()],
        ["parameters".into(), report.parameters.to_string(), String::new()],
        ["epochs".into(), report.epochs.len().to_string(), String::new()],
        ["steps".into(), report.steps.to_string(), String::new()],
        ["time".into(), format!("{seconds:.2} s"), speed],
        ["train loss".into(), format!("{:.4}", last.train_loss), String::new()],
        ["test loss".into(), format!("{:.4}", last.test_loss), String::new()],
        ["accuracy".into(), format!("{:.2}%", last.test_accuracy * 100.0), best],
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(Vec::from).collect();
    write!(out, "{}", columns(&rows, usize::MAX))?;
    writeln!(out, "files       {}: {}", shown(&directory.to_string_lossy()), FILES.join(", "))
}

/// Why a run that had begun has no result, and where what it left is.
fn ended(e: &Error, asked: Option<(u8, &str)>, place: &Path, unwritten: Option<Error>) -> Failure {
    let place = match unwritten {
        None => format!("the metrics and pictures up to there are in {}", place.display()),
        Some(e) => format!("not all of it is in {}: {e}", place.display()),
    };
    match (e, asked) {
        (Error::Stopped { .. }, Some((signal, name))) => Failure::Stopped(format!("{e} by {name}; {place}"), signal),
        (Error::Diverged { .. }, _) => Failure::Message(format!("{e}\n{place}")),
        _ => Failure::Message(e.to_string()),
    }
}

/// The unfinished run's folder, as the user writes the finished one's.
fn beside(directory: &Path, unfinished: &Path) -> PathBuf {
    match (directory.file_name(), unfinished.file_name()) {
        (Some(_), Some(name)) => directory.with_file_name(name),
        _ => unfinished.to_owned(),
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Message(e.to_string())
    }
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a setting is written `name=value`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
