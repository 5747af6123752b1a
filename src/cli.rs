//! The command line: thin views over the library, one file per command.
//!
//! Guarantees: no input makes a command panic; results go to the writer that is passed in, everything else to
//! stderr; a mistake in the input is a [`Failure`], shown by whoever called.

mod failure;
mod terminal;
mod input;
mod clock;
mod report;
mod write;
mod steps;
mod table;
mod metrics;
mod eval;
mod diff;
mod check;
mod compile;
mod fmt;
mod explain;
mod sample;
mod plot;
mod prelude;
mod train;
mod import;
mod lsp;

use std::io::Write;

use clap::{Parser, Subcommand};

use crate::printable::{hidden, shown};

pub use failure::Failure;
pub use terminal::Style;

/// Training schedules as a language: evaluate, check, explain, plot, train.
#[derive(Debug, Parser)]
#[command(name = "etude", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "A program is a file, `-` for stdin, or an expression: -e 'warmup(5%) >> cosine(1e-3 -> 0)'.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Draw with plain ASCII characters (the default where the locale is not UTF-8)
    #[arg(long, global = true)]
    pub ascii: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the values at some steps
    Eval(eval::Eval),
    /// Report mistakes and doubtful places
    Check(check::Check),
    /// Rewrite programs in one style
    Fmt(fmt::Fmt),
    /// Describe a program's phases, a catalogue entry or a diagnostic code
    Explain(explain::Explain),
    /// Turn a program into source text in another language
    Compile(compile::Compile),
    /// Compare two programs over the run
    Diff(diff::Diff),
    /// Print the prelude: the derived forms, written in the language itself
    Prelude(prelude::Prelude),
    /// Draw schedules in the terminal or as SVG or PNG
    Plot(plot::Plot),
    /// Train the model that a config file describes
    Train(train::Train),
    /// Turn another library's scheduler into a program
    Import(import::Import),
    /// Serve an editor: the language server protocol on stdin and stdout
    Lsp(lsp::Lsp),
}

impl Cli {
    /// What the command line says. A mistake in it ends the process, as does a question such as `--help`.
    pub fn read() -> Self {
        #[allow(clippy::disallowed_methods, reason = "what was written is not kept by the parser")]
        Self::try_parse().unwrap_or_else(|e| {
            if !std::env::args_os().any(|arg| arg.to_string_lossy().contains(hidden)) {
                e.exit();
            }
            // Without colours, which are made of the same characters.
            _ = std::io::stderr().write_all(shown(&e.render().to_string()).as_bytes());
            std::process::exit(e.exit_code())
        })
    }

    /// Runs the command; its results go to `out`.
    ///
    /// # Errors
    /// A mistake in the input, a file that cannot be read or written, a run that failed.
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        write::limits_are_errors();
        match &self.command {
            Command::Eval(eval) => eval.run(out),
            Command::Check(check) => check.run(out, self.ascii),
            Command::Fmt(fmt) => fmt.run(out, self.ascii),
            Command::Explain(explain) => explain.run(out, self.ascii),
            Command::Compile(compile) => compile.run(out),
            Command::Diff(diff) => diff.run(out, self.ascii),
            Command::Prelude(prelude) => Ok(prelude.run(out)?),
            Command::Plot(plot) => plot.run(out, self.ascii),
            Command::Train(train) => train.run(out),
            Command::Import(import) => import.run(out),
            Command::Lsp(lsp) => lsp.run(out),
        }
    }
}
