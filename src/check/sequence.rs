//! Phases in time: who lasts how long, who starts where, and which values join them.

use std::collections::HashSet;
use std::sync::Arc;

use num_traits::Zero;

use super::call::is_pointwise;
use super::duration::pass;
use super::extent::Extent;
use super::recorded::replays;
use super::scope::{Binding, Ex};
use super::{Checker, Edge, Join, Place, lints};
use crate::catalogue::{Args, Time};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Severity, Span, clock, limits, names, timeline};
use crate::lower;
use crate::plan::{Phase, Sig, Window};
use crate::syntax::ast::{self, ExprKind, Ident, Timing};
use crate::work::Work;

/// Values that depend on `base` and on one another are nested; so deep at most.
const MOST_LINKS: usize = 20;

/// Findings after which what may follow from others is not looked for: far more than are shown.
const ENOUGH: usize = 1000;

/// One phase of a sequence.
pub(super) struct Part<'a> {
    pub ex: Ex<'a>,
    pub extent: Extent,
}

impl<'a> Checker<'a> {
    /// A signal over `place`: its phases in turn, the last value held to the end.
    pub(crate) fn signal(&mut self, ex: &Ex<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let mut flat = vec![];
        self.flatten(ex, &mut flat)?;
        let mut parts = Vec::with_capacity(flat.len());
        let mut failed = false;
        for ex in flat {
            let extent = self.extent(&ex, place);
            failed |= extent.is_none();
            parts.push(Part { ex, extent: extent.unwrap_or(Extent::Free) });
        }
        if failed {
            self.look_inside(&parts, place, join);
            return None;
        }
        let windows = self.windows(&parts, place)?;
        self.sequence(&parts, &windows, place, join)
    }

    /// Reports what else is wrong in phases whose times are not known, except what follows from that.
    fn look_inside(&mut self, parts: &[Part<'a>], place: Place, join: &Join) {
        let mark = self.found.len();
        if mark > ENOUGH {
            return;
        }
        if let Some(windows) = self.windows(parts, place) {
            self.sequence(parts, &windows, place, join);
        }
        let follows = [
            &clock::NO_TOTAL,
            &timeline::NO_TIME,
            &timeline::TOO_LONG,
            &timeline::PAST,
            &timeline::TOO_FINE,
            &timeline::NEVER_FILLS,
        ];
        let more = self.found.split_off(mark);
        let mut told: HashSet<(&str, Span)> = self.found.iter().map(|d| (d.code.code, d.span)).collect();
        for d in more {
            let new = told.insert((d.code.code, d.span));
            if d.severity == Severity::Error && !follows.contains(&d.code) && new {
                self.found.push(d);
            }
        }
    }

    /// The phases of nested `>>`, through parentheses, names and functions: joining associates.
    fn flatten(&mut self, ex: &Ex<'a>, flat: &mut Vec<Ex<'a>>) -> Option<()> {
        if !self.spend(ex.span()) {
            return None;
        }
        match ex.kind() {
            ExprKind::Seq(parts) => parts.iter().try_for_each(|p| self.flatten(&ex.with(p), flat)),
            _ => match self.inside(ex)? {
                Some(inner) if self.is_sequence(&inner)? => self.flatten(&inner, flat),
                _ => {
                    flat.push(ex.clone());
                    Some(())
                }
            },
        }
    }

    /// What parentheses, a name or a called function stand for.
    pub(super) fn inside(&mut self, ex: &Ex<'a>) -> Option<Option<Ex<'a>>> {
        Some(match ex.kind() {
            ExprKind::Paren(inner) => Some(ex.with(inner)),
            ExprKind::Name(name) => match self.scope.find(name, &ex.env) {
                Some(Binding::Value(value)) => Some(value),
                _ => None,
            },
            ExprKind::Call { name, args } => match self.scope.find(&name.text, &ex.env) {
                Some(Binding::Function(params, body)) => Some(self.apply(ex, name, params, args, body)?),
                _ => None,
            },
            _ => None,
        })
    }

    fn is_sequence(&mut self, ex: &Ex<'a>) -> Option<bool> {
        if !self.spend(ex.span()) {
            return None;
        }
        match ex.kind() {
            ExprKind::Seq(_) => Some(true),
            _ => match self.inside(ex)? {
                Some(inner) => self.is_sequence(&inner),
                None => Some(false),
            },
        }
    }

    /// How the time of a phase is given; `None` after a mistake.
    pub(crate) fn extent(&mut self, ex: &Ex<'a>, place: Place) -> Option<Extent> {
        if !self.spend(ex.span()) {
            return None;
        }
        match ex.kind() {
            ExprKind::Timed(phase, timing, d) => {
                // A span for itself has its own `%`, so that its parts mean nothing here.
                let own = self.groups(&ex.with(phase));
                if !own && self.extent(&ex.with(phase), place)? != Extent::Free && !replays(&phase.kind) {
                    let message = "the phase's time is given twice";
                    return self.fail(
                        Diagnostic::new(&names::ARGUMENTS, d.span, message)
                            .label("a second length")
                            .because(phase.span, "this already says how long it lasts")
                            .help("keep one of them"),
                    );
                }
                let d = ex.with(d);
                Some(match timing {
                    Timing::For => Extent::For(self.length(&d, place, "`for`")?),
                    Timing::Until => Extent::Until(self.length(&d, place, "`until`")?),
                })
            }
            // What a cycle repeats has its lengths within the cycle; the cycles themselves fill the span.
            ExprKind::Pipe(_, modifiers) if modifiers.iter().any(|m| self.makes(&ex.with(m), Time::Repeated)) => {
                Some(Extent::Free)
            }
            ExprKind::Pipe(subject, _) => self.extent(&ex.with(subject), place),
            ExprKind::Neg(a) => self.extent(&ex.with(a), place),
            ExprKind::Binary(_, a, b) => {
                Some(self.extent(&ex.with(a), place)?.longest(self.extent(&ex.with(b), place)?))
            }
            ExprKind::Seq(parts) => {
                let mut sum = Extent::For(Ratio::zero());
                for part in parts {
                    let next = self.extent(&ex.with(part), place)?;
                    sum = match sum.then(next) {
                        Some(Extent::For(d)) => Extent::For(self.admit(Some(d), part.span)?),
                        Some(Extent::Until(d)) => Extent::Until(self.admit(Some(d), part.span)?),
                        Some(sum) => sum,
                        None => self.admit(None, part.span).map(Extent::For)?,
                    };
                }
                Some(sum)
            }
            ExprKind::Call { name, args } => match self.inside(ex)? {
                Some(body) => self.extent(&body, place),
                None => self.call_extent(ex, name, args, place),
            },
            _ => match self.inside(ex)? {
                Some(inner) => self.extent(&inner, place),
                None => Some(Extent::Free),
            },
        }
    }

    /// Says that the run's length is needed.
    pub(crate) fn no_total<T>(&mut self, span: Span, why: &str) -> Option<T> {
        self.fail(
            Diagnostic::new(&clock::NO_TOTAL, span, format!("the run's length is unknown, and {why}"))
                .help(format!("{}, or end the phase with `for`", pass("steps"))),
        )
    }

    /// Elaborates the phases: from the last to the first, so that `warmup` sees where the next one starts;
    /// then those that start where the previous one ended.
    fn sequence(&mut self, parts: &[Part<'a>], windows: &[Window], place: Place, join: &Join) -> Option<Arc<Sig>> {
        let n = parts.len();
        let mut sigs: Vec<Option<Arc<Sig>>> = vec![None; n];
        let mut rows: Vec<Vec<Phase>> = vec![vec![]; n];
        let mut links = vec![0; n];
        let mut failed = false;
        let waits: Vec<bool> = parts.iter().map(|p| self.waits(&p.ex)).collect();
        let backward = (0..n).rev().filter(|&k| !waits[k]);
        for k in backward.chain((0..n).filter(|&k| waits[k])) {
            let before = match k.checked_sub(1) {
                None => join.before.clone(),
                Some(prev) => match (&sigs[prev], windows[prev].len) {
                    (Some(sig), Some(_)) => Some(Edge::of(sig, windows[k].start, true, place, &self.work)),
                    _ => None,
                },
            };
            let after = match sigs.get(k + 1) {
                None => join.after.clone(),
                Some(next) => next.as_ref().map(|sig| Edge::of(sig, windows[k + 1].start, false, place, &self.work)),
            };
            // What failed already must not be blamed for a missing end again.
            if waits[k] && k > 0 && sigs[k - 1].is_none() {
                failed = true;
                continue;
            }
            let mark = self.phases.len();
            let sig = self.part(&parts[k], windows[k], place, &Join { before: before.clone(), after: after.clone() });
            let link = |value: &Option<Edge>, from: Option<usize>| match value {
                Some(Edge { sig, .. }) if matches!(**sig, Sig::At { .. }) && Arc::strong_count(sig) > 1 => {
                    1 + from.map_or(0, |k| links[k])
                }
                _ => 0,
            };
            links[k] = link(&before, k.checked_sub(1)).max(link(&after, Some(k + 1).filter(|&k| k < n)));
            if links[k] > MOST_LINKS {
                let message = format!("more than {MOST_LINKS} phases in a row take their ends from one another");
                let d = Diagnostic::new(&limits::TOO_DEEP, parts[k].ex.span(), message);
                return self.fail(d.help("write some of the ends down"));
            }
            let nested = self.phases.split_off(mark);
            let Some(sig) = sig else {
                failed = true;
                continue;
            };
            if nested.iter().all(|row| row.depth > place.depth) {
                rows[k].push(Phase {
                    output: self.outputs.len(),
                    depth: place.depth,
                    start: windows[k].start,
                    end: windows[k].end(),
                    span: parts[k].ex.span(),
                    sig: sig.clone(),
                });
            }
            rows[k].extend(nested);
            sigs[k] = Some(sig);
        }
        if failed {
            return None;
        }
        self.phases.extend(rows.into_iter().flatten());
        let mut pieces: Vec<(Ratio, Arc<Sig>)> =
            windows.iter().map(|w| w.start).zip(sigs.into_iter().flatten()).collect();
        lints::joins(self, parts, &pieces, windows, place);
        let (window, last) = (windows.last()?, pieces.last()?.1.clone());
        let whole = Window { start: place.start, len: place.len };
        if let Some(end) = window.end().filter(|&end| whole.end().is_none_or(|whole| end < whole)) {
            pieces.push((end, value_at(&last, end, true, place, &self.work)));
        }
        match &pieces[..] {
            [(_, only)] => Some(only.clone()),
            _ => Some(Arc::new(Sig::Seq(pieces))),
        }
    }

    /// One phase in its window. `%` inside parentheses or a call that have a time is of that time.
    fn part(&mut self, part: &Part<'a>, window: Window, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let inner = Place { start: window.start, len: window.len, ..place };
        let own = Place { whole: window.len, origin: window.start, ..inner };
        match part.ex.kind() {
            ExprKind::Timed(phase, ..) if self.is_phase(&part.ex.with(phase)) => {
                self.phase(&part.ex.with(phase), own, join)
            }
            ExprKind::Call { args, .. } if self.is_phase(&part.ex) && args.iter().any(gives_time) => {
                self.phase(&part.ex, own, join)
            }
            ExprKind::Timed(phase, ..) if self.groups(&part.ex.with(phase)) => {
                self.group(&part.ex.with(phase), Place { depth: place.depth + 1, ..own }, join)
            }
            ExprKind::Timed(phase, ..) => self.phase(&part.ex.with(phase), inner, join),
            _ => self.phase(&part.ex, inner, join),
        }
    }

    /// What parentheses with a time of their own hold: a span for itself.
    fn group(&mut self, ex: &Ex<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        if self.is_sequence(ex)? { self.signal(ex, place, join) } else { self.operand(ex, place, join) }
    }

    /// Whether `ex` is a phase of the catalogue by its name.
    pub(super) fn is_phase(&self, ex: &Ex<'a>) -> bool {
        matches!(ex.kind(), ExprKind::Call { .. }) && !self.groups(ex)
    }

    /// Whether a time after `ex` makes it a span for itself, with phases of its own.
    fn groups(&self, ex: &Ex<'a>) -> bool {
        match ex.kind() {
            ExprKind::Paren(_) | ExprKind::Name(_) => true,
            ExprKind::Call { name, args } => {
                is_pointwise(&name.text, args) || self.scope.is_function(&name.text, &ex.env)
            }
            _ => false,
        }
    }

    /// Whether a call is of a pointwise function.
    pub(super) fn computes(&self, ex: &Ex<'a>, name: &Ident, args: &[ast::Arg]) -> bool {
        is_pointwise(&name.text, args) && !self.scope.is_function(&name.text, &ex.env)
    }

    /// Whether the phase starts where the previous one ends.
    pub(super) fn waits(&mut self, ex: &Ex<'a>) -> bool {
        if !self.spend(ex.span()) {
            return false;
        }
        match ex.kind() {
            ExprKind::Ramp(ends) => ends[0].is_none(),
            ExprKind::Pipe(p, m) if self.turns(ex, m) => self.leans(&ex.with(p)),
            ExprKind::Timed(p, ..) | ExprKind::Pipe(p, _) | ExprKind::Neg(p) => self.waits(&ex.with(p)),
            ExprKind::Seq(parts) => self.waits(&ex.with(&parts[0])),
            ExprKind::Binary(_, a, b) => self.waits(&ex.with(a)) || self.waits(&ex.with(b)),
            ExprKind::Call { name, args } if self.computes(ex, name, args) => {
                args.iter().any(|a| self.waits(&ex.with(&a.value)))
            }
            ExprKind::Call { name, args } if !self.scope.is_function(&name.text, &ex.env) => args
                .iter()
                .any(|a| a.name.is_none() && matches!(&a.value.kind, ExprKind::Ramp(ends) if ends[0].is_none())),
            _ => match self.inside(ex) {
                Some(Some(inner)) => self.waits(&inner),
                _ => false,
            },
        }
    }
}

impl Edge {
    /// The value of `sig` at one moment of `place`.
    pub(crate) fn of(sig: &Arc<Sig>, at: Ratio, left: bool, place: Place, work: &Work) -> Self {
        Self { sig: value_at(sig, at, left, place, work), axes: place.axes }
    }
}

impl Checker<'_> {
    /// What a missing end takes from its neighbour. In a cycle of its own nothing tells when in the run the neighbour is.
    pub(super) fn met(&mut self, edge: &Edge, place: Place, ex: &Ex) -> Option<Arc<Sig>> {
        if edge.axes != place.axes && edge.sig.names_run(&self.work) {
            let message = "the value that this meets depends on where the run is, and lies outside of its cycle";
            let help = "write both ends of the ramp, or leave names of the run and `jitter` to one side";
            return self.fail(Diagnostic::new(&timeline::MISSING_END, ex.span(), message).help(help));
        }
        Some(edge.sig.clone())
    }
}

/// The value of `sig` at one moment of `place`, where it is the same in every run, cycle and mirror.
pub(super) fn known(sig: &Sig, at: Ratio, left: bool, place: Place, work: &Work) -> Option<f64> {
    if place.axes == 0 || !sig.names_run(work) { lower::constant(sig, at, left, work) } else { None }
}

/// The value of `sig` at one moment of `place`, as a signal that does not change.
fn value_at(sig: &Arc<Sig>, at: Ratio, left: bool, place: Place, work: &Work) -> Arc<Sig> {
    if let Some(c) = known(sig, at, left, place, work) {
        return Arc::new(Sig::Const(c));
    }
    match &**sig {
        Sig::Ramp { ends: [_, to], window, .. } if left && window.end() == Some(at) => to.clone(),
        Sig::Ramp { ends: [from, _], entry, args, window, .. }
            if !left && window.start == at && (entry.starts_exactly)(&Args { entry, values: args }) =>
        {
            from.clone()
        }
        Sig::Input(_) => sig.clone(),
        _ => Arc::new(Sig::At { sig: sig.clone(), at, left }),
    }
}

/// Whether an argument says how long a phase lasts.
fn gives_time(arg: &ast::Arg) -> bool {
    arg.name.as_ref().is_some_and(|name| matches!(&*name.text, "for" | "until"))
}
