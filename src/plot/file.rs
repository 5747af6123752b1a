//! A figure to a file, in the format that the file's extension names.

#![allow(clippy::disallowed_methods, reason = "what writes pictures")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Error, Figure};

/// Writes `figure` to `path`: `.svg` or `.png`. On failure what was there before is still there, whole.
///
/// # Errors
/// The extension is another one, the figure has too many points for a PNG, or the file cannot be written.
pub fn write(figure: &Figure, path: &Path) -> Result<(), Error> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let bytes = match extension.as_str() {
        "svg" => figure.to_svg().into_bytes(),
        "png" => figure.to_png().map_err(|why| match why {
            Error::Picture(why) => Error::Picture(format!("cannot write `{}`: {why}", path.display())),
            other => other,
        })?,
        _ => return Err(Error::Format { path: path.into() }),
    };
    // Next to the target, because a rename is atomic only within one file system.
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.{}-{serial}.partial", std::process::id()));
    // A link with that name is not followed.
    let partly = fs::OpenOptions::new().write(true).create_new(true).open(&partial);
    let written = partly.and_then(|mut file| file.write_all(&bytes)).and_then(|()| fs::rename(&partial, path));
    written.map_err(|reason| {
        // The first failure is the one to report.
        let _ = fs::remove_file(&partial);
        Error::File { path: path.into(), reason }
    })
}
