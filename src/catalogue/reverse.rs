//! Time turned round.

use std::sync::Arc;

use num_traits::{CheckedSub, Zero};

use super::{Entry, Form, Modifier, PLAIN, Time};
use crate::check::build::{Join, Modified, Place};
use crate::plan::Sig;

/// `s | reverse`
pub const REVERSE: Entry = Entry {
    name: "reverse",
    summary: "runs what stands on its left backwards, from its end to its start",
    formula: "s(n - i), the limit from the left where s jumps",
    source: "ParameterSchedulers.jl reverse, symmetric",
    example: "warmup(20%) >> cosine(1e-3 -> 1e-4) | reverse",
    params: &[],
    form: Form::Modifier(Modifier { time: Time::Turned, build }),
    ..PLAIN
};

/// What comes after in time stands before on the mirrored clock, so that `warmup` and `-> b` meet the right neighbour.
fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let (place, site) = (m.place, m.pipe.span());
    let Some(len) = place.len else {
        return m.checker.no_total(site, "`reverse` starts at its end");
    };
    let origin = m.checker.admit(place.origin.checked_sub(&place.start), site)?;
    let (start, depth) = (Zero::zero(), place.depth + 1);
    let inside = Place { start, len: Some(len), origin, end: len, depth, axes: place.axes + 1, ..place };
    let turned = Join { before: m.join.after.clone(), after: m.join.before.clone() };
    let body = m.body_between(inside, &turned)?;
    if body.is_fixed() {
        m.no_effect("the value is the same at every step");
    }
    Some(Arc::new(Sig::Reverse { start: place.start, len, body }))
}
