//! What a program may read besides its own text: the one seam between the language and files.
//!
//! Guarantee: nothing here opens a file. A host does, and decides which.

use crate::recording::Recording;

/// What stands behind the names of files in a program.
pub trait Host {
    /// The curve that `table("curve.csv")` replays.
    ///
    /// # Errors
    /// Why it cannot be had, in a sentence.
    fn table(&self, name: &str) -> Result<Recording, String>;

    /// The text of the program that `use "base.etude"` brings. `path` is relative to the program that is compiled, in plain
    /// steps (`parts/base.etude`): it leads nowhere outside.
    ///
    /// # Errors
    /// Why it cannot be had, in a sentence.
    fn program(&self, path: &str) -> Result<String, String> {
        _ = path;
        Err("no files are at hand here".into())
    }
}

/// A host that has recorded curves and no programs.
impl<F: Fn(&str) -> Result<Recording, String>> Host for F {
    fn table(&self, name: &str) -> Result<Recording, String> {
        self(name)
    }
}

/// A host that has nothing.
#[derive(Clone, Copy, Debug)]
pub struct NoFiles;

impl Host for NoFiles {
    fn table(&self, _: &str) -> Result<Recording, String> {
        Err("no files are at hand here; write the values: `table([0, 1e-3, 0])`".into())
    }
}
