//! Spans of geometric lengths, written out one by one.

use std::sync::Arc;

use num_traits::{CheckedAdd, CheckedDiv, CheckedSub, Signed, Zero};

use super::duration::{FINEST, show};
use super::lengths::{Every, MOST_CYCLES, exact_ends, near_ends};
use super::modifier::Modified;
use super::scope::Ex;
use super::{Checker, Place, lints};
use crate::clock::{Ratio, exact};
use crate::diag::{Diagnostic, Span, timeline};
use crate::ir::{Binary, countable, lcm};
use crate::plan::Sig;
use crate::syntax::ast::ExprKind;

/// So many steps of work the end of one of many spans takes, whose digits are multiplied out.
const CYCLE: usize = 10;

/// The parts of a step that the ends of growing spans have at most to be simple: what lies within is then kept to
/// exactly, or refused.
const FINE: i128 = 1 << 12;

/// Bits of the parts of a step that other ends are rounded up to, with those of the steps before them; and the most of
/// the former.
const BITS: u32 = 92;
const FINEST_BITS: u32 = 60;

/// The lengths of spans, one after the other.
pub(crate) struct Lengths {
    pub(crate) all: Vec<Ratio>,
    /// The parts of a step that what lies within is rounded to, where the ends are no simple fractions.
    grid: Option<i128>,
}

/// A grid for the moments of spans: what their start has parts of a step, and how many are nearly right.
#[derive(Clone, Copy)]
struct Grid {
    parts: i128,
    near: i128,
}

impl Grid {
    fn of(place: Place, span: Ratio) -> Self {
        let parts = place.start.checked_add(&span).and_then(|end| lcm(*place.start.denom(), *end.denom()));
        let steps = i128::BITS - place.end.ceil().to_integer().leading_zeros();
        Self {
            parts: parts.filter(|&parts| parts <= 1 << FINEST_BITS).unwrap_or(*place.start.denom()),
            near: 1i128 << BITS.saturating_sub(steps).clamp(32, FINEST_BITS),
        }
    }
}

impl Modified<'_, '_> {
    /// The lengths of spans that fill the place, each `grow` times as long as the one before.
    pub(crate) fn lengths(&mut self, every: Every, grow: Ratio) -> Option<Lengths> {
        let site = self.pipe.span();
        let Some(span) = self.place.len else {
            return self.checker.no_total(site, "growing cycles are written out over it");
        };
        let lengths = self.checker.geometric(site, every, grow, span, Grid::of(self.place, span))?;
        self.checker.work.steps(CYCLE * lengths.all.len()).then_some(lengths)
    }

    /// What it modifies, in spans of these lengths; in span j times `decay` to the j.
    pub(crate) fn one_by_one(&mut self, lengths: &Lengths, decay: f64) -> Option<Arc<Sig>> {
        let (place, site) = (self.place, self.pipe.span());
        let mut pieces = vec![];
        let mut start = place.start;
        for (j, &length) in lengths.all.iter().enumerate() {
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
            let (mark, found) = (self.checker.phases.len(), self.checker.found.len());
            let outer = self.checker.grid;
            self.checker.grid = lengths.grid.or(outer);
            let body = self.body_in(inside);
            self.checker.grid = outer;
            let body = body?;
            // The phases of the first span stand for all.
            if j > 0 {
                self.checker.phases.truncate(mark);
                lints::said(self.checker, found);
            }
            let (decay, power) = (Arc::new(Sig::Const(decay)), Arc::new(Sig::Const(j as f64)));
            let factor = self.checker.binary(Binary::Pow, decay, power, site)?;
            let one = matches!(*factor, Sig::Const(1.0));
            pieces.push((start, if one { body } else { Arc::new(Sig::Binary(Binary::Mul, body, factor)) }));
            start = self.checker.on_grid(lengths.grid, |c| c.admit_sum(start, length, site))?;
        }
        Some(Arc::new(Sig::Seq(pieces)))
    }
}

impl<'a> Checker<'a> {
    /// Whether parts of a span whose length was rounded cannot be counted, or are no points of its grid: written out,
    /// they are rounded too.
    pub(crate) fn is_finer(&self, every: Every, place: Place) -> bool {
        let (Every::Count(k, len), Some(grid)) = (every, self.grid) else { return false };
        let part = len.checked_div(&Ratio::from_integer(k));
        part.is_none_or(|part| grid % part.denom() != 0 || countable(place.rate, part, place.end).is_none())
    }

    /// The exact digits of a number, for lengths that must be exact.
    pub(crate) fn digits_of(&mut self, ex: &Ex<'a>, value: f64, place: Place) -> Option<Ratio> {
        let digits = match ex.kind() {
            ExprKind::Number(n) => exact(&n.text),
            _ => self.count(ex, place),
        };
        self.admit(digits.or_else(|| exact(&format!("{value:e}"))), ex.span())
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
    /// point of a grid. Where the ends are no simple fractions it is given, too, for what lies within: it has nearly so
    /// many parts, and every end and every whole step lies on it, seen from a start in parts of a step, so that no
    /// boundary moves to another step.
    fn geometric(&mut self, site: Span, every: Every, grow: Ratio, span: Ratio, grid: Grid) -> Option<Lengths> {
        let (exact, all) = exact_ends(every, grow, span);
        // As many of the first ends as can be counted lie on the grid, and with them all of the simple ones.
        let fine = exact.iter().try_fold(grid.parts, |parts, end| {
            lcm(parts, *end.denom()).filter(|&parts| parts <= grid.near.max(FINEST)).ok_or(parts)
        });
        let (all, fine) = (all && fine.is_ok(), fine.unwrap_or_else(|parts| parts));
        let kept = exact.iter().all(|end| *end.denom() <= FINE.min(FINEST / grid.parts));
        let grid = fine * (grid.near / fine).max(1);
        let found = match all {
            true => Some((exact, (!kept).then_some(grid))),
            false => near_ends(every, grow, span, grid).map(|ends| (ends, Some(grid))),
        };
        let Some((ends, grid)) = found else {
            self.work.steps(CYCLE * MOST_CYCLES);
            let most = show(Ratio::from_integer(MOST_CYCLES as i128));
            let message = format!("more than {most} cycles are needed to fill {} steps", show(span));
            return self.fail(
                Diagnostic::new(&timeline::NEVER_FILLS, site, message)
                    .help("start with longer cycles, or let them grow faster"),
            );
        };
        let mut shown = Ratio::zero();
        let lengths = self.on_grid(grid, |c| {
            let length = |end: Ratio| {
                let before = std::mem::replace(&mut shown, end);
                c.admit(Some(end), site).and_then(|end| c.admit(end.checked_sub(&before), site))
            };
            ends.into_iter().map(length).collect::<Option<Vec<_>>>()
        })?;
        if lengths.iter().any(|l| !l.is_positive()) {
            let message = "the cycles become shorter than can be counted";
            return self.fail(
                Diagnostic::new(&timeline::NEVER_FILLS, site, message).help("use fewer cycles, or let them grow"),
            );
        }
        Some(Lengths { all: lengths, grid })
    }
}
