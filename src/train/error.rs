//! Why a run cannot start or go on, as plain sentences.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::{files, optim};

/// Why a run cannot start or go on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The spec asks for something impossible.
    Spec(String),
    /// The optimizer or the groups are wrong, or a hyperparameter left its range.
    Optim(optim::Error),
    /// The loss or a gradient is not finite any more.
    Diverged {
        /// The step whose loss or gradients, or after which the parameters, are not finite.
        step: u64,
        /// Its epoch.
        epoch: u64,
        /// The learning rate of the default group.
        lr: f64,
        /// What is not finite: "loss", "gradient norm", "parameter norm" or "test loss".
        what: &'static str,
        /// Its value: infinite or NaN.
        value: f64,
    },
    /// The GPU cannot be used, or not any longer.
    #[cfg(feature = "cuda")]
    Cuda(crate::cuda::Error),
    /// A file cannot be written.
    File {
        /// What was tried: "create", "write".
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        reason: std::io::Error,
    },
    /// A run's folder is taken, or is no place for a run.
    Folder(String),
    /// An observer ended the run after this step, before its end.
    Stopped {
        /// From 0.
        step: u64,
    },
    /// An observer's own failure.
    Observer(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An observer's own failure.
    pub fn observer(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Observer(Box::new(error))
    }

    pub(crate) fn file(action: &'static str, path: &Path, reason: std::io::Error) -> Self {
        Self::File { action, path: path.to_owned(), reason }
    }
}

impl From<optim::Error> for Error {
    fn from(error: optim::Error) -> Self {
        Self::Optim(error)
    }
}

#[cfg(feature = "cuda")]
impl From<crate::cuda::Error> for Error {
    fn from(error: crate::cuda::Error) -> Self {
        Self::Cuda(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(reason) | Self::Folder(reason) => f.write_str(reason),
            Self::Observer(error) => error.fmt(f),
            Self::Optim(error) => error.fmt(f),
            #[cfg(feature = "cuda")]
            Self::Cuda(error) => error.fmt(f),
            Self::Diverged { step, epoch, lr, what, value } => {
                let value = if value.is_nan() { "not a number" } else { "infinite" };
                write!(
                    f,
                    "training diverged: the {what} is {value} at step {step} (epoch {epoch}), where lr is {lr:?}; \
                     try a lower peak, a longer warmup or clipping"
                )
            }
            Self::Stopped { step } => write!(f, "stopped after step {step}"),
            Self::File { action, path, reason } => {
                write!(f, "cannot {action} `{}`: {}", path.display(), files::reason(reason))
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Optim(error) => Some(error),
            #[cfg(feature = "cuda")]
            Self::Cuda(error) => Some(error),
            Self::File { reason, .. } => Some(reason),
            Self::Observer(error) => Some(&**error),
            _ => None,
        }
    }
}
