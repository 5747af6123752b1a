//! What makes a run's steps: the CPU or a GPU.

use super::error::Error;
use super::loss::Score;
use super::observe::{Observer, StepRecord, Weights};
use super::source::Source;
use crate::optim::{Layout, RuleRow};

/// The arithmetic of a run. Everything that a run logs or leaves comes through here, so that it does not depend on where
/// the steps are made.
pub(super) trait Engine {
    /// What makes the steps: `cpu`, or the GPU's name.
    fn device(&self) -> String;

    /// Makes the steps of an epoch and tells the observer of each.
    fn epoch(&mut self, epoch: &Epoch<'_>, source: &dyn Source, observer: &mut dyn Observer) -> Result<Made, Error>;

    /// The Euclidean norm of the parameters; not finite if one of them is not.
    fn norm(&mut self) -> Result<f64, Error>;

    /// Scores the test examples.
    fn evaluate(&mut self) -> Result<Score, Error>;

    /// The parameters at the end of the last epoch.
    fn weights(&self) -> Weights<'_>;
}

/// What an epoch is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Epoch<'a> {
    /// From 0.
    pub(super) number: u64,
    /// Its first step.
    pub(super) first: u64,
    /// The examples in the order in which they are visited.
    pub(super) order: &'a [u32],
    /// Examples per step; the last batch may be smaller.
    pub(super) batch: usize,
}

/// What an epoch's steps gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    /// The sum of the examples' losses.
    pub(super) loss: f64,
    /// The learning rate of the last step.
    pub(super) lr: f64,
}

/// Whether a step can be made of this: every hyperparameter in its range, the loss and then the norm finite.
pub(super) fn check(rule: &RuleRow, layout: &Layout, record: &StepRecord<'_>) -> Result<(), Error> {
    let StepRecord { step, epoch, lr, .. } = *record;
    rule.check(layout, step, record.values)?;
    for (what, value) in [("loss", record.loss), ("gradient norm", record.grad_norm)] {
        finite(step, epoch, lr, what, value)?;
    }
    Ok(())
}

/// Whether `value` is a number that a run can go on with.
pub(super) fn finite(step: u64, epoch: u64, lr: f64, what: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() { Ok(()) } else { Err(Error::Diverged { step, epoch, lr, what, value }) }
}
