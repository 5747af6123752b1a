//! `etude lsp`: the language server on stdin and stdout.

use std::io::{self, Write};

use super::failure::Failure;
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
        if lsp::serve(io::stdin(), out)? { Ok(()) } else { Err(Failure::Told) }
    }
}
