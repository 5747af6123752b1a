//! Step decay.

use super::{Args, Entry, Form, Kind, PLAIN, Param};
use crate::check::build::Given;
use crate::diag::{Diagnostic, names};
use crate::ir::{Builder, Local, Val};

/// `decay(a, by: g, every: d)`, `decay(a, by: g, at: [d…])`
pub const DECAY: Entry = Entry {
    name: "decay",
    summary: "multiplied by a factor, every so often or at milestones",
    formula: "a * by ** floor(i / every), or a * by ** (how many of `at` have come)",
    source: "torch.optim.lr_scheduler.StepLR, MultiStepLR; optax.exponential_decay(staircase=True), optax.piecewise_constant_schedule",
    example: "decay(0.1, by: 0.1, every: 30%)",
    params: &[
        Param { name: "a", kind: Kind::Value, default: None, doc: "the value at the phase's start" },
        Param { name: "by", kind: Kind::Number(0.0, 1e6), default: None, doc: "the factor" },
        Param { name: "every", kind: Kind::Period, default: Some("at"), doc: "the time from one drop to the next" },
        Param {
            name: "at",
            kind: Kind::Durations,
            default: Some("every"),
            doc: "the times of the drops, from the phase's start",
        },
    ],
    form: Form::Curve(lower),
    incoherent,
    ..PLAIN
};

fn incoherent(given: &Given) -> Option<Diagnostic> {
    let args = given.args();
    if args.time("every").is_some() != args.times("at").is_some() {
        return None;
    }
    let message = "`decay` needs either `every:` or `at:`";
    let d = Diagnostic::new(&names::ARGUMENTS, given.bound.call.span(), message);
    Some(d.help("`every: 10 epochs`, or `at: [30 epochs, 60 epochs]`"))
}

fn lower(b: &mut Builder, time: Local, args: &Args) -> Val {
    let (a, by) = (args.val("a"), args.val("by"));
    match (args.times("at"), args.time("every")) {
        (Some(at), _) => time.reached(b, at, |b, k| {
            let factor = b.pow(by, Val::Const(k as f64));
            b.mul(a, factor)
        }),
        (None, Some(every)) => {
            let (k, _) = time.cycles(b, every);
            let k = b.float(k);
            let factor = b.pow(by, k);
            b.mul(a, factor)
        }
        (None, None) => a,
    }
}
