//! Everything that has a name.

use std::io::{self, Write};

use super::entry::form;
use crate::catalogue;
use crate::check::{NAMES, functions};
use crate::cli::table::columns;
use crate::clock::Unit;
use crate::diag;
use crate::prelude;

/// What the names of expressions mean.
const MEANINGS: &[(&str, &str)] = &[
    ("t", "the share of the phase that has passed, 0 to 1"),
    ("step", "steps since the phase's start"),
    ("epoch", "epochs since the phase's start, with fractions"),
    ("run.t", "the share of the run that has passed, 0 to 1"),
    ("run.step", "steps since the run's start"),
    ("run.epoch", "epochs since the run's start, with fractions"),
    ("base", "the value that the trainer supplies; `2x` is twice that"),
    ("pi", "3.141592653589793"),
    ("inherited", "in a `group`: the optimizer's own value"),
];

/// What functions compute, where the name does not say it all.
const FUNCTIONS: &[(&str, &str)] = &[
    ("min", "min(a, b, ...): the least"),
    ("max", "max(a, b, ...): the greatest"),
    ("clamp", "clamp(x, low, high): x within bounds"),
    ("pow", "pow(a, b): the same as a ** b"),
    ("round", "to the nearest whole number, ties to even"),
    ("ln", "the natural logarithm"),
    ("sigmoid", "1 / (1 + exp(-x))"),
];

/// Prints every name.
pub fn all(out: &mut dyn Write) -> io::Result<()> {
    for kind in ["phase", "modifier"] {
        let entries = catalogue::ALL.iter().filter(|e| form(e) == kind);
        section(out, &format!("{kind}s"), entries.map(|e| (e.name, e.summary)))?;
    }
    let forms: Vec<(&str, String)> = prelude::forms().map(|form| (form.name, form.summary())).collect();
    let forms = forms.iter().map(|(name, summary)| (*name, summary.as_str()));
    section(out, "derived forms (`etude prelude` prints them)", forms)?;
    section(out, "functions", functions().map(|name| (name, meaning(FUNCTIONS, name))))?;
    section(out, "names in expressions", NAMES.iter().map(|name| (*name, meaning(MEANINGS, name))))?;
    let units: Vec<&str> = Unit::WORDS.iter().map(|(word, _)| *word).collect();
    writeln!(out, "units\n  {}, and x: times the base value\n", units.join(", "))?;
    section(out, "diagnostics", diag::all().map(|c| (c.code, c.title)))
}

/// Explains a function or a name of expressions; false where `word` is neither.
pub fn word(word: &str, out: &mut dyn Write) -> io::Result<bool> {
    if functions().any(|f| f == word) {
        let text = match meaning(FUNCTIONS, word) {
            "" => format!("{word}(x), computed pointwise"),
            text => text.into(),
        };
        writeln!(out, "{word} (function): {text}")?;
    } else if NAMES.contains(&word) {
        writeln!(out, "{word} (name): {}", meaning(MEANINGS, word))?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The names that [`word`] explains beside functions.
pub fn words() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied()
}

fn meaning(table: &'static [(&str, &'static str)], name: &str) -> &'static str {
    table.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
}

fn section<'a>(out: &mut dyn Write, title: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<()> {
    let rows: Vec<Vec<String>> = rows.map(|(name, text)| vec![format!("  {name}"), text.into()]).collect();
    writeln!(out, "{title}\n{}", columns(&rows, usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_meaning() {
        assert!(NAMES.iter().all(|name| !meaning(MEANINGS, name).is_empty()));
        assert!(FUNCTIONS.iter().all(|(name, _)| functions().any(|f| f == *name)));
    }
}
