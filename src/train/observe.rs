//! What a run tells while it goes, and what it leaves.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;

use super::error::Error;
use crate::config::Hyper;
use crate::optim::Layout;

/// Known before the first step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunInfo<'a> {
    /// The rule's hyperparameters, in the order of [`StepRecord::values`].
    pub hypers: &'static [Hyper],
    /// Tensors, groups and patterns.
    pub layout: &'a Layout,
    /// Steps of the run.
    pub steps: u64,
    /// Steps per epoch.
    pub steps_per_epoch: u64,
    /// Passes over the data.
    pub epochs: u64,
    /// What makes the steps: `cpu`, or a GPU's name.
    pub device: &'a str,
}

/// One optimizer update.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StepRecord<'a> {
    /// From 0.
    pub step: u64,
    /// From 0.
    pub epoch: u64,
    /// Mean loss of the batch, before the update, in nats.
    pub loss: f64,
    /// Global gradient norm, before clipping.
    pub grad_norm: f64,
    /// The learning rate of the default group.
    pub lr: f64,
    /// Every hyperparameter: `[group][hyperparameter]`.
    pub values: &'a [f64],
}

/// One epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EpochRecord {
    /// From 0.
    pub epoch: u64,
    /// Steps made so far.
    pub steps: u64,
    /// Mean loss of the epoch's training examples, each measured before the update of its batch.
    pub train_loss: f64,
    /// Mean loss of the test examples after the epoch.
    pub test_loss: f64,
    /// Share of the test examples classified right, in [0, 1].
    pub test_accuracy: f64,
}

/// The parameters at the end of an epoch.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Weights<'a> {
    /// Where each tensor is.
    pub layout: &'a Layout,
    /// The parameters, with padding.
    pub param: &'a [f32],
    /// Their moving average, if the run keeps one.
    pub ema: Option<&'a [f32]>,
}

impl<'a> Weights<'a> {
    /// What the run is evaluated on: the moving average if there is one, otherwise the parameters.
    pub fn evaluated(&self) -> &'a [f32] {
        self.ema.unwrap_or(self.param)
    }

    /// The tensors: (name, shape, values).
    pub fn tensors(self) -> impl Iterator<Item = (&'a str, &'a [usize], &'a [f32])> {
        let all = self.evaluated();
        self.layout.tensors().iter().map(move |t| (&*t.name, &*t.shape, &all[t.range.clone()]))
    }
}

/// Watches a run. Every method may end it with an error.
pub trait Observer {
    /// Before the first step.
    ///
    /// # Errors
    /// Ends the run.
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        let _ = run;
        Ok(())
    }

    /// After each step.
    ///
    /// # Errors
    /// Ends the run.
    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        let _ = step;
        Ok(())
    }

    /// After each epoch. `Break` stops early: the run ends here, and well.
    ///
    /// # Errors
    /// Ends the run.
    fn epoch(&mut self, epoch: &EpochRecord, weights: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let _ = (epoch, weights);
        Ok(ControlFlow::Continue(()))
    }

    /// After the last step of a run without error.
    ///
    /// # Errors
    /// Becomes the run's.
    fn finish(&mut self, report: &Report) -> Result<(), Error> {
        let _ = report;
        Ok(())
    }
}

/// Watches nothing.
impl Observer for () {}

/// Each in turn; the run stops early if any says so.
impl Observer for Vec<&mut dyn Observer> {
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        self.iter_mut().try_for_each(|o| o.start(run))
    }

    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        self.iter_mut().try_for_each(|o| o.step(step))
    }

    fn epoch(&mut self, epoch: &EpochRecord, weights: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let mut flow = ControlFlow::Continue(());
        for observer in self.iter_mut() {
            if observer.epoch(epoch, weights)?.is_break() {
                flow = ControlFlow::Break(());
            }
        }
        Ok(flow)
    }

    fn finish(&mut self, report: &Report) -> Result<(), Error> {
        self.iter_mut().try_for_each(|o| o.finish(report))
    }
}

/// What a run gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What made the steps: `cpu`, or a GPU's name.
    pub device: String,
    /// Trained numbers, without padding.
    pub parameters: usize,
    /// Steps made.
    pub steps: u64,
    /// One record per epoch.
    pub epochs: Vec<EpochRecord>,
    /// The place in `epochs` of the best test accuracy, the first of equals.
    pub best: usize,
    /// Whether an observer ended the run early.
    pub stopped: bool,
    /// Wall time of the steps and evaluations, without loading the data.
    pub wall: Duration,
}

impl Report {
    /// The last epoch; a run has at least one.
    pub fn last(&self) -> Option<&EpochRecord> {
        self.epochs.last()
    }
}
