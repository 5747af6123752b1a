//! The table of update rules: the kernels of each, beside the words of [`config`](crate::config) for it.

use super::error::Error;
use super::layout::Layout;
use super::simd::Isa;
use super::{adamw, sgd};
use crate::config::Rule;

/// Every update rule, in the order in which help lists them.
pub const RULES: &[&RuleRow] = &[&adamw::ADAMW, &sgd::SGD];

/// The most state slots that a rule has.
pub const MAX_STATE: usize = 2;

/// One update rule.
#[derive(Debug)]
#[non_exhaustive]
pub struct RuleRow {
    /// What a program says of it: its name, hyperparameters, switches and state.
    pub words: &'static Rule,
    /// Turns one group's hyperparameters into the constants of the kernel. Computed in f64, rounded once to f32.
    pub prepare: fn(&At<'_>) -> Scalars,
    /// Updates parameters and state in place, with the instruction set named.
    pub update: fn(Isa, &Scalars, Slices<'_>),
    /// The same two on a GPU: `etude_prepare`, `etude_remembers` and `etude_element` in CUDA C.
    pub cuda: &'static str,
}

/// What [`RuleRow::prepare`] knows of a step.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Updates made before this one.
    pub step: u64,
    /// One value per row of [`Rule::hypers`], each in its range.
    pub hypers: &'a [f64],
    /// One value per row of [`Rule::flags`].
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
    /// Which switches are on: one value per row of [`Rule::flags`].
    ///
    /// # Errors
    /// [`Error::UnknownFlag`].
    pub fn switches(&self, names: &[String]) -> Result<Vec<bool>, Error> {
        let mut on = vec![false; self.words.flags.len()];
        for name in names {
            let i = self
                .words
                .flag(name)
                .ok_or_else(|| Error::UnknownFlag { rule: self.words.name, flag: name.clone() })?;
            on[i] = true;
        }
        Ok(on)
    }

    /// Checks the `values` of a step, laid out `[group][hyperparameter]`, against the ranges.
    ///
    /// # Errors
    /// [`Error::Count`] or [`Error::Value`].
    pub fn check(&self, layout: &Layout, step: u64, values: &[f64]) -> Result<(), Error> {
        let needed = layout.groups().len() * self.words.hypers.len();
        if values.len() != needed {
            return Err(Error::Count { given: values.len(), needed });
        }
        for (group, values) in values.chunks(self.words.hypers.len()).enumerate() {
            for (hyper, &value) in self.words.hypers.iter().zip(values) {
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
        4 * (3 + 2 * self.words.state.len())
    }
}

/// Finds a rule by name.
///
/// # Errors
/// [`Error::UnknownRule`], which lists the names.
pub fn rule(name: &str) -> Result<&'static RuleRow, Error> {
    RULES.iter().copied().find(|r| r.words.name == name).ok_or_else(|| Error::UnknownRule { name: name.to_owned() })
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
    fn every_rule_that_a_program_can_name_has_its_kernels() {
        let words: Vec<&str> = RULES.iter().map(|row| row.words.name).collect();
        assert_eq!(words, crate::config::RULES.iter().map(|rule| rule.name).collect::<Vec<_>>());
        for row in RULES {
            assert!(std::ptr::eq(rule(row.words.name).unwrap(), *row));
            assert!(row.words.state.len() <= MAX_STATE);
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
