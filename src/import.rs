//! Other libraries' schedulers, as étude programs.
//!
//! Guarantees: the program's curve is the library's over the run, to the rounding of f64; what the library does
//! that nobody expects is reproduced and named in a comment; a parameter that nothing reads is an error, and so is
//! whatever the library itself refuses. Past the end of the run a program holds its value, as every program does.
//!
//! One step of the program is one call of the library's `step()`, whatever its `unit` is: a scheduler that is
//! stepped once per epoch gives a program whose steps are epochs.
//!
//! ```
//! let case = r#"{"class": "StepLR", "params": {"step_size": 30, "gamma": 0.1}, "base_lr": 0.1, "total_steps": 100}"#;
//! let program = etude::import::import("torch", case)?;
//! assert!(program.ends_with("\ndecay(0.1, by: 0.1, every: 30 steps)\n"));
//! # Ok::<(), etude::import::Error>(())
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diag::Severity;
use crate::{Clock, lint};

mod error;
mod config;
mod case;
mod text;
mod python;
mod nested;
mod torch;
mod transformers;
mod bert;
mod plateau;
mod optax;
mod timm;
mod composer;
mod keras;
mod deepspeed;
mod megatron;
mod fastai;
mod fvcore;
mod mmengine;
mod ignite;
mod pytorch_optimizer;
mod pytorch_warmup;

#[doc(hidden)]
pub use case::Case;
#[doc(hidden)]
pub use config::read;
pub use error::Error;

/// Every dialect: one row, one file.
#[doc(hidden)]
pub const ALL: &[&Dialect] = &[
    &torch::TORCH,
    &transformers::TRANSFORMERS,
    &bert::BERT,
    &optax::OPTAX,
    &timm::TIMM,
    &composer::COMPOSER,
    &keras::KERAS,
    &deepspeed::DEEPSPEED,
    &megatron::MEGATRON,
    &fastai::FASTAI,
    &fvcore::FVCORE,
    &mmengine::MMENGINE,
    &ignite::IGNITE,
    &pytorch_optimizer::PYTORCH_OPTIMIZER,
    &pytorch_warmup::PYTORCH_WARMUP,
];

/// Translates one class.
#[doc(hidden)]
pub type Translate = fn(&mut Case) -> Result<String, Error>;

/// Makes a case's object of the library's own config file.
#[doc(hidden)]
pub type Config = fn(&Map<String, Value>) -> Result<Map<String, Value>, Error>;

/// A library's schedulers.
#[doc(hidden)]
#[derive(Debug)]
pub struct Dialect {
    /// What the command line calls the library.
    pub name: &'static str,
    /// Its classes.
    pub classes: &'static [(&'static str, Translate)],
    /// Reads its own config file, where there is such a thing.
    pub config: Option<Config>,
}

/// The libraries whose schedulers can be imported.
pub fn libraries() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|dialect| dialect.name)
}

/// The program for one scheduler of `library`. `config` is a text in JSON or YAML: an object with `class`, `params`, `base_lr`
/// and `total_steps`, or the library's own config, to which `base_lr` and `total_steps` may be added where it leaves them
/// open.
///
/// # Errors
/// What is missing, unknown, contradictory or refused by the library itself.
pub fn import(library: &str, config: &str) -> Result<String, Error> {
    object(library, &read(config)?)
}

/// The same of what the text says.
#[doc(hidden)]
pub fn object(library: &str, object: &Value) -> Result<String, Error> {
    let Some(dialect) = ALL.iter().find(|d| d.name == library) else {
        let names: Vec<&str> = libraries().collect();
        return Err(Error::unknown("library", library, &names));
    };
    let Value::Object(object) = object else {
        return Err(Error::new("a scheduler is a JSON object with `class`, `params`, `base_lr` and `total_steps`"));
    };
    let made;
    let mut object = object;
    if let (false, Some(config)) = (object.contains_key("class"), dialect.config) {
        made = config(object)?;
        object = &made;
    }
    let mut case = Case::read(object)?;
    let program = translate(dialect, &mut case)?;
    let found = lint(&program, Clock::steps(case.total));
    // What no translation thought of is no program either.
    if let Some(error) = found.list.iter().find(|d| d.severity == Severity::Error) {
        let (class, why, change) = (&case.class, &error.message, case.suspects());
        return Err(Error::new(format!("{class} has no program with these parameters: {why}; change {change}")));
    }
    // The library does it so.
    let doubtful = found.list.iter().filter(|d| d.severity == Severity::Warning);
    let codes: BTreeSet<&str> = doubtful.map(|d| d.code.code).collect();
    let allow = match codes.is_empty() {
        true => String::new(),
        false => format!("# allow({}): as {library} has it\n", Vec::from_iter(codes).join(", ")),
    };
    Ok(format!("{}{allow}{program}\n", case.heading(library)))
}

/// The program of `case`, without its heading.
fn translate(dialect: &Dialect, case: &mut Case) -> Result<String, Error> {
    let last = case.class.rsplit('.').next().unwrap_or_default();
    let Some((name, translate)) = dialect.classes.iter().find(|(name, _)| *name == case.class || *name == last) else {
        let names: Vec<&str> = dialect.classes.iter().map(|(name, _)| *name).collect();
        return Err(Error::unknown(&format!("class of {}", dialect.name), &case.class, &names));
    };
    case.class = (*name).into();
    let program = translate(case)?;
    case.all_read()?;
    // A number divided by 0, or one too large to multiply.
    if program.split(|c: char| !c.is_alphanumeric()).any(|word| word == "NaN" || word == "inf") {
        let why = "the parameters make a rate that is no finite number; change";
        return Err(Error::new(format!("{}: {why} {}", case.class, case.suspects())));
    }
    Ok(case.spelt(&program))
}
