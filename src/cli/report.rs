//! Diagnostics for people and for programs.

mod github;
mod sarif;

use std::io::{self, Write};

use serde::Serialize;

use super::terminal::Style;
use crate::diag::{Diagnostics, Severity};

/// Every finding as miette draws it, at most 20, then how many more there are.
pub fn human(found: &Diagnostics, style: Style) -> String {
    found.drawn(style.width, style.color, style.ascii)
}

/// `2 errors, 1 warning`; empty where there is nothing.
pub fn counts(found: &Diagnostics) -> String {
    let count = |severity: Severity| match found.list.iter().filter(|d| d.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {severity}")),
        n => Some(format!("{n} {severity}s")),
    };
    let all: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(count).collect();
    all.join(", ")
}

/// Every finding as a JSON array: the library's own structure, file after file.
pub fn json(all: &[Diagnostics], out: &mut dyn Write) -> io::Result<()> {
    pretty(&all.iter().flat_map(Diagnostics::findings).collect::<Vec<_>>(), out)
}

/// Every finding as a SARIF log.
pub fn sarif(all: &[Diagnostics], out: &mut dyn Write) -> io::Result<()> {
    pretty(&sarif::log(all), out)
}

/// Every finding as a workflow command of GitHub Actions.
pub fn github(all: &[Diagnostics], out: &mut dyn Write) -> io::Result<()> {
    all.iter().flat_map(github::commands).try_for_each(|command| writeln!(out, "{command}"))
}

fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
