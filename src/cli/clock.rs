//! The facts of the run on the command line, and programs compiled with them.

use clap::value_parser;

use super::failure::Failure;
use super::input::Source;
use crate::syntax::{Ast, repair};
use crate::train::config::{self, Facts};
use crate::{Backend, Clock, Diagnostic, Diagnostics, Program, syntax};

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

    fn facts(&self) -> Facts {
        let Self { steps, steps_per_epoch, batch, tokens_per_sample } = *self;
        Facts { steps, steps_per_epoch, batch, tokens_per_sample, ..Facts::default() }
    }

    /// The clock for `source`, or the mistakes that hide it.
    pub fn of(&self, source: &Source) -> Result<Clock, Diagnostics> {
        self.read(source).map(|(_, clock)| clock)
    }

    /// The same, and what was read.
    pub fn read(&self, source: &Source) -> Result<(Ast, Clock), Diagnostics> {
        let found = |list| Diagnostics::new(source.name.as_str(), source.text.as_str(), list);
        let ast = syntax::parse(&source.text).map_err(|list| found(self.beside_syntax(source, list)))?;
        let facts = config::read(&ast).map_err(found)?.facts;
        Ok((ast, facts.or(self.facts()).clock()))
    }

    /// The mistakes of syntax, and what is wrong besides: names, units and settings.
    fn beside_syntax(&self, source: &Source, list: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut all = match source.plan(self.facts().clock()) {
            Err(Failure::Found(all)) => all.list,
            _ => list.clone(),
        };
        all.extend(repair::beside(&source.text, &list, |mended| {
            syntax::parse(mended).ok().and_then(|ast| config::read(&ast).err()).unwrap_or_default()
        }));
        all
    }

    /// Compiles `source`, which computes something.
    pub fn compile(&self, source: &Source, backend: Backend) -> Result<Program, Failure> {
        let clock = self.of(source)?;
        let program = Program::with_files(&source.text, clock, backend, &|name| source.recording(name));
        let program = program.map_err(|found| source.found(found))?;
        if program.names().next().is_none() {
            let what = "computes nothing: it has no expression, no entry such as `lr: 1e-3` and no `optimizer` block";
            return Err(Failure::Message(format!("{} {what}", source.name)));
        }
        Ok(program)
    }
}
