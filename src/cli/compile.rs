//! `etude compile`: a program as source text in another language.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Input;
use super::write;
use crate::Backend;

/// Turn a program into source text in another language
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A file of a function for each value, named after it: `lr(step)`. Several are listed in `SCHEDULES`.\n\
    The first lines say how exact the values are. Where the program uses `base` or `1x`, it is the second parameter."
)]
pub struct Compile {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: ClockArgs,
    /// The language
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    emit: Language,
    /// What `base` is where a call does not say it
    #[arg(long, value_name = "X", default_value_t = 1.0, allow_hyphen_values = true)]
    base: f64,
    /// The file to write, instead of stdout
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// Python, with nothing but its standard library
    Python,
    /// JAX: functions that can be traced, as optax takes them
    Jax,
}

impl Compile {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let source = self.input.read()?;
        let program = self.clock.compile(&source, Backend::Eval)?.with_base(self.base)?;
        let text = match self.emit {
            Language::Python => program.python(),
            Language::Jax => program.jax(),
        };
        let text = text.map_err(|why| Failure::Message(format!("{}: {why}", source.name)))?;
        match &self.out {
            Some(path) if path != Path::new("-") => write::put(path, text.as_bytes())
                .map_err(|why| Failure::Message(format!("cannot write `{}`: {why}", path.display()))),
            _ => Ok(out.write_all(text.as_bytes())?),
        }
    }
}
