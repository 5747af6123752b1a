//! A program as source text in another language.

use std::fmt;
use std::fmt::Write;

use super::Program;
use crate::backend::text::{self, Facts};
use crate::ir::Ir;
use crate::stack;

/// Why a program has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    metrics: Vec<String>,
}

impl Program {
    /// The program as Python: a function of the step for each value, and their table `SCHEDULES` where there are several.
    /// It needs the standard library only, and the text says where its last bits may differ from étude's.
    ///
    /// # Errors
    /// The program watches metrics, so that no function of the step alone has its values.
    pub fn python(&self) -> Result<String, TextError> {
        self.text(text::python)
    }

    /// The program as JAX, which can be traced, mapped and compiled, with x64 and without; else as [`python`](Self::python).
    /// Each function is a schedule as optax takes them.
    ///
    /// # Errors
    /// As for [`python`](Self::python).
    pub fn jax(&self) -> Result<String, TextError> {
        self.text(text::jax)
    }

    fn text(&self, write: fn(&Ir, Facts) -> String) -> Result<String, TextError> {
        let metrics: Vec<String> = self.metrics().iter().map(|m| (*m).to_string()).collect();
        if !metrics.is_empty() {
            return Err(TextError { metrics });
        }
        let checked = self.checked();
        let facts = Facts { about: &self.about(), base: self.inputs[0], last: self.clock().total() };
        Ok(checked.map_or_else(|_| String::new(), |checked| stack::enough(|| write(&checked.ir, facts))))
    }

    /// The program, and what is known of the run.
    fn about(&self) -> String {
        /// Lines of the program that are shown.
        const MOST: usize = 60;
        let mut about: String = self.source().lines().take(MOST).map(|line| format!("{line}\n")).collect();
        let more = self.source().lines().count().saturating_sub(MOST);
        if more > 0 {
            _ = writeln!(about, "… and {more} lines more");
        }
        if let Some(steps) = self.clock().total() {
            _ = write!(about, "for {steps} steps");
            if let Some(epoch) = self.clock().epoch() {
                _ = write!(about, " of {epoch} in an epoch");
            }
            about += "\n";
        }
        about
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics: Vec<String> = self.metrics.iter().map(|m| format!("`{m}`")).collect();
        write!(
            f,
            "the program watches {}: what it does depends on the run, and a function of the step cannot know it",
            metrics.join(", ")
        )
    }
}

impl std::error::Error for TextError {}
