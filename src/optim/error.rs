//! What can be wrong with an optimizer's configuration, as plain sentences.

use std::fmt;

use super::rule::{Interval, RULES};

/// Why an optimizer cannot be built or a step cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No update rule has this name.
    UnknownRule {
        /// The name asked for.
        name: String,
    },
    /// The rule has no such switch.
    UnknownFlag {
        /// The rule's name.
        rule: &'static str,
        /// The switch asked for.
        flag: String,
    },
    /// A group's pattern is not a regular expression.
    Pattern {
        /// The pattern.
        pattern: String,
        /// What the regex library says.
        reason: String,
    },
    /// A group would be empty.
    EmptyGroup {
        /// The pattern.
        pattern: String,
        /// Earlier patterns took every parameter that this one matches.
        shadowed: bool,
        /// All parameter names.
        names: Vec<String>,
    },
    /// The tensors cannot be laid out: a name twice, or more elements than a machine can address.
    Tensors {
        /// What is wrong.
        reason: String,
    },
    /// The operating system gives no memory.
    Memory {
        /// Bytes asked for.
        bytes: usize,
        /// What it says.
        reason: String,
    },
    /// The number of values given is not groups × hyperparameters.
    Count {
        /// How many were given.
        given: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A hyperparameter is outside its range at some step.
    Value {
        /// The hyperparameter.
        name: &'static str,
        /// Its group: `None` is the default group, otherwise the pattern.
        group: Option<String>,
        /// The step.
        step: u64,
        /// The value.
        value: f64,
        /// The values allowed.
        range: Interval,
    },
}

/// Names that a message lists at most.
const MOST_NAMES: usize = 40;

/// A pattern for a message: never a whole screen of it.
fn short(pattern: &str) -> String {
    const SHOWN: usize = 200;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &pattern[..end]),
        None => pattern.into(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRule { name } => {
                let known: Vec<_> = RULES.iter().map(|r| r.name).collect();
                write!(f, "there is no optimizer `{name}`; the known ones are {}", known.join(", "))
            }
            Self::UnknownFlag { rule, flag } => write!(f, "the optimizer {rule} has no switch `{flag}`"),
            Self::Pattern { pattern, reason } => {
                write!(f, "the group pattern \"{}\" is not a regular expression: {reason}", short(pattern))
            }
            Self::EmptyGroup { pattern, shadowed: false, names } => {
                let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = names.len().saturating_sub(MOST_NAMES);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                write!(f, "the group \"{}\" matches no parameter; the parameters are {shown}{more}", short(pattern))
            }
            Self::EmptyGroup { pattern, shadowed: true, .. } => {
                let pattern = short(pattern);
                write!(f, "the group \"{pattern}\" is empty: earlier groups already hold every parameter it matches")
            }
            Self::Tensors { reason } => f.write_str(reason),
            Self::Memory { bytes, reason } => write!(f, "cannot get {bytes} bytes of memory for the arena: {reason}"),
            Self::Count { given, needed } => {
                write!(f, "{given} hyperparameter values were given, but the groups need {needed}")
            }
            Self::Value { name, group, step, value, range } => {
                write!(f, "{name}")?;
                if let Some(pattern) = group {
                    write!(f, " of the group \"{pattern}\"")?;
                }
                write!(f, " is {value:?} at step {step}; it must be in {range}")
            }
        }
    }
}

impl std::error::Error for Error {}
