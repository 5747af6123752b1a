//! Curves made fit for drawing: broken at gaps and jumps, and thinned to what can be seen.
//!
//! Guarantees: every point that comes out is finite and within ±1e300; thinning moves no part of a curve by more than
//! a few hundredths of a unit and keeps the extremes of every column, so a spike is never lost.

use super::{Figure, Line, Panel};

/// Values beyond this are gaps and values nearer to zero than its inverse are zero, so differences cannot overflow.
const HUGE: f64 = 1e300;

/// A stretch without a break.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub(super) points: Vec<(f64, f64)>,
    /// The curve jumps here from the run before; nothing is missing between them.
    pub(super) jumps: bool,
}

/// Which axes are logarithmic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) log_x: bool,
    pub(super) log_y: bool,
}

impl Scale {
    /// As asked for, where the data allows it.
    pub(super) fn of(figure: &Figure, panel: &Panel) -> Self {
        let log_x = figure.log_x && figure.panels.iter().flat_map(points).any(|p| usable(p.0, true).is_some());
        let log_y = panel.log_y && points(panel).any(|p| usable(p.1, true).is_some());
        Self { log_x, log_y }
    }
}

fn points(panel: &Panel) -> impl Iterator<Item = (f64, f64)> {
    panel.lines.iter().flat_map(|l| l.segments.iter().flatten().copied())
}

/// `value` as it is drawn; `None` where it cannot be.
pub(super) fn usable(value: f64, log: bool) -> Option<f64> {
    if value.abs() > HUGE || value.is_nan() {
        return None;
    }
    let value = if value.abs() < 1.0 / HUGE { 0.0 } else { value };
    (!log || value > 0.0).then_some(value)
}

/// The runs of a line, none of them empty.
pub(super) fn runs(line: &Line, scale: Scale) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut whole = false;
    for segment in &line.segments {
        let mut run = Run { points: Vec::new(), jumps: whole };
        for &(x, y) in segment {
            match (usable(x, scale.log_x), usable(y, scale.log_y)) {
                (Some(x), Some(y)) => {
                    run.points.push((x, y));
                    whole = true;
                }
                _ => {
                    runs.extend((!run.points.is_empty()).then(|| std::mem::take(&mut run)));
                    run.jumps = false;
                    whole = false;
                }
            }
        }
        runs.extend((!run.points.is_empty()).then_some(run));
    }
    runs
}

/// The least and the greatest of `values`.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
    })
}

/// The same curve, as far as can be seen, with fewer points. Takes and gives units of the picture.
pub(super) fn thin(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    simplify(&columns(points), 0.04)
}

/// Of the points that share a column half a unit wide: the first, the lowest, the highest and the last.
fn columns(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    for group in points.chunk_by(|a, b| (a.0 * 2.0).floor() == (b.0 * 2.0).floor()) {
        let by_height = |a: &usize, b: &usize| group[*a].1.total_cmp(&group[*b].1);
        let low = (0..group.len()).min_by(by_height).unwrap_or(0);
        let high = (0..group.len()).max_by(by_height).unwrap_or(0);
        let mut picks = [0, low.min(high), low.max(high), group.len() - 1].to_vec();
        picks.dedup();
        kept.extend(picks.into_iter().map(|i| group[i]));
    }
    kept
}

/// Douglas and Peucker: drops the points nearer than `tolerance` to the chord that replaces them.
fn simplify(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[points.len() - 1] = true;
    let mut open = vec![(0, points.len() - 1)];
    while let Some((from, to)) = open.pop() {
        let (a, b) = (points[from], points[to]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).sqrt();
        let distance = |p: (f64, f64)| {
            let (px, py) = (p.0 - a.0, p.1 - a.1);
            if length < 1e-9 { (px * px + py * py).sqrt() } else { (px * dy - py * dx).abs() / length }
        };
        let far = (from + 1..to).map(|i| (distance(points[i]), i)).max_by(|p, q| p.0.total_cmp(&q.0));
        if let Some((_, middle)) = far.filter(|f| f.0 > tolerance) {
            keep[middle] = true;
            open.extend([(from, middle), (middle, to)]);
        }
    }
    points.iter().zip(keep).filter_map(|(&p, kept)| kept.then_some(p)).collect()
}
