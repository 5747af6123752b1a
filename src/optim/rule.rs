//! The table of update rules. Config checking, help, the runner and other backends of a rule all read the same row.

use super::error::Error;
use super::layout::Layout;
use super::simd::Isa;
use super::{adamw, sgd};
pub use crate::hyper::{Hyper, Interval};

/// Every update rule, in the order in which help lists them.
pub const RULES: &[&RuleRow] = &[&adamw::ADAMW, &sgd::SGD];

/// The most state slots that a rule has.
pub const MAX_STATE: usize = 2;

/// One update rule.
#[derive(Debug)]
pub struct RuleRow {
    /// The name that a program writes: `optimizer adamw { … }`.
    pub name: &'static str,
    /// One line of help.
    pub summary: &'static str,
    /// Where the rule comes from, and whose semantics it has.
    pub source: &'static str,
    /// The hyperparameters. Values are passed in this order everywhere.
    pub hypers: &'static [Hyper],
    /// The switches, all off by default.
    pub flags: &'static [Flag],
    /// The names of the state slots: arrays as long as the parameters, zero before the first step.
    pub state: &'static [&'static str],
    /// Turns one group's hyperparameters into the constants of the kernel. Computed in f64, rounded once to f32.
    pub prepare: fn(&At<'_>) -> Scalars,
    /// Updates parameters and state in place, with the instruction set named.
    pub update: fn(Isa, &Scalars, Slices<'_>),
    /// The same two on a GPU: `etude_prepare`, `etude_remembers` and `etude_element` in CUDA C.
    pub cuda: &'static str,
}

/// A switch of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The name that a program writes.
    pub name: &'static str,
    /// One line of help.
    pub meaning: &'static str,
    /// The hyperparameter that a program must set too, or the switch would do nothing.
    pub needs: &'static str,
}

/// What [`RuleRow::prepare`] knows of a step.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Updates made before this one.
    pub step: u64,
    /// One value per row of [`RuleRow::hypers`], each in its range.
    pub hypers: &'a [f64],
    /// One value per row of [`RuleRow::flags`].
    pub flags: &'a [bool],
    /// Every gradient is multiplied by this first (clipping by global norm); 1 changes nothing.
    pub grad_scale: f32,
}

/// The constants of one launch of a kernel; each rule says what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scalars(pub [f32; 8]);

/// The same range of elements of every array of a rule. All slices have one length, except that the state slots which
/// the rule does not have are empty.
#[derive(Debug)]
pub struct Slices<'a> {
    /// The parameters.
    pub param: &'a mut [f32],
    /// Their gradients.
    pub grad: &'a [f32],
    /// The rule's state slots.
    pub state: [&'a mut [f32]; MAX_STATE],
}

impl RuleRow {
    /// The place of the hyperparameter `name` in every list of values.
    pub fn hyper(&self, name: &str) -> Option<usize> {
        self.hypers.iter().position(|h| h.name == name)
    }

    /// The place of the switch `name`.
    pub fn flag(&self, name: &str) -> Option<usize> {
        self.flags.iter().position(|f| f.name == name)
    }

    /// Which switches are on: one value per row of [`RuleRow::flags`].
    ///
    /// # Errors
    /// [`Error::UnknownFlag`].
    pub fn switches(&self, names: &[String]) -> Result<Vec<bool>, Error> {
        let mut on = vec![false; self.flags.len()];
        for name in names {
            let i = self.flag(name).ok_or_else(|| Error::UnknownFlag { rule: self.name, flag: name.clone() })?;
            on[i] = true;
        }
        Ok(on)
    }

    /// Checks the `values` of a step, laid out `[group][hyperparameter]`, against the ranges.
    ///
    /// # Errors
    /// [`Error::Count`] or [`Error::Value`].
    pub fn check(&self, layout: &Layout, step: u64, values: &[f64]) -> Result<(), Error> {
        let needed = layout.groups().len() * self.hypers.len();
        if values.len() != needed {
            return Err(Error::Count { given: values.len(), needed });
        }
        for (group, values) in values.chunks(self.hypers.len()).enumerate() {
            for (hyper, &value) in self.hypers.iter().zip(values) {
                if !hyper.range.contains(value) {
                    let group = group.checked_sub(1).map(|i| layout.patterns()[i].clone());
                    return Err(Error::Value { name: hyper.name, group, step, value, range: hyper.range });
                }
            }
        }
        Ok(())
    }

    /// Bytes that an update moves per parameter: reads parameter, gradient and state; writes parameter and state.
    pub fn bytes_per_param(&self) -> usize {
        4 * (3 + 2 * self.state.len())
    }
}

/// Finds a rule by name.
///
/// # Errors
/// [`Error::UnknownRule`], which lists the names.
pub fn rule(name: &str) -> Result<&'static RuleRow, Error> {
    RULES.iter().copied().find(|r| r.name == name).ok_or_else(|| Error::UnknownRule { name: name.to_owned() })
}

/// base^exponent by square-and-multiply: every platform gives the same bits, and it depends on the step count alone, so a
/// resumed run continues exactly. The error is below 2·log2(exponent) roundings.
pub(crate) fn power(base: f64, mut exponent: u64) -> f64 {
    let (mut square, mut result) = (base, 1.0);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= square;
        }
        square *= square;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_well_formed() {
        for row in RULES {
            assert!(std::ptr::eq(rule(row.name).unwrap(), *row));
            let names = |hypers: &[Hyper]| hypers.iter().map(|h| h.name).collect::<Vec<_>>();
            assert_eq!(names(crate::hyper::of(row.name)), names(row.hypers), "{}", row.name);
            assert_eq!(row.hypers[0].name, "lr", "{}: the learning rate comes first", row.name);
            assert!(row.state.len() <= MAX_STATE);
            assert!(row.flags.iter().all(|f| row.hyper(f.needs).is_some()));
            for h in row.hypers {
                assert!(h.default.is_none_or(|d| h.range.contains(d)), "{} {}", row.name, h.name);
                assert!(!h.range.contains(f64::NAN) && !h.range.contains(f64::INFINITY), "{} {}", row.name, h.name);
            }
        }
        assert!(rule("adamx").unwrap_err().to_string().contains("adamw"));
    }

    #[test]
    fn power_is_a_power() {
        assert_eq!(power(0.5, 10), 1.0 / 1024.0);
        assert_eq!(power(0.0, 0), 1.0);
        assert_eq!(power(0.9, u64::MAX), 0.0);
        assert!((power(0.999, 1000) - 0.367_695_424_770_963_5).abs() < 1e-14);
    }
}
