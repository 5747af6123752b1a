//! One process at a time.
//!
//! Guarantees: a lock ends with its process, however that ends, so that none is ever stale; taking one follows no link,
//! waits for nothing and leaves no file behind, unless its process was ended by force.

#![allow(clippy::disallowed_methods, reason = "a lock is a file")]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::Error;

/// A lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock at `path` on `what`, or says who has it.
    pub(super) fn take(path: &Path, what: &Path) -> Result<Self, Error> {
        let failed = |e| Error::file("lock", what, e);
        loop {
            let mut file = open(path).map_err(failed)?;
            if !file.metadata().map_err(failed)?.is_file() {
                return Err(failed(io::Error::other(format!("`{}` is not a regular file", path.display()))));
            }
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::Error(e)) => return Err(failed(e)),
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    _ = file.take(20).read_to_string(&mut holder);
                    let known = !holder.is_empty() && holder.bytes().all(|b| b.is_ascii_digit());
                    let holder = if known { format!(" (process {holder})") } else { String::new() };
                    let shown = what.display();
                    let message = format!(
                        "another run{holder} is writing to `{shown}`; wait for its end, or choose another folder"
                    );
                    return Err(Error::Folder(message));
                }
            }
            // Whoever held it before may have removed it meanwhile, and another have made one anew.
            if is_at(&file, path) {
                // Only to be told to others.
                _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                return Ok(Self { path: path.to_owned(), _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.path);
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed());
    }
    options.open(path)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |m: fs::Metadata| (m.dev(), m.ino());
    file.metadata().ok().map(id).is_some_and(|ours| fs::symlink_metadata(path).ok().map(id) == Some(ours))
}

/// Elsewhere a file that is open is not removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}
