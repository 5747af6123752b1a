//! `etude prelude`: the derived forms, as they are written.

use std::io::{self, Write};

use crate::prelude::TEXT;

/// Print the prelude: the derived forms, written in the language itself
#[derive(Debug, clap::Args)]
pub struct Prelude {}

impl Prelude {
    pub fn run(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(TEXT.as_bytes())
    }
}
