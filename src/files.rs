//! What the parts that touch the file system share.

use std::io;

/// The operating system's words without its error number.
pub(crate) fn reason(e: &io::Error) -> String {
    let text = e.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
