//! Cycles: the whole span again and again.

use std::sync::Arc;

use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, One, Zero};

use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::{Every, Modified, Place, show, usage, whole};
use crate::clock::{Ratio, to_f64};
use crate::diag::{Diagnostic, lints, names};
use crate::ir::countable;
use crate::plan::Sig;

/// `s | cycle(k)`, `s | cycle(d)`
pub const CYCLE: Entry = Entry {
    name: "cycle",
    summary: "repeats what stands on its left",
    formula: "s(i mod d) * decay ** floor(i / d); with grow, cycle j is grow ** j times as long",
    source: "SGDR (Loshchilov & Hutter, 2017); torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, CyclicLR; transformers cosine_with_restarts",
    example: "warmup(5%) >> (cosine(1e-3 -> 0) | cycle(4))",
    params: &[
        Param {
            name: "cycles",
            kind: Kind::CountOrDuration,
            default: None,
            doc: "how many cycles fill the span, or how long the first one is",
        },
        Param {
            name: "grow",
            kind: Kind::Number(0.0, 1e3),
            default: Some("1"),
            doc: "each cycle's length over the one before",
        },
        Param {
            name: "decay",
            kind: Kind::Number(0.0, 1e3),
            default: Some("1"),
            doc: "each cycle's values over the one before",
        },
    ],
    form: Form::Modifier(Modifier { time: Time::Repeated, build }),
    ..PLAIN
};

fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let decay = m.given.args().number("decay")?;
    let every = every(&mut m)?;
    let grow = match (m.given.bound.written("grow").cloned(), m.given.args().number("grow")) {
        (Some(written), Some(value)) => m.checker.digits_of(&written, value, m.place)?,
        _ => Ratio::one(),
    };
    if !grow.is_one() || m.checker.is_finer(every, m.place) {
        return one_by_one(m, every, grow, decay);
    }
    let (place, call) = (m.place, m.given.bound.call.clone());
    let length = match every {
        Every::Count(k, len) => m.checker.admit(len.checked_div(&Ratio::from_integer(k)), call.span())?,
        Every::Time(d) => d,
    };
    let Some(rate) = countable(place.rate, length, place.end) else {
        return m.checker.too_fine(&call, length, place);
    };
    let (zero, len) = (Ratio::zero(), Some(length));
    let inside = Place {
        start: zero,
        len,
        whole: len,
        origin: zero,
        rate,
        end: length,
        depth: place.depth + 1,
        cycled: true,
        axes: place.axes + 1,
        ..place
    };
    let body = m.body_in(inside)?;
    idle(&mut m, &body, length, decay);
    Some(Arc::new(Sig::Cycle { start: place.start, every: length, body, decay }))
}

/// How many cycles there are, or how long one is.
fn every(m: &mut Modified) -> Option<Every> {
    let (entry, place, name) = (m.given.bound.entry, m.place, m.name);
    let ex = m.given.bound.written("cycles")?.clone();
    let checker = &mut *m.checker;
    if checker.is_time(&ex) {
        return Some(Every::Time(checker.length(&ex, place, "`cycle`")?));
    }
    let Some(n) = checker.count(&ex, place) else {
        let message = "`cycle` needs how many cycles there are, or how long one is";
        return checker.fail(Diagnostic::new(&names::ARGUMENTS, ex.span(), message).help(usage(entry)));
    };
    let Some(k) = whole(n).filter(|&k| k >= 1) else {
        let message = format!("`cycle({})`: the number of cycles is a whole number, at least 1", show(n));
        let d = Diagnostic::new(&names::OUT_OF_RANGE, ex.span(), message);
        return checker.fail(d.help("for the length of a cycle, add a unit: `cycle(10 epochs)`"));
    };
    match place.len {
        Some(len) => Some(Every::Count(k.into(), len)),
        None => checker.no_total(name, "its cycles share it"),
    }
}

/// Cycles of different lengths, or of lengths that are rounded.
fn one_by_one(mut m: Modified, every: Every, grow: Ratio, decay: f64) -> Option<Arc<Sig>> {
    let lengths = m.lengths(every, grow)?;
    if let (Some((last, whole)), Some(span)) = (lengths.all.split_last(), m.place.len)
        && let Some(passed) = whole.iter().try_fold(Ratio::zero(), |sum, length| sum.checked_add(length))
    {
        ends(&mut m, *last, passed, span);
    }
    m.one_by_one(&lengths, decay)
}

/// Warns of cycles that do not do what a cycle is for.
fn idle(m: &mut Modified, body: &Sig, length: Ratio, decay: f64) {
    if m.place.len == Some(length) {
        return m.no_effect("one cycle fills the span");
    }
    if body.is_fixed() && decay == 1.0 {
        return m.no_effect("the value is the same at every step");
    }
    let passed = |span: Ratio| {
        let cycles = span.checked_div(&length)?.ceil().to_integer();
        length.checked_mul(&Ratio::from_integer(cycles.checked_sub(1)?))
    };
    if let Some((span, passed)) = m.place.len.and_then(|span| Some((span, passed(span)?))) {
        ends(m, length, passed, span);
    }
}

/// Warns of a cycle after `passed` steps that goes on beyond the span: of the first, that it never starts again.
fn ends(m: &mut Modified, length: Ratio, passed: Ratio, span: Ratio) {
    let call = m.given.bound.call.span();
    if length > span && passed.is_zero() {
        let message =
            format!("one cycle takes {} steps, and there are {}: it never starts again", show(length), show(span));
        m.note(Diagnostic::new(&lints::NEVER, call, message).help("shorten the cycle, or leave `cycle` out"));
    } else if let Some(there) = span.checked_sub(&passed).filter(|there| *there < length) {
        let percent = (to_f64(there) / to_f64(length) * 100.0).round();
        let message =
            format!("the last cycle is cut: it has {} of its {} steps ({percent}%)", show(there), show(length));
        m.note(
            Diagnostic::new(&lints::CUT, call, message).help("a count, such as `cycle(4)`, divides the span evenly"),
        );
    }
}
