//! A diagnostic code: what it means, a program that has it, and the same put right.

use std::io::{self, Write};

use crate::cli::check;
use crate::cli::clock::ClockArgs;
use crate::cli::input::Source;
use crate::cli::report;
use crate::cli::terminal::Style;
use crate::diag::{Code, Diagnostics};

pub fn explain(code: &Code, out: &mut dyn Write, style: Style) -> io::Result<()> {
    writeln!(out, "{}: {}\n\n{}", code.code, code.title, wrap(code.explain, style.width.min(90)))?;
    if !code.wrong.is_empty() {
        writeln!(out, "\nwrong:\n\n{}\n", indent(code.wrong))?;
        let source = Source { name: "wrong.etude".into(), text: code.wrong.into() };
        let found = check::find(&source, &ClockArgs::with_steps(1000));
        let this = found.list.iter().filter(|d| d.code == code).cloned().collect();
        let shown = Diagnostics { list: this, ..found };
        write!(out, "{}", report::human(&shown, style).trim_end_matches('\n'))?;
        writeln!(out)?;
    }
    if !code.right.is_empty() {
        writeln!(out, "\nright:\n\n{}", indent(code.right))?;
    }
    Ok(())
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// `text` in lines of at most `width` characters where words allow it.
pub fn wrap(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a line from the start on");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.into());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}
