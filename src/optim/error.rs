//! What can be wrong with an optimizer's configuration, as plain sentences.

use std::fmt;

use super::rule::RULES;
use crate::config::Interval;
use crate::config::groups::Fault;

/// Why an optimizer cannot be built or a step cannot be made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
    /// A group takes no parameter.
    Group(Fault),
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRule { name } => {
                let known: Vec<_> = RULES.iter().map(|r| r.words.name).collect();
                write!(f, "there is no optimizer `{name}`; the known ones are {}", known.join(", "))
            }
            Self::UnknownFlag { rule, flag } => write!(f, "the optimizer {rule} has no switch `{flag}`"),
            Self::Group(fault) => fault.fmt(f),
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

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Group(fault)
    }
}

impl std::error::Error for Error {}
