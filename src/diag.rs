//! What went wrong, as data: code, place, reason, help and fix. Rendering happens elsewhere and last.
//!
//! Guarantees: every span lies inside the source (also for empty sources), a list never shows more than
//! [`MAX_SHOWN`] entries, and nothing here depends on another part of the crate.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

mod code;
mod lines;
mod places;
mod serial;
#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod syntax;
#[doc(hidden)]
pub mod names;
#[doc(hidden)]
pub mod timeline;
#[doc(hidden)]
pub mod clock;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod lints;

pub use code::{Code, all, find};
pub use lines::Lines;
pub use places::File;
pub(crate) use places::{Place, Places, part};

/// Diagnostics shown at most; the rest is counted.
pub const MAX_SHOWN: usize = 20;

/// A half-open range of bytes in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// As an index into the source.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; the program is used as it is.
    Note,
    /// Probably not what was meant; the program is used as it is.
    Warning,
    /// The program is not used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// How sure a fix is (rustfix's levels).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Applicability {
    /// Means the same as what was written; may be applied by a machine.
    MachineApplicable,
    /// Probably what was meant.
    MaybeIncorrect,
    /// Contains a placeholder that a person must fill in.
    HasPlaceholders,
}

/// A replacement that mends the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
    /// How sure it is.
    pub applicability: Applicability,
}

impl Fix {
    /// Whether it means what was written, so that a machine may apply it.
    pub fn is_certain(&self) -> bool {
        self.applicability == Applicability::MachineApplicable
    }

    /// `text` with `fixes`, which are in order of their place and do not overlap.
    pub(crate) fn apply<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Self>) -> String {
        let (mut mended, mut done) = (String::with_capacity(text.len()), 0);
        for fix in fixes {
            mended += &text[done..fix.span.start];
            mended += &fix.replacement;
            done = fix.span.end;
        }
        mended + &text[done..]
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code, with explanation and examples.
    pub code: &'static Code,
    /// How bad it is.
    pub severity: Severity,
    /// The reason, in one sentence with the computed numbers.
    pub message: String,
    /// The smallest wrong piece of text.
    pub span: Span,
    /// What to say at `span`; may be empty.
    pub label: String,
    /// Other places that say why.
    pub labels: Vec<(Span, String)>,
    /// The way forward.
    pub help: Option<String>,
    /// A replacement, where one is known.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding with this code at `span`, as bad as the code says.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            severity: code.severity,
            message,
            span,
            label: String::new(),
            labels: vec![],
            help: None,
            fix: None,
        }
    }

    /// Says something at the primary span.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds another place that says why.
    pub fn because(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Says the way forward.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// A replacement that means what was meant, for certain.
    pub fn fix(self, span: Span, replacement: impl Into<String>) -> Self {
        self.suggest(span, replacement, Applicability::MachineApplicable)
    }

    /// A replacement that is probably what was meant.
    pub fn maybe(self, span: Span, replacement: impl Into<String>) -> Self {
        self.suggest(span, replacement, Applicability::MaybeIncorrect)
    }

    /// A replacement in which something is made up that only a person knows.
    pub fn placeholder(self, span: Span, replacement: impl Into<String>) -> Self {
        self.suggest(span, replacement, Applicability::HasPlaceholders)
    }

    fn suggest(mut self, span: Span, replacement: impl Into<String>, applicability: Applicability) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into(), applicability });
        self
    }
}

/// Everything found in one source, with that source; never empty when returned as an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics {
    /// What the source is called (`run.etude`, `<expr>`).
    pub name: Arc<str>,
    /// The text that the spans point into.
    pub source: Arc<str>,
    /// The findings, in order of their place.
    pub list: Vec<Diagnostic>,
    /// The files that the program uses, whose texts `source` holds after its own; mostly there are none.
    pub files: Vec<File>,
}

impl Diagnostics {
    /// The findings for `source`: sorted by place, repeated ones dropped, spans clipped to the text, long words cut.
    pub fn new(name: impl Into<Arc<str>>, source: impl Into<Arc<str>>, mut list: Vec<Diagnostic>) -> Self {
        let (name, source) = (name.into(), source.into());
        for d in &mut list {
            d.span = clip(&source, d.span);
            d.labels.iter_mut().for_each(|(span, _)| *span = clip(&source, *span));
            d.fix.iter_mut().for_each(|fix| fix.span = clip(&source, fix.span));
            let said = [&mut d.message, &mut d.label].into_iter().chain(&mut d.help);
            said.chain(d.labels.iter_mut().map(|(_, label)| label)).for_each(shorten);
        }
        list.sort_by_key(|d| (d.span.start, d.span.end));
        list.dedup();
        Self { name, source, list, files: vec![] }
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Line and column (both from 1, columns in characters) of a byte offset in its file. For many of them, see [`Lines`].
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let at = clip(&self.source, Span::new(at, at)).start;
        let before = &self.source[self.file(at).1.start..at];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// Cuts out the middle of what nobody reads to its end: a name in it may be as long as a source.
pub(crate) fn shorten(text: &mut String) {
    const LONGEST: usize = 1_000;
    const KEPT: usize = 300;
    if text.len() > LONGEST {
        let (start, end) = (text.floor_char_boundary(KEPT), text.ceil_char_boundary(text.len() - KEPT));
        text.replace_range(start..end, "…");
    }
}

/// Moves both ends of `span` back onto the text and onto character boundaries.
fn clip(source: &str, span: Span) -> Span {
    let floor = |mut i: usize| {
        i = i.min(source.len());
        while !source.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let start = floor(span.start);
    Span { start, end: floor(span.end).max(start) }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, d) in self.list.iter().take(MAX_SHOWN).enumerate() {
            let (line, column) = self.line_column(d.span.start);
            let newline = if i > 0 { "\n" } else { "" };
            let name = self.file(d.span.start).0;
            write!(f, "{newline}{name}:{line}:{column}: {}[{}]: {}", d.severity, d.code.code, d.message)?;
            if let Some(help) = &d.help {
                write!(f, "; {help}")?;
            }
        }
        match self.list.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Diagnostics {}
