//! What follows metrics: a scale that is an input of the program, the name of a metric, and the settings of a rule.

use std::sync::Arc;

use super::args::usage;
use super::modifier::Modified;
use super::scope::{Binding, Ex};
use super::{Checker, NAMES, Place};
use crate::catalogue::{Entry, Kind};
use crate::diag::{Diagnostic, limits, names};
use crate::ir::Binary;
use crate::metric::Rule;
use crate::plan::{Control, Sig, Window};
use crate::syntax::ast::ExprKind;

/// Each has a state of its own in every run; so many at most.
const MOST_CONTROLS: usize = 1000;

impl Modified<'_, '_> {
    /// Whether one more can watch a metric here.
    pub(crate) fn may_watch(&mut self) -> Option<()> {
        let (entry, call) = (self.given.bound.entry, self.given.bound.call.span());
        if self.place.cycled {
            let message = format!("`{}` watches a metric over the run and cannot be inside a cycle", entry.name);
            return self.checker.fail(
                Diagnostic::new(&names::ARGUMENTS, call, message)
                    .help(format!("put it last: `s | cycle(…) | {}(…)`", entry.name)),
            );
        }
        if self.checker.controls.len() == MOST_CONTROLS {
            let message = format!("more than {MOST_CONTROLS} modifiers watch metrics");
            return self.checker.fail(
                Diagnostic::new(&limits::EXPANSION, call, message)
                    .help("apply one to the whole sequence instead of one to each phase"),
            );
        }
        Some(())
    }

    /// `subject` times the scale that `rule` sets as it observes `metric`, so that it stays within the bounds.
    pub(crate) fn watch(
        &mut self,
        metric: String,
        rule: Rule,
        subject: Arc<Sig>,
        [min, max]: [Arc<Sig>; 2],
    ) -> Arc<Sig> {
        // What reaches the end of the run watches for as long as it is trained.
        let whole = Window { start: self.place.start, len: self.place.len };
        let ends = whole.end().is_some_and(|end| end < self.place.end);
        let window = if ends { whole } else { Window { len: None, ..whole } };
        let span = self.given.bound.call.span();
        let controls = &mut self.checker.controls;
        controls.push(Control { metric, span, rule, window, subject: subject.clone(), min, max });
        Arc::new(Sig::Binary(Binary::Mul, subject, Arc::new(Sig::Input(controls.len() as u16))))
    }
}

impl<'a> Checker<'a> {
    /// A metric's name: a word that stands for itself, directly or as a function's argument.
    pub(super) fn metric(&mut self, ex: &Ex<'a>, entry: &'static Entry) -> Option<String> {
        let wrong = |message: String| Diagnostic::new(&names::ARGUMENTS, ex.span(), message);
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
            Diagnostic::new(&names::OUT_OF_RANGE, ex.span(), format!("{what} is {c}, and must be {range}")).help(help),
        )
    }
}
