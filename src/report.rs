//! Diagnostics for miette, which draws them.

use std::fmt;

use miette::{LabeledSpan, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::diag::{Diagnostic, Diagnostics, MAX_SHOWN, Severity, Span};

/// One diagnostic with its source, ready to be drawn.
#[derive(Debug)]
pub struct Report {
    diagnostic: Diagnostic,
    source: Source,
}

/// The source with a newline at its end: miette hides a label at the very end and panics past it.
#[derive(Debug)]
struct Source {
    name: String,
    text: String,
}

impl Diagnostics {
    /// The diagnostics to show, each ready to be drawn by miette; at most 20.
    pub fn reports(&self) -> impl Iterator<Item = Report> {
        self.list.iter().take(MAX_SHOWN).map(|d| Report {
            diagnostic: d.clone(),
            source: Source { name: self.name.to_string(), text: format!("{}\n", self.source) },
        })
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(severity(self.diagnostic.severity))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let d = &self.diagnostic;
        let text = if d.label.is_empty() { "here" } else { &d.label };
        let primary = LabeledSpan::new_primary_with_span(Some(text.to_string()), place(d.span));
        let others = d.labels.iter().map(|(span, text)| LabeledSpan::new_with_span(Some(text.clone()), place(*span)));
        Some(Box::new(std::iter::once(primary).chain(others)))
    }
}

impl miette::Diagnostic for Diagnostics {
    fn severity(&self) -> Option<miette::Severity> {
        self.list.iter().map(|d| d.severity).max().map(severity)
    }
}

fn place(span: Span) -> SourceSpan {
    (span.start, (span.end - span.start).max(1)).into()
}

fn severity(severity: Severity) -> miette::Severity {
    match severity {
        Severity::Note => miette::Severity::Advice,
        Severity::Warning => miette::Severity::Warning,
        Severity::Error => miette::Severity::Error,
    }
}
