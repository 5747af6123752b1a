//! Where a finding is, for people and other programs: the file, lines and columns.

use std::sync::Arc;

use serde::Serialize;

use super::{Diagnostics, Lines, Span};

/// A file that a program uses. Its text is part of the whole text that spans point into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// What it is called.
    pub name: Arc<str>,
    /// Where its text starts, always a new line. It ends before the next file's starts.
    pub start: usize,
}

/// The file among `files` that holds the byte at `at` of a text of `len` bytes, nothing for the program itself, and its bytes.
/// The line end that parts two files is none of the first one's.
pub(crate) fn part(files: &[File], len: usize, at: usize) -> (Option<&File>, Span) {
    let next = files.partition_point(|f| f.start <= at);
    let file = next.checked_sub(1).and_then(|k| files.get(k));
    (file, Span::new(file.map_or(0, |f| f.start), files.get(next).map_or(len, |next| next.start - 1)))
}

/// A place in a file: lines and columns from 1, columns in characters; bytes from 0; the ends are one past the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    pub start: usize,
    pub end: usize,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

/// The places of many findings.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    lines: Lines<'a>,
    found: &'a Diagnostics,
}

impl<'a> Places<'a> {
    pub(crate) fn new(found: &'a Diagnostics) -> Self {
        Self { lines: Lines::new(&found.source), found }
    }

    /// The file of a place, and where it is in it.
    pub(crate) fn of(&self, span: Span) -> (&'a str, Place) {
        let (name, Span { start: first, .. }) = self.found.file(span.start);
        let above = self.lines.line_column(first).0 - 1;
        let ((line, column), (end_line, end_column)) =
            (self.lines.line_column(span.start), self.lines.line_column(span.end.max(span.start)));
        let (line, end_line) = (line - above, end_line - above);
        (name, Place { start: span.start - first, end: span.end - first, line, column, end_line, end_column })
    }
}

impl Diagnostics {
    /// The same findings in a text that holds those of other files, too, in order of their place.
    #[must_use]
    pub(crate) fn with_files(self, files: &[File]) -> Self {
        Self { files: files.into(), ..self }
    }

    /// What the file is called that holds the byte at `at`, and its bytes in the text.
    pub(crate) fn file(&self, at: usize) -> (&str, Span) {
        let (file, bytes) = part(&self.files, self.source.len(), at);
        (file.map_or(&self.name, |f| &f.name), bytes)
    }
}
