//! The text of a program and of the files that it uses: one text, so that a place is a place in all of it.

use std::sync::Arc;

#[cfg(feature = "lsp")]
use crate::diag::part;
use crate::diag::{Diagnostic, Diagnostics, File, Span};

/// A program's text, then those of the files that it uses, each from a new line on.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub name: Arc<str>,
    pub all: Arc<str>,
    pub files: Vec<File>,
}

impl Text {
    pub fn new(name: &str, source: &str) -> Self {
        Self { name: name.into(), all: source.into(), files: vec![] }
    }

    /// The program's folder as its name says it, up to the name itself.
    pub fn home(&self) -> &str {
        self.name.rfind('/').map_or("", |end| &self.name[..=end])
    }

    /// Whether a place is in the program's own text.
    pub fn is_own(&self, span: Span) -> bool {
        self.files.first().is_none_or(|first| span.end < first.start)
    }

    /// The file that is used in which a place is, and its bytes in the whole text; nothing for the program's own.
    #[cfg(feature = "lsp")]
    pub fn file(&self, span: Span) -> Option<(&str, Span)> {
        let (file, bytes) = part(&self.files, self.all.len(), span.start);
        Some((&file?.name, bytes))
    }

    /// Findings in it.
    pub fn found(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.name.clone(), self.all.clone(), list).with_files(&self.files)
    }
}
