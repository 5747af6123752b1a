//! Figures that break naive plotting.

use super::sound;
use crate::plot::{Band, Figure, Line, Mark, Panel};

fn figure(points: Vec<(f64, f64)>) -> Figure {
    let panel = Panel { lines: vec![Line::new("value", points)], ..Panel::default() };
    Figure { panels: vec![panel], ..Figure::default() }
}

/// The figure on linear and on logarithmic axes.
fn on_all_axes(points: Vec<(f64, f64)>) {
    for (log_x, log_y) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut figure = figure(points.clone());
        figure.log_x = log_x;
        figure.panels[0].log_y = log_y;
        sound(&figure);
    }
}

#[test]
fn no_panels_lines_segments_or_points() {
    assert!(sound(&Figure::default()).contains("nothing to plot"));
    let line = Line { name: "none".into(), segments: vec![] };
    for lines in [vec![], vec![line], vec![Line::new("empty", vec![])]] {
        let panels = vec![Panel { lines, ..Panel::default() }];
        assert!(sound(&Figure { panels, ..Figure::default() }).contains("no data"));
    }
}

#[test]
fn points_that_are_not_finite() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        on_all_axes(vec![(0.0, bad), (1.0, bad)]);
        on_all_axes(vec![(bad, 1.0), (2.0, 3.0), (3.0, bad), (4.0, 5.0), (5.0, 1.0)]);
    }
}

#[test]
fn ranges_without_width() {
    for y in [0.0, -0.0, 1e-3, -7.0, 0.1 + 0.2, 5e-324, 1e300, -1e300] {
        on_all_axes((0..9).map(|i| (f64::from(i), y)).collect());
        on_all_axes(vec![(y, y)]);
    }
    on_all_axes((0..9).map(|i| (3.0, f64::from(i))).collect());
    // Apart by rounding noise only.
    on_all_axes(vec![(0.0, 0.1 + 0.2), (1.0, 0.3)]);
}

#[test]
fn huge_tiny_and_negative_ranges() {
    let pairs = [
        (-f64::MAX, f64::MAX),
        (f64::MIN_POSITIVE, f64::MAX),
        (5e-324, 1e-323),
        (1e-9, 1e-8),
        (-5.0, -1.0),
        (-1e-4, 3e-4),
        (0.999_999, 1.0),
        (1e9, 1e9 + 5.0),
        (1e15, 3e15),
        (-1e300, 1e300),
        (1e-300, 1e300),
    ];
    for (lo, hi) in pairs {
        on_all_axes(vec![(0.0, lo), (1.0, (lo / 2.0 + hi / 2.0)), (2.0, hi)]);
        on_all_axes(vec![(lo, 1.0), (hi, 2.0)]);
    }
}

#[test]
fn names_that_would_break_xml_or_a_terminal() {
    let nasty = "<b>&\"'\u{1b}[31m\0\n\u{ffff}\u{202e}é→";
    let mut figure = figure(vec![(0.0, 0.0), (9.0, 1.0)]);
    figure.title = Some(nasty.into());
    let panel = &mut figure.panels[0];
    panel.lines.push(Line::new(nasty, vec![(0.0, 1.0), (9.0, 0.0)]));
    (panel.x_label, panel.y_label) = (nasty.into(), nasty.into());
    panel.bands.push(Band { from: 0.0, to: 9.0, label: nasty.into() });
    panel.marks.push(Mark { x: 4.0, label: nasty.into() });
    let svg = sound(&figure);
    assert!(svg.contains("&lt;b&gt;&amp;&quot;") && !svg.contains("<b>"));
    figure.to_png().unwrap();
}

#[test]
fn names_that_are_far_too_long() {
    let long = "a very long name ".repeat(40);
    let mut figure = figure(vec![(0.0, 0.0), (9.0, 1.0)]);
    figure.title = Some(long.clone());
    let panel = &mut figure.panels[0];
    panel.lines.push(Line::new(long.clone(), vec![]));
    (panel.x_label, panel.y_label) = (long.clone(), long.clone());
    panel.bands.push(Band { from: 0.0, to: 0.1, label: long.clone() });
    panel.marks.push(Mark { x: 9.0, label: long });
    sound(&figure);
}

#[test]
fn bands_and_marks_out_of_order_or_not_finite() {
    let mut figure = figure(vec![(0.0, 0.0), (9.0, 1.0)]);
    let ends = [(f64::NAN, 1.0), (5.0, 2.0), (0.0, f64::INFINITY), (3.0, 3.0), (-4.0, 20.0)];
    figure.panels[0].bands = ends.map(|(from, to)| Band { from, to, label: "phase".into() }).into();
    figure.panels[0].marks = ends.map(|(x, _)| Mark { x, label: "mark".into() }).into();
    sound(&figure);
    figure.log_x = true;
    sound(&figure);
}

#[test]
fn many_points_stay_small_and_keep_their_spike() {
    let mut points: Vec<_> = (0..200_000).map(|i| (f64::from(i), f64::from(i % 7) * 0.01)).collect();
    points[123_456].1 = 1.0;
    let svg = sound(&figure(points));
    assert!(svg.len() < 120_000, "{}", svg.len());
    let heights = svg.split(' ').filter_map(|p| p.split_once(',')?.1.parse::<f64>().ok());
    // The spike reaches the margin above the data, the rest stays below half of the panel.
    assert_eq!(heights.filter(|y| *y < 100.0).count(), 1);
}
