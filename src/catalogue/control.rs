//! What modifiers that follow a metric share: their first parameters, and the rule that sets the scale.

use std::sync::Arc;

use super::{Kind, Param};
use crate::check::build::Modified;
use crate::diag::{Diagnostic, names};
use crate::metric::{Better, MOST_SCALE, MOST_WINDOW, Rise, Rule};
use crate::plan::Sig;

pub(super) const METRIC: Param = Param {
    name: "metric",
    kind: Kind::Metric,
    default: None,
    doc: "the name of the metric that it watches, as the trainer reports it",
};

pub(super) const MODE: Param = Param {
    name: "mode",
    kind: Kind::Choice(&["min", "max"]),
    default: Some("min"),
    doc: "whether a lower or a higher metric is better",
};

/// What `m` modifies times the scale that follows the metric: cuts alone, or rises, too.
pub(super) fn follow(mut m: Modified, rise: Option<Rise>) -> Option<Arc<Sig>> {
    let subject = m.body()?;
    m.may_watch()?;
    let (entry, call) = (m.given.bound.entry, m.given.bound.call.span());
    let wrong = |message: String| Diagnostic::new(&names::OUT_OF_RANGE, call, message);
    let window = rise.and_then(|r| r.window).unwrap_or(0);
    if window > MOST_WINDOW {
        let message = format!("`window` of `{}` is {window}, and must be at most {MOST_WINDOW}", entry.name);
        return m.checker.fail(wrong(message).help("every observation of the window is kept and saved"));
    }
    let args = m.given.args();
    let count = |name: &str| args.number(name).map(|n| n as u64);
    let rule = Rule {
        better: Better {
            max: args.word("mode") == "max",
            threshold: args.number("threshold")?,
            relative: args.word("threshold_mode") == "rel",
        },
        factor: args.number("factor")?,
        patience: count("patience")?,
        cooldown: count("cooldown")?,
        eps: args.number("eps")?,
        least: 0.0,
        // A cut is never above what it cuts.
        most: if rise.is_some() { MOST_SCALE } else { 1.0 },
        rise,
    };
    let bound = |name: &str| args.value(name).cloned().unwrap_or_else(|| Arc::new(Sig::Const(f64::INFINITY)));
    let bounds = [bound("min"), bound("max")];
    if let [Sig::Const(a), Sig::Const(b)] = bounds.each_ref().map(|bound| &**bound)
        && a > b
    {
        let message = format!("`min: {a}` is above `max: {b}`");
        return m.checker.fail(wrong(message).help("swap them"));
    }
    let metric = args.metric("metric")?.to_owned();
    Some(m.watch(metric, rule, subject, bounds))
}
