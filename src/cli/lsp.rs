//! `etude lsp`: the language server on stdin and stdout.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::failure::Failure;
use super::input::Source;
use crate::host::Host;
use crate::lsp;

/// Serve an editor: the language server protocol on stdin and stdout
#[derive(Debug, clap::Args)]
pub struct Lsp {
    /// What editors pass by convention; there is no other way
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if io::stdin().is_terminal() {
            _ = writeln!(io::stderr(), "an editor starts this and speaks to it; to end it, press Ctrl-D");
        }
        if lsp::serve(io::stdin(), out, open)? { Ok(()) } else { Err(Failure::Told) }
    }
}

/// As for any other command: from the folder of the program.
fn open(program: &Path) -> Box<dyn Host> {
    Box::new(Source { name: program.display().to_string(), text: String::new() })
}
