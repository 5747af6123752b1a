//! One program computes every hyperparameter that is written; here each gets its place in the engine's layout.

use std::cell::RefCell;

use super::Config;
use crate::Program;

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
    program: Program,
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
        Self { program, slots, scratch }
    }

    /// Fills `values`, laid out `[group][hyperparameter]`.
    pub fn fill(&self, step: u64, values: &mut [f64]) {
        let mut computed = self.scratch.borrow_mut();
        self.program.at(step, &mut computed);
        for (value, slot) in values.iter_mut().zip(&self.slots) {
            *value = match *slot {
                Slot::Output(i) => computed[i],
                Slot::Default(x) => x,
            };
        }
    }
}
