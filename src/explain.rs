//! The phase table, and what words mean.

use crate::clock::Clock;
use crate::diag::number::steps;

mod phases;
mod words;

pub(crate) use phases::rows;
pub use phases::{PhaseRow, Value};
pub use words::{meaning, word};

/// The table of phases: absolute steps, share of the run, values, source.
pub fn table(rows: &[PhaseRow], clock: Clock) -> String {
    let several = rows.iter().any(|r| r.output != rows[0].output);
    let head: [String; 4] = ["steps", "share", "value", "source"].map(String::from);
    let mut lines = vec![head];
    for row in rows {
        let indent = "  ".repeat(row.depth);
        let name = if several { format!("{}: ", row.output) } else { String::new() };
        let end = row.end.map_or("…".into(), steps);
        let total = clock.total().filter(|_| row.depth == 0);
        let share = match (total, row.end) {
            (Some(total), Some(end)) => format!("{:.1}%", (end - row.start) / total as f64 * 100.0),
            _ => String::new(),
        };
        let value = if row.from == row.to { row.from.to_string() } else { format!("{} -> {}", row.from, row.to) };
        lines.push([format!("{name}{indent}{} .. {end}", steps(row.start)), share, value, row.source.clone()]);
    }
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max().unwrap_or(0);
    let (w0, w1, w2) = (width(0), width(1), width(2));
    let mut text = String::new();
    for [a, b, c, d] in &lines {
        text += format!("{a:<w0$}   {b:>w1$}   {c:<w2$}   {d}").trim_end();
        text.push('\n');
    }
    text
}
