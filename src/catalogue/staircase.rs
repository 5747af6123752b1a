//! Sampled time.

use std::sync::Arc;

use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::{Modified, Place};
use crate::clock::Ratio;
use crate::ir::countable;
use crate::plan::Sig;

/// `s | staircase(d)`
pub const STAIRCASE: Entry = Entry {
    name: "staircase",
    summary: "samples the value at multiples of d and holds it",
    formula: "s(d * floor(i / d))",
    source: "per-epoch schedulers stepped once per epoch (torch, timm, Keras callbacks); optax staircase=True",
    example: "cosine(1e-3 -> 0) | staircase(10%)",
    params: &[Param { name: "d", kind: Kind::Duration, default: None, doc: "how long each stair lasts" }],
    form: Form::Modifier(Modifier { time: Time::Kept, build }),
    ..PLAIN
};

fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let (place, call) = (m.place, m.given.bound.call.clone());
    let every = m.given.args().time("d")?;
    let Some(rate) = countable(place.rate, every, place.end) else {
        return m.checker.too_fine(&call, every, place);
    };
    let body = m.body_sampled(Place { rate, ..place })?;
    m.never("the next stair", every);
    if body.is_fixed() {
        m.no_effect("the value is the same at every step");
    } else if every == Ratio::from_integer(1) && place.start.is_integer() && place.depth == 0 && !place.cycled {
        m.no_effect("every step is a stair of its own");
    }
    Some(Arc::new(Sig::Stairs { start: place.start, every, body }))
}
