//! The facts of the run on the command line, and programs compiled with them.

use clap::value_parser;

use super::failure::Failure;
use super::input::Source;
use crate::compile::{Checked, Known};
use crate::config::Facts;
use crate::{Backend, Program};

/// What is known of the run. A config file's `run` block stands in for what is not given.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ClockArgs {
    /// Length of the run in optimizer updates
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Updates per pass over the data
    #[arg(long, value_name = "K", value_parser = value_parser!(u64).range(1..))]
    steps_per_epoch: Option<u64>,
    /// Samples per update, over all devices and accumulated micro-batches
    #[arg(long, value_name = "B", value_parser = value_parser!(u64).range(1..))]
    batch: Option<u64>,
    /// Tokens per sample: the sequence length
    #[arg(long, value_name = "T", value_parser = value_parser!(u64).range(1..))]
    tokens_per_sample: Option<u64>,
}

impl ClockArgs {
    /// A run of `steps`, of which nothing else is known.
    pub fn with_steps(steps: u64) -> Self {
        Self { steps: Some(steps), ..Self::default() }
    }

    /// These facts, before those that the program's blocks say.
    pub fn known(&self) -> Known {
        let Self { steps, steps_per_epoch, batch, tokens_per_sample } = *self;
        let over = Facts { steps, steps_per_epoch, batch, tokens_per_sample, ..Facts::default() };
        Known::Config { over, under: Facts::default() }
    }

    /// Checks `source`, which computes something.
    pub fn check(&self, source: &Source) -> Result<Checked, Failure> {
        let checked = source.input(self.known()).check()?;
        if checked.plan.outputs.is_empty() {
            let what = "computes nothing: it has no expression, no entry such as `lr: 1e-3` and no `optimizer` block";
            return Err(Failure::Message(format!("{} {what}", source.name)));
        }
        Ok(checked)
    }

    /// The same, compiled.
    pub fn compile(&self, source: &Source, backend: Backend) -> Result<Program, Failure> {
        Ok(self.check(source)?.program(backend)?)
    }
}
