//! The update rules that a program can name, and their hyperparameters: what they are called, are without being written, and
//! may be.
//!
//! A program means the same with and without the kernels of `optim`, whose rows point here.

use std::fmt;

/// A hyperparameter of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
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

/// What a program can say of one update rule.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The name that a program writes: `optimizer adamw { … }`.
    pub name: &'static str,
    /// One line of help.
    pub summary: &'static str,
    /// Where the rule comes from, and whose semantics it has.
    pub source: &'static str,
    /// The hyperparameters; the learning rate is the first. Values are passed in this order everywhere.
    pub hypers: &'static [Hyper],
    /// The least and the greatest learning rate that it usually peaks at.
    pub usual_lr: (f64, f64),
    /// The switches, all off by default.
    pub flags: &'static [Flag],
    /// The names of the state slots: arrays as long as the parameters, zero before the first step.
    pub state: &'static [&'static str],
}

/// A switch of a rule.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Flag {
    /// The name that a program writes.
    pub name: &'static str,
    /// One line of help.
    pub meaning: &'static str,
    /// The hyperparameter that a program must set too, or the switch would do nothing.
    pub needs: &'static str,
}

/// Every update rule, in the order in which help lists them.
pub const RULES: &[&Rule] = &[&ADAMW, &SGD];

/// The learning rates that are usual where no rule is named.
pub const USUAL_LR: (f64, f64) = (1e-6, 10.0);

/// AdamW.
pub static ADAMW: Rule = Rule {
    name: "adamw",
    summary: "Adam with decoupled weight decay",
    source: "Loshchilov & Hutter 2019, arXiv:1711.05101; semantics of torch.optim.AdamW",
    hypers: &[
        LR,
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
    ],
    usual_lr: (1e-6, 1e-2),
    flags: &[],
    state: &["m", "v"],
};

/// SGD.
pub static SGD: Rule = Rule {
    name: "sgd",
    summary: "stochastic gradient descent, with momentum",
    source: "Sutskever et al. 2013; semantics of torch.optim.SGD",
    hypers: &[
        LR,
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
    ],
    usual_lr: (1e-4, 10.0),
    flags: &[Flag { name: "nesterov", meaning: "look one step of momentum ahead", needs: "momentum" }],
    state: &["momentum_buffer"],
};

/// What every rule has.
const LR: Hyper =
    Hyper { name: "lr", meaning: "learning rate", default: None, range: Interval::half_open(0.0, f64::INFINITY) };

impl Rule {
    /// The place of the hyperparameter `name` in every list of values.
    pub fn hyper(&self, name: &str) -> Option<usize> {
        self.hypers.iter().position(|h| h.name == name)
    }

    /// The place of the switch `name`.
    pub fn flag(&self, name: &str) -> Option<usize> {
        self.flags.iter().position(|f| f.name == name)
    }
}

/// The rule that `optimizer NAME { … }` names.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_well_formed() {
        for row in RULES {
            assert!(std::ptr::eq(rule(row.name).unwrap(), *row));
            assert!(row.usual_lr.0 < row.usual_lr.1 && row.hypers[0].range.contains(row.usual_lr.1));
            assert_eq!(row.hypers[0].name, "lr", "{}: the learning rate comes first", row.name);
            assert!(row.flags.iter().all(|f| row.hyper(f.needs).is_some()));
            for h in row.hypers {
                assert!(h.default.is_none_or(|d| h.range.contains(d)), "{} {}", row.name, h.name);
                assert!(!h.range.contains(f64::NAN) && !h.range.contains(f64::INFINITY), "{} {}", row.name, h.name);
            }
        }
    }
}
