//! Why a file that a program names cannot be used.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Why a file that a program names cannot be used.
///
/// A host of another language passes its own failure along, and finds it again behind the diagnostics of the program:
///
/// ```
/// use std::error::Error;
/// use etude::{Clock, FileError, FileErrorKind, Input};
///
/// #[derive(Debug)]
/// struct Timeout;
/// # impl std::fmt::Display for Timeout {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("the store is slow") }
/// # }
/// impl Error for Timeout {}
///
/// let store = |_: &str| Err(FileError::from_error(FileErrorKind::Unread, Timeout));
/// let found = Input::new("table(\"curve.csv\")", Clock::unknown()).with(&store).program().unwrap_err();
/// let why = found.source().and_then(|e| e.downcast_ref::<FileError>()).unwrap();
/// assert_eq!(why.kind(), FileErrorKind::Unread);
/// assert!(why.source().is_some_and(|e| e.is::<Timeout>()));
/// ```
#[derive(Clone, Debug)]
pub struct FileError {
    kind: FileErrorKind,
    reason: String,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileErrorKind {
    /// There is no such file.
    NotFound,
    /// It may not be read, such as one outside of the program's folder.
    Denied,
    /// Reading it failed.
    Unread,
    /// What it says is no curve, or no text.
    Content,
    /// Something else, which the reason says.
    Other,
}

impl FileError {
    /// A failure with its reason, a sentence without a full stop.
    pub fn new(kind: FileErrorKind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), cause: None }
    }

    /// A failure of something else, which says the reason and is this one's [source](Error::source).
    pub fn from_error(kind: FileErrorKind, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { kind, reason: cause.to_string(), cause: Some(Arc::new(cause)) }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> FileErrorKind {
        self.kind
    }

    /// The same with a reason that says more.
    #[cfg(feature = "cli")]
    pub(crate) fn told(self, tell: impl FnOnce(&str) -> String) -> Self {
        Self { reason: tell(&self.reason), ..self }
    }
}

impl From<&str> for FileError {
    fn from(reason: &str) -> Self {
        Self::new(FileErrorKind::Other, reason)
    }
}

impl From<String> for FileError {
    fn from(reason: String) -> Self {
        Self::new(FileErrorKind::Other, reason)
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => FileErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => FileErrorKind::Denied,
            _ => FileErrorKind::Unread,
        };
        Self { reason: super::reason(&error), ..Self::from_error(kind, error) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
