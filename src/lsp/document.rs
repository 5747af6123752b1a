//! An open document and what is known of it.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;

use lsp_types::{Location, Uri};

use super::diagnostics::shown;
use super::text::Text;
use super::texts::Texts;
use crate::catalogue;
use crate::compile::{Input, Known as Run, Parsed};
use crate::config::Facts;
use crate::diag::{Diagnostic, Span};
use crate::printable::encoded;
use crate::{Backend, Clock, PhaseRow, Program, clock};

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    files: Texts,
    pub uri: Uri,
    pub version: i32,
    pub text: Text,
    /// What the editor says of the run.
    pub run: Facts,
    /// Whether its diagnostics are shown as they are now.
    pub shown: bool,
    known: OnceCell<Known>,
}

/// What can be said of a text.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Its tree and those of the files that it uses, if it parses.
    pub parsed: Option<Arc<Parsed>>,
    /// The clock that it was checked with.
    pub clock: Clock,
    /// The errors, warnings and notes to show, in order of their place; those in other files last.
    pub found: Vec<Diagnostic>,
    /// What it computes, if it is right.
    pub program: Option<Checked>,
}

/// A program without errors.
#[derive(Debug)]
pub(super) struct Checked {
    pub program: Program,
    /// The phases that are written here.
    pub phases: Vec<PhaseRow>,
    /// The durations that are written here, in steps.
    pub durations: Vec<(Span, clock::Ratio)>,
}

impl Document {
    pub fn new(uri: Uri, version: i32, text: Text, run: Facts, files: Texts) -> Self {
        Self { uri, version, text, run, shown: false, known: OnceCell::new(), files }
    }

    /// Puts another text in place.
    pub fn change(&mut self, version: i32, text: Text) {
        *self = Self::new(self.uri.clone(), version, text, self.run, self.files.clone());
    }

    /// Hears what the editor says of the run now.
    pub fn set_run(&mut self, run: Facts) {
        self.run = run;
        self.forget();
    }

    /// Looks at everything again: what the program reads may have changed.
    pub fn forget(&mut self) {
        (self.known, self.shown) = (OnceCell::new(), false);
    }

    /// Whether what is known of it depends on other files.
    pub fn reads_files(&self) -> bool {
        let source = self.source();
        source.contains("use") || catalogue::ALL.iter().any(|entry| entry.replays() && source.contains(entry.name))
    }

    pub fn source(&self) -> &str {
        &self.text.source
    }

    /// Worked out when it is first asked for.
    pub fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let path = path(&self.uri);
            let host = self.files.host(path.as_deref());
            let run = Run::Config { over: Facts::default(), under: self.run };
            // Files that it uses are then named from its folder.
            let input = Input::of(self.source(), run).named("").with(&host);
            Known::of(input)
        })
    }

    /// Its tree, if the text parses.
    pub fn parsed(&self) -> Option<&Parsed> {
        self.known().parsed.as_deref()
    }

    /// The program, if it is right.
    pub fn checked(&self) -> Option<&Checked> {
        self.known().program.as_ref()
    }

    /// Where a place is, in this document or in a file that it uses.
    pub fn location(&self, span: Span) -> Option<Location> {
        let text = self.parsed().map(|parsed| &parsed.text);
        let Some((text, file)) = text.and_then(|text| Some((text, text.file(span)?))) else {
            return Some(Location::new(self.uri.clone(), self.text.range(span)));
        };
        let (name, part) = file;
        let own = Text::new(text.all[part.range()].into(), self.text.encoding);
        let place = Span::new(span.start - part.start, span.end - part.start);
        Some(Location::new(beside(&self.uri, name)?, own.range(place)))
    }
}

impl Known {
    fn of(input: Input) -> Self {
        let parsed = match input.parse() {
            Ok(parsed) => parsed,
            Err(found) => return Self { found: shown(found.list), ..Self::default() },
        };
        let clock = parsed.clock;
        let checked = match parsed.check(input.host) {
            Ok(checked) => checked,
            Err(found) => return Self { parsed: Some(parsed), clock, found: shown(found.list), program: None },
        };
        let found = shown(checked.lint().list);
        let (mut phases, mut durations) = (checked.phases(), checked.plan.durations.clone());
        phases.retain(|row| parsed.text.is_own(row.span));
        durations.retain(|(span, _)| parsed.text.is_own(*span));
        let program = checked.program(Backend::Eval).ok().map(|program| Checked { program, phases, durations });
        Self { parsed: Some(parsed), clock, found, program }
    }
}

/// The document that another one calls `name`, relative to its folder.
fn beside(uri: &Uri, name: &str) -> Option<Uri> {
    let folder = uri.as_str().rsplit_once('/')?.0;
    format!("{folder}/{}", encoded(name)).parse().ok()
}

/// The file that a document is, if it is one.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    uri.scheme().filter(|scheme| scheme.as_str() == "file")?;
    let path = uri.path().as_estr().decode().into_string_lossy().into_owned();
    // `/c:/a folder`
    let drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { &path[1..] } else { &path }))
}
