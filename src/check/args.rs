//! Arguments of catalogue calls: which parameter each is for, and what it is worth.

use std::sync::Arc;

use num_traits::CheckedSub;

use super::duration::show;
use super::scope::Ex;
use super::{Checker, Place, lints};
use crate::catalogue::{Entry, Form, Kind, Param};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, names};
use crate::plan::{Arg, Sig};
use crate::syntax::ast::{self, ExprKind};

/// The arguments of a catalogue call, each with its parameter.
pub(super) struct Bound<'a> {
    pub(super) values: Vec<Option<Ex<'a>>>,
    pub(super) timing: Option<(ast::Timing, Ex<'a>)>,
}

impl<'a> Checker<'a> {
    /// Gives each argument its parameter.
    pub(super) fn bind_args(&mut self, ex: &Ex<'a>, entry: &'static Entry, args: &'a [ast::Arg]) -> Option<Bound<'a>> {
        let mut bound = Bound { values: vec![None; entry.params.len()], timing: None };
        let takes_time = !matches!(entry.form, Form::Modifier(_)) && entry.name != "warmup";
        for arg in args {
            let value = ex.with(&arg.value);
            let wrong =
                |message: String| Diagnostic::error(&names::ARGUMENTS, value.span(), message).help(usage(entry));
            let slot = match &arg.name {
                Some(n) if takes_time && (n.text == "for" || n.text == "until") => {
                    let timing = if n.text == "for" { ast::Timing::For } else { ast::Timing::Until };
                    if bound.timing.replace((timing, value.clone())).is_some() {
                        return self.fail(wrong("the phase's time is given twice".into()));
                    }
                    continue;
                }
                Some(n) => match entry.params.iter().position(|p| p.name == n.text && p.kind != Kind::Ramp) {
                    Some(slot) => slot,
                    None => {
                        let d = Diagnostic::error(
                            &names::ARGUMENTS,
                            n.span,
                            format!("`{}` has no parameter `{}`", entry.name, n.text),
                        );
                        let near = self.near(&n.text, entry.params.iter().map(|p| p.name).chain(["for", "until"]));
                        return self.fail(match near {
                            Some(near) => {
                                d.help(format!("did you mean `{near}:`? {}", usage(entry))).maybe(n.span, near)
                            }
                            None => d.help(usage(entry)),
                        });
                    }
                },
                None => {
                    let Some(first) = entry.params.first() else {
                        return self.fail(wrong(format!("`{}` takes no arguments", entry.name)));
                    };
                    let second = entry.params.get(1).is_some_and(|p| p.kind == Kind::Factors);
                    let time = self.is_time(&value);
                    let fits = time == (first.kind == Kind::Duration)
                        || matches!(first.kind, Kind::CountOrDuration | Kind::Metric);
                    // A bare number for a duration goes to it, too: the mistake is the missing unit.
                    let fits = fits || (first.kind == Kind::Duration && bound.values[0].is_none());
                    if first.default.is_none() && fits && bound.values[0].is_none() {
                        0
                    } else if second && !time && bound.values[1].is_none() {
                        1
                    } else if time && takes_time && !entry.params.iter().any(|p| p.kind == Kind::Duration) {
                        if bound.timing.replace((ast::Timing::For, value.clone())).is_some() {
                            return self.fail(wrong("the phase's time is given twice".into()));
                        }
                        continue;
                    } else {
                        return self.fail(wrong(format!("this argument of `{}` needs its name", entry.name)));
                    }
                }
            };
            if bound.values[slot].replace(value.clone()).is_some() {
                return self.fail(wrong(format!("`{}` is given twice", entry.params[slot].name)));
            }
        }
        let missing = entry.params.iter().zip(&bound.values).find(|(p, v)| p.default.is_none() && v.is_none());
        if let Some((param, _)) = missing {
            let code =
                if matches!(param.kind, Kind::Ramp | Kind::RampOrValue) { &names::NO_RAMP } else { &names::ARGUMENTS };
            let message = format!("`{}` needs {}", entry.name, param.doc);
            return self.fail(Diagnostic::error(code, ex.span(), message).help(usage(entry)));
        }
        Some(bound)
    }

    /// The arguments' values in the order of the parameters; ramps stay missing, their ends go another way.
    pub(super) fn values(
        &mut self,
        ex: &Ex<'a>,
        entry: &'static Entry,
        bound: &Bound<'a>,
        place: Place,
    ) -> Option<Vec<Arg>> {
        entry
            .params
            .iter()
            .zip(&bound.values)
            .map(|(param, value)| match value {
                Some(value) => self.value(entry, param, value, place),
                None => self.default_value(ex, param),
            })
            .collect()
    }

    fn default_value(&mut self, ex: &Ex<'a>, param: &Param) -> Option<Arg> {
        let text = param.default.unwrap_or("");
        Some(match param.kind {
            Kind::Value | Kind::Number(..) | Kind::AtLeast(_) | Kind::Share | Kind::Count(_) => {
                text.parse().map_or(Arg::Missing, |c| Arg::Value(Arc::new(Sig::Const(c))))
            }
            Kind::Choice(words) => words.iter().find(|w| **w == text).map_or(Arg::Missing, |w| Arg::Word(w)),
            Kind::Flag => Arg::Flag(text == "true"),
            Kind::Duration => match text.strip_suffix(" steps").and_then(crate::clock::exact) {
                Some(d) => Arg::Time(self.admit(Some(d), ex.span())?),
                None => Arg::Missing,
            },
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
            Kind::Duration => {
                let every = self.length(ex, place, &what)?;
                let repeats = matches!(entry.name, "decay" | "product");
                if repeats && crate::ir::countable(place.rate, every, place.end).is_none() {
                    return self.too_fine(ex, every, place);
                }
                if repeats {
                    lints::never(self, ex, "the first change", every, place);
                }
                Arg::Time(every)
            }
            Kind::Durations => Arg::Times(self.moments(ex, place, &what)?),
            Kind::Choice(words) => match words.iter().find(|w| matches!(ex.kind(), ExprKind::Name(n) if n == *w)) {
                Some(word) => Arg::Word(word),
                None => {
                    let message = format!("{what} is one of {}", words.join(", "));
                    let help = format!("write one of them, such as `{}`", words.first().unwrap_or(&""));
                    return self.fail(Diagnostic::error(&names::ARGUMENTS, ex.span(), message).help(help));
                }
            },
            Kind::Flag => match ex.kind() {
                ExprKind::Name(n) if n == "true" || n == "false" => Arg::Flag(n == "true"),
                _ => {
                    let message = format!("{what} is `true` or `false`");
                    let help = "leave it out for `false`";
                    return self.fail(Diagnostic::error(&names::ARGUMENTS, ex.span(), message).help(help));
                }
            },
            Kind::Numbers => Arg::Table(self.numbers(ex, place, &what)?),
            Kind::Ramp | Kind::CountOrDuration | Kind::Phase | Kind::Factors => Arg::Missing,
        })
    }

    /// A constant above `low`, up to `high`.
    pub(super) fn number(&mut self, ex: &Ex<'a>, place: Place, what: &str, low: f64, high: f64) -> Option<f64> {
        let sig = self.fixed(ex, place, what)?;
        match &*sig {
            Sig::Const(c) if *c > low && *c <= high => Some(*c),
            Sig::Const(c) => {
                let message = format!("{what} is {c}, and must be above {low} and at most {high}");
                self.fail(
                    Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message).help("write a number in that range"),
                )
            }
            _ => self.no_base(ex, what),
        }
    }

    /// Says that `what` cannot depend on `base`.
    pub(super) fn no_base<T>(&mut self, ex: &Ex<'a>, what: &str) -> Option<T> {
        let message = format!("{what} cannot depend on `base`");
        self.fail(
            Diagnostic::error(&names::CHANGES_IN_TIME, ex.span(), message)
                .help("write a number: `base` differs between param groups"),
        )
    }

    fn moments(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Vec<Ratio>> {
        let ExprKind::List(items) = ex.kind() else {
            return self.fail(
                Diagnostic::error(&names::ARGUMENTS, ex.span(), format!("{what} is a list of times"))
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
                    Diagnostic::error(&names::OUT_OF_RANGE, item.span(), message).help("write the earlier one first"),
                );
            }
            lints::never(self, &item, "this moment", time, place);
            times.push(time);
        }
        if times.is_empty() {
            return self.fail(
                Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), format!("{what} is empty"))
                    .help("name at least one time"),
            );
        }
        Some(times)
    }

    /// Says that a repeated length cannot be counted exactly.
    pub(super) fn too_fine<T>(&mut self, ex: &Ex<'a>, every: Ratio, place: Place) -> Option<T> {
        let run = show(place.end.checked_sub(&place.start).unwrap_or(place.end));
        let message = format!("{} steps cannot be counted exactly over {run} steps", show(every));
        self.fail(
            Diagnostic::error(&crate::diag::timeline::TOO_FINE, ex.span(), message)
                .help("use fewer digits, or whole steps"),
        )
    }
}

/// How an entry is called.
pub(crate) fn usage(entry: &Entry) -> String {
    let params: Vec<String> = entry
        .params
        .iter()
        .enumerate()
        .map(|(i, p)| match (p.kind, p.default) {
            (Kind::Ramp | Kind::RampOrValue, _) => "a -> b".into(),
            (_, None) if i == 0 || p.kind == Kind::Factors => p.name.into(),
            (_, None) => format!("{}: …", p.name),
            (_, Some(default)) => format!("{}: {default}", p.name),
        })
        .collect();
    format!("usage: `{}({})`", entry.name, params.join(", "))
}
