//! The proof that a program is a finite number at every step, for every base and every scale that it is given.
//!
//! Guarantee: what is not refused is finite at every step for each base of [`Proven::bases`] and each scale of
//! [`Proven::scales`]; a base beyond them is decided alone, by [`at_base`]. What cannot be decided is refused.
//!
//! The bounds of a whole run prove most programs in one pass, for all bases and scales at once; the others are bisected
//! down to their first bad step. Where the budget for that runs out, the steps that are left are run one by one, for
//! every output at once, and as far as that is affordable: all outputs together pay from one purse.

mod says;

use std::cell::{Cell, RefCell};

use crate::clock::to_f64;
use crate::compile::{Checked, Parsed};
use crate::diag::number::{brief, number};
use crate::diag::{Diagnostic, Span, lints};
use crate::eval::eval;
use crate::interval::{self, Budget, Proof, Range};
use crate::ir::{Ir, inputs};
use crate::lower::LONGEST;
use crate::plan::{Phase, Plan};

use says::describe;
pub(crate) use says::when;

/// Points of the grid over the run.
const GRID: u64 = 512;

/// Instructions of single steps that are run for one output where bounds do not decide, and for all outputs together.
const MOST_RUN: u64 = 1 << 21;
const ALL_RUN: u64 = MOST_RUN << 4;

/// Instructions of the moments that are looked at to find a bad one.
const MOST_TRIED: u64 = 1 << 21;

/// The greatest base for which a program is expected to be fine.
const USUAL: f64 = 1e6;

/// The bases that are tried, the widest first; 1 is what a program has unless it is given another.
const BASES: &[(f64, f64)] = &[(0.0, 1e100), (1e-100, 1e100), (1e-30, 1e30), (1e-9, 1e9), (1e-3, 1e3), (1.0, 1.0)];

/// The scales that are tried, the widest first; 1 is where each starts.
const SCALES: &[(f64, f64)] = &[(0.0, 1e100), (1e-100, 1e100), (1e-30, 1e30), (1e-9, 1e9), (1e-3, 1e3)];

/// The inputs for which a program is finite at every step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Proven {
    /// From the least base to the greatest.
    pub(crate) bases: (f64, f64),
    /// The same of every metric-driven scale, besides the bounds of its rule.
    pub(crate) scales: (f64, f64),
}

/// Proves that every value is finite, or says where one is not or could not be decided.
pub(crate) fn check(parsed: &Parsed, plan: &Plan, ir: &Ir) -> Result<Proven, Box<Diagnostic>> {
    let mut budget = Budget::of(ir);
    let mut proven = Proven { bases: (0.0, f64::MAX), scales: SCALES[0] };
    let of = Program::new(parsed, plan, ir);
    let wide = of.inputs(Proven { bases: BASES[0], scales: SCALES[0] });
    for (k, output) in ir.outputs.iter().enumerate() {
        let inputs = inputs(&output.block);
        if interval::bounds(ir, k, (0, u64::MAX), &wide, &mut budget).is_finite() {
            if inputs > 0 {
                proven.bases = within(proven.bases, BASES[0]);
            }
            continue;
        }
        of.open(k, 1.0, &mut budget)?;
        if inputs > 1 {
            let with = |scales| Proven { bases: (1.0, 1.0), scales };
            proven.scales = within(proven.scales, of.widest(k, SCALES, &mut budget, with)?);
        }
        if inputs > 0 {
            let with = |bases| Proven { bases, ..proven };
            // What is left is the base of 1, for which it has been proven.
            let bases = of.widest(k, BASES, &mut budget, with).unwrap_or((1.0, 1.0));
            proven.bases = within(proven.bases, bases);
        }
    }
    Ok(proven)
}

/// The same for one base, with the scales that were proven.
pub(crate) fn at_base(checked: &Checked, base: f64, scales: (f64, f64)) -> Result<(), Box<Diagnostic>> {
    let of = Program::of(checked);
    let ir = of.ir;
    let mut budget = Budget::of(ir);
    for (k, output) in ir.outputs.iter().enumerate() {
        of.open(k, base, &mut budget)?;
        if inputs(&output.block) > 1 {
            of.widest(k, &[scales], &mut budget, |scales| Proven { bases: (base, base), scales })?;
        }
    }
    Ok(())
}

/// A base that the program cannot have, up to [`USUAL`]: 0, or the one next to those that are proven.
pub(crate) fn bad_base(checked: &Checked) -> Option<Diagnostic> {
    let (of, proven) = (Program::of(checked), checked.proven);
    let ir = of.ir;
    let mut budget = Budget::of(ir);
    let mut holds = |bases| {
        let inputs = of.inputs(Proven { bases, ..proven });
        (0..ir.outputs.len()).all(|k| interval::prove(ir, k, &inputs, &mut budget, Range::is_finite) == Proof::Holds)
    };
    let why = |base| at_base(checked, base, proven.scales).err().map(|found| (base, found));
    let (least, most) = proven.bases;
    let mut found = None;
    if least > 0.0 {
        found = why(0.0).or_else(|| why(edge(least, 0.0, |base| holds((base, most)))));
    }
    if found.is_none() && most < USUAL {
        found = why(edge(most, USUAL, |base| holds((least, base))));
    }
    let (base, found) = found?;
    let message = format!("at the base {}, {}", number(base), found.message);
    let help = "bound what `base` decides, such as `max(base, 1e-9)`, or leave it where no base is like that";
    let d =
        Diagnostic { code: &lints::BASE, severity: lints::BASE.severity, message, labels: vec![], fix: None, ..*found };
    Some(d.help(help))
}

/// The number next to those from `good` towards `bad` that are `fine`.
fn edge(good: f64, bad: f64, mut fine: impl FnMut(f64) -> bool) -> f64 {
    let (mut good, mut bad) = (good.to_bits(), bad.to_bits());
    while good.abs_diff(bad) > 1 {
        let middle = good.midpoint(bad);
        if fine(f64::from_bits(middle)) { good = middle } else { bad = middle }
    }
    f64::from_bits(bad)
}

/// The last of some numbers from `good` towards `bad` that is `fine`, found by halving what they differ by in magnitude.
fn halve(good: f64, bad: f64, mut fine: impl FnMut(f64) -> bool) -> f64 {
    const HALVINGS: usize = 12;
    if good == bad || fine(bad) {
        return bad;
    }
    // The bits of numbers that are not negative are in their order.
    let (mut good, mut bad) = (good.to_bits(), bad.to_bits());
    for _ in 0..HALVINGS {
        let middle = good.midpoint(bad);
        if middle == good {
            break;
        }
        if fine(f64::from_bits(middle)) { good = middle } else { bad = middle }
    }
    f64::from_bits(good)
}

/// Where both bounds hold.
fn within(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.max(b.0), a.1.min(b.1))
}

/// Base 1 and nothing observed.
pub(crate) fn open_inputs(ir: &Ir) -> Vec<f64> {
    vec![1.0; ir.inputs]
}

struct Program<'a> {
    parsed: &'a Parsed,
    plan: &'a Plan,
    ir: &'a Ir,
    /// Instructions that may still be run.
    left: Cell<u64>,
    ran: RefCell<Option<Ran>>,
}

/// A stretch of steps that were run.
struct Ran {
    inputs: Vec<f64>,
    first: u64,
    last: u64,
    /// The first bad step of each output in it.
    bad: Vec<Option<u64>>,
}

impl<'a> Program<'a> {
    fn of(checked: &'a Checked) -> Self {
        Self::new(&checked.parsed, &checked.plan, &checked.ir)
    }

    fn new(parsed: &'a Parsed, plan: &'a Plan, ir: &'a Ir) -> Self {
        Self { parsed, plan, ir, left: Cell::new(ALL_RUN), ran: RefCell::default() }
    }

    /// The inputs for which it is to be proven: the base, then the scales within the bounds of their rules.
    fn inputs(&self, proven: Proven) -> Vec<Range> {
        let scales = self.plan.controls.iter().map(|c| Range::new(proven.scales.0, proven.scales.1.min(c.rule.most)));
        [Range::new(proven.bases.0, proven.bases.1)].into_iter().chain(scales).collect()
    }

    /// Decides output `k` for one base with nothing observed.
    fn open(&self, k: usize, base: f64, budget: &mut Budget) -> Result<(), Box<Diagnostic>> {
        let &Self { parsed, plan, ir, .. } = self;
        let mut inputs = open_inputs(ir);
        inputs[0] = base;
        let step = match interval::prove(ir, k, &interval::points(&inputs), budget, Range::is_finite) {
            Proof::Holds => return Ok(()),
            Proof::Fails(step) => step,
            Proof::Unknown(from) => match self.run(k, from, &inputs) {
                Proof::Holds => return Ok(()),
                Proof::Fails(step) => step,
                Proof::Unknown(from) => match self.tried(k, &inputs) {
                    Some(step) => step,
                    None => return Err(Box::new(self.undecided(k, from, ""))),
                },
            },
        };
        Err(Box::new(describe(parsed, plan, ir, step, k, &inputs)))
    }

    /// Whether output `k`, which is fine before `first`, is so at every later step, as far as it is affordable to run them.
    fn run(&self, k: usize, first: u64, inputs: &[f64]) -> Proof {
        let mut ran = self.ran.borrow_mut();
        // The interpreter runs every output, so that the next one need not be run again.
        let again = |ran: &Ran| ran.inputs == inputs && (ran.first..=ran.last).contains(&first);
        let ran = match ran.take().filter(again) {
            Some(known) => ran.insert(known),
            None => ran.insert(self.steps(first, inputs)),
        };
        match ran.bad[k] {
            Some(step) => Proof::Fails(step),
            // From the end on the value is held.
            None if last(self.plan) <= ran.last => Proof::Holds,
            None => Proof::Unknown(ran.last.saturating_add(1)),
        }
    }

    /// Runs all outputs at every step from `first` on that is affordable.
    fn steps(&self, first: u64, inputs: &[f64]) -> Ran {
        let cost: u64 = (0..self.ir.outputs.len()).map(|k| interval::size(self.ir, k)).sum::<u64>().max(1);
        let affordable = first.saturating_add(MOST_RUN.min(self.left.get()) / cost);
        let last = last(self.plan).max(first).min(affordable);
        self.left.set(self.left.get().saturating_sub((last - first + 1).saturating_mul(cost)));
        let mut out = vec![0.0; self.ir.outputs.len()];
        let mut bad = vec![None; out.len()];
        for step in first..=last {
            eval(self.ir, step, inputs, &mut out);
            let odd = out.iter().zip(&mut bad).filter(|(v, _)| !v.is_finite());
            odd.for_each(|(_, bad)| _ = bad.get_or_insert(step));
        }
        Ran { inputs: inputs.to_vec(), first, last, bad }
    }

    /// The first bad step of output `k` near one of those that are likely to be.
    fn tried(&self, k: usize, inputs: &[f64]) -> Option<u64> {
        let bad = |step| !interval::value(self.ir, k, step, inputs).is_finite();
        let found = affordable(moments(self.plan, k), self.ir, k, MOST_TRIED).find(|&step| bad(step))?;
        Some(began(found, bad))
    }

    /// The first of `all` for which output `k` is finite at every step and all inputs of `with`, widened as far as that
    /// is easily found.
    fn widest(
        &self,
        k: usize,
        all: &[(f64, f64)],
        budget: &mut Budget,
        with: impl Fn((f64, f64)) -> Proven,
    ) -> Result<(f64, f64), Box<Diagnostic>> {
        let mut prove = |bounds| interval::prove(self.ir, k, &self.inputs(with(bounds)), budget, Range::is_finite);
        let mut open = 0;
        let Some(&widest) = all.first() else { return Ok((0.0, f64::MAX)) };
        for &bounds in all {
            match prove(bounds) {
                Proof::Holds => {
                    // As good as all.
                    if all.iter().take(2).any(|b| *b == bounds) {
                        return Ok(bounds);
                    }
                    let least = halve(bounds.0, widest.0, |least| prove((least, bounds.1)) == Proof::Holds);
                    let most = halve(bounds.1, widest.1, |most| prove((least, most)) == Proof::Holds);
                    return Ok((least, most));
                }
                Proof::Fails(step) | Proof::Unknown(step) => open = step,
            }
        }
        let (least, most) = all.last().map_or((1.0, 1.0), |&bounds| with(bounds).scales);
        let metrics: Vec<String> = self.plan.controls.iter().map(|c| format!("`{}`", c.metric)).collect();
        let most = self.plan.controls.iter().map(|c| c.rule.most).fold(0.0, f64::max).min(most);
        let (least, most, metrics) = (brief(least), brief(most), metrics.join(", "));
        let scales = format!(" for every scale from {least} to {most} that {metrics} may lead to");
        Err(Box::new(self.undecided(k, open, &scales)))
    }

    fn undecided(&self, k: usize, from: u64, what: &str) -> Diagnostic {
        let name = &self.plan.outputs[k].0;
        let span = phase_at(self.plan, k, from).map_or(Span::default(), |p| p.span);
        let message = format!("it could not be decided whether {name} is finite from step {from} on{what}");
        Diagnostic::new(&lints::NOT_FINITE, span, message).help(
            "bound what decides: `max(…, 1e-12)` for a divisor or logarithm, `max(0, …)` under a root, `min(…, 700)` in `exp`",
        )
    }
}

/// Where a bad stretch began that holds `found`: it usually reaches back to there without a gap.
pub(crate) fn began(found: u64, bad: impl Fn(u64) -> bool) -> u64 {
    if bad(0) {
        return 0;
    }
    let (mut before, mut first) = (0, found);
    while first - before > 1 {
        let middle = before + (first - before) / 2;
        if bad(middle) { first = middle } else { before = middle }
    }
    first
}

/// The steps around the ends of every phase of output `k`, and a grid over the run.
pub(crate) fn moments(plan: &Plan, k: usize) -> Vec<u64> {
    let end = last(plan);
    let mut steps: Vec<u64> = (0..=GRID).map(|k| (u128::from(end) * u128::from(k) / u128::from(GRID)) as u64).collect();
    for phase in plan.phases_of(k) {
        for moment in [Some(phase.start), phase.end].into_iter().flatten() {
            let step = to_f64(moment) as u64;
            steps.extend([step.saturating_sub(1), step, step.saturating_add(1)]);
        }
    }
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// So many of `steps`, evenly, that looking at output `k` there takes no more than about `most` instructions.
fn affordable(steps: Vec<u64>, ir: &Ir, k: usize, most: u64) -> impl Iterator<Item = u64> {
    let cost = interval::size(ir, k).saturating_mul(steps.len() as u64);
    let apart = usize::try_from(cost / most).unwrap_or(usize::MAX).saturating_add(1);
    steps.into_iter().step_by(apart)
}

/// The end of the run, from which on the value is held.
fn last(plan: &Plan) -> u64 {
    plan.clock.total().unwrap_or(LONGEST as u64)
}

/// The phase that output `k` is in at `step`.
pub(crate) fn phase_at(plan: &Plan, k: usize, step: u64) -> Option<&Phase> {
    plan.phases_of(k).iter().rfind(|p| p.depth == 0 && to_f64(p.start) <= step as f64)
}
