//! The text of a program and of the files that it uses: one text, so that a place is a place in all of it.

use std::sync::Arc;

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

    /// Whether a place is in the program's own text.
    pub fn is_own(&self, span: Span) -> bool {
        self.files.first().is_none_or(|first| span.end < first.start)
    }

    /// The file that is used in which a place is, and its bytes in the whole text; nothing for the program's own.
    #[cfg(feature = "lsp")]
    pub fn file(&self, span: Span) -> Option<(&str, Span)> {
        let next = self.files.partition_point(|f| f.start <= span.start);
        let file = self.files.get(next.checked_sub(1)?)?;
        let end = self.files.get(next).map_or(self.all.len(), |next| next.start - 1);
        Some((&file.name, Span::new(file.start, end)))
    }

    /// Findings in it.
    pub fn found(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.name.clone(), self.all.clone(), list).with_files(&self.files)
    }
}
