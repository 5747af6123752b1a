//! Why a command ended without its result.

use std::io;

use super::report;
use super::terminal::Style;
use crate::BaseError;
use crate::diag::Diagnostics;

/// Why a command ended without its result.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in a program.
    Found(Diagnostics),
    /// Anything else, as a sentence.
    Message(String),
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

    /// What to tell.
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::Found(found) => report::human(found, style),
            Self::Message(text) => format!("error: {text}\n"),
            Self::Told => String::new(),
            Self::Output(e) => format!("error: the result cannot be written: {e}\n"),
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
