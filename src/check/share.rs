//! How phases share the time that there is.

use num_traits::{CheckedAdd, CheckedDiv, CheckedSub, Signed, Zero};

use super::duration::show;
use super::sequence::{Extent, Part};
use super::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, timeline};
use crate::plan::Window;

impl<'a> Checker<'a> {
    /// Gives every phase its window: groups that end at an `until`, then the rest, share what is left.
    pub(super) fn windows(&mut self, parts: &[Part<'a>], place: Place) -> Option<Vec<Window>> {
        let mut windows: Vec<Window> = Vec::with_capacity(parts.len());
        let mut start = place.start;
        while windows.len() < parts.len() {
            let from = windows.len();
            let until = parts[from..].iter().position(|p| matches!(p.extent, Extent::Until(_)));
            let group = &parts[from..until.map_or(parts.len(), |k| from + k + 1)];
            let last = group.last()?;
            let anchor = match last.extent {
                Extent::Until(d) => Some(self.admit(place.origin.checked_add(&d), last.ex.span())?),
                _ => match place.len {
                    Some(len) => Some(self.admit(place.start.checked_add(&len), last.ex.span())?),
                    None => None,
                },
            };
            let share = self.share(group, start, anchor, place)?;
            for part in group {
                let len = match part.extent {
                    Extent::For(d) => Some(d),
                    _ => share,
                };
                windows.push(Window { start, len });
                if let Some(len) = len {
                    start = self.admit(start.checked_add(&len), part.ex.span())?;
                }
            }
        }
        Some(windows)
    }

    /// The length of each phase of `group` that has none of its own; `None` for one that nothing ends.
    fn share(
        &mut self,
        group: &[Part<'a>],
        start: Ratio,
        anchor: Option<Ratio>,
        place: Place,
    ) -> Option<Option<Ratio>> {
        let last = group.last()?;
        let span = group[0].ex.span().to(last.ex.span());
        let mut fixed = Ratio::zero();
        let mut free = 0;
        for part in group {
            match part.extent {
                Extent::For(d) => fixed = self.admit(fixed.checked_add(&d), part.ex.span())?,
                _ => free += 1,
            }
        }
        let Some(anchor) = anchor else {
            let endless = free == 0 || (free == 1 && last.extent == Extent::Free);
            return if endless { Some(None) } else { self.no_total(span, "the phases share the rest of the run") };
        };
        if let (Extent::Until(d), Some(len)) = (last.extent, place.len)
            && anchor > place.start + len
        {
            let there = show(place.start + len - place.origin);
            let message = format!("`until` ends this phase at step {}, but only {there} steps are there", show(d));
            return self.fail(
                Diagnostic::error(&timeline::TOO_LONG, last.ex.span(), message)
                    .help("end it earlier, or drop the `until` so that it shares the rest"),
            );
        }
        let room = self.admit(anchor.checked_sub(&start), span)?;
        if let Extent::Until(d) = last.extent
            && !room.is_positive()
        {
            let message = format!(
                "`until` ends this phase at step {}, but it starts at step {}",
                show(d),
                show(start - place.origin)
            );
            return self.fail(
                Diagnostic::error(&timeline::PAST, last.ex.span(), message)
                    .help("moments after `until` ascend; for a length write `for`"),
            );
        }
        if fixed > room {
            return self.too_long(group, fixed, room, place);
        }
        if free == 0 {
            return Some(None);
        }
        let left = room - fixed;
        if left.is_zero() {
            let idle = group.iter().find(|p| !matches!(p.extent, Extent::For(_))).map_or(span, |p| p.ex.span());
            let message = format!("nothing is left for this phase: the others take all {} steps", show(room));
            return self.fail(
                Diagnostic::error(&timeline::NO_TIME, idle, message)
                    .help("shorten another phase, or drop its `for` so that it shares the rest"),
            );
        }
        Some(Some(self.admit(left.checked_div(&Ratio::from_integer(free)), span)?))
    }

    fn too_long<T>(&mut self, group: &[Part<'a>], fixed: Ratio, room: Ratio, place: Place) -> Option<T> {
        let whole = place.whole.filter(|w| w.is_positive());
        let share = |d: Ratio| whole.map_or(String::new(), |w| format!(" ({}%)", show(d / w * 100)));
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
        let mut d = Diagnostic::error(&timeline::TOO_LONG, last.0, message).label(format!(
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
