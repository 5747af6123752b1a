//! One program computes every hyperparameter that is written; here each gets its place in the engine's layout.

use std::cell::RefCell;
use std::ops::ControlFlow;

use super::Config;
use crate::metric::REPORTED;
#[cfg(feature = "cuda")]
use crate::optim::cuda::Code;
use crate::optim::{Layout, RuleRow};
use crate::train::{EpochRecord, Error, Observer, Source, Spec, StepRecord, Weights};
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
    rule: &'static RuleRow,
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
        Self { rule: config.rule(), run: RefCell::new(program.start()), slots, scratch }
    }
}

/// Steps whose values are looked at before a run.
const LOOKED_AT: u64 = 1 << 17;

impl Hypers {
    /// The rule whose hyperparameters they are.
    pub fn rule(&self) -> &'static RuleRow {
        self.rule
    }

    /// Whether every value is in its range: at all steps, of a very long run at steps all over it, and at the first step
    /// where the values depend on what will be measured.
    ///
    /// # Errors
    /// The first value that is not.
    pub fn check(&self, layout: &Layout, spec: &Spec, examples: usize) -> Result<(), Error> {
        let measured = !self.run.borrow().metrics().is_empty();
        let steps = if measured { 1 } else { spec.steps_per_epoch(examples).saturating_mul(spec.epochs) };
        let mut values = vec![0.0; self.slots.len()];
        for step in (0..steps).step_by((steps / LOOKED_AT + 1) as usize).chain(steps.checked_sub(1)) {
            self.fill(step, &mut values);
            self.rule.check(layout, step, &values)?;
        }
        Ok(())
    }
}

impl Source for Hypers {
    fn fill(&self, step: u64, values: &mut [f64]) {
        let mut computed = self.scratch.borrow_mut();
        self.run.borrow_mut().at(step, &mut computed);
        for (value, slot) in values.iter_mut().zip(&self.slots) {
            *value = match *slot {
                Slot::Output(i) => computed[i],
                Slot::Default(x) => x,
            };
        }
    }

    fn watches_steps(&self) -> bool {
        self.run.borrow().metrics().iter().any(|metric| OF_A_STEP.contains(metric))
    }

    #[cfg(feature = "cuda")]
    #[allow(unsafe_code)]
    fn code(&self) -> Option<Code> {
        use crate::backend::c::number;
        use std::fmt::Write;

        let mut text = self.run.borrow().program().cuda("etude_program");
        text += "\nstatic __device__ void etude_values(etude_u64 step, etude_u64, const double *inputs, double *values)\n{\n";
        _ = writeln!(text, "    double out[{}];", self.scratch.borrow().len().max(1));
        text += "    etude_program(step, inputs, out);\n";
        for (i, slot) in self.slots.iter().enumerate() {
            _ = match *slot {
                Slot::Output(k) => writeln!(text, "    values[{i}] = out[{k}];"),
                Slot::Default(x) => writeln!(text, "    values[{i}] = {};", number(x)),
            };
        }
        // SAFETY: a program's code ends and reads its inputs and nothing else; there is a slot for each value of the layout.
        Some(unsafe { Code::new(text + "}\n", self.run.borrow().inputs().len()) })
    }

    #[cfg(feature = "cuda")]
    fn inputs(&self) -> Vec<f64> {
        self.run.borrow().inputs().to_vec()
    }
}

/// What is reported after every step; the others of [`REPORTED`] after every epoch.
const OF_A_STEP: [&str; 2] = ["loss", "grad_norm"];

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

    /// Takes what was measured after `step`: a GPU computes its values without asking for them here.
    fn observe(&self, step: u64, metrics: &[(&str, f64)]) {
        let mut run = self.run.borrow_mut();
        for (name, value) in metrics {
            // What the program does not watch changes nothing.
            _ = run.observe_at(step, name, *value);
        }
    }
}

impl Observer for Watch<'_> {
    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        let [loss, norm] = OF_A_STEP;
        self.0.observe(step.step, &[(loss, step.loss), (norm, step.grad_norm)]);
        Ok(())
    }

    fn epoch(&mut self, epoch: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let EpochRecord { train_loss, test_loss, test_accuracy, .. } = *epoch;
        let metrics = [("test_loss", test_loss), ("val_loss", test_loss), ("train_loss", train_loss)];
        let last = epoch.steps.saturating_sub(1);
        self.0.observe(last, &metrics);
        self.0.observe(last, &[("test_accuracy", test_accuracy), ("val_accuracy", test_accuracy)]);
        Ok(ControlFlow::Continue(()))
    }
}
