//! Why a figure cannot be drawn or written.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::files::reason;

/// Why a figure cannot be drawn or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The file's name ends in no format that there is.
    Format {
        /// The file.
        path: PathBuf,
    },
    /// There is no such picture, such as one of too many points; the reason is a sentence.
    Picture(String),
    /// The file cannot be written.
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { path } => {
                write!(f, "`{}` names no picture format: end it in `.svg` or `.png`", path.display())
            }
            Self::Picture(why) => f.write_str(why),
            Self::File { path, reason: e } => write!(f, "cannot write `{}`: {}", path.display(), reason(e)),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
