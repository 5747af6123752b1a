//! Recorded curves, in the program or in a file.

use super::{Args, Entry, Form, Kind, PLAIN, Param};
use crate::ir::{Builder, Local, Val};

/// `table([v…])`, `table("curve.csv")`
pub const TABLE: Entry = Entry {
    name: "table",
    summary: "a recorded curve: values evenly spaced over the phase, straight lines between them",
    formula: "v[k] + (v[k + 1] - v[k]) * (u * (m - 1) - k), k = floor(u * (m - 1)), of m values",
    source: "optax piecewise_interpolate_schedule, scenic piecewise_linear, RLlib lr_schedule",
    example: "table([0, 1e-3, 8e-4, 3e-4, 1e-4, 0])",
    params: &[Param {
        name: "values",
        kind: Kind::Numbers,
        default: None,
        doc: "the values `[v, ...]`, at least 2: the first at the phase's start, the last at its end; or the name of a CSV file beside the program with the columns `step` and `value`, evenly spaced, which lasts as long as was recorded unless `for` or `until` stretches it",
    }],
    form: Form::Curve(lower),
    ..PLAIN
};

/// The count that `ticks * gaps` must stay below.
const MOST: i64 = 1 << 62;

/// Segments are counted in integers, so that a recorded value comes out as it is.
fn lower(b: &mut Builder, time: Local, args: &Args) -> Val {
    let Some(values) = args.table("values") else { return Val::Const(0.0) };
    let gaps = values.len() as i64 - 1;
    let p = time.progress();
    let (mut ticks, mut len) = (b.count(p.ticks), p.len);
    // Too fine a count is made coarser: what is lost is less than 2^-40 of the phase.
    while gaps > 0 && len > MOST / gaps {
        (ticks, len) = (b.quotient(ticks, 2), (len / 2).max(1));
    }
    let fine = b.scale(ticks, gaps, 0);
    let k = b.quotient(fine, len);
    let rest = b.remainder(fine, k, len);
    let next = b.scale(k, 1, 1);
    let (from, to) = (b.lookup(k, values), b.lookup(next, values));
    let rest = b.float(rest);
    let share = b.div(rest, Val::Const(len as f64));
    b.mix(from, to, share)
}
