//! Draws one panel: what stands above it (legend, phase labels), and what is inside.

use super::super::axis::Axis;
use super::super::curve::{Run, thin};
use super::super::palette::{color, dash};
use super::super::pen::{AXIS, Anchor, GRID, INK, Pen, SOFT, Stroke};
use super::super::strip::{Item, Place, place};
use super::super::text::{elide, width};
use super::{Frame, MEDIUM, Prepared, SMALL};

const TINY: f64 = 10.0;
const ROW: f64 = 14.0;
const SWATCH: f64 = 20.0;
const SHADES: [&str; 2] = ["#eef3f8", "#fbfcfd"];

/// Draws what stands above the panel, from `top` down, and says where the panel itself begins.
pub(super) fn head(pen: &mut Pen, prepared: &Prepared, x: &Axis, (left, right): (f64, f64), top: f64) -> f64 {
    let y = legend(pen, prepared, (left, right), top);
    let at = |value: f64| left + x.unit(value) * (right - left);
    let mut labels = Vec::new();
    let mut items = Vec::new();
    for (from, to, label) in spans(prepared, x) {
        let label = elide(label, TINY, (right - left) / 3.0);
        let (center, room) = ((at(from) + at(to)) / 2.0, at(to) - at(from));
        if !label.is_empty() {
            items.push(Item { center, room, width: width(&label, TINY) });
            labels.push(label);
        }
    }
    let placed = place(&items, left, right, 8.0, 2);
    let rows = placed.iter().map(|p| p.row + 1).max().unwrap_or(0);
    let bottom = y + rows as f64 * ROW + 4.0;
    for p in &placed {
        let base = bottom - 5.0 - p.row as f64 * ROW;
        pen.text((p.center, base), Anchor::Middle, TINY, SOFT, &labels[p.item]);
        // A raised label is tied to its place unless another label is in the way.
        let x = items[p.item].center;
        let clear = |q: &Place| q.row >= p.row || (q.center - x).abs() > items[q.item].width / 2.0 + 2.0;
        if p.row > 0 && placed.iter().all(clear) {
            pen.rule((x, base + 3.0), (x, bottom), Stroke::new(SOFT, 0.6));
        }
    }
    bottom
}

/// Bands and marks that the axis shows, as (from, to, label).
fn spans<'a>(prepared: &Prepared<'a>, x: &Axis) -> Vec<(f64, f64, &'a str)> {
    let bands = prepared.panel.bands.iter().map(|b| (b.from, b.to, b.label.as_str()));
    let marks = prepared.panel.marks.iter().map(|m| (m.x, m.x, m.label.as_str()));
    bands.chain(marks).filter(|s| x.holds(s.0) && x.holds(s.1) && s.0 <= s.1).collect()
}

fn legend(pen: &mut Pen, prepared: &Prepared, (left, right): (f64, f64), top: f64) -> f64 {
    let lines = &prepared.panel.lines;
    if lines.len() < 2 {
        return top;
    }
    let (mut x, mut y) = (left, top + MEDIUM);
    for (i, line) in lines.iter().enumerate() {
        let name = elide(&line.name, SMALL, right - left - SWATCH - 6.0);
        let advance = SWATCH + 6.0 + width(&name, SMALL);
        if x > left && x + advance > right {
            (x, y) = (left, y + 17.0);
        }
        pen.rule((x, y - 4.0), (x + SWATCH, y - 4.0), Stroke::new(color(i), 2.0).dashed(dash(i)));
        pen.text((x + SWATCH + 6.0, y), Anchor::Start, SMALL, INK, &name);
        x += advance + 18.0;
    }
    y + 5.0
}

/// Draws the inside of the panel, its axes and the labels of its vertical axis.
pub(super) fn body(pen: &mut Pen, prepared: &Prepared, x: &Axis, frame: Frame) {
    let Frame { left, right, top, bottom } = frame;
    let at_x = |value: f64| left + x.unit(value) * (right - left);
    let at_y = |value: f64| bottom - prepared.y.unit(value) * (bottom - top);

    let bands = prepared.panel.bands.iter().filter(|b| x.holds(b.from) && x.holds(b.to) && b.from < b.to);
    for (i, band) in bands.enumerate() {
        pen.area((at_x(band.from), top), (at_x(band.to) - at_x(band.from), bottom - top), SHADES[i % 2]);
    }
    for tick in x.ticks() {
        let (at, major) = (at_x(tick.value), !tick.label.is_empty());
        if major && at > left + 0.5 {
            pen.rule((at, top), (at, bottom), Stroke::new(GRID, 0.7));
        }
        pen.rule((at, bottom), (at, bottom + if major { 4.0 } else { 2.5 }), Stroke::new(AXIS, 0.8));
    }
    for tick in prepared.y.ticks() {
        let (at, major) = (at_y(tick.value), !tick.label.is_empty());
        if major {
            pen.rule((left, at), (right, at), Stroke::new(GRID, 0.7));
            pen.text((left - 7.0, at + 4.0), Anchor::End, SMALL, INK, &tick.label);
        }
        pen.rule((left - if major { 4.0 } else { 2.5 }, at), (left, at), Stroke::new(AXIS, 0.8));
    }
    let marks = prepared.panel.marks.iter().filter(|m| x.holds(m.x)).map(|m| at_x(m.x));
    let marks: Vec<_> = marks.collect();
    for &at in &marks {
        pen.rule((at, top), (at, bottom), Stroke::new("#8a8a8a", 0.9).dashed("4 3"));
    }
    for (i, runs) in prepared.runs.iter().enumerate() {
        let runs: Vec<_> = runs.iter().map(|r| placed(r, at_x, at_y)).collect();
        jumps(pen, &runs, i, right - left, &marks);
        curve(pen, &runs, i, right - left);
    }
    if prepared.runs.iter().all(Vec::is_empty) {
        pen.text(((left + right) / 2.0, (top + bottom) / 2.0), Anchor::Middle, MEDIUM, SOFT, "no data");
    }
    pen.rule((left, top), (left, bottom), Stroke::new(AXIS, 0.8));
    pen.rule((left - 0.4, bottom), (right, bottom), Stroke::new(AXIS, 0.8));
}

fn placed(run: &Run, at_x: impl Fn(f64) -> f64, at_y: impl Fn(f64) -> f64) -> Run {
    Run { points: run.points.iter().map(|&(x, y)| (at_x(x), at_y(y))).collect(), jumps: run.jumps }
}

/// Dots the jumps of the line at `index`, whose runs are in units of the picture.
fn jumps(pen: &mut Pen, runs: &[Run], index: usize, room: f64, marks: &[f64]) {
    for pair in runs.windows(2) {
        let (Some(&from), Some(&to)) = (pair[0].points.last(), pair[1].points.first()) else { continue };
        // Where steps are so few that neighbours lie far apart, a dotted line would claim a place for the jump. On a
        // mark it would only blur the mark.
        let marked = marks.iter().any(|m| (m - to.0).abs() < 2.0);
        if pair[1].jumps && !marked && (to.0 - from.0).abs() <= room * 0.06 {
            let dotted = Stroke::new(color(index), 1.0).dashed("1.5 2.5");
            pen.rule((to.0, from.1), to, Stroke { opacity: 0.75, ..dotted });
        }
    }
}

/// Draws the line at `index`, whose runs are in units of the picture.
fn curve(pen: &mut Pen, runs: &[Run], index: usize, room: f64) {
    for run in runs {
        match thin(&run.points)[..] {
            [] => {}
            [point] => pen.dot(point, 2.4, color(index)),
            // Noise in a thick stroke is a blot.
            ref points => {
                let width = if points.len() as f64 > room { 0.8 } else { 1.8 };
                pen.curve(points, Stroke::new(color(index), width).dashed(dash(index)));
            }
        }
    }
}

/// Draws the labels of the horizontal axis below `frame`.
pub(super) fn x_labels(pen: &mut Pen, x: &Axis, frame: Frame) {
    for tick in x.ticks() {
        let at = frame.left + x.unit(tick.value) * (frame.right - frame.left);
        pen.text((at, frame.bottom + 17.0), Anchor::Middle, SMALL, INK, &tick.label);
    }
}
