//! Diagnostics for miette, which draws them.
//!
//! Guarantees: no control character of a source reaches the terminal, and miette is never shown a line or an excerpt that
//! is too long for it (it panics from 65 536 columns on) or for people.

#[cfg(feature = "render")]
mod draw;

use std::fmt;

use miette::{LabeledSpan, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::diag::{Applicability, Diagnostic, Diagnostics, MAX_SHOWN, Severity, Span};
use crate::printable::{hidden, shown as spelt};

/// Lines longer than this are shown in part.
const LONG_LINE: usize = 500;
/// Places further apart than this many lines are not shown together.
const MANY_LINES: usize = 30;
/// What is shown of a long line on both sides of the place.
const AROUND: usize = 60;
/// Mended lines longer than this are not shown.
const WIDEST: usize = 100;

/// One diagnostic with its source, ready to be drawn.
#[derive(Debug)]
pub struct Report {
    diagnostic: Diagnostic,
    source: Source,
    /// The line as the fix leaves it.
    mended: Option<String>,
}

/// What is shown of a source, with a newline behind every place: miette hides a label at the very end and panics past it.
#[derive(Debug)]
struct Source {
    name: String,
    text: String,
    /// Where `text` starts in the whole source, in lines and characters from 0.
    start: (usize, usize),
}

impl Diagnostics {
    /// The diagnostics to show, each ready to be drawn by miette; at most 20.
    pub fn reports(&self) -> impl Iterator<Item = Report> {
        self.list.iter().take(MAX_SHOWN).map(|d| self.report(d))
    }

    fn report(&self, d: &Diagnostic) -> Report {
        let (name, file) = self.file(d.span.start);
        let shown = self.shown(d, file);
        let (line, column) = self.line_column(shown.start);
        // A whole source needs no cut, and keeps its lines for context.
        let mut text = printable(&self.source[shown.range()]);
        let at_end =
            std::iter::once(&d.span).chain(d.labels.iter().map(|(span, _)| span)).any(|s| s.start >= shown.end);
        if at_end || !text.ends_with('\n') {
            text.push('\n');
        }
        let source = Source { name: spelt(name).into_owned(), text, start: (line - 1, column - 1) };
        let moved = |span: Span| {
            let inside = |at: usize| at.clamp(shown.start, shown.end) - shown.start;
            Span::new(inside(span.start), inside(span.end))
        };
        let mut diagnostic = d.clone();
        let said = [&mut diagnostic.message, &mut diagnostic.label].into_iter().chain(&mut diagnostic.help);
        for text in said.chain(diagnostic.labels.iter_mut().map(|(_, label)| label)) {
            *text = spelt(text).into_owned();
        }
        diagnostic.span = moved(d.span);
        // A place in another file is said in words: what is drawn is of one.
        for (span, label) in diagnostic.labels.iter().filter(|(span, _)| self.file(span.start).1 != file) {
            let ((line, column), other) = (self.line_column(span.start), spelt(self.file(span.start).0));
            let said = format!("{label}: {other}:{line}:{column}");
            diagnostic.help = Some(diagnostic.help.take().map_or(said.clone(), |help| format!("{help}\n{said}")));
        }
        diagnostic.labels.retain(|(span, _)| shown.start <= span.start && span.end <= shown.end);
        diagnostic.labels.iter_mut().for_each(|(span, _)| *span = moved(*span));
        Report { diagnostic, source, mended: self.mended(d) }
    }

    /// The line as its fix leaves it, and how sure that is; `None` where it is longer than people read.
    fn mended(&self, d: &Diagnostic) -> Option<String> {
        let fix = d.fix.as_ref()?;
        let (old, new) = fix.change(&self.source)?;
        let Span { start, end } = fix.span();
        let (before, after) = (self.source.get(..start)?, self.source.get(end..)?);
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let end = after.find('\n').unwrap_or(after.len());
        let line = format!("{}{new}{}", &before[start..], &after[..end]);
        let across = old.contains('\n') || new.contains('\n');
        let line = printable(line.trim());
        let sure = match fix.applicability {
            Applicability::MachineApplicable => "fix:",
            Applicability::MaybeIncorrect => "maybe:",
            Applicability::HasPlaceholders => "such as:",
        };
        (!across && !line.is_empty() && line.chars().count() <= WIDEST).then(|| format!("{sure} {line}"))
    }

    /// The whole source, or a piece of the primary line where the lines to show are too long or too many.
    fn shown(&self, d: &Diagnostic, file: Span) -> Span {
        let text = &self.source[..file.end];
        let labels = || d.labels.iter().map(|(span, _)| *span).filter(|s| file.start <= s.start && s.end <= file.end);
        let places = || std::iter::once(d.span).chain(labels());
        let first = places().map(|s| s.start).min().unwrap_or(0);
        let last = places().map(|s| s.end).max().unwrap_or(0);
        // With the context, which is one line on both sides.
        let start = text[file.start..first].rmatch_indices('\n').nth(1).map_or(file.start, |(i, _)| file.start + i + 1);
        let end = text[last..].match_indices('\n').nth(1).map_or(text.len(), |(i, _)| last + i);
        let lines = text[start..end].split('\n');
        if lines.clone().all(|line| line.len() <= LONG_LINE) && lines.take(MANY_LINES + 1).count() <= MANY_LINES {
            return file;
        }
        let at = d.span.start;
        let line_start = text[file.start..at].rfind('\n').map_or(file.start, |i| file.start + i + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        let before = text[line_start..at].char_indices().rev().take(AROUND).last().map_or(at, |(i, _)| line_start + i);
        let length = d.span.end.min(line_end).saturating_sub(at).min(AROUND);
        let after = text[at..line_end].char_indices().nth(length + AROUND).map_or(line_end, |(i, _)| at + i);
        Span::new(before, after)
    }
}

/// `text` with as many bytes, in which every character can be printed.
fn printable(text: &str) -> String {
    let shown = |c: char| match c.len_utf8() {
        _ if !hidden(c) => c,
        1 => '?',
        2 => '\u{BF}',
        _ => char::REPLACEMENT_CHARACTER,
    };
    // A line may end as it does on Windows.
    text.replace("\r\n", " \n").chars().map(shown).collect()
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, miette::MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        // miette counts bytes.
        let ahead = self.text.get(..inner.span().offset()).and_then(|text| text.rsplit('\n').next());
        let column = ahead.map_or(inner.column(), |line| line.chars().count());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.start.0,
            column + if inner.line() == 0 { self.start.1 } else { 0 },
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
        let help = self.diagnostic.help.as_deref()?;
        Some(match &self.mended {
            Some(line) if !help.contains(line.trim_start_matches(|c| c != ' ').trim_start()) => {
                Box::new(format!("{help}\n{line}"))
            }
            _ => Box::new(help),
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let d = &self.diagnostic;
        let text = (!d.label.is_empty()).then(|| d.label.clone());
        let primary = LabeledSpan::new_primary_with_span(text, place(d.span));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::names;

    fn report(source: &str, span: Span) -> Report {
        let d = Diagnostic::new(&names::UNKNOWN_NAME, span, "x").because(Span::new(0, 1), "there");
        let found = Diagnostics::new("<test>", source, vec![d]);
        found.report(&found.list[0])
    }

    #[test]
    fn long_lines_are_shown_in_part() {
        let source = format!("a\n{}é!{}\nb", "x".repeat(100_000), "y".repeat(100_000));
        let at = 2 + 100_000;
        let report = report(&source, Span::new(at, at + 3));
        assert_eq!(report.source.start, (1, 100_000 - AROUND));
        assert_eq!(&report.source.text[report.diagnostic.span.range()], "é!");
        assert!(report.source.text.len() < 200 && report.diagnostic.labels.is_empty());
    }

    #[test]
    fn short_sources_are_shown_whole() {
        let report = report("ab\ncd\u{1b}[2J\u{202E}", Span::new(3, 5));
        assert_eq!((&*report.source.text, report.source.start), ("ab\ncd?[2J\u{FFFD}\n", (0, 0)));
        assert_eq!(report.diagnostic.labels.len(), 1);
        assert_eq!(report_text("a\r\nb\r\n", Span::new(3, 4)), "a \nb \n");
        assert_eq!(report_text("a\n", Span::new(2, 2)), "a\n\n");
    }

    fn report_text(source: &str, span: Span) -> String {
        report(source, span).source.text
    }

    #[test]
    fn many_lines_are_shown_in_part() {
        let report = report(&"# nothing\n".repeat(1000), Span::new(0, 10_000));
        assert_eq!(report.source.text, "# nothing\n");
    }
}
