//! Metric-driven modifiers: a scale that is an input of the program, and the rule that sets it.

use std::sync::Arc;

use super::args::usage;
use super::scope::{Binding, Ex};
use super::{Checker, NAMES, Place};
use crate::catalogue::{Entry, Kind};
use crate::diag::{Diagnostic, limits, names};
use crate::ir::Binary;
use crate::metric::{Better, MOST_SCALE, MOST_WINDOW, Rise, Rule};
use crate::plan::{Arg, Control, Sig, Window};
use crate::syntax::ast::ExprKind;

/// Each has a state of its own in every run; so many at most.
const MOST_CONTROLS: usize = 1000;

impl<'a> Checker<'a> {
    /// `sig` times the scale that follows a metric.
    pub(super) fn control(
        &mut self,
        call: &Ex<'a>,
        entry: &'static Entry,
        mut values: Vec<Arg>,
        sig: Arc<Sig>,
        place: Place,
    ) -> Option<Arc<Sig>> {
        if place.cycled {
            let message = format!("`{}` watches a metric over the run and cannot be inside a cycle", entry.name);
            return self.fail(
                Diagnostic::error(&names::ARGUMENTS, call.span(), message)
                    .help(format!("put it last: `s | cycle(…) | {}(…)`", entry.name)),
            );
        }
        if self.controls.len() == MOST_CONTROLS {
            let message = format!("more than {MOST_CONTROLS} modifiers watch metrics");
            return self.fail(
                Diagnostic::error(&limits::EXPANSION, call.span(), message)
                    .help("apply one to the whole sequence instead of one to each phase"),
            );
        }
        let slot = |name: &str| entry.params.iter().position(|p| p.name == name);
        let number = |name: &str| match &values[slot(name)?] {
            Arg::Value(sig) => match **sig {
                Sig::Const(c) => Some(c),
                _ => None,
            },
            _ => None,
        };
        let count = |name: &str| number(name).map(|n| n as u64);
        let is = |name: &str, word: &str| slot(name).is_some_and(|i| matches!(values[i], Arg::Word(w) if w == word));
        let smooth = slot("smooth").is_some_and(|i| matches!(values[i], Arg::Flag(true)));
        let rise = match slot("warmup") {
            None => None,
            Some(_) => Some(Rise {
                warmup: count("warmup")?,
                window: smooth.then_some(count("window")?),
                reset_start: count("reset_start")?,
            }),
        };
        let window = rise.and_then(|r: Rise| r.window).unwrap_or(0);
        if window > MOST_WINDOW {
            let message = format!("`window` of `{}` is {window}, and must be at most {MOST_WINDOW}", entry.name);
            return self.fail(
                Diagnostic::error(&names::OUT_OF_RANGE, call.span(), message)
                    .help("every observation of the window is kept and saved"),
            );
        }
        let better =
            Better { max: is("mode", "max"), threshold: number("threshold")?, relative: is("threshold_mode", "rel") };
        let rule = Rule {
            better,
            factor: number("factor")?,
            patience: count("patience")?,
            cooldown: count("cooldown")?,
            eps: number("eps")?,
            least: 0.0,
            // A cut is never above what it cuts.
            most: if rise.is_some() { MOST_SCALE } else { 1.0 },
            rise,
        };
        let mut bound = |name: &str| match slot(name).map(|i| std::mem::replace(&mut values[i], Arg::Missing)) {
            Some(Arg::Value(sig)) => sig,
            _ => Arc::new(Sig::Const(f64::INFINITY)),
        };
        let (min, max) = (bound("min"), bound("max"));
        if let (Sig::Const(a), Sig::Const(b)) = (&*min, &*max)
            && a > b
        {
            let message = format!("`min: {a}` is above `max: {b}`");
            return self.fail(Diagnostic::error(&names::OUT_OF_RANGE, call.span(), message).help("swap them"));
        }
        let Some(Arg::Metric(metric)) = values.into_iter().next() else { return None };
        // What reaches the end of the run watches for as long as it is trained.
        let whole = Window { start: place.start, len: place.len };
        let ends = whole.end().is_some_and(|end| end < place.end);
        let window = if ends { whole } else { Window { len: None, ..whole } };
        self.controls.push(Control { metric, span: call.span(), rule, window, subject: sig.clone(), min, max });
        let scale = Arc::new(Sig::Input(self.controls.len() as u16));
        Some(Arc::new(Sig::Binary(Binary::Mul, sig, scale)))
    }

    /// A metric's name: a word that stands for itself, directly or as a function's argument.
    pub(super) fn metric(&mut self, ex: &Ex<'a>, entry: &'static Entry) -> Option<String> {
        let wrong = |message: String| Diagnostic::error(&names::ARGUMENTS, ex.span(), message);
        match ex.kind() {
            ExprKind::Name(name) => match self.scope.find(name, &ex.env) {
                Some(Binding::Value(value)) if matches!(value.kind(), ExprKind::Name(_)) => self.metric(&value, entry),
                Some(_) => {
                    let d = wrong(format!("`{name}` is what a `let` defines, and no metric"));
                    self.fail(d.help("a metric's name needs no `let`; rename one of the two"))
                }
                None if NAMES.contains(&name.as_str()) => {
                    let d = wrong(format!("`{name}` is a value of the schedule, and no metric"));
                    self.fail(d.help(format!("name what the trainer reports: `{}(val_loss)`", entry.name)))
                }
                None => Some(name.clone()),
            },
            ExprKind::Str(text) => {
                let d = wrong("a metric's name is a plain word".into()).help("write it without quotes");
                let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                    && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
                self.fail(if plain { d.maybe(ex.span(), text) } else { d })
            }
            _ => {
                let message =
                    format!("the first argument of `{}` is the name of the metric that it watches", entry.name);
                let d = wrong(message);
                self.fail(d.help(format!("{}; for example `{}(val_loss, …)`", usage(entry), entry.name)))
            }
        }
    }

    /// A constant setting of a modifier.
    pub(super) fn setting(&mut self, ex: &Ex<'a>, place: Place, what: &str, kind: Kind) -> Option<f64> {
        let sig = self.fixed(ex, place, what)?;
        let Sig::Const(c) = *sig else {
            return self.no_base(ex, what);
        };
        let (fits, range, help) = match kind {
            Kind::Share => (
                c > 0.0 && c < 1.0,
                "between 0 and 1, both excluded".into(),
                match c {
                    c if c > 1.0 => format!("a cut multiplies by it: to divide by {c}, write {}", 1.0 / c),
                    _ => "a cut multiplies the value by it: 0.1 leaves a tenth, 0.5 a half".into(),
                },
            ),
            Kind::Count(low) => (
                c >= low as f64 && c.fract() == 0.0 && c <= 9e15,
                format!("a whole number from {low}"),
                "it counts observations of the metric".into(),
            ),
            Kind::AtLeast(low) => (c >= low, format!("at least {low}"), "0 takes every difference".into()),
            _ => (true, String::new(), String::new()),
        };
        if fits {
            return Some(c);
        }
        self.fail(
            Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), format!("{what} is {c}, and must be {range}"))
                .help(help),
        )
    }
}
