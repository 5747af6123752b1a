//! `etude explain`: a program's phases, an entry of the catalogue, a diagnostic code, or the list of all of them.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Source;
use super::table::cut;
use super::terminal::Style;
use crate::check::functions;
use crate::diag::nearest;
use crate::printable::shown;
use crate::{Backend, backend, catalogue, diag, explain, prelude};

mod code;
mod entry;
mod list;

/// Describe a program's phases, a catalogue entry or a diagnostic code
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// A program's file, the name of a phase, modifier or function, or a code such as S0105; nothing lists them all
    #[arg(conflicts_with = "expr")]
    subject: Option<PathBuf>,
    /// An expression
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    expr: Option<String>,
    #[command(flatten)]
    clock: ClockArgs,
    /// Print the intermediate representation of a program
    #[arg(long)]
    ir: bool,
    /// Print the Cranelift IR that a program is compiled to
    #[arg(long)]
    clif: bool,
    /// Print a program as a device function in CUDA C
    #[arg(long)]
    cuda: bool,
}

impl Explain {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let style = Style::of(&io::stdout(), ascii);
        if let Some(expr) = &self.expr {
            return self.program(&Source::expr(expr), out, style);
        }
        let Some(path) = &self.subject else {
            if self.ir || self.clif || self.cuda {
                return Err(Failure::message(
                    "`--ir`, `--clif` and `--cuda` need a program: a file, `-`, or `-e EXPR`",
                ));
            }
            return Ok(list::all(out)?);
        };
        let subject = path.to_string_lossy();
        // A file called `cosine` is `./cosine`.
        if let Some(code) = diag::find(&subject) {
            return Ok(code::explain(code, out, style)?);
        }
        if let Some(entry) = catalogue::find(&subject) {
            return Ok(entry::explain(entry, out, style)?);
        }
        if let Some(form) = prelude::find(&subject) {
            return Ok(entry::form_of_prelude(form, out, style)?);
        }
        if list::word(&subject, out)? {
            return Ok(());
        }
        if subject == "-" || path.exists() || looks_like_a_file(path) {
            return self.program(&Source::file(path)?, out, style);
        }
        let names = catalogue::ALL
            .iter()
            .map(|e| e.name)
            .chain(prelude::forms().map(|f| f.name))
            .chain(functions())
            .chain(list::words());
        let codes: Vec<String> = diag::all().map(|c| c.code.to_lowercase()).collect();
        let code = || nearest(&subject, codes.iter().map(String::as_str)).and_then(diag::find).map(|c| c.code);
        let near = nearest(&subject, names).or_else(code);
        Err(Failure::Message(match near {
            Some(near) => format!("`{subject}` is no file, name or code; did you mean `{near}`?"),
            None if subject.contains(['(', ' ']) => format!("no file `{subject}`; an expression follows `-e`"),
            None => format!("`{subject}` is no file, name or code; `etude explain` lists all names and codes"),
        }))
    }

    fn program(&self, source: &Source, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
        let checked = self.clock.check(source)?;
        if self.ir || self.clif || self.cuda {
            let ir = &checked.ir;
            if self.ir {
                writeln!(out, "{}", ir.to_string().trim_end())?;
            }
            if self.clif {
                writeln!(out, "{}", backend::clif(ir).trim_end())?;
            }
            if self.cuda {
                out.write_all(backend::c::text(ir, "etude_values").as_bytes())?;
            }
            return Ok(());
        }
        let (text, found) = (explain::table(&checked.phases(), checked.plan.clock), checked.lint());
        let width = if io::stdout().is_terminal() { style.width } else { usize::MAX };
        text.lines().try_for_each(|line| writeln!(out, "{}", cut(line, width)))?;
        let program = checked.program(Backend::Eval)?;
        let metrics = program.metrics();
        if !metrics.is_empty() {
            writeln!(out, "watches {}; the values are those before any observation", metrics.join(", "))?;
        }
        for d in found.list {
            writeln!(out, "{} {}: {}", d.severity, d.code.code, shown(&d.message))?;
        }
        Ok(())
    }
}

fn looks_like_a_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "etude") || path.components().count() > 1
}
