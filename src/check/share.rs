//! How phases share the time that there is.

use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, Zero};

use super::duration::show;
use super::extent::Extent;
use super::sequence::Part;
use super::{Checker, Place};
use crate::clock::{Ratio, to_f64};
use crate::diag::{Diagnostic, Span, timeline};
use crate::ir::minus;
use crate::plan::Window;

/// So many moments of a span may be rounded, one within the other, and still its phases fit.
const ROUNDINGS: i128 = 64;

/// What the phases get that have no length of their own: the last one what is left.
#[derive(Clone, Copy)]
struct Share {
    each: Ratio,
    last: Ratio,
}

/// The time of phases of which every one has a length: perhaps too long to be counted.
fn lasting(parts: &[Part]) -> Option<Option<Ratio>> {
    let lengths: Option<Vec<Ratio>> = parts.iter().map(|p| p.extent.length()).collect();
    lengths.map(|all| all.iter().try_fold(Ratio::zero(), |sum, len| sum.checked_add(len)))
}

impl<'a> Checker<'a> {
    /// Gives every phase its window: groups that end at an `until`, then the rest, share what is left.
    pub(super) fn windows(&mut self, parts: &[Part<'a>], place: Place) -> Option<Vec<Window>> {
        let mut windows: Vec<Window> = Vec::with_capacity(parts.len());
        let mut start = place.start;
        while windows.len() < parts.len() {
            let from = windows.len();
            let until = parts[from..].iter().position(|p| p.extent.until().is_some());
            let group = &parts[from..until.map_or(parts.len(), |k| from + k + 1)];
            let last = group.last()?;
            let anchor = match (last.extent, last.extent.until()) {
                (extent, Some(d)) => {
                    let end = self.admit_sum(place.origin, d, last.ex.span())?;
                    match (extent, lasting(&group[..group.len() - 1])) {
                        (Extent::Both(d, _), Some(before)) => {
                            let last_start = before.and_then(|before| start.checked_add(&before));
                            let other = last_start.and_then(|start| start.checked_add(&d));
                            Some(self.admit(other, last.ex.span())?.max(end))
                        }
                        _ => Some(end),
                    }
                }
                _ => match place.len {
                    Some(len) => Some(self.admit_sum(place.start, len, last.ex.span())?),
                    None => None,
                },
            };
            let share = self.share(group, start, anchor, place)?;
            let last = group.iter().rposition(|p| !matches!(p.extent, Extent::For(_)));
            // Where lengths are rounded it is the moments between them that are, so that they add up to the whole.
            let mut exact = start;
            for (k, part) in group.iter().enumerate() {
                let len = match (part.extent, share) {
                    (Extent::For(d), _) => Some(d),
                    (_, None) => None,
                    (_, Some(share)) => Some(if last == Some(k) { share.last } else { share.each }),
                };
                let Some(long) = len else {
                    windows.push(Window { start, len });
                    continue;
                };
                let sum = exact.checked_add(&long).filter(|_| self.grid.is_some());
                let end = match sum {
                    Some(sum) => self.admit_point(Some(sum), place, part.ex.span())?,
                    None => self.admit_sum(start, long, part.ex.span())?,
                };
                // What fills the whole ends with it to the bit: what is held there is its end.
                let fills = sum.is_some() && k + 1 == group.len();
                let end = anchor.filter(|&whole| fills && (share.is_some() || end > whole)).unwrap_or(end);
                exact = sum.unwrap_or(end);
                windows.push(Window { start, len: Some(if sum.is_some() { minus(end, start) } else { long }) });
                start = end;
            }
        }
        Some(windows)
    }

    /// The lengths of the phases of `group` that have none of their own; `None` for one that nothing ends.
    fn share(
        &mut self,
        group: &[Part<'a>],
        start: Ratio,
        anchor: Option<Ratio>,
        place: Place,
    ) -> Option<Option<Share>> {
        let last = group.last()?;
        let span = group[0].ex.span().to(last.ex.span());
        let mut fixed = Ratio::zero();
        let mut free = 0;
        for part in group {
            match part.extent {
                Extent::For(d) => fixed = self.admit_sum(fixed, d, part.ex.span())?,
                _ => free += 1,
            }
        }
        let Some(anchor) = anchor else {
            let endless = free == 0 || (free == 1 && last.extent == Extent::Free);
            return if endless { Some(None) } else { self.no_total(span, "the phases share the rest of the run") };
        };
        if let (Some(d), Some(len)) = (last.extent.until(), place.len)
            && let Some(end) = self.admit(place.start.checked_add(&len), span)
            && anchor > end
        {
            let there = show(minus(end, place.origin));
            let message = format!("`until` ends this phase at step {}, but only {there} steps are there", show(d));
            return self.fail(
                Diagnostic::new(&timeline::TOO_LONG, last.ex.span(), message)
                    .help("end it earlier, or drop the `until` so that it shares the rest"),
            );
        }
        let room = self.admit_sum(anchor, minus(Ratio::zero(), start), span)?;
        if let Some(d) = last.extent.until()
            && !room.is_positive()
        {
            let message = format!(
                "`until` ends this phase at step {}, but it starts at step {}",
                show(d),
                show(minus(start, place.origin))
            );
            return self.fail(
                Diagnostic::new(&timeline::PAST, last.ex.span(), message)
                    .help("moments after `until` ascend; for a length write `for`"),
            );
        }
        // Moments that are rounded may lie a little closer than the lengths between them are.
        let slack = self.grid.map_or(Ratio::zero(), |grid| Ratio::new(ROUNDINGS, grid));
        if room.checked_add(&slack).is_none_or(|room| fixed > room) {
            return self.too_long(group, fixed, room, place);
        }
        if free == 0 {
            return Some(None);
        }
        let left = self.admit_sum(room, minus(Ratio::zero(), fixed), span)?;
        if left.is_zero() {
            let idle = group.iter().find(|p| !matches!(p.extent, Extent::For(_))).map_or(span, |p| p.ex.span());
            let message = format!("nothing is left for this phase: the others take all {} steps", show(room));
            return self.fail(
                Diagnostic::new(&timeline::NO_TIME, idle, message)
                    .help("shorten another phase, or drop its `for` so that it shares the rest"),
            );
        }
        let each = self.admit_time(left.checked_div(&Ratio::from_integer(free)), span)?;
        let others = each.checked_mul(&Ratio::from_integer(free - 1));
        let last = self.admit(others.and_then(|others| left.checked_sub(&others)), span)?;
        Some(Some(Share { each, last }))
    }

    fn too_long<T>(&mut self, group: &[Part<'a>], fixed: Ratio, room: Ratio, place: Place) -> Option<T> {
        let whole = place.whole.filter(|w| w.is_positive());
        // A share that is too long for 128 bits needs no more digits than an f64 has.
        let percent = |d: Ratio, w| match d.checked_div(&w).and_then(|d| d.checked_mul(&Ratio::from_integer(100))) {
            Some(exact) => show(exact),
            None => format!("{:e}", to_f64(d) / to_f64(w) * 100.0),
        };
        let share = |d: Ratio| whole.map_or(String::new(), |w| format!(" ({}%)", percent(d, w)));
        let message = format!(
            "the phases take {} steps{}, but only {} are there{}",
            show(fixed),
            share(fixed),
            show(room),
            share(room)
        );
        let timed: Vec<(Span, Ratio)> = group
            .iter()
            .filter_map(|p| match p.extent {
                Extent::For(d) => Some((p.ex.span(), d)),
                _ => None,
            })
            .collect();
        let (last, others) = timed.split_last()?;
        let mut d = Diagnostic::new(&timeline::TOO_LONG, last.0, message).label(format!(
            "{} steps{}",
            show(last.1),
            share(last.1)
        ));
        for (span, len) in others.iter().take(4) {
            d = d.because(*span, format!("{} steps{}", show(*len), share(*len)));
        }
        self.fail(d.help("shorten one, or drop a `for` so that it shares the rest"))
    }
}
