//! Modifiers: what `|` does to everything on its left.

use std::sync::Arc;

use num_traits::{CheckedAdd, CheckedDiv, CheckedSub, One, Signed, Zero};

use super::args::usage;
use super::duration::{FINEST, show, whole};
use super::extent::Extent;
use super::lengths::{Every, MOST_CYCLES, exact_ends, near_ends};
use super::scope::{Binding, Ex};
use super::{Checker, Edge, Join, Place, lints};
use crate::catalogue::{self, Entry, Form, Modifier};
use crate::clock::{Ratio, exact};
use crate::diag::{Diagnostic, Span, names, timeline};
use crate::ir::{Binary, countable, lcm, minus};
use crate::plan::{Arg, Sig, Window};
use crate::syntax::ast::{self, Expr, ExprKind};

/// So many steps of work the end of one of many cycles takes, whose digits are multiplied out.
const CYCLE: usize = 10;

/// The parts of a step that the ends of growing cycles have at most to be simple: what lies within is then kept to
/// exactly, or refused.
const FINE: i128 = 1 << 12;

/// Bits of the parts of a step that other ends are rounded up to, with those of the steps before them; and the most of
/// the former.
const BITS: u32 = 92;
const FINEST_BITS: u32 = 60;

impl<'a> Checker<'a> {
    /// `subject | m | n`: the last modifier is the outermost.
    pub(super) fn pipe(
        &mut self,
        ex: &Ex<'a>,
        subject: &'a Expr,
        modifiers: &'a [Expr],
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        let Some((last, inner)) = modifiers.split_last() else {
            return self.signal(&ex.with(subject), place, join);
        };
        let (entry, modifier, name, args) = self.modifier(&ex.with(last))?;
        let call = ex.with(last);
        let bound = self.bind_args(&call, entry, args)?;
        let values = self.values(&call, entry, &bound, place)?;
        let named = |key: &str| {
            args.iter().find(|a| a.name.as_ref().is_some_and(|n| n.text == key)).map(|a| call.with(&a.value))
        };
        match modifier {
            Modifier::Clamp => {
                let sig = self.pipe(ex, subject, inner, place, join)?;
                let (low, high) = (&values[0], &values[1]);
                lints::clamped(self, &call, &sig, place, low, high);
                if let (Arg::Value(low), Arg::Value(high)) = (low, high)
                    && let (Sig::Const(a), Sig::Const(b)) = (&**low, &**high)
                    && a > b
                {
                    let message = format!("`min: {a}` is above `max: {b}`");
                    return self.fail(Diagnostic::error(&names::OUT_OF_RANGE, call.span(), message).help("swap them"));
                }
                let sig =
                    if let Arg::Value(low) = low { Arc::new(Sig::Binary(Binary::Max, sig, low.clone())) } else { sig };
                Some(if let Arg::Value(high) = high {
                    Arc::new(Sig::Binary(Binary::Min, sig, high.clone()))
                } else {
                    sig
                })
            }
            Modifier::Staircase => {
                let Arg::Time(every) = values[0] else { return None };
                let Some(rate) = countable(place.rate, every, place.end) else {
                    return self.too_fine(&call, every, place);
                };
                let mark = self.found.len();
                let body = self.pipe(ex, subject, inner, Place { rate, ..place }, join)?;
                lints::whole_epochs(self, mark);
                lints::never(self, &call, "the next stair", every, place);
                lints::stairs(self, &call, &body, every, place);
                Some(Arc::new(Sig::Stairs { start: place.start, every, body }))
            }
            Modifier::Plateau | Modifier::Adapt => {
                let sig = self.pipe(ex, subject, inner, place, join)?;
                self.control(&call, entry, values, sig, place)
            }
            Modifier::Overlay => {
                let sig = self.pipe(ex, subject, inner, place, join)?;
                let on_top = args.iter().find(|a| a.name.as_ref().is_none_or(|n| n.text == "p"))?;
                self.overlay(&call.with(&on_top.value), sig, matches!(values[1], Arg::Word("end")), place)
            }
            Modifier::Jitter => {
                let sig = self.pipe(ex, subject, inner, place, join)?;
                self.jittered(&call, sig, &values)
            }
            Modifier::Reverse => self.reversed(ex, subject, inner, place, join),
            Modifier::Cycle => {
                let cycles = args.iter().find(|a| a.name.as_ref().is_none_or(|n| n.text == "cycles"))?;
                let (grow, decay) = (named("grow"), &values[2]);
                let Arg::Value(decay) = decay else { return None };
                let Sig::Const(decay) = **decay else { return None };
                let every = self.cycle_length(&call.with(&cycles.value), entry, name, place)?;
                match grow.map(|g| self.exact_number(&g, place)) {
                    Some(None) => None,
                    Some(Some(grow)) if !grow.is_one() => {
                        self.growing(ex, subject, inner, every, grow, decay, place, join)
                    }
                    _ if self.is_finer(every, place) => {
                        self.growing(ex, subject, inner, every, Ratio::one(), decay, place, join)
                    }
                    _ => {
                        let length = match every {
                            Every::Count(k, len) => {
                                self.admit(len.checked_div(&Ratio::from_integer(k)), call.span())?
                            }
                            Every::Time(d) => d,
                        };
                        let Some(rate) = countable(place.rate, length, place.end) else {
                            return self.too_fine(&call, length, place);
                        };
                        let zero = Ratio::zero();
                        let inside = Place {
                            start: zero,
                            len: Some(length),
                            whole: Some(length),
                            origin: zero,
                            rate,
                            end: length,
                            depth: place.depth + 1,
                            cycled: true,
                            rough: place.rough,
                            axes: place.axes + 1,
                        };
                        let body = self.pipe(ex, subject, inner, inside, join)?;
                        lints::cycle(self, &call, &body, length, decay, place);
                        Some(Arc::new(Sig::Cycle { start: place.start, every: length, body, decay }))
                    }
                }
            }
        }
    }

    /// The modifier that `ex` calls.
    fn modifier(&mut self, ex: &Ex<'a>) -> Option<(&'static Entry, Modifier, Span, &'a [ast::Arg])> {
        if !self.spend(ex.span()) {
            return None;
        }
        let modifiers = || catalogue::ALL.iter().filter(|e| matches!(e.form, Form::Modifier(_)));
        match ex.kind() {
            ExprKind::Call { name, args } => match catalogue::find(&name.text) {
                Some(entry) => match entry.form {
                    Form::Modifier(m) => return Some((entry, m, name.span, args)),
                    _ => {
                        let message = format!("`{}` is a phase, not a modifier", name.text);
                        let d = Diagnostic::error(&names::NOT_A_MODIFIER, name.span, message);
                        return self.fail(d.help("join phases with `>>`; multiply values with `*`"));
                    }
                },
                None => {
                    let d = Diagnostic::error(
                        &names::NOT_A_MODIFIER,
                        name.span,
                        format!("unknown modifier `{}`", name.text),
                    );
                    return match self.near(&name.text, modifiers().map(|e| e.name)) {
                        Some(near) => self.fail(d.help(format!("did you mean `{near}`?")).maybe(name.span, near)),
                        None => {
                            let all: Vec<&str> = modifiers().map(|e| e.name).collect();
                            self.fail(d.help(format!("the modifiers are {}", all.join(", "))))
                        }
                    };
                }
            },
            ExprKind::Name(name) if modifiers().any(|e| e.name == name) => {
                let entry = catalogue::find(name)?;
                if let (Form::Modifier(m), []) = (entry.form, entry.params) {
                    return Some((entry, m, ex.span(), &[]));
                }
                return self.fail(
                    Diagnostic::error(&names::NOT_A_MODIFIER, ex.span(), format!("`{name}` needs its arguments"))
                        .help(usage(entry)),
                );
            }
            ExprKind::Name(name) => {
                if let Some(Binding::Value(value)) = self.scope.find(name, &ex.env) {
                    return self.modifier(&value);
                }
                if let Some(near) = self.near(name, modifiers().map(|e| e.name)) {
                    let d = Diagnostic::error(&names::NOT_A_MODIFIER, ex.span(), format!("unknown modifier `{name}`"));
                    return self.fail(d.help(format!("did you mean `{near}`?")).maybe(ex.span(), near));
                }
            }
            ExprKind::Paren(inner) => return self.modifier(&ex.with(inner)),
            ExprKind::Seq(parts) => {
                if let ExprKind::Call { name, .. } = &parts[0].kind
                    && modifiers().any(|e| e.name == name.text)
                {
                    let message = format!("`{}` is a modifier and cannot be a phase", name.text);
                    return self.fail(
                        Diagnostic::error(&names::MODIFIER_AS_PHASE, name.span, message)
                            .label("a modifier")
                            .because(parts[1].span, "joined to it: `>>` binds tighter than `|`")
                            .help(format!("put what it modifies into parentheses: `(a | {}(…)) >> b`", name.text)),
                    );
                }
            }
            _ => {}
        }
        let all: Vec<&str> = modifiers().map(|e| e.name).collect();
        self.fail(
            Diagnostic::error(&names::NOT_A_MODIFIER, ex.span(), "only a modifier can follow `|`")
                .help(format!("the modifiers are {}", all.join(", "))),
        )
    }

    fn overlay(&mut self, ex: &Ex<'a>, under: Arc<Sig>, at_end: bool, place: Place) -> Option<Arc<Sig>> {
        let Extent::For(len) = self.extent(ex, place)? else {
            return self.fail(
                Diagnostic::error(&timeline::NO_TIME, ex.span(), "the overlaid phase needs a length")
                    .help("say how long it lasts: `overlay(warmup(5%))`, `overlay(-> 0 for 10%, at: end)`"),
            );
        };
        if let Some(whole) = place.len.filter(|&whole| len > whole) {
            let message = format!("the overlay takes {} steps, but only {} are there", show(len), show(whole));
            return self.fail(Diagnostic::error(&timeline::TOO_LONG, ex.span(), message).help("shorten it"));
        }
        let (start, end) = match (at_end, place.len) {
            (false, _) => (place.start, self.admit_sum(place.start, len, ex.span())?),
            (true, Some(whole)) => {
                let end = self.admit_sum(place.start, whole, ex.span())?;
                (self.admit_sum(end, minus(Ratio::zero(), len), ex.span())?, end)
            }
            (true, None) => return self.no_total(ex.span(), "the overlay stands at its end"),
        };
        // Where moments are rounded it lies between two of them.
        let len = minus(end, start);
        let join = Join {
            before: at_end.then(|| Edge::of(&under, start, true, place, &self.work)),
            after: (!at_end).then(|| Edge::of(&under, place.start, false, place, &self.work)),
        };
        let inside = Place { start, len: Some(len), origin: start, depth: place.depth + 1, ..place };
        let over = self.signal(ex, inside, &join)?;
        lints::overlaid(self, ex, &over, &under, Window { start, len: Some(len) }, place);
        Some(Arc::new(Sig::Seq(match at_end {
            false => vec![(start, over), (end, under)],
            true => vec![(place.start, under), (start, over)],
        })))
    }

    fn cycle_length(&mut self, ex: &Ex<'a>, entry: &'static Entry, name: Span, place: Place) -> Option<Every> {
        if self.is_time(ex) {
            return Some(Every::Time(self.length(ex, place, "`cycle`")?));
        }
        let Some(n) = self.count(ex, place) else {
            let message = "`cycle` needs how many cycles there are, or how long one is";
            return self.fail(Diagnostic::error(&names::ARGUMENTS, ex.span(), message).help(usage(entry)));
        };
        let Some(k) = whole(n).filter(|&k| k >= 1) else {
            let message = format!("`cycle({})`: the number of cycles is a whole number, at least 1", show(n));
            let d = Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message);
            return self.fail(d.help("for the length of a cycle, add a unit: `cycle(10 epochs)`"));
        };
        match place.len {
            Some(len) => Some(Every::Count(k.into(), len)),
            None => self.no_total(name, "its cycles share it"),
        }
    }

    /// Whether parts of a span whose length was rounded cannot be counted, or are no points of its grid: written out,
    /// they are rounded too.
    fn is_finer(&self, every: Every, place: Place) -> bool {
        let (Every::Count(k, len), Some(grid)) = (every, self.grid) else { return false };
        let part = len.checked_div(&Ratio::from_integer(k));
        part.is_none_or(|part| grid % part.denom() != 0 || countable(place.rate, part, place.end).is_none())
    }

    /// A number as exact digits, for lengths that must be exact.
    fn exact_number(&mut self, ex: &Ex<'a>, place: Place) -> Option<Ratio> {
        let what = "`grow` of `cycle`";
        let value = self.number(ex, place, what, 0.0, 1e3)?;
        let digits = match ex.kind() {
            ExprKind::Number(n) => exact(&n.text),
            _ => self.count(ex, place),
        };
        match digits.or_else(|| exact(&format!("{value:e}"))) {
            Some(r) => self.admit(Some(r), ex.span()),
            None => self.admit(None, ex.span()),
        }
    }

    /// Cycles of geometric lengths, written out one by one.
    #[allow(clippy::too_many_arguments)]
    fn growing(
        &mut self,
        ex: &Ex<'a>,
        subject: &'a Expr,
        modifiers: &'a [Expr],
        every: Every,
        grow: Ratio,
        decay: f64,
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        let Some(span) = place.len else {
            return self.no_total(ex.span(), "growing cycles are written out over it");
        };
        let parts = place.start.checked_add(&span).and_then(|end| lcm(*place.start.denom(), *end.denom()));
        let parts = parts.filter(|&parts| parts <= 1 << FINEST_BITS).unwrap_or(*place.start.denom());
        let steps = i128::BITS - place.end.ceil().to_integer().leading_zeros();
        let near = 1i128 << BITS.saturating_sub(steps).clamp(32, FINEST_BITS);
        let (lengths, grid) = self.geometric(ex, every, grow, span, (parts, near))?;
        if !self.work.steps(CYCLE * lengths.len()) {
            return None;
        }
        if let Some((last, whole)) = lengths.split_last()
            && let Some(passed) = whole.iter().try_fold(Ratio::zero(), |sum, length| sum.checked_add(length))
        {
            lints::ends(self, &ex.modifier(modifiers.len()), *last, passed, span);
        }
        let mut pieces = vec![];
        let mut start = place.start;
        for (j, &length) in lengths.iter().enumerate() {
            let inside = Place {
                start,
                len: Some(length),
                whole: Some(length),
                origin: start,
                depth: place.depth + 1,
                cycled: true,
                rough: place.rough || *start.denom() > FINEST,
                ..place
            };
            let (mark, found) = (self.phases.len(), self.found.len());
            let body = self.on_grid(grid, |c| c.pipe(ex, subject, modifiers, inside, join))?;
            // The phases of the first cycle stand for all.
            if j > 0 {
                self.phases.truncate(mark);
                lints::said(self, found);
            }
            let factor =
                self.binary(Binary::Pow, Arc::new(Sig::Const(decay)), Arc::new(Sig::Const(j as f64)), ex.span())?;
            let one = matches!(*factor, Sig::Const(1.0));
            pieces.push((start, if one { body } else { Arc::new(Sig::Binary(Binary::Mul, body, factor)) }));
            start = self.on_grid(grid, |c| c.admit_sum(start, length, ex.span()))?;
        }
        Some(Arc::new(Sig::Seq(pieces)))
    }

    /// What `check` says where lengths are rounded to `grid`, or to the one outside of it.
    fn on_grid<T>(&mut self, grid: Option<i128>, check: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.grid;
        self.grid = grid.or(outer);
        let found = check(self);
        self.grid = outer;
        found
    }

    /// The lengths d, d·g, d·g², … until they fill `span`: exact where their ends can be counted, else up to the next
    /// point of a grid. Where the ends are no simple fractions it is given, too, for what lies within: it has `near`ly so
    /// many parts, and every end and every whole step lies on it, seen from a start in `parts` of a step, so that no
    /// boundary moves to another step.
    fn geometric(
        &mut self,
        ex: &Ex<'a>,
        every: Every,
        grow: Ratio,
        span: Ratio,
        (parts, near): (i128, i128),
    ) -> Option<(Vec<Ratio>, Option<i128>)> {
        let (exact, all) = exact_ends(every, grow, span);
        // As many of the first ends as can be counted lie on the grid, and with them all of the simple ones.
        let fine = exact.iter().try_fold(parts, |parts, end| {
            lcm(parts, *end.denom()).filter(|&parts| parts <= near.max(FINEST)).ok_or(parts)
        });
        let (all, fine) = (all && fine.is_ok(), fine.unwrap_or_else(|parts| parts));
        let kept = exact.iter().all(|end| *end.denom() <= FINE.min(FINEST / parts));
        let grid = fine * (near / fine).max(1);
        let found = match all {
            true => Some((exact, (!kept).then_some(grid))),
            false => near_ends(every, grow, span, grid).map(|ends| (ends, Some(grid))),
        };
        let Some((ends, grid)) = found else {
            self.work.steps(CYCLE * MOST_CYCLES);
            let most = show(Ratio::from_integer(MOST_CYCLES as i128));
            let message = format!("more than {most} cycles are needed to fill {} steps", show(span));
            return self.fail(
                Diagnostic::error(&timeline::NEVER_FILLS, ex.span(), message)
                    .help("start with longer cycles, or let them grow faster"),
            );
        };
        let mut shown = Ratio::zero();
        let lengths = self.on_grid(grid, |c| {
            let length = |end: Ratio| {
                let before = std::mem::replace(&mut shown, end);
                c.admit(Some(end), ex.span()).and_then(|end| c.admit(end.checked_sub(&before), ex.span()))
            };
            ends.into_iter().map(length).collect::<Option<Vec<_>>>()
        })?;
        if lengths.iter().any(|l| !l.is_positive()) {
            let message = "the cycles become shorter than can be counted";
            return self.fail(
                Diagnostic::error(&timeline::NEVER_FILLS, ex.span(), message)
                    .help("use fewer cycles, or let them grow"),
            );
        }
        Some((lengths, grid))
    }
}
