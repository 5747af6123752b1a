//! Values that no optimizer is meant to take, found by bounding the whole run and what is held after it.

use crate::clock::to_f64;
use crate::config::rules::USUAL_LR;
use crate::config::{Block, Rule, rule};
use crate::diag::number::brief;
use crate::diag::{Diagnostic, lints};
use crate::finite;
use crate::interval::{self, Budget, Proof, Range};
use crate::ir::Ir;
use crate::plan::Plan;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item};

/// Hyperparameters that are never negative.
const NOT_NEGATIVE: &[&str] = &["lr", "weight_decay", "eps", "momentum", "beta", "beta1", "beta2", "beta3"];

/// Those of running means, which are below 1.
const BELOW_ONE: &[&str] = &["momentum", "beta", "beta1", "beta2", "beta3"];

/// Findings after which no more are looked for: more than are shown.
const ENOUGH: usize = 40;

/// Instructions of the steps that are tried.
const POINTS: usize = 1 << 20;

/// So many times beyond what is usual is far.
const FAR: f64 = 10.0;

/// What is doubtful about the values of `plan`, which are finite.
pub(super) fn doubtful(ast: &Ast, plan: &Plan, ir: &Ir) -> Vec<Diagnostic> {
    let mut effort = Effort { budget: Budget::default(), points: POINTS };
    let (mut found, rule) = (vec![], optimizer(ast));
    for (k, (name, _)) in plan.outputs.iter().enumerate() {
        let kind = name.rsplit('.').next().unwrap_or(name);
        // To say when a value is so, the whole run is looked at.
        if found.len() >= ENOUGH || !NOT_NEGATIVE.contains(&kind) {
            continue;
        }
        let run = Run { ast, rule, plan, ir, k, inputs: finite::open_inputs(ir) };
        if NOT_NEGATIVE.contains(&kind) {
            found.extend(run.negative(&mut effort));
        }
        if BELOW_ONE.contains(&kind) {
            found.extend(run.too_much_momentum(&mut effort));
        }
        if kind == "lr" {
            found.extend(run.unusual(&mut effort));
        }
    }
    found
}

/// What may still be done for all outputs together.
struct Effort {
    budget: Budget,
    points: usize,
}

impl Effort {
    /// The steps to try where bounds do not decide, each of which runs `cost` instructions; none once all are spent.
    fn moments(&mut self, plan: &Plan, k: usize, cost: usize) -> Vec<u64> {
        let affordable = self.points / cost.max(1);
        if affordable == 0 {
            return vec![];
        }
        let mut steps = finite::moments(plan, k);
        steps.truncate(affordable);
        self.points -= steps.len() * cost.max(1);
        steps
    }
}

/// One output over the run.
struct Run<'a> {
    ast: &'a Ast,
    /// The update rule that the program names, if it is known.
    rule: Option<&'static Rule>,
    plan: &'a Plan,
    ir: &'a Ir,
    k: usize,
    inputs: Vec<f64>,
}

impl Run<'_> {
    fn value(&self, step: u64) -> f64 {
        interval::value(self.ir, self.k, step, &self.inputs)
    }

    /// The instructions of one step.
    fn cost(&self) -> usize {
        self.ir.outputs[self.k].block.longest()
    }

    fn name(&self) -> &str {
        &self.plan.outputs[self.k].0
    }

    /// The first step at which `good` does not hold, if one is found.
    fn first_bad(&self, effort: &mut Effort, good: impl Fn(Range) -> bool) -> Option<u64> {
        match interval::prove(self.ir, self.k, &interval::points(&self.inputs), &mut effort.budget, &good) {
            Proof::Holds => None,
            Proof::Fails(step) => Some(step),
            Proof::Unknown(_) => {
                let bad = |step| !good(Range::point(self.value(step)));
                let found = effort.moments(self.plan, self.k, self.cost()).into_iter().find(|&step| bad(step))?;
                Some(finite::began(found, bad))
            }
        }
    }

    /// `lr is -1e-4 from step 10 on`
    fn says(&self, step: u64, bad: impl Fn(f64) -> bool) -> String {
        let when = finite::when(self.plan, self.ir, self.k, step, &self.inputs, bad);
        format!("{} is {} {when}", self.name(), brief(self.value(step)))
    }

    fn at(&self, step: u64) -> crate::diag::Span {
        finite::phase_at(self.plan, self.k, step).map_or(self.plan.bodies[self.k], |p| p.span)
    }

    fn negative(&self, effort: &mut Effort) -> Option<Diagnostic> {
        let step = self.first_bad(effort, |r| !r.nan && r.lo >= 0.0)?;
        let when = finite::when(self.plan, self.ir, self.k, step, &self.inputs, |v| v < 0.0);
        let message = format!("{} is negative {when}: {}", self.name(), brief(self.value(step)));
        let d = Diagnostic::new(&lints::NEGATIVE, self.at(step), message);
        Some(d.help("`| clamp(min: 0)` keeps it at 0"))
    }

    fn too_much_momentum(&self, effort: &mut Effort) -> Option<Diagnostic> {
        let step = self.first_bad(effort, |r| !r.nan && r.hi < 1.0)?;
        let message = format!("{}, and must stay below 1", self.says(step, |v| v >= 1.0));
        let d = Diagnostic::new(&lints::MOMENTUM, self.at(step), message);
        Some(d.help("a usual value is 0.9, or 0.999 for beta2"))
    }

    /// A learning rate that does not depend on the base value, and peaks far outside what is usual.
    fn unusual(&self, effort: &mut Effort) -> Option<Diagnostic> {
        let (low, high) = self.rule.map_or(USUAL_LR, |rule| rule.usual_lr);
        let range =
            interval::bounds(self.ir, self.k, (0, u64::MAX), &interval::points(&self.inputs), &mut effort.budget);
        let starts = self.plan.phases_of(self.k).iter().filter(|p| p.depth == 0).map(|p| p.start);
        if !range.nan && range.hi <= high * FAR && starts.map(to_f64).any(|s| self.value(s.ceil() as u64) >= low / FAR)
        {
            return None;
        }
        let mut double = self.inputs.clone();
        double[0] = 2.0;
        let (mut peak, mut at) = (0.0, 0);
        for step in effort.moments(self.plan, self.k, self.cost()) {
            let value = self.value(step);
            if value != interval::value(self.ir, self.k, step, &double) {
                return None;
            }
            if value > peak {
                (peak, at) = (value, step);
            }
        }
        // A value that is 0 throughout freezes what it is for.
        if peak == 0.0 || (low / FAR..=high * FAR).contains(&peak) {
            return None;
        }
        let whose = self.rule.map_or("the".into(), |rule| format!("{}'s", rule.name));
        let peak_shown = brief(peak);
        let message = format!(
            "{} peaks at {peak_shown} (step {at}), far outside {whose} usual {} .. {}",
            self.name(),
            brief(low),
            brief(high)
        );
        let usual = |v: f64| (low..=high).contains(&v);
        let written = self.literals(peak);
        let mended = written.first().and_then(|(_, text)| other_sign(text)).filter(|m| m.parse().is_ok_and(usual));
        let span = written.first().map_or_else(|| self.at(at), |(expr, _)| expr.span);
        let d = Diagnostic::new(&lints::BAND, span, message);
        Some(match mended {
            Some(mended) => d.help(format!("did you mean `{mended}`?")).maybe(span, mended),
            None => d.help("check its exponent; `# allow(W0301): reason` above it where it is meant"),
        })
    }

    /// Where the program writes the number `value`.
    fn literals(&self, value: f64) -> Vec<(&Expr, &str)> {
        let number = |e: &'_ Expr| matches!(&e.kind, ExprKind::Number(n) if n.value == value);
        let text = |e| match e {
            &Expr { kind: ExprKind::Number(ref n), .. } => n.text.as_str(),
            _ => "",
        };
        self.ast.all().into_iter().filter(|e| number(e)).map(|e| (e, text(e))).collect()
    }
}

/// `1e-3` for `1e3`, and the other way round.
fn other_sign(text: &str) -> Option<String> {
    let (digits, power) = text.split_once(['e', 'E'])?;
    let power: i32 = power.parse().ok()?;
    Some(format!("{digits}e{}", -power))
}

/// The rule that the program names.
fn optimizer(ast: &Ast) -> Option<&'static Rule> {
    ast.items.iter().find_map(|item| match item {
        Item::Block { kind, head: Some(head), .. } if Block::Optimizer.is(&kind.text) => match &head.kind {
            ExprKind::Name(name) | ExprKind::Call { name: Ident { text: name, .. }, .. } => rule(name),
            _ => None,
        },
        _ => None,
    })
}
