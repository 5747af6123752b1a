//! A schedule with the metrics that it has observed.
//!
//! Guarantees: the same observations at the same steps give the same bits, on every backend and after every save
//! and restore; nothing but [`Run::observe`] and [`Run::restore`] changes what a step gives.

use std::fmt;
use std::ops::Range;

use num_traits::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::Program;
use crate::eval::eval;
use crate::ir::Ir;
use crate::metric::{Rule, State, Subject};
use crate::plan;
use crate::simd::Isa;

/// A metric-driven modifier of a compiled program.
pub(crate) struct Control {
    pub(crate) metric: Box<str>,
    rule: Rule,
    /// The steps whose observations count.
    from: u64,
    to: Option<u64>,
    /// The value that is scaled and its bounds; asked for only when the metric is observed.
    subject: Ir,
}

impl Control {
    /// Its scale stays within `scales`; `subject` is what it scales, with its bounds.
    pub(crate) fn new(control: &plan::Control, subject: Ir, scales: (f64, f64)) -> Self {
        let window = control.window;
        let step = |moment: crate::clock::Ratio| moment.ceil().to_integer().to_u64().unwrap_or(u64::MAX);
        Self {
            metric: control.metric.as_str().into(),
            rule: Rule { least: scales.0, most: scales.1.min(control.rule.most), ..control.rule },
            from: step(window.start),
            to: window.end().map(step),
            subject,
        }
    }

    fn watches(&self, step: u64) -> bool {
        step >= self.from && self.to.is_none_or(|to| step < to)
    }
}

/// A run: the schedule and what its metrics have made of it.
///
/// ```
/// let schedule = etude::compile("1e-3 | plateau(val_loss, factor: 0.5, patience: 0)", etude::Clock::steps(100))?;
/// let mut run = schedule.start();
/// assert_eq!(run.lr(0), 1e-3);
/// run.observe("val_loss", 0.7)?; // the best so far
/// assert_eq!(run.lr(1), 1e-3);
/// run.observe("val_loss", 0.9)?; // worse: a cut
/// assert_eq!(run.lr(2), 5e-4);
/// assert_eq!(schedule.lr(2), 1e-3); // a schedule has no state
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Run {
    program: Program,
    /// The base value, then each control's scale.
    inputs: Box<[f64]>,
    states: Vec<State>,
    step: u64,
}

/// What a [`Run`] remembers: a few scalars for each `plateau` and `adapt`, in the program's order. Serde carries it
/// exactly in any format; numbers are texts, so that JSON can hold infinities and NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    step: u64,
    controls: Vec<ControlState>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ControlState {
    metric: String,
    state: State,
}

/// Why a run cannot take what it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The program watches no such metric.
    UnknownMetric {
        /// What was observed.
        metric: String,
        /// What the program watches.
        known: Vec<String>,
    },
    /// No run has such a state.
    Damaged {
        /// Whose state it is.
        metric: String,
        /// What no run comes to.
        what: String,
    },
    /// The state was saved by a program that watches other metrics.
    OtherProgram {
        /// What the state is of.
        saved: Vec<String>,
        /// What the program watches.
        known: Vec<String>,
    },
}

impl Run {
    pub(crate) fn new(program: Program) -> Self {
        let states = program.controls().iter().map(|c| c.rule.start()).collect();
        let inputs = program.inputs();
        Self { program, inputs, states, step: 0 }
    }

    /// The value for update `step`; of a program with several, the first. Remembers the step as the one that the
    /// next observation belongs to.
    pub fn lr(&mut self, step: u64) -> f64 {
        let outputs = self.program.names().count();
        if outputs == 1 {
            let mut out = [0.0];
            self.at(step, &mut out);
            return out[0];
        }
        let mut out = vec![0.0; outputs];
        self.at(step, &mut out);
        out.first().copied().unwrap_or(0.0)
    }

    /// Fills `out` with the values at `step`, in the order of [`Program::names`]; see [`lr`](Self::lr).
    ///
    /// # Panics
    /// When `out` is shorter than the number of values.
    pub fn at(&mut self, step: u64, out: &mut [f64]) {
        self.step = step;
        self.program.closed(step, &self.inputs, out);
    }

    /// Fills `out` with the values for the steps of `range` by the scales as they are now: a row for each, as in
    /// [`Program::fill`]. The step that the next observation belongs to stays as it is.
    ///
    /// # Panics
    /// When `out` is not as long as `range`, times the number of values.
    pub fn fill(&self, range: Range<u64>, out: &mut [f64]) {
        self.program.fill_closed(Isa::best(), range, &self.inputs, out);
    }

    /// Takes what `metric` was after the update that was last asked for (after update 0 if none was).
    ///
    /// # Errors
    /// The program watches no metric of that name; nothing changes.
    pub fn observe(&mut self, metric: &str, value: f64) -> Result<(), RunError> {
        self.observe_at(self.step, metric, value)
    }

    /// Takes what `metric` was after update `step`.
    ///
    /// A `plateau` or `adapt` that modifies a phase counts what is observed during the phase. Its rules are about
    /// the value s(step) · scale, where s is what stands on its left: for a constant s that is torch's own, and where
    /// s changes, `min`, `max` and `eps` act on its value at the observed step.
    ///
    /// # Errors
    /// The program watches no metric of that name; nothing changes.
    pub fn observe_at(&mut self, step: u64, metric: &str, value: f64) -> Result<(), RunError> {
        self.step = step;
        let mut known = false;
        for k in 0..self.states.len() {
            let control = &self.program.controls()[k];
            if *control.metric != *metric {
                continue;
            }
            known = true;
            if control.watches(step) {
                let mut at = [0.0; 3];
                eval(&control.subject, step, &self.inputs, &mut at);
                let subject = Subject { value: at[0], min: at[1], max: at[2] };
                control.rule.observe(&mut self.states[k], value, subject);
                self.inputs[k + 1] = self.states[k].scale;
            }
        }
        if known { Ok(()) } else { Err(RunError::UnknownMetric { metric: metric.into(), known: self.known() }) }
    }

    /// What the program reads: the base value, then what each `plateau` and `adapt` multiplies by.
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The metrics that the program watches, each once.
    pub fn metrics(&self) -> Vec<&str> {
        self.program.metrics()
    }

    /// What each `plateau` and `adapt` multiplies by, in the program's order, with its metric.
    pub fn scales(&self) -> impl Iterator<Item = (&str, f64)> {
        self.program.controls().iter().zip(&self.states).map(|(c, s)| (&*c.metric, s.scale))
    }

    /// Everything that has to be saved.
    pub fn state(&self) -> RunState {
        let controls = self.program.controls().iter().zip(&self.states);
        let one = |(c, s): (&Control, &State)| ControlState { metric: c.metric.to_string(), state: s.clone() };
        RunState { step: self.step, controls: controls.map(one).collect() }
    }

    /// Goes on from a saved state.
    ///
    /// # Errors
    /// The state is of a program that watches other metrics, or one that no run of this program comes to; nothing changes.
    pub fn restore(&mut self, saved: &RunState) -> Result<(), RunError> {
        let all: Vec<&str> = self.program.controls().iter().map(|c| &*c.metric).collect();
        if !all.iter().copied().eq(saved.controls.iter().map(|c| c.metric.as_str())) {
            let saved = saved.controls.iter().map(|c| c.metric.clone()).collect();
            return Err(RunError::OtherProgram { saved, known: all.into_iter().map(String::from).collect() });
        }
        for (control, saved) in self.program.controls().iter().zip(&saved.controls) {
            if let Some(what) = control.rule.damage(&saved.state) {
                return Err(RunError::Damaged { metric: saved.metric.clone(), what });
            }
        }
        self.step = saved.step;
        self.states = saved.controls.iter().map(|c| c.state.clone()).collect();
        for (input, state) in self.inputs[1..].iter_mut().zip(&self.states) {
            *input = state.scale;
        }
        Ok(())
    }

    fn known(&self) -> Vec<String> {
        self.metrics().into_iter().map(String::from).collect()
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String]| if names.is_empty() { "none".into() } else { names.join(", ") };
        match self {
            Self::UnknownMetric { metric, known } => {
                write!(f, "the program watches no metric `{metric}`; it watches {}", list(known))
            }
            Self::Damaged { metric, what } => write!(f, "the state of `{metric}` is damaged: {what}"),
            Self::OtherProgram { saved, known } => {
                write!(f, "the state is of a program that watches {}; this one watches {}", list(saved), list(known))
            }
        }
    }
}

impl std::error::Error for RunError {}
