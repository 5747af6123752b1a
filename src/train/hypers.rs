//! One program computes every hyperparameter that is written; here each gets its place in the engine's layout.

use std::cell::RefCell;
use std::ops::ControlFlow;

use super::{EpochRecord, Error, Observer, Source, StepRecord, Weights};
use crate::config::metrics::{self, After, Metric, reported};
use crate::config::{Config, Hyper};
#[cfg(feature = "cuda")]
use crate::optim::cuda::Code;
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
    #[doc(hidden)]
    pub fn new(config: &Config, program: Program) -> Self {
        let names: Vec<&str> = program.names().collect();
        let find = |name: &str| names.iter().position(|n| *n == name).map(Slot::Output);
        let hypers = config.rule().hypers;
        let default: Vec<Slot> =
            hypers.iter().map(|h| find(h.name).unwrap_or(Slot::Default(h.default.unwrap_or(0.0)))).collect();
        let mut slots = default.clone();
        for group in config.groups() {
            let own = |h: &Hyper| find(&format!("{group}.{}", h.name));
            slots.extend(hypers.iter().zip(&default).map(|(h, &inherited)| own(h).unwrap_or(inherited)));
        }
        let scratch = RefCell::new(vec![0.0; names.len()]);
        Self { run: RefCell::new(program.start()), slots, scratch }
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
        self.run.borrow().metrics().iter().any(|metric| reported(metric).is_some_and(|row| row.after == After::Step))
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

/// Tells metric-driven schedules what the run reports: a value for every row of [`METRICS`](metrics::METRICS).
#[derive(Debug)]
pub struct Watch<'a>(&'a Hypers);

impl Hypers {
    /// The observer that feeds `plateau` and `adapt`.
    pub fn watch(&self) -> Watch<'_> {
        Watch(self)
    }

    /// Takes what was measured after `step`: a GPU computes its values without asking for them here.
    fn observe(&self, step: u64, values: &[(&Metric, f64)]) {
        let mut run = self.run.borrow_mut();
        for (metric, value) in values {
            // What the program does not watch changes nothing.
            _ = run.observe_at(step, metric.name, *value);
        }
    }
}

impl Observer for Watch<'_> {
    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        self.0.observe(step.step, &[(&metrics::LOSS, step.loss), (&metrics::GRAD_NORM, step.grad_norm)]);
        Ok(())
    }

    fn epoch(&mut self, epoch: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let EpochRecord { train_loss, test_loss, test_accuracy, .. } = *epoch;
        let losses =
            [(&metrics::TEST_LOSS, test_loss), (&metrics::VAL_LOSS, test_loss), (&metrics::TRAIN_LOSS, train_loss)];
        let accuracies = [(&metrics::TEST_ACCURACY, test_accuracy), (&metrics::VAL_ACCURACY, test_accuracy)];
        let last = epoch.steps.saturating_sub(1);
        self.0.observe(last, &losses);
        self.0.observe(last, &accuracies);
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read;
    use crate::syntax::parse;
    use crate::{Backend, Input};

    const DIGITS: &str = "let peak = 3e-3\nrun { epochs: 2, batch: 64 }\ndata \"digits\"\nmodel mlp(hidden: [8])\n\
        optimizer adamw { lr: warmup(5%) >> cosine(peak -> 0), weight_decay: 0.1 }\n\
        group \"bias\" { weight_decay: 0 }\ngroup \"layers.0\" { lr: 10 * inherited }\n";

    #[test]
    fn one_program_fills_every_group() {
        let config = read(&parse(DIGITS).unwrap()).unwrap();
        assert_eq!(config.spec().unwrap().groups, ["bias", "layers.0"]);
        let clock = config.facts.clock();
        assert_eq!((clock.total(), clock.epoch()), (Some(46), Some(23)));
        let hypers = Hypers::new(&config, Input::new(DIGITS, clock).on(Backend::Eval).program().unwrap());
        let mut values = [0.0; 15];
        hypers.fill(46, &mut values);
        assert_eq!(values[..5], [0.0, 0.9, 0.999, 1e-8, 0.1]);
        hypers.fill(10, &mut values);
        assert!(values[0] > 0.0);
        assert_eq!((values[5], values[9], values[10], values[14]), (values[0], 0.0, 10.0 * values[0], 0.1));
    }

    #[test]
    fn groups_inherit_wherever_they_stand() {
        let run = "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\n";
        let optimizer = "optimizer adamw { lr: 1 -> 3 }\n";
        let group = "group \"bias\" { lr: 10 * inherited, weight_decay: 10 * inherited, beta1: inherited / 3 }\n";
        let values = |source: String| {
            let config = read(&parse(&source).unwrap()).unwrap();
            let program = Input::new(&source, config.facts.clock()).on(Backend::Eval).program().unwrap();
            let mut values = [0.0; 10];
            Hypers::new(&config, program).fill(23, &mut values);
            values
        };
        let expected = [2.0, 0.9, 0.999, 1e-8, 0.01, 20.0, 0.9 / 3.0, 0.999, 1e-8, 10.0 * 0.01];
        assert_eq!(values(format!("{run}{optimizer}{group}")), expected);
        assert_eq!(values(format!("{group}{run}{optimizer}")), expected);
        assert_eq!(
            values(format!(
                "{run}optimizer sgd(nesterov: true) {{ lr: 1, momentum: 0.5 }}\ngroup \"bias\" {{ weight_decay: inherited + 1 }}"
            ))[5],
            1.0
        );
        // A rate that nobody wrote has no default.
        let refused =
            crate::compile("optimizer adamw { beta1: 0.5 }\ngroup \"bias\" { lr: inherited }", crate::Clock::steps(5));
        assert_eq!(refused.unwrap_err().list[0].code.code, "S0202");
    }
}
