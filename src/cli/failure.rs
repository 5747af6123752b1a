//! Why a command ended without its result.

use std::io;

use super::report;
use super::terminal::Style;
use crate::BaseError;
use crate::diag::Diagnostics;
use crate::files::reason;
use crate::printable::shown;

/// Why a command ended without its result.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in a program.
    Found(Diagnostics),
    /// Anything else, as a sentence.
    Message(String),
    /// A signal ended a run early: what there is to say, and the signal's number.
    Stopped(String, u8),
    /// Everything has been said already.
    Told,
    /// The result cannot be written.
    Output(io::Error),
}

impl Failure {
    /// Whether the reader of the result has gone: not worth a word.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(e) if e.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The process's exit status: 1, or what a shell says of a process that a signal ended.
    pub fn status(&self) -> u8 {
        match self {
            Self::Stopped(_, signal) => 128 + signal,
            _ => 1,
        }
    }

    /// What to tell.
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::Found(found) => report::human(found, style),
            Self::Message(text) => format!("error: {}\n", shown(text)),
            Self::Stopped(text, _) => format!("{}\n", shown(text)),
            Self::Told => String::new(),
            Self::Output(e) => format!("error: cannot write the result: {}\n", reason(e)),
        }
    }

    pub(super) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }
}

impl From<Diagnostics> for Failure {
    fn from(found: Diagnostics) -> Self {
        Self::Found(found)
    }
}

impl From<BaseError> for Failure {
    fn from(e: BaseError) -> Self {
        Self::Message(e.to_string())
    }
}

/// Only writers of results use `?` on I/O; reading has its own messages.
impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Self::Output(e)
    }
}
