//! The hyperparameters of the update rules that a program can name: what they are called, are without being written, and may
//! be. A program means the same with and without the kernels of `optim`, which read these rows, too.

use std::fmt;

/// A hyperparameter of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Hyper {
    /// The name that a program writes.
    pub name: &'static str,
    /// One line of help.
    pub meaning: &'static str,
    /// The value when a program does not write one; `None`: it must.
    pub default: Option<f64>,
    /// The values allowed at every step.
    pub range: Interval,
}

/// An interval of real numbers, closed below; NaN is in no interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The least value, included.
    pub min: f64,
    /// The upper bound.
    pub max: f64,
    /// Whether `max` is included.
    pub closed: bool,
}

impl Interval {
    /// The values from `min` to `max`, both included.
    pub const fn closed(min: f64, max: f64) -> Self {
        Self { min, max, closed: true }
    }

    /// The values from `min`, included, to `max`, excluded.
    pub const fn half_open(min: f64, max: f64) -> Self {
        Self { min, max, closed: false }
    }

    /// Whether `x` is allowed.
    pub fn contains(&self, x: f64) -> bool {
        x >= self.min && (x < self.max || self.closed && x == self.max)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `{:?}` writes 1e-30 short; a whole number's ".0" says nothing.
        let [min, max] = [self.min, self.max].map(|x| format!("{x:?}"));
        let [min, max] = [&min, &max].map(|x| x.trim_end_matches(".0"));
        write!(f, "[{min}, {max}{}", if self.closed { ']' } else { ')' })
    }
}

/// What AdamW has.
pub const ADAMW: &[Hyper] = &[
    Hyper { name: "lr", meaning: "learning rate", default: None, range: Interval::half_open(0.0, f64::INFINITY) },
    Hyper {
        name: "beta1",
        meaning: "decay of the mean of the gradients",
        default: Some(0.9),
        range: Interval::half_open(0.0, 1.0),
    },
    Hyper {
        name: "beta2",
        meaning: "decay of the mean of the squared gradients",
        default: Some(0.999),
        range: Interval::half_open(0.0, 1.0),
    },
    // Below 1e-30 eps would vanish in f32, and an element that never had a gradient would become 0/0.
    Hyper {
        name: "eps",
        meaning: "added to the root of the mean square",
        default: Some(1e-8),
        range: Interval::closed(1e-30, 1.0),
    },
    Hyper {
        name: "weight_decay",
        meaning: "decoupled weight decay, per unit of learning rate",
        default: Some(0.01),
        range: Interval::half_open(0.0, f64::INFINITY),
    },
];

/// What SGD has.
pub const SGD: &[Hyper] = &[
    Hyper { name: "lr", meaning: "learning rate", default: None, range: Interval::half_open(0.0, f64::INFINITY) },
    Hyper {
        name: "momentum",
        meaning: "decay of the sum of the gradients",
        default: Some(0.0),
        range: Interval::closed(0.0, 1.0),
    },
    Hyper {
        name: "weight_decay",
        meaning: "L2 penalty: added to the gradient, times the parameter",
        default: Some(0.0),
        range: Interval::half_open(0.0, f64::INFINITY),
    },
];

/// The hyperparameters of the rule that `optimizer NAME { … }` names; none of one that is not known.
pub fn of(rule: &str) -> &'static [Hyper] {
    match rule {
        "adamw" => ADAMW,
        "sgd" => SGD,
        _ => &[],
    }
}
