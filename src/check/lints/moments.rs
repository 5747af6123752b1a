//! Moments that never come, and percentages of more than there is.

use num_traits::{CheckedDiv, CheckedMul};

use crate::check::duration::show;
use crate::check::scope::Ex;
use crate::check::{Checker, Place};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, lints};

/// Warns of a moment, for `what`, that comes only after the span.
pub(in crate::check) fn never(checker: &mut Checker, ex: &Ex, what: &str, at: Ratio, place: Place) {
    let Some(len) = place.len.filter(|&len| at >= len) else { return };
    // A percentage over 100 has been told.
    let Span { start, end } = ex.span();
    let told = checker.percents.range((start, 0)..).next().is_some_and(|&(_, last)| last <= end);
    if !told && checker.work.finding() {
        let message = format!("{what} never comes: it is {} steps in, and there are {}", show(at), show(len));
        checker
            .found
            .push(Diagnostic::new(&lints::NEVER, ex.span(), message).help("bring it forward, or leave it out"));
    }
}

/// Warns of a percentage over 100.
pub(in crate::check) fn percent(checker: &mut Checker, amount: Ratio, place: Place, span: Span) {
    let of = |whole: Ratio| whole.checked_div(&Ratio::from_integer(100))?.checked_mul(&amount);
    if let (true, Some(whole)) = (amount > Ratio::from_integer(100), place.whole)
        && let Some(all) = of(whole)
        && checker.work.finding()
    {
        let message = format!("{}% is more than there is: {} of {} steps", show(amount), show(all), show(whole));
        checker.percents.insert((span.start, span.end));
        checker.found.push(
            Diagnostic::new(&lints::PERCENT, span, message)
                .help("`%` is of the enclosing span; at most 100% of it comes"),
        );
    }
}
