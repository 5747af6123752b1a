//! Everything that has a name.

use std::io::{self, Write};

use super::entry::form;
use crate::catalogue;
use crate::check::{NAMES, functions};
use crate::cli::table::columns;
use crate::clock::Unit;
use crate::diag;
use crate::explain;
use crate::prelude;

/// Prints every name.
pub fn all(out: &mut dyn Write) -> io::Result<()> {
    for kind in ["phase", "modifier"] {
        let entries = catalogue::ALL.iter().filter(|e| form(e) == kind);
        section(out, &format!("{kind}s"), entries.map(|e| (e.name, e.summary)))?;
    }
    let forms: Vec<(&str, String)> = prelude::forms().map(|form| (form.name, form.summary())).collect();
    let forms = forms.iter().map(|(name, summary)| (*name, summary.as_str()));
    section(out, "derived forms (`etude prelude` prints them)", forms)?;
    section(out, "functions", functions().map(|name| (name, explain::meaning(name))))?;
    section(out, "names in expressions", NAMES.iter().map(|name| (*name, explain::meaning(name))))?;
    let units: Vec<&str> = Unit::WORDS.iter().map(|(word, _)| *word).collect();
    writeln!(out, "units\n  {}, and x: times the base value\n", units.join(", "))?;
    section(out, "diagnostics", diag::all().map(|c| (c.code, c.title)))
}

/// Explains a function or a name of expressions; false where `word` is neither.
pub fn word(word: &str, out: &mut dyn Write) -> io::Result<bool> {
    let Some(meaning) = explain::word(word) else { return Ok(false) };
    let kind = if functions().any(|f| f == word) { "function" } else { "name" };
    writeln!(out, "{word} ({kind}): {meaning}")?;
    Ok(true)
}

/// The names that [`word`] explains beside functions.
pub fn words() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied()
}

fn section<'a>(out: &mut dyn Write, title: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<()> {
    let rows: Vec<Vec<String>> = rows.map(|(name, text)| vec![format!("  {name}"), text.into()]).collect();
    writeln!(out, "{title}\n{}", columns(&rows, usize::MAX))
}
