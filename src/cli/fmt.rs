//! `etude fmt`: programs in one style.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::input::Source;
use super::terminal::Style;
use super::write::rewrite;
use crate::printable::shown;

/// Rewrite programs in one style
#[derive(Debug, clap::Args)]
#[command(after_help = "A file that does not parse is reported and left as it is.")]
pub struct Fmt {
    /// Files to rewrite, or `-` to read stdin and print
    #[arg(required_unless_present = "expr")]
    files: Vec<PathBuf>,
    /// An expression to print in the style
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true, conflicts_with = "files")]
    expr: Option<String>,
    /// Change nothing; name what would change, and exit with 1 if there is any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let mut told = false;
        if let Some(expr) = &self.expr {
            told |= self.print(&Source::expr(expr), out)?;
        }
        for path in &self.files {
            match self.file(path, out) {
                Ok(differs) => told |= differs,
                Err(failure @ Failure::Output(_)) => return Err(failure),
                // The other files are still to be done.
                Err(failure) => {
                    told = true;
                    _ = io::stderr().write_all(failure.render(Style::of(&io::stderr(), ascii)).as_bytes());
                }
            }
        }
        if told { Err(Failure::Told) } else { Ok(()) }
    }

    /// Whether it is a finding that the file was in another style.
    fn file(&self, path: &Path, out: &mut dyn Write) -> Result<bool, Failure> {
        let source = Source::file(path)?;
        if path == Path::new("-") {
            return self.print(&source, out);
        }
        let formatted = crate::fmt(&source.text).map_err(|found| source.named(found))?;
        if formatted == source.text {
            return Ok(false);
        }
        if self.check {
            writeln!(out, "{}", shown(&source.name))?;
            return Ok(true);
        }
        rewrite(path, &source.text, &formatted)
            .map_err(|why| Failure::Message(format!("cannot write `{}`: {why}", source.name)))?;
        Ok(false)
    }

    fn print(&self, source: &Source, out: &mut dyn Write) -> Result<bool, Failure> {
        let formatted = crate::fmt(&source.text).map_err(|found| source.named(found))?;
        if !self.check {
            out.write_all(formatted.as_bytes())?;
            return Ok(false);
        }
        // The shell has taken the newline at the end of an expression.
        let differs = formatted.trim_end() != source.text.trim_end() || self.expr.is_none() && formatted != source.text;
        if differs {
            writeln!(out, "{}", shown(&source.name))?;
        }
        Ok(differs)
    }
}
