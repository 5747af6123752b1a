//! Figures as text. Names are cleaned of control characters, so a figure cannot drive the terminal.
//!
//! Guarantees: no line is wider than asked for (at least [`NARROWEST`] columns), none ends in blanks, and escape
//! sequences appear only with `color`.

mod canvas;
mod heading;
mod paint;

use super::axis::{Axis, Tick};
use super::curve::{Run, Scale, extent, runs};
use super::palette::ansi;
use super::span::across;
use super::text::columns;
use super::{Figure, Panel};
use canvas::Canvas;
use heading::{header, phases};
use paint::paint;

/// Narrower pictures are drawn this wide.
const NARROWEST: usize = 24;

/// How the text looks.
#[derive(Clone, Copy, Debug)]
struct Style {
    ascii: bool,
    color: bool,
}

/// A panel with its vertical axis.
struct Prepared<'a> {
    panel: &'a Panel,
    runs: Vec<Vec<Run>>,
    y: Axis,
}

/// The text that shows `figure`.
pub(super) fn draw(figure: &Figure, width: usize, height: usize, ascii: bool, color: bool) -> String {
    let style = Style { ascii, color };
    // Beyond this a picture gains nothing, and sizes cannot overflow.
    let (width, height) = (width.clamp(NARROWEST, 1000), height.min(1000));
    let count = figure.panels.len().max(1);
    let x_label = figure.panels.iter().rev().map(|p| &p.x_label).find(|l| !l.is_empty());
    let labelled =
        |p: &&Panel| p.bands.iter().any(|b| !b.label.is_empty()) || p.marks.iter().any(|m| !m.label.is_empty());
    let fixed = usize::from(figure.title.is_some()) + usize::from(x_label.is_some()) + count + 1;
    let fixed = fixed + figure.panels.iter().filter(labelled).count();
    let rows = |headers: usize| (height.saturating_sub(fixed + headers) / count).max(3);

    // The legend may need more lines than one, and how many depends on the room that the labels of a first try leave.
    let (_, gutter) = prepare(figure, rows(count), width);
    let headers = figure.panels.iter().map(|p| header(p, width - gutter - 1, style).len()).sum();
    let rows = rows(headers);
    let (panels, gutter) = prepare(figure, rows, width);
    let measure = |label: &str| label.chars().count() as f64;
    let x = across(figure, (width - gutter - 4) as f64, 3.0, &measure);
    let last = x.ticks().last().map_or(0, |t| t.label.chars().count() / 2);
    let inside = width.saturating_sub(gutter + 1 + last).max(4);

    let mut lines = Vec::new();
    let indent = " ".repeat(gutter + 1);
    if let Some(title) = &figure.title {
        lines.push(format!("{indent}{}", columns(title, width - gutter - 1, ascii)));
    }
    for prepared in &panels {
        let panel = prepared.panel;
        lines.extend(header(panel, width - gutter - 1, style).iter().map(|l| format!("{indent}{l}")));
        let phases = phases(panel, &x, inside, style);
        if !phases.trim().is_empty() {
            lines.push(format!("{indent}{phases}"));
        }
        let canvas = paint(prepared, &x, inside, rows, style);
        for row in 0..rows {
            let (label, corner) = match tick_at(&prepared.y.ticks(), &prepared.y, row, rows) {
                Some(tick) => (tick.label, if ascii { '+' } else { '┤' }),
                None => (String::new(), if ascii { '|' } else { '│' }),
            };
            let label = columns(&label, gutter - 1, ascii);
            lines.push(format!("{label:>0$} {corner}{1}", gutter - 1, show(&canvas, row, style)));
        }
        lines.push(format!("{}{}", " ".repeat(gutter), rule(&x, inside, ascii)));
    }
    if panels.is_empty() {
        lines.push("nothing to plot".into());
    } else {
        lines.push(x_ticks(&x, gutter + 1, inside, width));
    }
    if let Some(label) = x_label {
        let label = columns(label, inside, ascii);
        let start = gutter + 1 + (inside - label.chars().count()) / 2;
        lines.push(format!("{}{label}", " ".repeat(start)));
    }
    lines.iter().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// The panels with `rows` rows each, and how much room their labels take on the left.
fn prepare(figure: &Figure, rows: usize, width: usize) -> (Vec<Prepared<'_>>, usize) {
    let prepared = |panel| {
        let scale = Scale::of(figure, panel);
        let runs: Vec<_> = panel.lines.iter().map(|l| runs(l, scale)).collect();
        let values = runs.iter().flatten().flat_map(|r| r.points.iter().map(|p| p.1));
        let y = Axis::upright(extent(values), scale.log_y, (rows / 3).max(2));
        Prepared { panel, runs, y }
    };
    let panels: Vec<_> = figure.panels.iter().map(prepared).collect();
    let labels = panels.iter().flat_map(|p| p.y.ticks()).map(|t| t.label.chars().count());
    let gutter = labels.max().unwrap_or(0).min(width / 2) + 1;
    (panels, gutter)
}

/// One row of the canvas as text.
fn show(canvas: &Canvas, row: usize, style: Style) -> String {
    let cells = canvas.row(row);
    let used = cells.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1);
    let mut text = String::new();
    for group in cells[..used].chunk_by(|a, b| (a.is_inked(), a.owner) == (b.is_inked(), b.owner)) {
        let shown: String = group.iter().map(|c| c.show(style.ascii)).collect();
        if style.color && group[0].is_inked() {
            text.push_str(&format!("\x1b[38;5;{}m{shown}\x1b[0m", ansi(group[0].owner)));
        } else {
            text.push_str(&shown);
        }
    }
    text
}

/// The tick that falls on `row`.
fn tick_at(ticks: &[Tick], y: &Axis, row: usize, rows: usize) -> Option<Tick> {
    let row_of = |t: &&Tick| ((1.0 - y.unit(t.value)) * (4 * rows - 1) as f64).round() as usize / 4;
    ticks.iter().filter(|t| !t.label.is_empty()).find(|t| row_of(t) == row).cloned()
}

fn column_of(x: &Axis, tick: &Tick, inside: usize) -> usize {
    (x.unit(tick.value) * (2 * inside - 1) as f64).round() as usize / 2
}

/// The horizontal axis.
fn rule(x: &Axis, inside: usize, ascii: bool) -> String {
    let mut cells = vec![if ascii { '-' } else { '─' }; inside];
    for tick in x.ticks().iter().filter(|t| !t.label.is_empty()) {
        cells[column_of(x, tick, inside)] = if ascii { '+' } else { '┬' };
    }
    std::iter::once(if ascii { '+' } else { '└' }).chain(cells).collect()
}

/// The labels below the horizontal axis.
fn x_ticks(x: &Axis, start: usize, inside: usize, width: usize) -> String {
    let mut row = vec![' '; width];
    let mut free = 0;
    for tick in x.ticks().iter().filter(|t| !t.label.is_empty()) {
        let size = tick.label.chars().count();
        let center = start + column_of(x, tick, inside);
        let from = center.saturating_sub(size / 2).min(width.saturating_sub(size));
        if from >= free {
            row.iter_mut().skip(from).zip(tick.label.chars()).for_each(|(cell, c)| *cell = c);
            free = from + size + 1;
        }
    }
    row.into_iter().collect()
}
