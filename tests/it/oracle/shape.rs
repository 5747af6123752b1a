//! The ramps' formulas, as LANGUAGE.md's catalogue and the pages of `etude explain` give them.

use super::number::{Num, Share, combine};
use super::program::{Number, Shape};

/// 1 / (1 + exp(-x))
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// From `a` to `b`, where `s.u` has passed and `s.w` is left.
pub fn ramp(shape: &Shape, a: Num, b: Num, s: Share) -> Num {
    let scale = a.x.abs() + b.x.abs();
    let mixed = |share: fn(f64, f64) -> f64| {
        // `u` and `w` move together.
        let at = [a, b, Num { x: 0.0, e: 1.0 }];
        combine(at, scale, |[a, b, k]| {
            let y = share(s.u.x + k * s.u.e, s.w.x - k * s.w.e);
            a + (b - a) * y
        })
    };
    let with = |number: &Number| number.value();
    match shape {
        Shape::Arrow | Shape::Linear => mixed(|u, w| if u < 0.5 { u } else { 1.0 - w }),
        Shape::Cosine => mixed(|u, w| match u < 0.5 {
            true => (u * std::f64::consts::FRAC_PI_2).sin().powi(2),
            false => 1.0 - (w * std::f64::consts::FRAC_PI_2).sin().powi(2),
        }),
        Shape::Sqrt => mixed(|u, _| u.max(0.0).sqrt()),
        // 1 - (1 - u) / (1 - u / 2) is (u / 2) / (1 - u / 2).
        Shape::Rex => mixed(|u, w| if u < 0.5 { u / (2.0 - u) } else { 1.0 - 2.0 * w / (1.0 + w) }),
        Shape::Poly(power) => {
            let power = with(power);
            combine([a, b, s.w], scale, |[a, b, w]| b + (a - b) * w.max(0.0).powf(power))
        }
        Shape::Exp => combine([a, b, s.u], 0.0, |[a, b, u]| a * (b / a).powf(u)),
        // a / ((a / b - 1) * u + 1), without the difference.
        Shape::Inv => {
            let at = [a, b, Num { x: 0.0, e: 1.0 }];
            combine(at, 0.0, |[a, b, k]| a / (a / b * (s.u.x + k * s.u.e) + (s.w.x - k * s.w.e)))
        }
        Shape::Tanh(lo, hi) => {
            let (lo, hi) = (with(lo), with(hi));
            if s.w.x <= 1e-30 {
                return b;
            }
            let at = [a, b, Num { x: 0.0, e: 1.0 }];
            combine(at, scale, |[a, b, k]| {
                let y = lo * (s.w.x - k * s.w.e) + hi * (s.u.x + k * s.u.e);
                b + (a - b) * (1.0 - y.tanh()) / 2.0
            })
        }
        Shape::Sigmoid(steepness) => {
            let k = with(steepness);
            let (first, last) = (sigmoid(-k / 2.0), sigmoid(k / 2.0));
            // Flat shapes are quotients of small differences.
            let scale = scale * (1.0 + 1.0 / (last - first));
            combine([a, b, s.u], scale, |[a, b, u]| a + (b - a) * (sigmoid(k * (u - 0.5)) - first) / (last - first))
        }
    }
}
