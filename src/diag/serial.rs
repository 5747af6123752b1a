//! Diagnostics as data for other programs: one structure for the command line, the library and its bindings.

use serde::{Serialize, Serializer};

use super::{Applicability, Diagnostic, Diagnostics, Lines, Severity, Span};

/// A list with an element for each finding, all of them. Lines and columns are counted from 1, columns in characters;
/// `start` and `end` are bytes, `end` and `end_column` one past the last.
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.findings())
    }
}

impl Diagnostics {
    /// The elements of that list.
    pub(crate) fn findings(&self) -> impl Iterator<Item = impl Serialize> {
        let lines = Lines::new(&self.source);
        self.list.iter().map(move |d| Finding::new(&self.name, &lines, d))
    }
}

#[derive(Serialize)]
struct Finding<'a> {
    file: &'a str,
    code: &'static str,
    severity: Severity,
    message: &'a str,
    span: Place,
    label: &'a str,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Place {
    start: usize,
    end: usize,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Label<'a> {
    span: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    span: Place,
    replacement: &'a str,
    applicability: Applicability,
}

impl<'a> Finding<'a> {
    fn new(file: &'a str, lines: &Lines, d: &'a Diagnostic) -> Self {
        let place = |span: Span| {
            let ((line, column), (end_line, end_column)) = (lines.line_column(span.start), lines.line_column(span.end));
            Place { start: span.start, end: span.end, line, column, end_line, end_column }
        };
        Self {
            file,
            code: d.code.code,
            severity: d.severity,
            message: &d.message,
            span: place(d.span),
            label: &d.label,
            labels: d.labels.iter().map(|(span, text)| Label { span: place(*span), text }).collect(),
            help: d.help.as_deref(),
            fix: d.fix.as_ref().map(|fix| Fix {
                span: place(fix.span),
                replacement: &fix.replacement,
                applicability: fix.applicability,
            }),
        }
    }
}
