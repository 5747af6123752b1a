//! What keeps a config from being trained, apart from the machine: [`read`](super::read) finds what is wrong with its blocks, and
//! this what they leave out, and what the program that they hold computes.
//!
//! `etude check`, the editor and the runner ask here alone, so that none refuses what another takes.

use super::block::Block;
use super::metrics;
use super::model::{EVALUATE, Shape};
use super::rules::Hyper;
use super::{Config, dataset};
use crate::diag::number::brief;
use crate::diag::{Diagnostic, config};
use crate::finite;
use crate::interval::{self, Budget, Proof, Range};
use crate::ir::{Ir, inputs};
use crate::plan::Plan;

/// Instructions of single steps that are run one after the other where bounds do not decide, and of steps here and there.
const MOST_RUN: u64 = 1 << 21;
const POINTS: u64 = 1 << 20;

/// Findings after which no more are looked for: more than are shown.
const ENOUGH: usize = 40;

/// Everything that keeps `config`, which is one for training, from being trained; its program is `plan` and `ir`.
pub(crate) fn refused(config: &Config, plan: &Plan, ir: &Ir) -> Vec<Diagnostic> {
    let mut found = config.incomplete();
    found.extend(unreported(plan));
    found.extend(out_of_range(config, plan, ir));
    found
}

impl Config {
    /// Whether it is for the runner: it names data or a model. Any other is a schedule for a trainer of one's own, which
    /// may have the rest.
    pub fn trains(&self) -> bool {
        self.place(Block::Data).or(self.place(Block::Model)).is_some()
    }

    /// What it lacks, and whether it is too large: what keeps it from being trained whatever its program computes.
    pub fn incomplete(&self) -> Vec<Diagnostic> {
        let mut found = self.missing();
        found.extend(self.endless());
        found.extend(self.too_large());
        found
    }

    fn missing(&self) -> Vec<Diagnostic> {
        let shown = [Block::Optimizer, Block::Model, Block::Data, Block::Run].into_iter().find_map(|b| self.place(b));
        let missing = |place, what: String, help: &str| Diagnostic::new(&config::MISSING, place, what).help(help);
        let needed = [Block::Run, Block::Data, Block::Model, Block::Optimizer];
        let absent: Vec<_> = needed.into_iter().filter(|block| self.place(*block).is_none()).map(Block::row).collect();
        let mut list = vec![];
        if !absent.is_empty() {
            let names: Vec<String> = absent.iter().map(|row| format!("`{}`", row.name)).collect();
            let (s, are) = if let [_] = absent[..] { ("", "is") } else { ("s", "are") };
            let what = format!("the block{s} {} that training needs {are} missing", names.join(", "));
            let examples: Vec<&str> = absent.iter().map(|row| row.example).collect();
            list.push(missing(shown.unwrap_or_default(), what, &format!("write\n{}", examples.join("\n"))));
        }
        if let Some(place) = self.place(Block::Optimizer).filter(|_| self.rule.is_some() && !self.has_lr) {
            list.push(missing(place, "the optimizer has no `lr`".into(), "write `lr: 1e-3`, or a schedule"));
        }
        list
    }

    /// A run whose end is not known, or lies within an epoch.
    fn endless(&self) -> Option<Diagnostic> {
        let run = self.place(Block::Run)?;
        match self.facts.whole_epochs() {
            Ok(Some(_)) => None,
            Ok(None) if self.facts.steps.is_some() => None,
            Ok(None) => {
                let d = Diagnostic::new(&config::MISSING, run, "the run has no length");
                Some(d.help("write `epochs: 20` in the `run` block"))
            }
            Err(help) => {
                let message = "the run ends within an epoch, and runs end with one here";
                Some(Diagnostic::new(&config::VALUE, self.steps_at.unwrap_or(run), message).help(help))
            }
        }
    }

    fn too_large(&self) -> Option<Diagnostic> {
        let (model, row) = (self.place(Block::Model)?, dataset(&self.spec.data)?);
        let batch = self.spec.batch.min(row.train);
        let fault = self.shape()?.fault(batch.max(EVALUATE.min(row.test)))?;
        let d = Diagnostic::new(&config::VALUE, self.hidden_at.unwrap_or(model), fault);
        Some(d.help("write smaller layers: `hidden: [256, 128]`"))
    }

    /// The model's extents, where the data are known.
    pub(super) fn shape(&self) -> Option<Shape> {
        let row = dataset(&self.spec.data).filter(|_| self.place(Block::Model).is_some())?;
        let (hidden, activation) = (self.spec.hidden.clone(), self.spec.activation);
        Some(Shape { inputs: row.inputs, hidden, classes: row.classes, activation })
    }
}

/// A modifier that would never act.
fn unreported(plan: &Plan) -> Vec<Diagnostic> {
    let refused = |control: &crate::plan::Control| {
        let (message, help) = metrics::unreported(&control.metric)?;
        Some(Diagnostic::new(&config::METRIC, control.span, message).help(help))
    };
    plan.controls.iter().filter_map(refused).collect()
}

/// Hyperparameters that leave their ranges at some step of the run. One that depends on what will be measured is looked at
/// where nothing has been: before the first step.
fn out_of_range(config: &Config, plan: &Plan, ir: &Ir) -> Vec<Diagnostic> {
    let (Some(rule), Some(steps)) = (config.rule, plan.clock.total()) else { return vec![] };
    let mut effort = Effort { budget: Budget::of(ir), run: MOST_RUN, points: POINTS };
    let known = finite::open_inputs(ir);
    let mut found = vec![];
    for (k, (name, _)) in plan.outputs.iter().enumerate() {
        let key = name.rsplit('.').next().unwrap_or(name);
        let Some(hyper) = rule.hypers.iter().find(|h| h.name == key).filter(|_| found.len() < ENOUGH) else { continue };
        let steps = if inputs(&ir.outputs[k].block) > 1 { 1 } else { steps };
        let output = Output { plan, ir, k, steps, inputs: &known, hyper };
        if let Some(step) = output.first_bad(&mut effort) {
            found.push(output.describe(step, rule.name));
        }
    }
    found
}

/// What may still be done for all hyperparameters together.
struct Effort {
    budget: Budget,
    run: u64,
    points: u64,
}

/// Takes from `left` what so many runs of `cost` instructions need, as far as it reaches; how many those are.
fn afford(left: &mut u64, cost: u64, runs: u64) -> u64 {
    let runs = runs.min(*left / cost.max(1));
    *left -= runs * cost;
    runs
}

/// The values of one hyperparameter over the run.
struct Output<'a> {
    plan: &'a Plan,
    ir: &'a Ir,
    k: usize,
    /// How many are looked at.
    steps: u64,
    inputs: &'a [f64],
    hyper: &'a Hyper,
}

impl Output<'_> {
    fn value(&self, step: u64) -> f64 {
        interval::value(self.ir, self.k, step, self.inputs)
    }

    fn is_bad(&self, step: u64) -> bool {
        !self.hyper.range.contains(self.value(step))
    }

    /// The first step at which the value is out of its range. Where bounds do not decide, as many steps are run as are
    /// affordable, and then those around the phases' ends.
    fn first_bad(&self, effort: &mut Effort) -> Option<u64> {
        let range = self.hyper.range;
        let good = |r: Range| !r.nan && range.contains(r.lo) && range.contains(r.hi);
        let from = match interval::prove(self.ir, self.k, &interval::points(self.inputs), &mut effort.budget, good) {
            Proof::Holds => return None,
            Proof::Fails(step) => return Some(step).filter(|&step| step < self.steps),
            Proof::Unknown(from) => from,
        };
        let cost = interval::size(self.ir, self.k);
        let end = from + afford(&mut effort.run, cost, self.steps.saturating_sub(from));
        if let Some(step) = (from..end).find(|&step| self.is_bad(step)) {
            return Some(step);
        }
        let most = afford(&mut effort.points, cost, self.steps.saturating_sub(end).min(LOOKED_AT));
        let later = || finite::moments(self.plan, self.k).into_iter().filter(|step| (end..self.steps).contains(step));
        (most > 0).then(|| later().take(most as usize).find(|&step| self.is_bad(step))).flatten()
    }

    /// `beta1 is 1.2 from step 10 on; it must be in [0, 1)`
    fn describe(&self, step: u64, rule: &str) -> Diagnostic {
        let Self { plan, ir, k, hyper, .. } = *self;
        let when = finite::when(plan, ir, k, step, self.inputs, |v| !hyper.range.contains(v));
        let value = brief(self.value(step));
        let message = format!("{} is {value} {when}; it must be in {}", plan.outputs[k].0, hyper.range);
        let span = finite::phase_at(plan, k, step).map_or(plan.bodies[k], |phase| phase.span);
        let d = Diagnostic::new(&config::HYPER, span, message);
        match hyper.default {
            Some(usual) => d.help(format!("where it is not written, {rule} takes `{}`", brief(usual))),
            None => d.help("`| clamp(min: 0)` keeps it at 0"),
        }
    }
}

/// Moments that are looked at where steps are too many to be run.
const LOOKED_AT: u64 = 1 << 12;
