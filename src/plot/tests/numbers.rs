//! Ticks, labels and the logarithm.

use crate::plot::axis::Axis;
use crate::plot::number::log10;

fn labels(axis: &Axis) -> Vec<String> {
    axis.ticks().into_iter().map(|t| t.label).filter(|l| !l.is_empty()).collect()
}

#[test]
fn tick_labels() {
    let upright = |lo, hi, aim| labels(&Axis::upright(Some((lo, hi)), false, aim)).join(" ");
    assert_eq!(upright(0.0, 1e-3, 5), "0 2e-4 4e-4 6e-4 8e-4 1e-3");
    assert_eq!(upright(0.0, 1.0, 5), "0 0.2 0.4 0.6 0.8 1.0");
    assert_eq!(upright(-2.0, 2.0, 4), "-2 -1 0 1 2");
    assert_eq!(upright(2.31, 2.34, 3), "2.31 2.32 2.33 2.34");
    assert_eq!(upright(0.0, 3e6, 6), "0 500k 1M 1.5M 2M 2.5M 3M");
    assert_eq!(upright(0.3, 1.0, 2), "0 0.5 1.0");
    assert_eq!(upright(-1e-4, 1e-4, 4), "-1e-4 -5e-5 0 5e-5 1e-4");
    assert_eq!(upright(1e20, 4e20, 2), "0 2e20 4e20");
}

#[test]
fn a_thousand_steps_end_at_a_thousand() {
    let axis = Axis::across(Some((0.0, 999.0)), false, 5);
    assert_eq!(labels(&axis).join(" "), "0 200 400 600 800 1000");
    assert!(axis.unit(999.0) < 1.0 && axis.unit(1000.0) == 1.0);
    assert_eq!(labels(&Axis::across(Some((1.0, 10_000.0)), false, 5)).join(" "), "0 2k 4k 6k 8k 10k");
}

#[test]
fn logarithmic_ticks() {
    let log = |lo, hi, aim| labels(&Axis::across(Some((lo, hi)), true, aim)).join(" ");
    assert_eq!(log(1e-6, 1.0, 8), "1e-6 1e-5 1e-4 1e-3 1e-2 1e-1 1");
    assert_eq!(log(1e-6, 1.0, 4), "1e-6 1e-4 1e-2 1");
    assert_eq!(log(0.1, 100.0, 8), "0.1 1 10 100");
    assert_eq!(log(1e-4, 1e-3, 8), "1e-4 2e-4 5e-4 1e-3");
    assert_eq!(log(2.1, 2.4, 3), "2.1 2.2 2.3 2.4");
}

#[test]
fn logarithms() {
    for exponent in -300..=300 {
        let x: f64 = format!("1e{exponent}").parse().unwrap();
        assert!((log10(x) - f64::from(exponent)).abs() < 1e-12 * f64::from(exponent).abs().max(1.0), "{x}");
    }
    assert!((log10(2.0) - std::f64::consts::LOG10_2).abs() < 1e-15);
    assert!((log10(9.99) - 0.999_565_488_225_982_3).abs() < 1e-12);
}
