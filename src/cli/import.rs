//! `etude import`: another library's scheduler, as a program.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::failure::Failure;
use super::input::Source;
use super::steps::step;
use crate::import::{libraries, object, read};

/// Turn another library's scheduler into a program
#[derive(Debug, clap::Args)]
#[command(after_help = "The file holds one JSON object: \
    {\"class\": \"StepLR\", \"params\": {\"step_size\": 30}, \"base_lr\": 0.1, \"total_steps\": 100}\n\
    `transformers` also reads TrainingArguments, and `deepspeed` its config file. YAML will do for JSON.")]
pub struct Import {
    /// The library
    #[arg(value_parser = names())]
    library: String,
    /// A JSON or YAML file, or `-` for stdin
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The run's length in steps, instead of the file's
    #[arg(long, value_name = "N", value_parser = step)]
    steps: Option<u64>,
    /// The optimizer's own rate, instead of the file's
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = finite)]
    base: Option<f64>,
}

/// JSON has no other numbers.
fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| format!("`{text}` is not a finite number"))
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(libraries())
}

impl Import {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let source = Source::file(&self.file)?;
        let mut config = read(&source.text).map_err(|e| Failure::Message(format!("`{}`: {e}", source.name)))?;
        let told = [("total_steps", self.steps.map(|n| json!(n))), ("base_lr", self.base.map(|x| json!(x)))];
        if let Value::Object(config) = &mut config {
            config.extend(told.into_iter().filter_map(|(key, value)| Some((key.into(), value?))));
        }
        let program = object(&self.library, &config).map_err(|e| Failure::Message(e.to_string()))?;
        Ok(out.write_all(program.as_bytes())?)
    }
}
