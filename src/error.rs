//! One error for programs that do several things with étude: `?` takes each of its parts into it, and a `match` tells them
//! apart.

use std::fmt;

use crate::diag::Diagnostics;
use crate::host::FileError;
use crate::schedule::RunError;
use crate::schedule::{BaseError, TextError};

/// Whatever can go wrong, by what was asked for.
///
/// ```
/// fn head_lr(source: &str) -> Result<f64, etude::Error> {
///     let schedule = etude::compile(source, etude::Clock::steps(100))?;
///     let mut run = schedule.with_base(10.0)?.start();
///     run.observe("loss", 0.5)?;
///     Ok(run.lr(1))
/// }
///
/// assert!(matches!(head_lr("0.1x | plateau(loss)"), Ok(1.0)));
/// assert!(matches!(head_lr("0.1y"), Err(etude::Error::Program(found)) if found.list[0].code.code == "S0201"));
/// assert!(matches!(head_lr("0.1x"), Err(etude::Error::Run(etude::RunError::UnknownMetric { .. }))));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A program or config is wrong.
    Program(Diagnostics),
    /// A program cannot have a base.
    Base(BaseError),
    /// A run takes no such observation or state.
    Run(RunError),
    /// A program has no text in another language.
    Text(TextError),
    /// A recorded curve or another file is none that can be used.
    File(FileError),
    /// Another library's scheduler has no program.
    #[cfg(feature = "cli")]
    Import(crate::import::Error),
    /// A figure cannot be drawn or written.
    #[cfg(feature = "plot")]
    Plot(crate::plot::Error),
    /// An optimizer takes no such groups or values.
    #[cfg(feature = "train")]
    Optim(crate::optim::Error),
    /// A training run cannot start or go on.
    #[cfg(feature = "train")]
    Train(crate::train::Error),
}

/// Each part: the variant that holds it, and `From`.
macro_rules! parts {
    ($($(#[$when:meta])* $variant:ident: $part:ty,)*) => {
        $($(#[$when])* impl From<$part> for Error {
            fn from(error: $part) -> Self {
                Self::$variant(error)
            }
        })*

        impl Error {
            fn part(&self) -> &(dyn std::error::Error + 'static) {
                match self {
                    $($(#[$when])* Self::$variant(error) => error,)*
                }
            }
        }
    };
}

parts! {
    Program: Diagnostics,
    Base: BaseError,
    Run: RunError,
    Text: TextError,
    File: FileError,
    #[cfg(feature = "cli")]
    Import: crate::import::Error,
    #[cfg(feature = "plot")]
    Plot: crate::plot::Error,
    #[cfg(feature = "train")]
    Optim: crate::optim::Error,
    #[cfg(feature = "train")]
    Train: crate::train::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.part(), f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.part().source()
    }
}
