//! Calls: functions of the language, `let` functions, and catalogue phases with their arguments.

use std::sync::Arc;

use num_traits::CheckedSub;

use super::duration::show;
use super::scope::{Binding, Ex, nearest};
use super::sequence::Extent;
use super::{Checker, Join, Place};
use crate::catalogue::{self, Entry, Form, Kind, Param};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, names};
use crate::ir::{Binary, Unary};
use crate::plan::{Arg, Sig, Window};
use crate::syntax::ast::{self, ExprKind, Ident};

/// What other libraries call our entries.
const FOREIGN: &[(&str, &str)] = &[
    ("CosineAnnealingLR", "cosine"),
    ("CosineDecay", "cosine"),
    ("cosine_decay_schedule", "cosine"),
    ("CosineAnnealingWarmRestarts", "cycle"),
    ("LinearLR", "linear"),
    ("linear_schedule", "linear"),
    ("PolynomialLR", "poly"),
    ("PolynomialDecay", "poly"),
    ("polynomial", "poly"),
    ("StepLR", "decay"),
    ("MultiStepLR", "decay"),
    ("ExponentialLR", "decay"),
    ("ExponentialDecay", "exp"),
    ("exponential", "exp"),
    ("ConstantLR", "const"),
    ("constant", "const"),
    ("inverse_sqrt", "rsqrt"),
    ("inv_sqrt", "rsqrt"),
    ("get_linear_schedule_with_warmup", "warmup"),
    ("repeat", "cycle"),
    ("clip", "clamp"),
];

/// The arguments of a catalogue call, each with its parameter.
pub(super) struct Bound<'a> {
    values: Vec<Option<Ex<'a>>>,
    timing: Option<(ast::Timing, Ex<'a>)>,
}

impl<'a> Checker<'a> {
    /// A call that stands for a value or phase.
    pub(super) fn call(
        &mut self,
        ex: &Ex<'a>,
        name: &'a Ident,
        args: &'a [ast::Arg],
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        match self.scope.find(&name.text, &ex.env) {
            Some(Binding::Function(params, body)) => {
                let body = self.apply(ex, name, params, args, body)?;
                return self.operand(&body, place, join);
            }
            Some(Binding::Value(_)) => {
                let message = format!("`{}` takes no arguments", name.text);
                return self.fail(
                    Diagnostic::error(&names::NOT_A_FUNCTION, name.span, message).help("write it without parentheses"),
                );
            }
            None => {}
        }
        if is_pointwise(&name.text, args) {
            return self.pointwise(ex, name, args, place, join);
        }
        let Some(entry) = catalogue::find(&name.text) else {
            return self.unknown_call(ex, name);
        };
        let bound = self.bind_args(ex, entry, args)?;
        let window = Window { start: place.start, len: place.len };
        match entry.form {
            Form::Modifier(_) => {
                let message = format!("`{}` is a modifier and cannot be a phase", entry.name);
                let d = Diagnostic::error(&names::MODIFIER_AS_PHASE, name.span, message);
                self.fail(
                    d.help(format!("it stands after `|`; `>>` binds tighter, so write `(a | {}(…)) >> b`", entry.name)),
                )
            }
            Form::Curve(lower) => {
                let args = self.values(ex, entry, &bound, place)?;
                self.coherent(ex, entry, &args)?;
                Some(Arc::new(Sig::Curve { lower, entry, args, window }))
            }
            Form::Ramp(lower) if entry.params[0].kind == Kind::Ramp => {
                let ends = bound.values[0].clone()?;
                let Some((ends_ex, ends)) = self.ramp_ends(&ends) else {
                    let example = format!("{}(1e-3 -> 0)", entry.name);
                    return self.fail(
                        Diagnostic::error(
                            &names::NO_RAMP,
                            ends.span(),
                            format!("`{}` needs both ends of its ramp", entry.name),
                        )
                        .help(format!("write `{example}`")),
                    );
                };
                let given = self.values(ex, entry, &bound, place)?;
                let mut again = move |_: &mut Self| Some(given.iter().map(Arg::copy).collect());
                self.ramp(&ends_ex, ends, (lower, entry), &mut again, place, join)
            }
            Form::Ramp(lower) => {
                let mut args = self.values(ex, entry, &bound, place)?;
                let slot = |name: &str| entry.params.iter().position(|p| p.name == name);
                let (Some(from), Some(to)) = (slot("from"), slot("to")) else { return None };
                let from = std::mem::replace(&mut args[from], Arg::Missing);
                let to = std::mem::replace(&mut args[to], Arg::Missing);
                let Arg::Sig(from) = from else { return None };
                let to = match to {
                    Arg::Sig(to) => to,
                    _ => join.after.clone().unwrap_or_else(|| Arc::new(Sig::Input(0))),
                };
                Some(Arc::new(Sig::Ramp { lower, entry, ends: [from, to], args, window }))
            }
        }
    }

    /// How long a catalogue call lasts.
    pub(super) fn call_extent(
        &mut self,
        ex: &Ex<'a>,
        name: &'a Ident,
        args: &'a [ast::Arg],
        place: Place,
    ) -> Option<Extent> {
        if is_pointwise(&name.text, args) {
            let mut longest = Extent::Free;
            for arg in args {
                longest = match (longest, self.extent(&ex.with(&arg.value), place)?) {
                    (Extent::For(a), Extent::For(b)) => Extent::For(a.max(b)),
                    (Extent::Free, b) => b,
                    (a, _) => a,
                };
            }
            return Some(longest);
        }
        let Some(entry) = catalogue::find(&name.text) else { return Some(Extent::Free) };
        if let Form::Modifier(_) = entry.form {
            return Some(Extent::Free);
        }
        let bound = self.bind_args(ex, entry, args)?;
        if entry.name == "warmup" {
            let d = bound.values[0].clone()?;
            return Some(Extent::For(self.length(&d, place, "`warmup`")?));
        }
        Some(match bound.timing {
            None => Extent::Free,
            Some((ast::Timing::For, d)) => Extent::For(self.length(&d, place, "`for:`")?),
            Some((ast::Timing::Until, d)) => Extent::Until(self.length(&d, place, "`until:`")?),
        })
    }

    /// The body of a `let` function with its arguments in place.
    pub(super) fn apply(
        &mut self,
        ex: &Ex<'a>,
        name: &'a Ident,
        params: &'a [Ident],
        args: &'a [ast::Arg],
        body: Ex<'a>,
    ) -> Option<Ex<'a>> {
        let mut values: Vec<Option<Ex<'a>>> = vec![None; params.len()];
        let mut next = 0;
        for arg in args {
            let slot = match &arg.name {
                Some(n) => params.iter().position(|p| p.text == n.text),
                None => Some(next),
            };
            next += usize::from(arg.name.is_none());
            match slot.and_then(|i| values.get_mut(i)) {
                Some(value @ None) => *value = Some(ex.with(&arg.value)),
                _ => next = usize::MAX / 2,
            }
        }
        match values.into_iter().collect::<Option<Vec<_>>>() {
            Some(values) if next <= params.len() => Some(body.applied(params, values)),
            _ => {
                let list: Vec<&str> = params.iter().map(|p| p.text.as_str()).collect();
                if let Some(n) = args.iter().filter_map(|a| a.name.as_ref()).find(|n| !list.contains(&n.text.as_str()))
                {
                    let message = format!("`{}` has no parameter `{}`", name.text, n.text);
                    return self.fail(Diagnostic::error(&names::NOT_A_FUNCTION, n.span, message).help(format!(
                        "call it as `{}({})`",
                        name.text,
                        list.join(", ")
                    )));
                }
                let message = format!(
                    "`{}` takes {} argument{}, not {}",
                    name.text,
                    list.len(),
                    if list.len() == 1 { "" } else { "s" },
                    args.len()
                );
                self.fail(Diagnostic::error(&names::NOT_A_FUNCTION, ex.span(), message).help(format!(
                    "call it as `{}({})`",
                    name.text,
                    list.join(", ")
                )))
            }
        }
    }

    fn pointwise(
        &mut self,
        ex: &Ex<'a>,
        name: &'a Ident,
        args: &'a [ast::Arg],
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        let arity = match name.text.as_str() {
            "min" | "max" | "pow" => 2,
            "clamp" => 3,
            _ => 1,
        };
        let variadic = matches!(name.text.as_str(), "min" | "max");
        if args.iter().any(|a| a.name.is_some()) || (args.len() != arity && !(variadic && args.len() > 2)) {
            let message =
                format!("`{}` takes {arity} value{}, not {}", name.text, if arity == 1 { "" } else { "s" }, args.len());
            return self.fail(Diagnostic::error(&names::ARGUMENTS, ex.span(), message));
        }
        let values: Vec<Option<Arc<Sig>>> =
            args.iter().map(|a| self.operand(&ex.with(&a.value), place, join)).collect();
        let mut values = values.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        let first = values.next()?;
        if let Some(op) = Unary::named(&name.text) {
            return self.unary(op, first, ex.span());
        }
        if name.text == "clamp" {
            let (low, high) = (values.next()?, values.next()?);
            let raised = self.binary(Binary::Max, first, low, ex.span())?;
            return self.binary(Binary::Min, raised, high, ex.span());
        }
        let op = Binary::named(&name.text)?;
        let mut all = first;
        for value in values {
            all = self.binary(op, all, value, ex.span())?;
        }
        Some(all)
    }

    fn unknown_call(&mut self, ex: &Ex<'a>, name: &'a Ident) -> Option<Arc<Sig>> {
        let d = Diagnostic::error(&names::UNKNOWN_NAME, name.span, format!("unknown function `{}`", name.text));
        if self.scope.defined_later(&name.text, &ex.env).is_some() {
            return self.unknown(ex, &name.text, "");
        }
        if let Some((_, ours)) = FOREIGN.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(&name.text)) {
            return self.fail(
                d.help(format!("this is written `{ours}` here; `etude explain {ours}` shows its parameters"))
                    .maybe(name.span, *ours),
            );
        }
        let mut known: Vec<&str> = self.scope.visible(&ex.env).collect();
        for name in catalogue::ALL.iter().map(|e| e.name).chain(functions()) {
            known.push(name);
        }
        match nearest(&name.text, known) {
            Some(near) => self.fail(d.help(format!("did you mean `{near}`?")).maybe(name.span, near)),
            None => self.fail(d.help("`etude explain` lists every phase, modifier and function")),
        }
    }

    /// Gives each argument its parameter.
    pub(super) fn bind_args(&mut self, ex: &Ex<'a>, entry: &'static Entry, args: &'a [ast::Arg]) -> Option<Bound<'a>> {
        let mut bound = Bound { values: vec![None; entry.params.len()], timing: None };
        let takes_time = matches!(entry.form, Form::Ramp(_) | Form::Curve(_)) && entry.name != "warmup";
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
                        let near = nearest(&n.text, entry.params.iter().map(|p| p.name).chain(["for", "until"]));
                        return self.fail(match near {
                            Some(near) => {
                                d.help(format!("did you mean `{near}:`? {}", usage(entry))).maybe(n.span, near)
                            }
                            None => d.help(usage(entry)),
                        });
                    }
                },
                None => {
                    let first = &entry.params[0];
                    let time = self.is_time(&value);
                    let fits = time == (first.kind == Kind::Duration) || first.kind == Kind::CountOrDuration;
                    // A bare number for a duration goes to it, too: the mistake is the missing unit.
                    let fits = fits || (first.kind == Kind::Duration && bound.values[0].is_none());
                    if first.default.is_none() && fits && bound.values[0].is_none() {
                        0
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
            let code = if param.kind == Kind::Ramp { &names::NO_RAMP } else { &names::ARGUMENTS };
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
            Kind::Value | Kind::Number(..) => text.parse().map_or(Arg::Missing, |c| Arg::Sig(Arc::new(Sig::Const(c)))),
            Kind::Choice(words) => words.iter().find(|w| **w == text).map_or(Arg::Missing, |w| Arg::Word(w)),
            Kind::Flag => Arg::Flag(text == "true"),
            Kind::Duration => match text.strip_suffix(" steps").and_then(crate::clock::exact) {
                Some(d) => Arg::Time(self.admit(Some(d), ex.span())?),
                None => Arg::Missing,
            },
            Kind::Ramp | Kind::Durations | Kind::CountOrDuration | Kind::Phase => Arg::Missing,
        })
    }

    fn value(&mut self, entry: &'static Entry, param: &'static Param, ex: &Ex<'a>, place: Place) -> Option<Arg> {
        let what = format!("`{}` of `{}`", param.name, entry.name);
        Some(match param.kind {
            Kind::Value => Arg::Sig(self.fixed(ex, place, &what)?),
            Kind::Number(low, high) => Arg::Sig(Arc::new(Sig::Const(self.number(ex, place, &what, low, high)?))),
            Kind::Duration => {
                let every = self.length(ex, place, &what)?;
                if crate::ir::countable(place.rate, place.start, every, place.end).is_none() && entry.name == "decay" {
                    return self.too_fine(ex, every, place);
                }
                Arg::Time(every)
            }
            Kind::Durations => Arg::Times(self.moments(ex, place, &what)?),
            Kind::Choice(words) => match words.iter().find(|w| matches!(ex.kind(), ExprKind::Name(n) if n == *w)) {
                Some(word) => Arg::Word(word),
                None => {
                    let message = format!("{what} is one of {}", words.join(", "));
                    return self.fail(Diagnostic::error(&names::ARGUMENTS, ex.span(), message));
                }
            },
            Kind::Flag => match ex.kind() {
                ExprKind::Name(n) if n == "true" || n == "false" => Arg::Flag(n == "true"),
                _ => {
                    return self.fail(Diagnostic::error(
                        &names::ARGUMENTS,
                        ex.span(),
                        format!("{what} is `true` or `false`"),
                    ));
                }
            },
            Kind::Ramp | Kind::CountOrDuration | Kind::Phase => Arg::Missing,
        })
    }

    /// A constant above `low`, up to `high`.
    pub(super) fn number(&mut self, ex: &Ex<'a>, place: Place, what: &str, low: f64, high: f64) -> Option<f64> {
        let sig = self.fixed(ex, place, what)?;
        match &*sig {
            Sig::Const(c) if *c > low && *c <= high => Some(*c),
            Sig::Const(c) => {
                let message = format!("{what} is {c}, and must be above {low} and at most {high}");
                self.fail(Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message))
            }
            _ => self.fail(Diagnostic::error(
                &names::CHANGES_IN_TIME,
                ex.span(),
                format!("{what} cannot depend on `base`"),
            )),
        }
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
                return self.fail(Diagnostic::error(&names::OUT_OF_RANGE, item.span(), message));
            }
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

    /// What a table row cannot say about its parameters.
    fn coherent(&mut self, ex: &Ex<'a>, entry: &'static Entry, args: &[Arg]) -> Option<()> {
        if entry.name != "decay" {
            return Some(());
        }
        match (&args[2], &args[3]) {
            (Arg::Time(_), Arg::Missing) | (Arg::Missing, Arg::Times(_)) => Some(()),
            _ => {
                let message = "`decay` needs either `every:` or `at:`";
                self.fail(
                    Diagnostic::error(&names::ARGUMENTS, ex.span(), message)
                        .help("`every: 10 epochs`, or `at: [30 epochs, 60 epochs]`"),
                )
            }
        }
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

    /// The ends of a ramp, through parentheses and names.
    fn ramp_ends(&mut self, ex: &Ex<'a>) -> Option<(Ex<'a>, &'a [Option<ast::Expr>])> {
        match ex.kind() {
            ExprKind::Ramp(ends) => Some((ex.clone(), ends)),
            ExprKind::Paren(inner) => self.ramp_ends(&ex.with(inner)),
            ExprKind::Name(name) => match self.scope.find(name, &ex.env)? {
                Binding::Value(value) => self.ramp_ends(&value),
                Binding::Function(..) => None,
            },
            _ => None,
        }
    }
}

impl Arg {
    fn copy(&self) -> Self {
        match self {
            Self::Missing => Self::Missing,
            Self::Sig(s) => Self::Sig(s.clone()),
            Self::Time(t) => Self::Time(*t),
            Self::Times(t) => Self::Times(t.clone()),
            Self::Word(w) => Self::Word(w),
            Self::Flag(f) => Self::Flag(*f),
        }
    }
}

/// The pointwise functions' names.
pub fn functions() -> impl Iterator<Item = &'static str> {
    Unary::WORDS.iter().chain(Binary::WORDS).copied().filter(|w| w.len() > 1).chain(["clamp"])
}

/// Whether a call is pointwise: `exp(x)` is a function, `exp(a -> b)` a phase, `clamp(x, a, b)` a function.
fn is_pointwise(name: &str, args: &[ast::Arg]) -> bool {
    let ramp = args.iter().any(|a| matches!(a.value.kind, ExprKind::Ramp(_)));
    functions().any(|f| f == name)
        && !ramp
        && (name != "clamp" || args.len() == 3 && args.iter().all(|a| a.name.is_none()))
}

/// How an entry is called.
pub(crate) fn usage(entry: &Entry) -> String {
    let params: Vec<String> = entry
        .params
        .iter()
        .enumerate()
        .map(|(i, p)| match (p.kind, p.default) {
            (Kind::Ramp, _) => "a -> b".into(),
            (_, None) if i == 0 => p.name.into(),
            (_, None) => format!("{}: …", p.name),
            (_, Some(default)) => format!("{}: {default}", p.name),
        })
        .collect();
    format!("usage: `{}({})`", entry.name, params.join(", "))
}
