//! Arguments that become tables: the products of factors, and recorded values.

use std::sync::Arc;

use num_traits::{CheckedDiv, ToPrimitive};

use super::args::{Bound, Given};
use super::duration::show;
use super::extent::Extent;
use super::scope::Ex;
use super::{Checker, Join, Place};
use crate::catalogue::{self, Entry, Kind};
use crate::clock::{Clock, Ratio};
use crate::diag::{Diagnostic, limits, lints, names};
use crate::lower;
use crate::plan::{Arg, Sig};
use crate::recording::Recording;
use crate::syntax::ast::ExprKind;

/// Factors are computed one by one, so many at most.
const MOST_FACTORS: u64 = 10_000;

impl<'a> Checker<'a> {
    /// Puts the products of the factors where the factors were, if the call has any.
    pub(super) fn products(&mut self, given: &mut Given<'a>, place: Place) -> Option<()> {
        let entry = given.bound.entry;
        let Some(slot) = entry.slot(|kind| kind == Kind::Factors) else { return Some(()) };
        let factor = given.bound.of(|kind| kind == Kind::Factors)?.clone();
        let Arg::Time(every) = given.values[entry.slot(|kind| kind == Kind::Period)?] else { return None };
        let span = given.bound.call.span();
        let Some(len) = place.len else {
            return self.no_total(span, "the factors are computed one by one");
        };
        // One that falls on the phase's very end never comes.
        let intervals = self.admit(len.checked_div(&every), span)?.ceil().to_integer();
        let count = intervals.to_u64().map_or(u64::MAX, |n| n.saturating_sub(1));
        if count > MOST_FACTORS {
            let message =
                format!("{} factors, one every {} steps", show(Ratio::from_integer(intervals - 1)), show(every));
            return self.fail(
                Diagnostic::new(&limits::EXPANSION, span, message)
                    .help("at most 10 000; take longer steps, or write a formula such as `1e-3 * 0.95 ** epoch`"),
            );
        }
        given.values[slot] = Arg::Table(self.prefixes(&factor, count, entry)?);
        Some(())
    }

    /// 1, e(1), e(1)·e(2), …
    fn prefixes(&mut self, ex: &Ex<'a>, count: u64, entry: &Entry) -> Option<Arc<[f64]>> {
        let sig = self.factor(ex, count)?;
        let mut products = Vec::with_capacity(count as usize + 1);
        let mut product = 1.0;
        products.push(product);
        for k in 1..=count {
            let Some(factor) = lower::constant(&sig, Ratio::from_integer(k.into()), false, &self.work) else {
                return self.no_base(ex, &format!("the factors of `{}`", entry.name));
            };
            product *= factor;
            if !product.is_finite() {
                let message = format!("the product is no finite number after factor {k}, which is {factor}");
                let help = "factors of about 1 keep it in range";
                return self.fail(Diagnostic::new(&lints::NOT_FINITE, ex.span(), message).help(help));
            }
            products.push(product);
        }
        Some(products.into())
    }

    /// The factors as a signal on a clock of their own, a step for each. What the run's clock knows does not
    /// hold on it: `epoch` would mean epochs of factors.
    fn factor(&mut self, ex: &Ex<'a>, count: u64) -> Option<Arc<Sig>> {
        let steps = count + 1;
        let own = Clock::steps(steps);
        let end = Ratio::from_integer(steps.into());
        let zero = Ratio::from_integer(0);
        let (len, whole) = (Some(end), Some(end));
        let place = Place {
            start: zero,
            len,
            whole,
            origin: zero,
            rate: 1,
            end,
            depth: 0,
            cycled: true,
            rough: false,
            axes: 0,
        };
        let (mark, clock) = (self.phases.len(), std::mem::replace(&mut self.clock, own));
        let sig = self.operand(ex, place, &Join::default());
        self.clock = clock;
        self.phases.truncate(mark);
        sig
    }

    /// The recorded curve that the program calls `name`; each is read once.
    fn recording(&mut self, ex: &Ex<'a>, name: &'a str) -> Option<Recording> {
        if let Some(known) = self.read.get(name) {
            return Some(known.clone());
        }
        match self.host.table(name) {
            Ok(recording) => {
                self.read.insert(name, recording.clone());
                Some(recording)
            }
            Err(why) => {
                let message = format!("the recorded curve `{name}` cannot be used");
                self.fail(Diagnostic::new(&names::RECORDING, ex.span(), message).help(why.to_string()).caused(why))
            }
        }
    }

    /// How long a phase lasts where nothing says so: a recording as long as it did.
    pub(super) fn recorded(&mut self, bound: &Bound<'a>) -> Option<Extent> {
        let written = bound.of(|kind| kind == Kind::Numbers);
        let Some((name, value)) = written.and_then(|v| Some((file_name(v)?, v))) else {
            return Some(Extent::Free);
        };
        let steps = i128::try_from(self.recording(value, name)?.steps()).ok();
        Some(Extent::For(self.admit(steps.map(Ratio::from_integer), bound.call.span())?))
    }

    /// A list of numbers that do not change in time.
    pub(super) fn numbers(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Arc<[f64]>> {
        if let ExprKind::Str(name) = ex.kind() {
            return Some(self.recording(ex, name)?.values().clone());
        }
        let ExprKind::List(items) = ex.kind() else {
            return self.fail(
                Diagnostic::new(&names::ARGUMENTS, ex.span(), format!("{what} is a list of values"))
                    .help("write `[0, 1e-3, 5e-4, 0]`"),
            );
        };
        if items.len() < 2 {
            let message = format!("{what} has {} of the 2 values that it needs at least", items.len());
            let help = "a lone value needs no `table`";
            return self.fail(Diagnostic::new(&names::OUT_OF_RANGE, ex.span(), message).help(help));
        }
        let mut numbers = Vec::with_capacity(items.len());
        for item in items {
            let item = ex.with(item);
            numbers.push(match &*self.fixed(&item, place, "a recorded value")? {
                Sig::Const(c) => *c,
                _ => {
                    let message = "a recorded value cannot depend on `base`";
                    return self.fail(
                        Diagnostic::new(&names::CHANGES_IN_TIME, item.span(), message)
                            .help("multiply the whole phase: `1x * table([1, 0.5])`"),
                    );
                }
            });
        }
        if place.len.is_none() {
            return self.no_total(ex.span(), "the recorded values are spread over it");
        }
        Some(numbers.into())
    }
}

/// The name of a recording.
fn file_name<'a>(ex: &Ex<'a>) -> Option<&'a str> {
    match ex.kind() {
        ExprKind::Str(name) => Some(name),
        _ => None,
    }
}

/// Whether a phase is a recording, which a given time stretches.
pub(super) fn replays(phase: &ExprKind) -> bool {
    let ExprKind::Call { name, args } = phase else { return false };
    catalogue::find(&name.text).is_some_and(Entry::replays)
        && args.first().is_some_and(|a| matches!(a.value.kind, ExprKind::Str(_)))
}
