//! `etude import`: another library's scheduler, as a program.

use std::io::Write;
use std::path::PathBuf;

use super::failure::Failure;
use super::input::Source;
use crate::import::{ALL, import};

/// Turn another library's scheduler into a program
#[derive(Debug, clap::Args)]
#[command(after_help = "The file holds one JSON object: \
    {\"class\": \"StepLR\", \"params\": {\"step_size\": 30}, \"base_lr\": 0.1, \"total_steps\": 100}")]
pub struct Import {
    /// The library
    #[arg(value_parser = names())]
    library: String,
    /// A JSON file, or `-` for stdin
    #[arg(default_value = "-")]
    file: PathBuf,
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(ALL.iter().map(|dialect| dialect.name))
}

impl Import {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let source = Source::file(&self.file)?;
        let object = serde_json::from_str(&source.text)
            .map_err(|e| Failure::Message(format!("`{}` is not one JSON object: {e}", source.name)))?;
        let program = import(&self.library, &object).map_err(|e| Failure::Message(e.to_string()))?;
        Ok(out.write_all(program.as_bytes())?)
    }
}
