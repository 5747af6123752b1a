//! An open document and what is known of it.

use std::cell::OnceCell;
use std::mem::take;
use std::path::PathBuf;

use lsp_types::Uri;

use super::text::Text;
use super::{Files, diagnostics};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::explain::rows;
use crate::lint::Proved;
use crate::recording::no_files;
use crate::syntax::ast::Ast;
use crate::train::config::{self, Facts};
use crate::{Backend, Clock, PhaseRow, Program, clock, lint, recording, schedule, stack, syntax};

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    files: Files,
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
    /// Its tree, if it parses.
    pub ast: Option<Ast>,
    /// The clock that it was checked with.
    pub clock: Clock,
    /// The errors, warnings and notes to show, in order of their place.
    pub found: Vec<Diagnostic>,
    /// What it computes, if it is right.
    pub program: Option<Checked>,
}

/// A program without errors.
#[derive(Debug)]
pub(super) struct Checked {
    pub program: Program,
    pub phases: Vec<PhaseRow>,
    /// The written durations in steps.
    pub durations: Vec<(Span, clock::Ratio)>,
}

impl Document {
    pub fn new(uri: Uri, version: i32, text: Text, run: Facts, files: Files) -> Self {
        Self { uri, version, text, run, shown: false, known: OnceCell::new(), files }
    }

    /// Puts another text in place.
    pub fn change(&mut self, version: i32, text: Text) {
        *self = Self::new(self.uri.clone(), version, text, self.run, self.files);
    }

    /// Hears what the editor says of the run now.
    pub fn set_run(&mut self, run: Facts) {
        (self.run, self.known, self.shown) = (run, OnceCell::new(), false);
    }

    pub fn source(&self) -> &str {
        &self.text.source
    }

    /// Worked out when it is first asked for.
    pub fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let path = path(&self.uri);
            let read = |name: &str| path.as_deref().map_or_else(|| no_files(name), |path| (self.files)(path, name));
            let mut known = stack::enough(|| Known::of(self.source(), self.run, &read));
            known.found = diagnostics::shown(Diagnostics::new("", self.source(), known.found).list);
            known
        })
    }

    /// The tree, if the text parses.
    pub fn ast(&self) -> Option<&Ast> {
        self.known().ast.as_ref()
    }

    /// The program, if it is right.
    pub fn checked(&self) -> Option<&Checked> {
        self.known().program.as_ref()
    }
}

impl Known {
    fn of(source: &str, run: Facts, read: recording::Files) -> Self {
        let ast = match syntax::parse(source) {
            Ok(ast) => ast,
            Err(list) => {
                let found = schedule::beside_syntax(source, list, run.clock(), read);
                return Self { found, ..Self::default() };
            }
        };
        let (facts, mut found) = match config::read(&ast) {
            Ok(config) => (config.facts, vec![]),
            Err(found) => (Facts::default(), found),
        };
        let clock = run.below(facts).clock();
        let (more, proved) = lint::of(source, &ast, clock, read);
        found.extend(more.list);
        let checked = |mut proved: Proved| {
            let (phases, durations) = (rows(&proved.plan, source), take(&mut proved.plan.durations));
            Some(Checked { program: Program::of(source, proved, Backend::Eval).ok()?, phases, durations })
        };
        let program = proved.and_then(checked);
        Self { ast: Some(ast), clock, found, program }
    }
}

/// The file that a document is, if it is one.
fn path(uri: &Uri) -> Option<PathBuf> {
    uri.scheme().filter(|scheme| scheme.as_str() == "file")?;
    let path = uri.path().as_estr().decode().into_string_lossy().into_owned();
    // `/c:/a folder`
    let drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { &path[1..] } else { &path }))
}
