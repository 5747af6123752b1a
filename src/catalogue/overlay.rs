//! One phase over another.

use std::sync::Arc;

use num_traits::Zero;

use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::{Edge, Ex, Extent, Join, Modified, Place, gap, show};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, lints, timeline};
use crate::ir::minus;
use crate::plan::{Sig, Window};

/// `s | overlay(p, at: start)`
pub const OVERLAY: Entry = Entry {
    name: "overlay",
    summary: "replaces the first or last part, while the clock underneath runs on",
    formula: "p while p lasts, s otherwise",
    source: "BERT's optimizer (Devlin et al., 2018), timm warmup_prefix=False; cooldown branches (Hägele et al., 2024)",
    example: "linear(1e-3 -> 0) | overlay(warmup(10%))",
    params: &[
        Param { name: "p", kind: Kind::Phase, default: None, doc: "the phase on top; it has a length" },
        Param {
            name: "at",
            kind: Kind::Choice(&["start", "end"]),
            default: Some("start"),
            doc: "which part it replaces",
        },
    ],
    form: Form::Modifier(Modifier { time: Time::Kept, build }),
    ..PLAIN
};

fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let under = m.body()?;
    let (place, at_end) = (m.place, m.given.args().word("at") == "end");
    let ex = m.given.bound.written("p")?.clone();
    let window = window(&mut m, &ex, at_end)?;
    let (Window { start, len }, end) = (window, window.end()?);
    // The end that the phase on top may leave out follows from what it lies on.
    let met = Some(Edge::of(&under, start, at_end, place, m.checker.work()));
    let join = if at_end { Join { before: met, after: None } } else { Join { before: None, after: met } };
    let inside = Place { start, len, origin: start, depth: place.depth + 1, ..place };
    let over = m.checker.signal(&ex, inside, &join)?;
    covered(&mut m, ex.span(), &over, &under, window);
    Some(Arc::new(Sig::Seq(match at_end {
        false => vec![(start, over), (end, under)],
        true => vec![(place.start, under), (start, over)],
    })))
}

/// When the phase on top runs.
fn window<'a>(m: &mut Modified<'_, 'a>, ex: &Ex<'a>, at_end: bool) -> Option<Window> {
    let (place, checker) = (m.place, &mut *m.checker);
    let Extent::For(len) = checker.extent(ex, place)? else {
        return checker.fail(
            Diagnostic::new(&timeline::NO_TIME, ex.span(), "the overlaid phase needs a length")
                .help("say how long it lasts: `overlay(warmup(5%))`, `overlay(-> 0 for 10%, at: end)`"),
        );
    };
    if let Some(whole) = place.len.filter(|&whole| len > whole) {
        let message = format!("the overlay takes {} steps, but only {} are there", show(len), show(whole));
        return checker.fail(Diagnostic::new(&timeline::TOO_LONG, ex.span(), message).help("shorten it"));
    }
    let (start, end) = match (at_end, place.len) {
        (false, _) => (place.start, checker.admit_sum(place.start, len, ex.span())?),
        (true, Some(whole)) => {
            let end = checker.admit_sum(place.start, whole, ex.span())?;
            (checker.admit_sum(end, minus(Ratio::zero(), len), ex.span())?, end)
        }
        (true, None) => return checker.no_total(ex.span(), "the overlay stands at its end"),
    };
    // Where moments are rounded it lies between two of them.
    Some(Window { start, len: Some(minus(end, start)) })
}

/// Warns of an overlay that leaves nothing of what it lies on, and notes what has gone on under a warmup.
fn covered(m: &mut Modified, site: Span, over: &Sig, under: &Sig, window: Window) {
    let Some(end) = window.end() else { return };
    if window.len == m.place.len {
        let message = "the overlay takes the whole span, so that nothing of what it lies on is left";
        m.note(Diagnostic::new(&lints::NO_EFFECT, site, message).help("shorten the overlay, or write it alone"));
    } else if let Some(gap) = gap(over, under, end, m.checker.work()).filter(|_| window.start == m.place.start) {
        let message = format!(
            "the value {} at step {}: the overlay ends at {}, and underneath it has come to {} by then",
            gap.verb,
            show(end),
            gap.from,
            gap.to
        );
        let d = Diagnostic::new(&lints::RUN_ON, site, message);
        m.note(d.help("`warmup(…) >> …` starts the next phase's clock after the warmup"));
    }
}
