//! Why a scheduler cannot be imported.

use std::fmt;

/// Why a scheduler cannot be imported, as a sentence that names the field and the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    /// A sentence.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A name that is none of `known`.
    pub fn unknown(what: &str, name: &str, known: &[&str]) -> Self {
        match nearest(name, known) {
            Some(near) => Self(format!("unknown {what} `{name}`; did you mean `{near}`?")),
            None => Self(format!("unknown {what} `{name}`; known: {}", known.join(", "))),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// The known name nearest to `name`, if one is near.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    within(name, known, (name.chars().count() / 3).max(2))
}

/// The known name nearest to `name`, at most `limit` typing errors away.
pub fn within<'k>(name: &str, known: &[&'k str], limit: usize) -> Option<&'k str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let distance = |k: &str| strsim::damerau_levenshtein(&plain(name), &plain(k));
    let near = known.iter().map(|k| (distance(k), *k)).filter(|(distance, _)| *distance <= limit);
    near.min_by_key(|(distance, _)| *distance).map(|(_, k)| k)
}
