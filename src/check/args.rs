//! Arguments of catalogue calls: which parameter each is for, and what it is worth.

use std::sync::Arc;

use num_traits::CheckedSub;

use super::duration::show;
use super::scope::Ex;
use super::{Checker, Place, lints};
use crate::catalogue::{Args, Entry, Kind, Param};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, names};
use crate::ir::countable;
use crate::plan::{Arg, Sig};
use crate::syntax::ast::{self, ExprKind, Ident};

/// A call of a catalogue entry: what is written for each of its parameters.
pub(crate) struct Bound<'a> {
    pub(crate) entry: &'static Entry,
    pub(crate) call: Ex<'a>,
    written: Vec<Option<Ex<'a>>>,
    /// What `for`, `until` or a time without a name says.
    pub(super) timing: Option<(ast::Timing, Ex<'a>)>,
}

impl<'a> Bound<'a> {
    /// What is written for parameter `name`.
    pub(crate) fn written(&self, name: &str) -> Option<&Ex<'a>> {
        self.written.get(self.entry.params.iter().position(|p| p.name == name)?)?.as_ref()
    }

    /// What is written for the parameter of a kind.
    pub(super) fn of(&self, is: impl Fn(Kind) -> bool) -> Option<&Ex<'a>> {
        self.written.get(self.entry.slot(is)?)?.as_ref()
    }

    /// Where parameter `name` is written, or else the call.
    pub(crate) fn span(&self, name: &str) -> Span {
        self.written(name).unwrap_or(&self.call).span()
    }
}

/// A call with the values of its arguments, each of which is what its parameter accepts.
pub(crate) struct Given<'a> {
    pub(crate) bound: Bound<'a>,
    pub(super) values: Vec<Arg>,
}

impl Given<'_> {
    /// The values, by the names of the parameters.
    pub(crate) fn args(&self) -> Args<'_, Arc<Sig>> {
        Args { entry: self.bound.entry, values: &self.values }
    }
}

/// What an argument is for.
enum Slot {
    Time(ast::Timing),
    Param(usize),
}

impl<'a> Checker<'a> {
    /// Gives each argument its parameter.
    pub(super) fn bind_args(&mut self, ex: &Ex<'a>, entry: &'static Entry, args: &'a [ast::Arg]) -> Option<Bound<'a>> {
        let mut bound = Bound { entry, call: ex.clone(), written: vec![None; entry.params.len()], timing: None };
        for arg in args {
            let value = ex.with(&arg.value);
            let slot = match &arg.name {
                Some(name) => self.named(entry, name),
                None => self.unnamed(&bound, &value),
            }?;
            let (again, what) = match slot {
                Slot::Time(timing) => {
                    (bound.timing.replace((timing, value.clone())).is_some(), "the phase's time".into())
                }
                Slot::Param(k) => {
                    (bound.written[k].replace(value.clone()).is_some(), format!("`{}`", entry.params[k].name))
                }
            };
            if again {
                return self.fail(misused(entry, &value, format!("{what} is given twice")));
            }
        }
        let missing = entry.params.iter().zip(&bound.written).find(|(p, v)| p.default.is_none() && v.is_none());
        if let Some((param, _)) = missing {
            let code = if param.kind.has_ends() { &names::NO_RAMP } else { &names::ARGUMENTS };
            let message = format!("`{}` needs {}", entry.name, param.doc);
            return self.fail(Diagnostic::new(code, ex.span(), message).help(usage(entry)));
        }
        Some(bound)
    }

    fn named(&mut self, entry: &'static Entry, name: &Ident) -> Option<Slot> {
        match name.text.as_str() {
            "for" if entry.takes_time() => return Some(Slot::Time(ast::Timing::For)),
            "until" if entry.takes_time() => return Some(Slot::Time(ast::Timing::Until)),
            text => {
                if let Some(k) = entry.params.iter().position(|p| p.name == text && p.kind != Kind::Ramp) {
                    return Some(Slot::Param(k));
                }
            }
        }
        let message = format!("`{}` has no parameter `{}`", entry.name, name.text);
        let d = Diagnostic::new(&names::ARGUMENTS, name.span, message);
        let near = self.near(&name.text, entry.params.iter().map(|p| p.name).chain(["for", "until"]));
        self.fail(match near {
            Some(near) => d.help(format!("did you mean `{near}:`? {}", usage(entry))).maybe(name.span, near),
            None => d.help(usage(entry)),
        })
    }

    fn unnamed(&mut self, bound: &Bound<'a>, value: &Ex<'a>) -> Option<Slot> {
        let entry = bound.entry;
        let Some(first) = entry.params.first() else {
            return self.fail(misused(entry, value, format!("`{}` takes no arguments", entry.name)));
        };
        let time = self.is_time(value);
        let free = |k: &usize| bound.written[*k].is_none();
        // A bare number for a duration goes to it, too: the mistake is the missing unit.
        let fits = first.kind.is_time() || !time || matches!(first.kind, Kind::CountOrDuration | Kind::Metric);
        if first.default.is_none() && fits && free(&0) {
            return Some(Slot::Param(0));
        }
        if let Some(k) = entry.slot(|kind| kind == Kind::Factors).filter(|k| !time && free(k)) {
            return Some(Slot::Param(k));
        }
        if time && entry.takes_time() && entry.slot(Kind::is_time).is_none() {
            return Some(Slot::Time(ast::Timing::For));
        }
        self.fail(misused(entry, value, format!("this argument of `{}` needs its name", entry.name)))
    }

    /// The arguments' values; ramps stay missing, their ends go another way.
    pub(super) fn given(&mut self, bound: Bound<'a>, place: Place) -> Option<Given<'a>> {
        let entry = bound.entry;
        let values = entry.params.iter().zip(&bound.written).map(|(param, written)| match written {
            Some(written) => self.value(entry, param, written, place),
            None => self.default_value(&bound.call, param),
        });
        let values = values.collect::<Option<_>>()?;
        let mut given = Given { bound, values };
        self.products(&mut given, place)?;
        match (entry.incoherent)(&given) {
            Some(mistake) => self.fail(mistake),
            None => Some(given),
        }
    }

    fn default_value(&mut self, ex: &Ex<'a>, param: &Param) -> Option<Arg> {
        let text = param.default.unwrap_or("");
        Some(match param.kind {
            Kind::Value | Kind::Number(..) | Kind::AtLeast(_) | Kind::Share | Kind::Count(_) => {
                text.parse().map_or(Arg::Missing, |c| Arg::Value(Arc::new(Sig::Const(c))))
            }
            Kind::Choice(words) => words.iter().find(|w| **w == text).map_or(Arg::Missing, |w| Arg::Word(w)),
            Kind::Flag => Arg::Flag(text == "true"),
            Kind::Duration | Kind::Length | Kind::Period => {
                match text.strip_suffix(" steps").and_then(crate::clock::exact) {
                    Some(d) => Arg::Time(self.admit(Some(d), ex.span())?),
                    None => Arg::Missing,
                }
            }
            Kind::Ramp
            | Kind::RampOrValue
            | Kind::Durations
            | Kind::CountOrDuration
            | Kind::Phase
            | Kind::Metric
            | Kind::Factors
            | Kind::Numbers => Arg::Missing,
        })
    }

    fn value(&mut self, entry: &'static Entry, param: &'static Param, ex: &Ex<'a>, place: Place) -> Option<Arg> {
        let what = format!("`{}` of `{}`", param.name, entry.name);
        Some(match param.kind {
            Kind::RampOrValue if self.ramp_ends(ex).is_some() => Arg::Missing,
            Kind::Value | Kind::RampOrValue => Arg::Value(self.fixed(ex, place, &what)?),
            Kind::Number(low, high) => Arg::Value(Arc::new(Sig::Const(self.number(ex, place, &what, low, high)?))),
            Kind::AtLeast(_) | Kind::Share | Kind::Count(_) => {
                Arg::Value(Arc::new(Sig::Const(self.setting(ex, place, &what, param.kind)?)))
            }
            Kind::Metric => Arg::Metric(self.metric(ex, entry)?),
            Kind::Duration | Kind::Length => Arg::Time(self.length(ex, place, &what)?),
            Kind::Period => {
                let every = self.length(ex, place, &what)?;
                if countable(place.rate, every, place.end).is_none() {
                    return self.too_fine(ex, every, place);
                }
                lints::never(self, ex, "the first change", every, place);
                Arg::Time(every)
            }
            Kind::Durations => Arg::Times(self.moments(ex, place, &what)?),
            Kind::Choice(words) => match words.iter().find(|w| matches!(ex.kind(), ExprKind::Name(n) if n == *w)) {
                Some(word) => Arg::Word(word),
                None => {
                    let message = format!("{what} is one of {}", words.join(", "));
                    let help = format!("write one of them, such as `{}`", words.first().unwrap_or(&""));
                    return self.fail(Diagnostic::new(&names::ARGUMENTS, ex.span(), message).help(help));
                }
            },
            Kind::Flag => match ex.kind() {
                ExprKind::Name(n) if n == "true" || n == "false" => Arg::Flag(n == "true"),
                _ => {
                    let message = format!("{what} is `true` or `false`");
                    let help = "leave it out for `false`";
                    return self.fail(Diagnostic::new(&names::ARGUMENTS, ex.span(), message).help(help));
                }
            },
            Kind::Numbers => Arg::Table(self.numbers(ex, place, &what)?),
            Kind::Ramp | Kind::CountOrDuration | Kind::Phase | Kind::Factors => Arg::Missing,
        })
    }

    /// A constant above `low`, up to `high`.
    pub(crate) fn number(&mut self, ex: &Ex<'a>, place: Place, what: &str, low: f64, high: f64) -> Option<f64> {
        let sig = self.fixed(ex, place, what)?;
        match &*sig {
            Sig::Const(c) if *c > low && *c <= high => Some(*c),
            Sig::Const(c) => {
                let message = format!("{what} is {c}, and must be above {low} and at most {high}");
                self.fail(
                    Diagnostic::new(&names::OUT_OF_RANGE, ex.span(), message).help("write a number in that range"),
                )
            }
            _ => self.no_base(ex, what),
        }
    }

    /// Says that `what` cannot depend on `base`.
    pub(super) fn no_base<T>(&mut self, ex: &Ex<'a>, what: &str) -> Option<T> {
        let message = format!("{what} cannot depend on `base`");
        self.fail(
            Diagnostic::new(&names::CHANGES_IN_TIME, ex.span(), message)
                .help("write a number: `base` differs between param groups"),
        )
    }

    fn moments(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Vec<Ratio>> {
        let ExprKind::List(items) = ex.kind() else {
            return self.fail(
                Diagnostic::new(&names::ARGUMENTS, ex.span(), format!("{what} is a list of times"))
                    .help("write `[30 epochs, 60 epochs]`"),
            );
        };
        let mut times = Vec::with_capacity(items.len());
        for item in items {
            let item = ex.with(item);
            let time = self.moment(&item, place, what)?;
            if times.last().is_some_and(|&t| t > time) {
                let message =
                    format!("{what} must ascend: {} steps comes after {}", show(time), show(times[times.len() - 1]));
                return self.fail(
                    Diagnostic::new(&names::OUT_OF_RANGE, item.span(), message).help("write the earlier one first"),
                );
            }
            lints::never(self, &item, "this moment", time, place);
            times.push(time);
        }
        if times.is_empty() {
            return self.fail(
                Diagnostic::new(&names::OUT_OF_RANGE, ex.span(), format!("{what} is empty"))
                    .help("name at least one time"),
            );
        }
        Some(times)
    }

    /// Says that a repeated length cannot be counted exactly.
    pub(crate) fn too_fine<T>(&mut self, ex: &Ex<'a>, every: Ratio, place: Place) -> Option<T> {
        let run = show(place.end.checked_sub(&place.start).unwrap_or(place.end));
        let message = format!("{} steps cannot be counted exactly over {run} steps", show(every));
        self.fail(
            Diagnostic::new(&crate::diag::timeline::TOO_FINE, ex.span(), message)
                .help("use fewer digits, or whole steps"),
        )
    }
}

/// Says that an argument is not for its entry.
fn misused(entry: &Entry, value: &Ex, message: String) -> Diagnostic {
    Diagnostic::new(&names::ARGUMENTS, value.span(), message).help(usage(entry))
}

/// How an entry is called.
pub(crate) fn usage(entry: &Entry) -> String {
    let params: Vec<String> = entry
        .params
        .iter()
        .enumerate()
        .map(|(i, p)| match (p.kind, p.default) {
            (kind, _) if kind.has_ends() => "a -> b".into(),
            (_, None) if i == 0 || p.kind == Kind::Factors => p.name.into(),
            (_, None) => format!("{}: …", p.name),
            (_, Some(default)) => format!("{}: {default}", p.name),
        })
        .collect();
    format!("usage: `{}({})`", entry.name, params.join(", "))
}
