//! Where programs come from: files, stdin, the command line.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::failure::Failure;
use crate::compile::{self, Known};
use crate::diag::Diagnostics;
use crate::files;
use crate::host::{FileError, FileErrorKind, Host};
use crate::recording::Recording;
use crate::syntax;

/// The program of a command that takes one.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Input {
    /// A file, or `-` for stdin
    program: Option<PathBuf>,
    /// An expression instead of a file
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    expr: Option<String>,
}

/// A program's text.
#[derive(Clone, Debug)]
pub struct Source {
    /// What diagnostics call it.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Input {
    pub fn read(&self) -> Result<Source, Failure> {
        match (&self.expr, &self.program) {
            (Some(expr), _) => Ok(Source::expr(expr)),
            (None, Some(path)) => Source::file(path),
            (None, None) => Err(Failure::message("no program; give a file, `-` for stdin, or `-e EXPR`")),
        }
    }
}

impl Source {
    pub fn expr(text: &str) -> Self {
        Self { name: "<expr>".into(), text: text.into() }
    }

    /// Reads a file or, for `-`, stdin.
    pub fn file(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let (name, bytes) = if shown == "-" {
            ("<stdin>".to_owned(), files::contents(io::stdin().lock()))
        } else {
            (shown.clone(), files::read(path))
        };
        let bytes = bytes.map_err(|why| {
            let meant = shown.contains(['(', ' ']) && !path.exists();
            let hint = if meant { format!("; an expression follows `-e`: -e '{shown}'") } else { String::new() };
            Failure::Message(format!("cannot read `{shown}`: {why}{hint}"))
        })?;
        let text = match syntax::decode(&bytes) {
            Ok(text) => text.to_owned(),
            Err(list) => {
                // Up to the mistake and a little more.
                let end = list.first().map_or(0, |d| d.span.end + 80).min(bytes.len());
                return Err(Diagnostics::new(name, String::from_utf8_lossy(&bytes[..end]), list).into());
            }
        };
        Ok(Self { name, text })
    }

    /// The program with what is known of the run.
    pub fn input(&self, run: Known) -> compile::Input<'_> {
        compile::Input::of(&self.text, run).named(&self.name).with(self)
    }

    /// Findings in this program.
    pub fn named(&self, found: Diagnostics) -> Diagnostics {
        Diagnostics { name: self.name.as_str().into(), ..found }
    }

    /// The text of a file that this program names: one in the program's folder or below, or, where the program is no file,
    /// in the current one. What lies outside it is not read, so that a program from elsewhere cannot look around.
    fn beside(&self, name: &str) -> Result<String, FileError> {
        let home = match Path::new(&self.name).parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let outside = "it lies outside the program's folder; copy it there";
        let outside = || Err(FileError::new(FileErrorKind::Denied, outside));
        if !Path::new(name).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            return outside();
        }
        let failed = |e: FileError| e.told(|why| format!("cannot read `{}`: {why}", home.join(name).display()));
        let path = home.join(name).canonicalize().map_err(|e| failed(e.into()))?;
        if !path.starts_with(home.canonicalize().map_err(|e| failed(e.into()))?) {
            return outside();
        }
        let bytes = files::read(&path).map_err(failed)?;
        String::from_utf8(bytes).map_err(|_| FileError::new(FileErrorKind::Content, "it is not UTF-8 text"))
    }
}

impl Host for Source {
    fn table(&self, name: &str) -> Result<Recording, FileError> {
        Recording::from_csv(&self.beside(name)?)
    }

    fn program(&self, path: &str) -> Result<String, FileError> {
        self.beside(path)
    }
}
