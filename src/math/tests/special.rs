//! Special values: zeros, infinities, NaN, the ends of the range.

use std::f64::consts::PI;

use crate::math::{self, Native, host};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
/// What a NaN from a function must look like.
const ONE_NAN: u64 = 0x7ff8_0000_0000_0000;

/// Equal to the bit, as numbers or as the one NaN.
#[track_caller]
fn same(got: f64, want: f64, what: impl std::fmt::Debug) {
    let want = if want.is_nan() { ONE_NAN } else { want.to_bits() };
    assert_eq!(got.to_bits(), want, "{what:?}: {got:e}");
}

#[test]
fn every_nan_is_the_one_nan() {
    for nan in [NAN, -NAN, f64::from_bits(0x7ff0_0000_0000_0001), f64::from_bits(0xffff_ffff_ffff_ffff)] {
        for (i, function) in UNARY.into_iter().enumerate() {
            same(function(nan), NAN, i);
        }
        same(host::pow(nan, 2.0), NAN, "pow(nan, 2)");
        same(host::pow(2.0, nan), NAN, "pow(2, nan)");
        same(math::canonical(&mut Native, nan), NAN, "canonical");
    }
    for x in [INF, -INF] {
        for function in [host::cos, host::sin, host::cospi, host::sinpi] {
            same(function(x), NAN, x);
        }
    }
    for x in [-INF, -1.0, -5e-324] {
        for function in [host::ln, host::log2, host::log10] {
            same(function(x), NAN, x);
        }
    }
}

const UNARY: [fn(f64) -> f64; 11] = [
    host::cospi,
    host::sinpi,
    host::cos,
    host::sin,
    host::exp2,
    host::exp,
    host::ln,
    host::log2,
    host::log10,
    host::tanh,
    host::sigmoid,
];

#[test]
fn exact_values() {
    for k in -1074..1024 {
        let power = host::exp2(f64::from(k));
        let bits = if k < -1022 { 1u64 << (k + 1074) } else { ((k + 1023) as u64) << 52 };
        assert_eq!(power.to_bits(), bits, "2^{k}");
        same(host::log2(power), f64::from(k), k);
    }
    let mut ten = 1.0;
    for k in 0..=22 {
        same(host::log10(ten), f64::from(k), k);
        same(host::pow(10.0, f64::from(k)), ten, k);
        ten *= 10.0;
    }
    for function in [host::exp, host::exp2] {
        same(function(0.0), 1.0, 0);
        same(function(-0.0), 1.0, 0);
        same(function(-INF), 0.0, "-inf");
        same(function(INF), INF, "inf");
        same(function(f64::MIN), 0.0, "min");
        same(function(f64::MAX), INF, "max");
    }
    same(host::exp2(-1075.0), 0.0, "2^-1075 is a tie, and the zero is even");
    same(host::exp2(f64::from_bits((-1075.0f64).to_bits() - 1)), 5e-324, "just above 2^-1075");
    same(
        host::exp2(f64::from_bits(1024.0f64.to_bits() - 1)),
        f64::from_bits(0x7fef_ffff_ffff_fd3a),
        "just below 2^1024",
    );
    same(host::exp(709.782712893384), 1.7976931348622732e+308, "the last finite exponential");
    same(host::exp(709.7827128933841), INF, "the first infinite one");
    for function in [host::ln, host::log2, host::log10] {
        same(function(0.0), -INF, 0);
        same(function(-0.0), -INF, 0);
        same(function(1.0), 0.0, 1);
        same(function(INF), INF, "inf");
    }
    same(host::sigmoid(0.0), 0.5, 0);
    same(host::sigmoid(-INF), 0.0, "-inf");
    same(host::sigmoid(INF), 1.0, "inf");
    same(host::sigmoid(-800.0), 0.0, -800);
    same(host::sigmoid(50.0), 1.0, 50);
    for (x, y) in [(0.0, 0.0), (5e-324, 5e-324), (1e-300, 1e-300), (20.0, 1.0), (INF, 1.0), (f64::MAX, 1.0)] {
        same(host::tanh(x), y, x);
        same(host::tanh(-x), -y, -x);
    }
}

/// Against values from mpmath: pxfm's own are wrong here (0.1.30: 1.96e-308 for the first).
#[test]
fn subnormal_exponentials() {
    let cases = [
        (-708.4569656896934, 2.094349392156326e-308),
        (-736.437, 1.4773e-320),
        (-741.314, 1.14e-322),
        (-730.565, 5.24387e-318),
        (-739.413, 7.5e-322),
        (-742.659, 3e-323),
        (-730.362, 6.42412e-318),
        (-711.411, 1.091762906500935e-309),
        (-715.723, 1.4636947960297e-311),
        (-717.019, 4.005021761715e-312),
        (-745.1, 5e-324),
        (-745.13, 5e-324),
        (-745.14, 0.0),
        (-746.5, 0.0),
    ];
    for (x, want) in cases {
        let got = host::exp(x);
        assert!(got.to_bits().abs_diff(f64::to_bits(want)) <= 1, "exp({x}) = {got:e}, not {want:e}");
    }
}

fn power_of_two(n: u64) -> f64 {
    f64::from_bits((1023 + n) << 52)
}

#[test]
fn turns() {
    for k in -9..=9 {
        let even = if k % 2 == 0 { 1.0 } else { -1.0 };
        same(host::cospi(f64::from(k)), even, k);
        assert_eq!(host::cospi(f64::from(k) + 0.5), 0.0);
        assert_eq!(host::sinpi(f64::from(k)), 0.0);
        same(host::sinpi(f64::from(k) + 0.5), even, k);
    }
    for huge in [9007199254740992.0, 1e300, f64::MAX] {
        same(host::cospi(huge), 1.0, huge);
        assert_eq!(host::sinpi(huge), 0.0);
    }
    same(host::cospi(9007199254740991.0), -1.0, "2^53 - 1");
    same(host::sin(0.0), 0.0, 0);
    same(host::sin(-0.0), -0.0, 0);
    same(host::sin(5e-324), 5e-324, "least");
    same(host::cos(0.0), 1.0, 0);
    // The f64 nearest to a multiple of π/2, and two well-known ones.
    same(host::cos(6381956970095103.0 * power_of_two(797)), -4.687165924254628e-19, "the hardest");
    same(host::sin(1e22), -0.8522008497671888, 1e22);
    same(host::sin(PI), 1.2246467991473532e-16, "π");
    for x in [0.3, 2.0, 1e5, 1e200] {
        same(host::sin(-x), -host::sin(x), x);
        same(host::cos(-x), host::cos(x), x);
    }
    for x in [0.25, 0.3, 7.9, 1e5 + 0.1] {
        same(host::sinpi(-x), -host::sinpi(x), x);
    }
}

#[test]
fn powers() {
    let cases = [
        (NAN, 0.0, 1.0),
        (NAN, -0.0, 1.0),
        (0.0, 0.0, 1.0),
        (INF, 0.0, 1.0),
        (1.0, NAN, 1.0),
        (1.0, INF, 1.0),
        (-1.0, INF, 1.0),
        (-1.0, -INF, 1.0),
        (-1.0, NAN, NAN),
        (-1.0, 3.0, -1.0),
        (-1.0, 4.0, 1.0),
        (-1.0, f64::MAX, 1.0),
        (-1.0, 0.5, NAN),
        (-8.0, 1.0 / 3.0, NAN),
        (0.0, 3.0, 0.0),
        (-0.0, 3.0, -0.0),
        (-0.0, 2.0, 0.0),
        (-0.0, 0.5, 0.0),
        (0.0, -3.0, INF),
        (-0.0, -3.0, -INF),
        (-0.0, -2.0, INF),
        (-0.0, -0.5, INF),
        (0.0, INF, 0.0),
        (0.0, -INF, INF),
        (-0.0, -INF, INF),
        (0.5, INF, 0.0),
        (0.5, -INF, INF),
        (2.0, INF, INF),
        (2.0, -INF, 0.0),
        (-2.0, INF, INF),
        (-0.5, INF, 0.0),
        (INF, 2.5, INF),
        (INF, -2.5, 0.0),
        (INF, INF, INF),
        (INF, -INF, 0.0),
        (-INF, 3.0, -INF),
        (-INF, 2.0, INF),
        (-INF, 0.5, INF),
        (-INF, -3.0, -0.0),
        (-INF, -0.5, 0.0),
        (-INF, -2.0, 0.0),
        (-INF, INF, INF),
        (2.0, 3.0, 8.0),
        (-2.0, 3.0, -8.0),
        (-2.0, -3.0, -0.125),
        (9.0, 0.5, 3.0),
        (2.0, 1024.0, INF),
        (-2.0, 1025.0, -INF),
        (2.0, -1074.0, 5e-324),
        (-2.0, -1075.0, -0.0),
        (-2.0, -2000.0, 0.0),
        (5e-324, 0.5, 2.2227587494850775e-162),
        (5e-324, 1.0, 5e-324),
        (f64::MAX, 1.0, f64::MAX),
        (f64::MIN, 1.0, f64::MIN),
        (3.0, 9007199254740993.0, INF),
        (0.1, 400.0, 0.0),
        (10.0, -320.0, 1e-320),
        (0.9, 1.0, 0.9),
        (1e-300, -1.0, 1e300),
    ];
    for (x, y, want) in cases {
        same(host::pow(x, y), want, (x, y));
    }
}

#[test]
fn least_greatest_and_ceiling() {
    let min = |a, b| math::min(&mut Native, a, b);
    let max = |a, b| math::max(&mut Native, a, b);
    same(min(1.0, 2.0), 1.0, "min");
    same(max(1.0, 2.0), 2.0, "max");
    same(min(2.0, 1.0), 1.0, "min");
    same(max(2.0, 1.0), 2.0, "max");
    for (a, b) in [(0.0, -0.0), (-0.0, 0.0)] {
        same(min(a, b), a, "the first of two zeros");
        same(max(a, b), a, "the first of two zeros");
    }
    assert!([min(NAN, 1.0), min(1.0, NAN), max(NAN, 1.0), max(1.0, NAN)].into_iter().all(f64::is_nan));
    for (x, want) in [(1.5, 2.0), (-1.5, -1.0), (-0.5, -0.0), (3.0, 3.0), (1e300, 1e300), (-INF, -INF)] {
        same(math::ceil(&mut Native, x), want, x);
    }
}
