//! What went wrong, as data: code, place, reason, help and fix. Rendering happens elsewhere and last.
//!
//! Guarantees: every span lies inside the source (also for empty sources), a list never shows more than
//! [`MAX_SHOWN`] entries, and nothing here depends on another part of the crate.

use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

mod code;
mod lines;
mod nearest;
#[doc(hidden)]
pub mod number;
mod places;
pub mod report;
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
pub(crate) use nearest::nearest;
pub use places::File;
pub(crate) use places::{Place, Places, part};

/// Diagnostics shown at most; the rest is counted.
pub const MAX_SHOWN: usize = 20;

/// A half-open range of bytes in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
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
#[non_exhaustive]
pub enum Applicability {
    /// Means the same as what was written; may be applied by a machine.
    MachineApplicable,
    /// Probably what was meant.
    MaybeIncorrect,
    /// Contains a placeholder that a person must fill in.
    HasPlaceholders,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// What mends the program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The replacements, at least one: in order of place, apart, and all of them or none.
    pub edits: Vec<Edit>,
    /// How sure it is.
    pub applicability: Applicability,
}

impl Fix {
    /// From the first byte that it replaces to the last.
    pub fn span(&self) -> Span {
        self.edits.iter().map(|edit| edit.span).reduce(Span::to).unwrap_or_default()
    }

    /// `text` with this fix, or as it is where it lacks the place.
    ///
    /// ```
    /// let source = "cosin(1e-3 => 0)";
    /// let found = etude::compile(source, etude::Clock::steps(10)).unwrap_err();
    /// let fixes = found.list.iter().filter_map(|d| d.fix.as_ref());
    /// assert_eq!(fixes.map(|fix| fix.mended(source)).collect::<Vec<_>>(), ["cosine(1e-3 => 0)", "cosin(1e-3 -> 0)"]);
    /// ```
    pub fn mended(&self, text: &str) -> String {
        Self::apply(text, [self])
    }

    /// Whether it means what was written, so that a machine may apply it.
    pub fn is_certain(&self) -> bool {
        self.applicability == Applicability::MachineApplicable
    }

    /// The text from the first replacement to the last, before and after; none where `text` lacks it.
    pub(crate) fn change<'t>(&self, text: &'t str) -> Option<(&'t str, String)> {
        let whole = self.span();
        let (mut new, mut done) = (String::new(), whole.start);
        for Edit { span, replacement } in &self.edits {
            new += text.get(done..span.start)?;
            new += replacement;
            done = span.end;
        }
        Some((text.get(whole.range())?, new))
    }

    /// `text` with `fixes`, which are in order of their place and do not overlap.
    pub(crate) fn apply<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Self>) -> String {
        let (mut mended, mut done) = (String::with_capacity(text.len()), 0);
        for fix in fixes {
            let (Span { start, end }, Some((_, new))) = (fix.span(), fix.change(text)) else { continue };
            mended += text.get(done..start).unwrap_or_default();
            mended += &new;
            done = end;
        }
        mended + text.get(done..).unwrap_or_default()
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// What mends it, where that is known.
    pub fix: Option<Fix>,
    /// The failure behind it, where it is one of something else.
    pub(crate) cause: Option<Cause>,
}

/// Another one's failure, the same as itself alone.
#[derive(Clone, Debug)]
pub(crate) struct Cause(Arc<dyn Error + Send + Sync>);

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cause {}

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
            cause: None,
        }
    }

    /// The failure of something else that this one tells of, such as the host's.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_ref().map(|cause| &*cause.0)
    }

    /// Remembers the failure that it tells of.
    pub(crate) fn caused(self, by: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Cause(Arc::new(by))), ..self }
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

    /// The replacements of its fix.
    pub(crate) fn edits_mut(&mut self) -> impl Iterator<Item = &mut Edit> {
        self.fix.iter_mut().flat_map(|fix| &mut fix.edits)
    }

    fn suggest(mut self, span: Span, replacement: impl Into<String>, applicability: Applicability) -> Self {
        self.fix = Some(Fix { edits: vec![Edit { span, replacement: replacement.into() }], applicability });
        self
    }

    /// Another replacement of the same fix, behind its others.
    pub fn and(mut self, span: Span, replacement: impl Into<String>) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.edits.push(Edit { span, replacement: replacement.into() });
        }
        self
    }
}

/// Everything found in one source, with that source; never empty when returned as an error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
            d.edits_mut().for_each(|edit| edit.span = clip(&source, edit.span));
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

impl Error for Diagnostics {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.list.iter().find_map(|d| d.cause.as_ref()).map(|cause| &*cause.0 as &(dyn Error + 'static))
    }
}
