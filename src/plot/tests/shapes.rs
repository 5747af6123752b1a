//! What a figure's curves look like.

use super::{gallery, sound};
use crate::plot::{Figure, Line, Panel};

fn figure(segments: Vec<Vec<(f64, f64)>>) -> Figure {
    let line = Line { name: "lr".into(), segments };
    Figure { panels: vec![Panel { lines: vec![line], ..Panel::default() }], ..Figure::default() }
}

fn count(svg: &str, what: &str) -> usize {
    svg.matches(what).count()
}

#[test]
fn a_jump_is_a_gap_with_a_vertical_dotted_line() {
    let level = |from: u32, y: f64| (from..from + 50).map(|t| (f64::from(t), y)).collect::<Vec<_>>();
    let svg = sound(&figure(vec![level(0, 1.0), level(50, 0.5)]));
    assert_eq!(count(&svg, "<polyline"), 2);
    let dotted: Vec<_> = svg.lines().filter(|l| l.contains("1.5 2.5")).collect();
    let [line] = dotted[..] else { panic!("{dotted:?}") };
    let value = |name: &str| line.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(value("x1"), value("x2"));
    assert_ne!(value("y1"), value("y2"));
}

#[test]
fn missing_values_leave_a_gap_and_nothing_else() {
    let mut points: Vec<_> = (0..100).map(|t| (f64::from(t), f64::from(t))).collect();
    points[50].1 = f64::NAN;
    let svg = sound(&figure(vec![points]));
    assert_eq!((count(&svg, "<polyline"), count(&svg, "1.5 2.5")), (2, 0));
}

#[test]
fn a_single_point_is_a_dot() {
    let svg = sound(&figure(vec![vec![(3.0, 4.0)]]));
    assert_eq!((count(&svg, "<circle"), count(&svg, "<polyline")), (1, 0));
}

#[test]
fn a_straight_line_needs_two_points() {
    let svg = sound(&figure(vec![(0..5000).map(|t| (f64::from(t), 2.0 * f64::from(t))).collect()]));
    let points = svg.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(points.split(' ').count(), 2, "{points}");
}

#[test]
fn legends_stand_only_where_there_is_a_choice() {
    assert!(sound(&gallery::overlay()).contains(">cosine.etude<"));
    assert!(!sound(&gallery::restarts()).contains(">lr<"));
}

#[test]
fn narrow_phases_keep_their_label_while_there_are_few() {
    assert!(sound(&gallery::restarts()).contains(">warmup<"));
    assert!(!sound(&gallery::crowded()).contains(">phase number"));
}
