//! The phase table, and numbers as people write them.

use crate::clock::{Clock, grouped};

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

/// A number of steps: `2 000`, `50.05`.
pub fn steps(x: f64) -> String {
    let whole = grouped(&(x.trunc() as i128).to_string());
    let fraction = ((x.fract() * 1e6).round() / 1e6).to_string();
    whole + fraction.strip_prefix('0').unwrap_or("")
}

/// A value, as short as it reads back: `1e-3`, `0.5`, `1.25e-4`.
pub fn number(x: f64) -> String {
    let plain = format!("{x}");
    let scientific = format!("{x:e}");
    let small = x != 0.0 && (x.abs() < 1e-2 || x.abs() >= 1e6);
    if small || scientific.len() + 2 < plain.len() { scientific } else { plain }
}

/// A value without the noise of its last digits: `3e-4` for the `3.0000000000000003e-4` that `3e-3 / 10` gives.
pub fn brief(x: f64) -> String {
    number(format!("{x:.11e}").parse().unwrap_or(x))
}
