//! Lays a figure out: margins wide enough for the labels, panels below one another.
//!
//! Guarantees: nothing is drawn outside the picture; the panels' frames are aligned.

mod panel;

use super::axis::{Axis, Tick};
use super::curve::{Run, Scale, extent, runs};
use super::pen::{Anchor, Drawing, INK, Pen};
use super::span::across;
use super::text::{elide, width};
use super::{Figure, Panel};

const WIDTH: f64 = 720.0;
const EDGE: f64 = 14.0;
/// Size of tick labels.
const SMALL: f64 = 11.0;
/// Size of axis labels and legends.
const MEDIUM: f64 = 12.0;
const LARGE: f64 = 15.0;

/// A panel with all that is computed before the margins are known.
struct Prepared<'a> {
    panel: &'a Panel,
    runs: Vec<Vec<Run>>,
    y: Axis,
    y_label: &'a str,
}

/// The inside of a panel.
#[derive(Clone, Copy, Debug)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The picture that shows `figure`.
pub(super) fn draw(figure: &Figure) -> Drawing {
    let height = match figure.panels.len() {
        0 | 1 => 300.0,
        2 => 190.0,
        _ => 150.0,
    };
    let panels: Vec<_> = figure.panels.iter().map(|p| prepare(figure, p, height)).collect();
    let widest = |ticks: &[Tick]| ticks.iter().map(|t| width(&t.label, SMALL)).fold(0.0, f64::max);
    let labelled = panels.iter().any(|p| !p.y_label.is_empty());
    let gutter = panels.iter().map(|p| widest(&p.y.ticks())).fold(0.0, f64::max);
    let left = EDGE + if labelled { 22.0 } else { 0.0 } + gutter + 8.0;
    let x = across(figure, WIDTH - left - 2.0 * EDGE, 22.0, &|label| width(label, SMALL));
    let last = x.ticks().last().map_or(0.0, |t| width(&t.label, SMALL) / 2.0);
    let right = WIDTH - EDGE.max(last + 8.0);

    let mut pen = Pen::default();
    let title = figure.title.as_deref().unwrap_or("");
    let mut y = EDGE;
    if !title.is_empty() {
        y += LARGE;
        pen.text((left, y), Anchor::Start, LARGE, INK, &elide(title, LARGE, right - left));
        y += 9.0;
    }
    for (i, prepared) in panels.iter().enumerate() {
        let top = panel::head(&mut pen, prepared, &x, (left, right), y);
        let frame = Frame { left, right, top, bottom: top + height };
        panel::body(&mut pen, prepared, &x, frame);
        let label_at = EDGE + MEDIUM - 2.0;
        let label = elide(prepared.y_label, MEDIUM, height + 10.0);
        pen.upward_text((label_at, (frame.top + frame.bottom) / 2.0), MEDIUM, INK, &label);
        y = frame.bottom + 16.0;
        if i + 1 == panels.len() {
            panel::x_labels(&mut pen, &x, frame);
            y = frame.bottom + 18.0;
        }
    }
    let x_label = figure.panels.iter().rev().map(|p| p.x_label.as_str()).find(|l| !l.is_empty()).unwrap_or("");
    if !x_label.is_empty() {
        y += 17.0;
        let label = elide(x_label, MEDIUM, right - left);
        pen.text(((left + right) / 2.0, y), Anchor::Middle, MEDIUM, INK, &label);
    }
    if panels.is_empty() {
        pen.text((WIDTH / 2.0, y + 40.0), Anchor::Middle, MEDIUM, INK, "nothing to plot");
        y += 60.0;
    }
    pen.finish((WIDTH, y + EDGE), title)
}

fn prepare<'a>(figure: &Figure, panel: &'a Panel, height: f64) -> Prepared<'a> {
    let scale = Scale::of(figure, panel);
    let runs: Vec<_> = panel.lines.iter().map(|l| runs(l, scale)).collect();
    let values = runs.iter().flatten().flat_map(|r| r.points.iter().map(|p| p.1));
    let y = Axis::upright(extent(values), scale.log_y, (height / 50.0) as usize);
    let y_label = match &panel.lines[..] {
        [line] if panel.y_label.is_empty() => &line.name,
        _ => &panel.y_label,
    };
    Prepared { panel, runs, y, y_label }
}
