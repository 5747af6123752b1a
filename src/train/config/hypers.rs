//! One program computes every hyperparameter that is written; here each gets its place in the engine's layout.

use std::cell::RefCell;
use std::ops::ControlFlow;

use super::Config;
use crate::metric::REPORTED;
use crate::train::{EpochRecord, Error, Observer, StepRecord, Weights};
use crate::{Program, Run};

/// Where one value comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slot {
    /// An output of the program.
    Output(usize),
    /// The rule's default.
    Default(f64),
}

/// The hyperparameters of a run at every step.
#[derive(Debug)]
pub struct Hypers {
    run: RefCell<Run>,
    slots: Vec<Slot>,
    scratch: RefCell<Vec<f64>>,
}

impl Hypers {
    /// Lays out the values of `program`, which was compiled from the same config. A group has the default group's value
    /// where it sets none.
    pub fn new(config: &Config, program: Program) -> Self {
        let names: Vec<&str> = program.names().collect();
        let find = |name: &str| names.iter().position(|n| *n == name).map(Slot::Output);
        let hypers = config.rule().hypers;
        let default: Vec<Slot> =
            hypers.iter().map(|h| find(h.name).unwrap_or(Slot::Default(h.default.unwrap_or(0.0)))).collect();
        let mut slots = default.clone();
        for group in config.groups() {
            let own = |h: &crate::optim::Hyper| find(&format!("{group}.{}", h.name));
            slots.extend(hypers.iter().zip(&default).map(|(h, &inherited)| own(h).unwrap_or(inherited)));
        }
        let scratch = RefCell::new(vec![0.0; names.len()]);
        Self { run: RefCell::new(program.start()), slots, scratch }
    }

    /// Fills `values`, laid out `[group][hyperparameter]`.
    pub fn fill(&self, step: u64, values: &mut [f64]) {
        let mut computed = self.scratch.borrow_mut();
        self.run.borrow_mut().at(step, &mut computed);
        for (value, slot) in values.iter_mut().zip(&self.slots) {
            *value = match *slot {
                Slot::Output(i) => computed[i],
                Slot::Default(x) => x,
            };
        }
    }
}

/// Tells metric-driven schedules what the run reports. The data sets have two parts, so that `val_loss` and
/// `val_accuracy` are other words for `test_loss` and `test_accuracy`.
#[derive(Debug)]
pub struct Watch<'a>(&'a Hypers);

impl Hypers {
    /// The observer that feeds `plateau` and `adapt`.
    pub fn watch(&self) -> Watch<'_> {
        Watch(self)
    }

    /// A metric that the program watches and no run reports.
    pub fn unreported(&self) -> Option<String> {
        self.run.borrow().metrics().into_iter().find(|m| !REPORTED.contains(m)).map(String::from)
    }

    fn observe(&self, metrics: &[(&str, f64)]) {
        let mut run = self.run.borrow_mut();
        for (name, value) in metrics {
            // What the program does not watch changes nothing.
            _ = run.observe(name, *value);
        }
    }
}

impl Observer for Watch<'_> {
    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        self.0.observe(&[("loss", step.loss), ("grad_norm", step.grad_norm)]);
        Ok(())
    }

    fn epoch(&mut self, epoch: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let EpochRecord { train_loss, test_loss, test_accuracy, .. } = *epoch;
        let metrics = [("test_loss", test_loss), ("val_loss", test_loss), ("train_loss", train_loss)];
        self.0.observe(&metrics);
        self.0.observe(&[("test_accuracy", test_accuracy), ("val_accuracy", test_accuracy)]);
        Ok(ControlFlow::Continue(()))
    }
}
