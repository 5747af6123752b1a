//! What a program may read besides its own text: the one seam between the language and files.
//!
//! Guarantee: nothing here opens a file. A host does, and decides which.

pub use crate::files::{FileError, FileErrorKind};
use crate::recording::Recording;

/// What stands behind the names of files in a program.
pub trait Host {
    /// The curve that `table("curve.csv")` replays.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn table(&self, name: &str) -> Result<Recording, FileError>;

    /// The text of the program that `use "base.etude"` brings. `path` is relative to the program that is compiled, in plain
    /// steps (`parts/base.etude`): it leads nowhere outside.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn program(&self, path: &str) -> Result<String, FileError> {
        _ = path;
        Err(FileError::new(FileErrorKind::NotFound, "no files are at hand here"))
    }
}

/// A host that has recorded curves and no programs.
impl<F: Fn(&str) -> Result<Recording, FileError>> Host for F {
    fn table(&self, name: &str) -> Result<Recording, FileError> {
        self(name)
    }
}

/// A host that has nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Host for NoFiles {
    fn table(&self, _: &str) -> Result<Recording, FileError> {
        let reason = "no files are at hand here; write the values: `table([0, 1e-3, 0])`";
        Err(FileError::new(FileErrorKind::NotFound, reason))
    }
}
