//! Curves on a canvas.

use super::super::axis::Axis;
use super::canvas::Canvas;
use super::heading::letter;
use super::{Prepared, Style};

/// The canvas with the panel's curves on it.
pub(super) fn paint(prepared: &Prepared, x: &Axis, inside: usize, rows: usize, style: Style) -> Canvas {
    let mut canvas = Canvas::new(inside, rows);
    let scale = |unit: f64, dots: usize| (unit * (dots - 1) as f64).round() as i64;
    let dot = |p: (f64, f64)| (scale(x.unit(p.0), 2 * inside), scale(1.0 - prepared.y.unit(p.1), 4 * rows));
    // For each line the height at which it crosses each column.
    let mut heights = Vec::new();
    for (i, runs) in prepared.runs.iter().enumerate() {
        let mut own = Canvas::new(inside, rows);
        for run in runs {
            run.points.iter().for_each(|&p| own.dot(dot(p).0, dot(p).1, i));
            for pair in run.points.windows(2) {
                own.line(dot(pair[0]), dot(pair[1]), i);
                canvas.line(dot(pair[0]), dot(pair[1]), i);
            }
            run.points.iter().take(1).for_each(|&p| canvas.dot(dot(p).0, dot(p).1, i));
        }
        heights.push(own.heights());
    }
    for mark in prepared.panel.marks.iter().filter(|m| x.holds(m.x)) {
        for row in 0..rows {
            let cell = canvas.cell(scale(x.unit(mark.x), 2 * inside) as usize / 2, row);
            cell.letter = cell.letter.or((!cell.is_inked()).then_some(if style.ascii { ':' } else { '┊' }));
        }
    }
    if prepared.runs.iter().all(Vec::is_empty) {
        write(&mut canvas, "no data");
    } else if !style.color && heights.len() > 1 {
        letters(&mut canvas, &heights);
    }
    canvas
}

/// Puts each line's letter on the line, where the other lines are far away.
fn letters(canvas: &mut Canvas, heights: &[Vec<Option<usize>>]) {
    for (i, own) in heights.iter().enumerate() {
        let wanted = (i + 1) * canvas.columns / (heights.len() + 1);
        let apart = |column: usize, row: usize| {
            let others = heights.iter().enumerate().filter(|(j, _)| *j != i).filter_map(|(_, h)| h[column]);
            others.map(|other| other.abs_diff(row)).min().unwrap_or(8).min(8)
        };
        let free = |canvas: &mut Canvas, c: usize, row: usize| canvas.cell(c, row / 4).letter.is_none();
        let spots = own.iter().enumerate().filter_map(|(c, row)| row.map(|row| (c, row)));
        let spots: Vec<_> = spots.filter(|&(c, row)| free(canvas, c, row)).collect();
        let best = spots.into_iter().max_by_key(|&(c, row)| (apart(c, row), usize::MAX - c.abs_diff(wanted)));
        if let Some((column, row)) = best {
            canvas.cell(column, row / 4).letter = Some(letter(i));
        }
    }
}

/// Puts `text` in the middle.
fn write(canvas: &mut Canvas, text: &str) {
    let (start, row) = (canvas.columns.saturating_sub(text.len()) / 2, canvas.rows / 2);
    text.chars().enumerate().for_each(|(i, c)| canvas.cell(start + i, row).letter = Some(c));
}
