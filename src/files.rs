//! What the parts that touch the file system share.
//!
//! Guarantees: reading a file that somebody else named ends: nothing is waited for, and no more than [`MOST`] is read.

#![allow(clippy::disallowed_methods, reason = "what reads files")]

mod error;

use std::io;

pub use error::{FileError, FileErrorKind};

/// The operating system's words without its error number.
pub(crate) fn reason(e: &io::Error) -> String {
    let text = e.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(feature = "cli")]
pub(crate) use reading::{contents, read};

#[cfg(feature = "cli")]
mod reading {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read};
    use std::path::Path;

    use super::{FileError, FileErrorKind};

    /// The most bytes that are read.
    const MOST: u64 = 64 << 20;

    /// All of a regular file, or of what a shell has opened already: `/dev/stdin`, `<(command)`.
    pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
        let opened = ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.starts_with(folder));
        if opened || path == Path::new("/dev/stdin") {
            return contents(File::open(path)?);
        }
        let file = open(path)?;
        let kind = file.metadata()?.file_type();
        if kind.is_dir() {
            return Err(FileError::new(FileErrorKind::Denied, "it is a directory"));
        }
        if !kind.is_file() {
            return Err(FileError::new(FileErrorKind::Denied, "it is not a regular file"));
        }
        contents(file)
    }

    /// All that there is to read.
    pub(crate) fn contents(from: impl Read) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        // One more shows that there is more.
        from.take(MOST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST {
            return Err(FileError::new(FileErrorKind::Denied, format!("it has more than {} MiB", MOST >> 20)));
        }
        Ok(bytes)
    }

    /// Opens a file without waiting for the other end of a pipe.
    fn open(path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt;
            options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
        }
        options.open(path)
    }
}
