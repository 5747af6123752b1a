//! What the parts that touch the file system share.
//!
//! Guarantees: reading a file that somebody else named ends: nothing is waited for, and no more than [`MOST`] is read.

#![allow(clippy::disallowed_methods, reason = "what reads files")]

use std::io;

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

    use super::reason;

    /// The most bytes that are read.
    const MOST: u64 = 64 << 20;

    /// All of a regular file, or of what a shell has opened already: `/dev/stdin`, `<(command)`.
    pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
        let opened = ["/dev/fd", "/proc/self/fd"].iter().any(|folder| path.starts_with(folder));
        if opened || path == Path::new("/dev/stdin") {
            return File::open(path).map_err(|e| reason(&e)).and_then(contents);
        }
        let file = open(path).map_err(|e| reason(&e))?;
        let kind = file.metadata().map_err(|e| reason(&e))?.file_type();
        if kind.is_dir() {
            return Err("it is a directory".to_owned());
        }
        if !kind.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        contents(file)
    }

    /// All that there is to read.
    pub(crate) fn contents(from: impl Read) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        // One more shows that there is more.
        from.take(MOST + 1).read_to_end(&mut bytes).map_err(|e| reason(&e))?;
        if bytes.len() as u64 > MOST {
            return Err(format!("it has more than {} MiB", MOST >> 20));
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
