//! [`Ast`] + [`Clock`] → [`Plan`]: resolves names, kinds, units and missing ends, and collects every diagnostic.
//!
//! Guarantees: ends in time bounded by the program's length and limits; a plan is returned only where there
//! is no error, and lowering it cannot fail.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use num_traits::Zero;

use crate::clock::{Clock, Ratio};
use crate::config::block::Block;
use crate::config::rules;
use crate::diag::{self, Diagnostic, Severity, Span};
use crate::host::Host;
use crate::lower::{self, LONGEST};
use crate::plan::{Control, Phase, Plan, Sig};
use crate::recording::Recording;
use crate::stack;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item};
use crate::work::Work;

mod scope;
mod duration;
mod signal;
mod extent;
mod sequence;
mod share;
mod call;
mod args;
mod recorded;
mod mirror;
mod modifier;
mod growing;
mod lengths;
mod control;
mod lints;
pub(crate) mod build;

pub use call::functions;
pub use signal::NAMES;

use scope::{Ex, Scope};

/// Checks a program. What an expression computes is called `lr`; a file computes every entry of its
/// `optimizer` and `group` blocks, and its own entries. Recorded curves come from `host`.
///
/// # Errors
/// Every mistake found.
pub fn check(ast: &Ast, clock: &Clock, host: &dyn Host) -> Result<Plan, Vec<Diagnostic>> {
    stack::enough(|| checked(ast, clock, host))
}

fn checked(ast: &Ast, clock: &Clock, host: &dyn Host) -> Result<Plan, Vec<Diagnostic>> {
    let mut checker = Checker::new(ast, clock, host);
    if let Some(span) = checker.too_deep(ast) {
        checker.error(
            Diagnostic::new(&diag::limits::TOO_DEEP, span, "this nests too deep, with every name in it written out")
                .help("use fewer parentheses, modifiers and `let`s that build on one another"),
        );
        return checker.finish();
    }
    let place = checker.run_place();
    if let Some(body) = &ast.body {
        checker.output("lr".into(), body, place, None);
    }
    checker.outputs_of(&ast.items, place);
    // A length that cannot be is no length, and that has been said.
    if checker.found.iter().any(|d| d.code == &diag::clock::BAD_TOTAL) {
        checker.found.retain(|d| d.code != &diag::clock::NO_TOTAL);
    }
    lints::unreported(&mut checker, ast);
    checker.used_elsewhere(ast);
    checker.finish()
}

/// The [`weight`](Scope::weight) that 2 MiB of stack hold in a build without optimisation, and half as much again:
/// [`stack::enough`] gives more.
const HEAVIEST: usize = 260;

/// Where a signal runs: a stretch of an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Its start in steps since the axis's zero.
    pub(crate) start: Ratio,
    /// Its length, where it has one.
    pub(crate) len: Option<Ratio>,
    /// What `%` is of.
    pub(crate) whole: Option<Ratio>,
    /// Where `until` counts from.
    pub(crate) origin: Ratio,
    /// Ticks per step on this axis.
    pub(crate) rate: i128,
    /// The last moment on this axis.
    pub(crate) end: Ratio,
    /// How deep in cycles and groups.
    pub(crate) depth: usize,
    /// Whether it is repeated.
    pub(crate) cycled: bool,
    /// Whether it starts at a moment that was rounded: so are the times in it, so that as many of them fit.
    pub(crate) rough: bool,
    /// How many axes lie around this one. Where there are none, its moments are moments of the run.
    pub(crate) axes: usize,
}

/// The values that a missing end takes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Join {
    /// Where the previous phase ended.
    pub(crate) before: Option<Edge>,
    /// Where the next phase starts.
    pub(crate) after: Option<Edge>,
}

/// A neighbour's value where it meets the phase.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) sig: Arc<Sig>,
    /// How many axes lie around the one that it is of.
    pub(crate) axes: usize,
}

pub(crate) struct Checker<'a> {
    clock: Clock,
    host: &'a dyn Host,
    /// The recordings that were read.
    read: BTreeMap<&'a str, Recording>,
    scope: Scope<'a>,
    found: Vec<Diagnostic>,
    outputs: Vec<(String, Arc<Sig>)>,
    labels: Vec<Option<usize>>,
    /// Where each is in `outputs`.
    by_name: HashMap<String, usize>,
    bodies: Vec<Span>,
    controls: Vec<Control>,
    phases: Vec<Phase>,
    durations: Vec<(Span, Ratio)>,
    /// Where percentages over 100 stand that were told of.
    percents: BTreeSet<(usize, usize)>,
    /// What is left for names, calls, copies and links.
    work: Work,
    /// Within a cycle whose ends are rounded up to parts of a step: so many parts.
    grid: Option<i128>,
    /// What `inherited` means in a group.
    inherited: Option<Arc<Sig>>,
}

impl<'a> Checker<'a> {
    fn new(ast: &'a Ast, clock: &Clock, host: &'a dyn Host) -> Self {
        let mut checker = Self {
            clock: *clock,
            host,
            read: BTreeMap::new(),
            scope: Scope::default(),
            found: vec![],
            outputs: vec![],
            labels: vec![],
            by_name: HashMap::new(),
            bodies: vec![],
            controls: vec![],
            phases: vec![],
            durations: vec![],
            percents: BTreeSet::new(),
            work: Work::default(),
            grid: None,
            inherited: None,
        };
        checker.bind(&ast.items);
        checker
    }

    fn bind(&mut self, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Let { name, params, value, .. } => match self.scope.bind(name, params.as_deref(), value) {
                    Ok(()) => lints::shadows(self, name, params.as_deref().unwrap_or(&[])),
                    Err(d) => self.found.push(*d),
                },
                Item::Block { items, .. } => self.bind(items),
                // What files bring has been put among the items where somebody reads them.
                Item::Use { path, .. } => self.error(
                    Diagnostic::new(&diag::names::USE, path.span, format!("`{}` cannot be read here", path.text))
                        .help("`use` needs a host that resolves files; paste the definitions instead"),
                ),
                Item::Entry { .. } => {}
            }
        }
    }

    /// The first expression that is too deep to be checked on a small stack.
    fn too_deep(&self, ast: &Ast) -> Option<Span> {
        self.scope.too_heavy(HEAVIEST).or_else(|| {
            let body = ast.body.iter().chain(values(&ast.items));
            body.into_iter().find(|e| self.scope.weight(e) > HEAVIEST).map(|e| e.span)
        })
    }

    /// The whole run. A clock that cannot be is reported here.
    fn run_place(&mut self) -> Place {
        let total = self.clock.total();
        if total.is_some_and(|n| n == 0 || i128::from(n) > LONGEST) {
            let n = total.unwrap_or(0);
            self.error(
                Diagnostic::new(&diag::clock::BAD_TOTAL, Span::default(), format!("a run of {n} steps"))
                    .help("a run has 1 to 2^53 steps"),
            );
        }
        let total = total.filter(|&n| n > 0 && i128::from(n) <= LONGEST);
        let len = total.map(|n| Ratio::from_integer(n.into()));
        let end = len.unwrap_or(Ratio::from_integer(LONGEST));
        let zero = Ratio::zero();
        Place {
            start: zero,
            len,
            whole: len,
            origin: zero,
            rate: 1,
            end,
            depth: 0,
            cycled: false,
            rough: false,
            axes: 0,
        }
    }

    fn output(&mut self, name: String, body: &'a Expr, place: Place, inherited: Option<Arc<Sig>>) {
        if let Some(&k) = self.by_name.get(&name) {
            let message = format!("`{name}` is set twice");
            self.error(
                Diagnostic::new(&diag::names::DEFINED_TWICE, body.span, message)
                    .label("again here")
                    .because(self.bodies[k], "first here")
                    .help("keep one of them"),
            );
            return;
        }
        self.inherited = inherited;
        let ex = Ex { expr: body, env: self.scope.all() };
        let Some(sig) = self.signal(&ex, place, &Join::default()) else {
            // Whatever fails says why; a value must never disappear without a word.
            if !self.work.is_spent() && !self.found.iter().any(|d| d.severity == Severity::Error) {
                let message = format!("`{name}` has no value");
                self.error(Diagnostic::new(&diag::names::NOT_A_VALUE, body.span, message).help("write it another way"));
            }
            return;
        };
        if !lower::counts_run(&sig, place.end, &self.work) {
            let message = "the run's time is sampled here too finely to be counted exactly over the whole run";
            self.error(
                Diagnostic::new(&diag::timeline::TOO_FINE, body.span, message)
                    .help("sample it in longer stairs or cycles, with fewer digits, or use `step`, `t` and `epoch`"),
            );
            return;
        }
        self.work.at(body.span);
        lints::first_step(self, &sig, place, body);
        self.by_name.insert(name.clone(), self.outputs.len());
        self.outputs.push((name, sig));
        self.labels.push(None);
        self.bodies.push(body.span);
    }

    /// The hyperparameters that a file's blocks set: the optimizer's first, wherever it stands, since its groups inherit them.
    /// A group's entry is named `label.key`.
    fn outputs_of(&mut self, items: &'a [Item], place: Place) {
        let mut rule = String::new();
        for item in items {
            match item {
                Item::Entry { key, value } => self.output(key.text.clone(), value, place, None),
                Item::Block { kind, head, items, .. } if Block::Optimizer.is(&kind.text) => {
                    rule = head.as_ref().map_or(rule, scope::text_of);
                    for (key, value) in entries(items) {
                        self.output(key.to_string(), value, place, None);
                    }
                }
                _ => {}
            }
        }
        for item in items {
            let Item::Block { kind, head, items, .. } = item else { continue };
            if Block::Group.is(&kind.text) {
                let label = head.as_ref().map_or_else(String::new, scope::text_of);
                for (key, value) in entries(items) {
                    let inherited = self.inherited_by(key, &rule);
                    let before = self.outputs.len();
                    self.output(format!("{label}.{key}"), value, place, inherited);
                    self.labels[before..].fill(Some(label.len()));
                }
            }
        }
    }

    /// What a group's `key` is where the group does not set it: as the optimizer says, or its rule's default.
    fn inherited_by(&self, key: &str, rule: &str) -> Option<Arc<Sig>> {
        let written = self.by_name.get(key).map(|&k| self.outputs[k].1.clone());
        written.or_else(|| {
            let default = rules::rule(rule)?.hypers.iter().find(|h| h.name == key)?.default?;
            Some(Arc::new(Sig::Const(default)))
        })
    }

    /// Counts what the other blocks use, which are not read here.
    fn used_elsewhere(&mut self, ast: &Ast) {
        for item in &ast.items {
            let Item::Block { kind, .. } = item else { continue };
            if !matches!(Block::named(&kind.text), Some(Block::Optimizer | Block::Group)) {
                for expr in item.all() {
                    if let ExprKind::Name(name) | ExprKind::Call { name: Ident { text: name, .. }, .. } = &expr.kind {
                        self.scope.find(name, &self.scope.all());
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Result<Plan, Vec<Diagnostic>> {
        self.found.extend(self.work.refusal());
        if self.found.iter().any(|d| d.severity == Severity::Error) {
            return Err(self.found);
        }
        // Only now: what a mistake hides would look unused, too.
        let unused = self.scope.unused();
        self.found.extend(unused);
        // A part that is repeated or copied in says the same again.
        let mut seen = std::collections::HashSet::new();
        self.found.retain(|d| seen.insert((d.code.code, d.span, d.message.clone())));
        // A duration is resolved wherever it is needed.
        self.durations.sort_by_key(|(span, steps)| (span.start, *steps));
        self.durations.dedup();
        Ok(Plan {
            clock: self.clock,
            outputs: self.outputs,
            labels: self.labels,
            bodies: self.bodies,
            controls: self.controls,
            phases: self.phases,
            durations: self.durations,
            recordings: self.read.into_iter().map(|(name, recording)| (name.into(), recording)).collect(),
            warnings: self.found,
            work: self.work,
        })
    }

    /// Reports a mistake, unless it only follows from there being nothing left to work with.
    fn error(&mut self, d: Diagnostic) {
        if !self.work.is_spent() {
            self.found.push(d);
        }
    }

    /// Reports and gives nothing: the usual end of a function that found a mistake.
    pub(crate) fn fail<T>(&mut self, d: Diagnostic) -> Option<T> {
        self.error(d);
        None
    }

    /// What is left to work with.
    pub(crate) fn work(&self) -> &Work {
        &self.work
    }

    /// Pays for a visit of the expression at `span`; false once nothing is left.
    fn spend(&self, span: Span) -> bool {
        self.work.visit(span)
    }
}

/// What the entries among `items` and in their blocks are set to.
fn values(items: &[Item]) -> Vec<&Expr> {
    let mut all = vec![];
    for item in items {
        match item {
            Item::Entry { value, .. } => all.push(value),
            Item::Block { items, .. } => all.extend(values(items)),
            Item::Let { .. } | Item::Use { .. } => {}
        }
    }
    all
}

/// The entries among `items`, by key.
fn entries(items: &[Item]) -> impl Iterator<Item = (&str, &Expr)> {
    items.iter().filter_map(|item| match item {
        Item::Entry { key, value } => Some((key.text.as_str(), value)),
        _ => None,
    })
}
