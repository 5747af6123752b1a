//! The horizontal axis that a figure's panels share.

use super::Figure;
use super::axis::Axis;
use super::curve::{Scale, extent, runs, usable};

/// The shared horizontal axis, with as many ticks as have room in `room` for their labels, at least `gap` apart.
/// `measure` is the width of a label.
pub(super) fn across(figure: &Figure, room: f64, gap: f64, measure: &dyn Fn(&str) -> f64) -> Axis {
    let (range, log) = reach(figure);
    let roomy = |axis: &Axis| {
        let ticks: Vec<_> = axis.ticks().into_iter().filter(|t| !t.label.is_empty()).collect();
        ticks.windows(2).all(|pair| {
            let apart = (axis.unit(pair[1].value) - axis.unit(pair[0].value)) * room;
            apart > (measure(&pair[0].label) + measure(&pair[1].label)) / 2.0 + gap
        })
    };
    let candidates = (1..=8).rev().map(|aim| Axis::across(range, log, aim));
    candidates.into_iter().find(roomy).unwrap_or_else(|| Axis::across(range, log, 1))
}

/// What the horizontal axis has to span, and whether it is logarithmic.
pub(super) fn reach(figure: &Figure) -> (Option<(f64, f64)>, bool) {
    let mut log = false;
    let mut xs = Vec::new();
    for panel in &figure.panels {
        let scale = Scale::of(figure, panel);
        log = scale.log_x;
        let points = panel.lines.iter().flat_map(|l| runs(l, scale)).flat_map(|r| r.points);
        xs.extend(points.map(|p| p.0));
        let extra = panel.bands.iter().flat_map(|b| [b.from, b.to]).chain(panel.marks.iter().map(|m| m.x));
        xs.extend(extra.filter_map(|x| usable(x, log)));
    }
    (extent(xs), log)
}
