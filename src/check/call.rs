//! Calls: functions of the language, `let` functions, and catalogue phases.

use std::sync::Arc;

use super::args::Bound;
use super::extent::Extent;
use super::scope::{Binding, Ex};
use super::signal::Shape;
use super::{Checker, Join, Place, lints};
use crate::catalogue::{self, Entry, Form, Kind, LowerCurve, LowerRamp};
use crate::diag::{Diagnostic, names, nearest};
use crate::ir::{Binary, CLAMP, Unary};
use crate::plan::{Sig, Window};
use crate::syntax::ast::{self, ExprKind, Ident, Param};
use crate::syntax::idioms;

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
                    Diagnostic::new(&names::NOT_A_FUNCTION, name.span, message).help("write it without parentheses"),
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
        match entry.form {
            Form::Modifier(_) => {
                let message = format!("`{}` is a modifier and cannot be a phase", entry.name);
                let d = Diagnostic::new(&names::MODIFIER_AS_PHASE, name.span, message);
                self.fail(
                    d.help(format!("it stands after `|`; `>>` binds tighter, so write `(a | {}(…)) >> b`", entry.name)),
                )
            }
            Form::Curve(lower) => self.curve(lower, bound, place),
            Form::Either(_, lower) if bound.of(Kind::has_ends).is_none_or(|a| self.ramp_ends(a).is_none()) => {
                self.curve(lower, bound, place)
            }
            Form::Ramp(lower) | Form::Either(lower, _) => self.shaped(lower, bound, place, join),
            Form::Into { lower, from, to } => {
                let given = self.given(bound, place)?;
                let args = given.args();
                let from = args.value(from)?.clone();
                let to = match (args.value(to), &join.after) {
                    (Some(to), _) => to.clone(),
                    (None, Some(edge)) => self.met(edge, place, ex)?,
                    (None, None) => Arc::new(Sig::Input(0)),
                };
                let window = Window { start: place.start, len: place.len };
                Some(Arc::new(Sig::Ramp { lower, entry, ends: [from, to], args: given.values, window }))
            }
        }
    }

    /// A ramp whose ends are written.
    fn shaped(&mut self, lower: LowerRamp, bound: Bound<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let entry = bound.entry;
        let written = bound.of(Kind::has_ends)?.clone();
        let Some(ends) = self.ramp_ends(&written) else {
            let message = format!("`{}` needs both ends of its ramp", entry.name);
            return self.fail(
                Diagnostic::new(&names::NO_RAMP, written.span(), message)
                    .help(format!("write `{}(1e-3 -> 0)`", entry.name)),
            );
        };
        let given = self.given(bound, place)?;
        let sig = self.ramp(&ends, Shape { lower, entry, args: given.values }, place, join)?;
        self.possible(&ends, entry, &sig)?;
        Some(sig)
    }

    /// Whether the shape can join the ends of each of its stretches.
    fn possible(&mut self, ends: &Ex<'a>, entry: &'static Entry, sig: &Sig) -> Option<()> {
        match sig {
            Sig::Seq(pieces) => pieces.iter().try_for_each(|(_, piece)| self.possible(ends, entry, piece)),
            Sig::Ramp { ends: [a, b], .. } => match (&**a, &**b) {
                (Sig::Const(a), Sig::Const(b)) => match (entry.impossible)(*a, *b, ends.span()) {
                    Some(mistake) => self.fail(mistake),
                    None => Some(()),
                },
                _ => Some(()),
            },
            _ => Some(()),
        }
    }

    fn curve(&mut self, lower: LowerCurve, bound: Bound<'a>, place: Place) -> Option<Arc<Sig>> {
        let given = self.given(bound, place)?;
        let window = Window { start: place.start, len: place.len };
        Some(Arc::new(Sig::Curve { lower, entry: given.bound.entry, args: given.values, window }))
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
                longest = longest.longest(self.extent(&ex.with(&arg.value), place)?);
            }
            return Some(longest);
        }
        let Some(entry) = catalogue::find(&name.text) else { return Some(Extent::Free) };
        if entry.modifier().is_some() {
            return Some(Extent::Free);
        }
        let bound = self.bind_args(ex, entry, args)?;
        if let Some(d) = bound.of(|kind| kind == Kind::Length) {
            return Some(Extent::For(self.length(d, place, &format!("`{}`", entry.name))?));
        }
        Some(match &bound.timing {
            None => self.recorded(&bound)?,
            Some((ast::Timing::For, d)) => Extent::For(self.length(d, place, "`for:`")?),
            Some((ast::Timing::Until, d)) => Extent::Until(self.length(d, place, "`until:`")?),
        })
    }

    /// The body of a `let` function with its arguments in place.
    pub(super) fn apply(
        &mut self,
        ex: &Ex<'a>,
        name: &'a Ident,
        params: &'a [Param],
        args: &'a [ast::Arg],
        body: Ex<'a>,
    ) -> Option<Ex<'a>> {
        let mut values: Vec<Option<Ex<'a>>> = vec![None; params.len()];
        let mut next = 0;
        for arg in args {
            let slot = match &arg.name {
                Some(n) => self.scope.slot(params, &n.text),
                None => Some(next),
            };
            next += usize::from(arg.name.is_none());
            match slot.and_then(|i| values.get_mut(i)) {
                Some(value @ None) => *value = Some(ex.with(&arg.value)),
                _ => next = usize::MAX / 2,
            }
        }
        for (value, param) in values.iter_mut().zip(params) {
            if value.is_none() {
                *value = param.default.as_ref().map(|default| body.default_of(ex, default));
            }
        }
        match values.into_iter().collect::<Option<Vec<_>>>() {
            Some(values) if next <= params.len() => Some(body.applied(ex, params, values)),
            _ => self.misapplied(ex, name, params, args),
        }
    }

    /// Says why arguments are not those of a `let` function.
    fn misapplied<T>(&mut self, ex: &Ex<'a>, name: &'a Ident, params: &'a [Param], args: &'a [ast::Arg]) -> Option<T> {
        let list: Vec<&str> = params.iter().map(|p| p.name.text.as_str()).collect();
        let help = format!("call it as `{}({})`", name.text, list.join(", "));
        let strange = |n: &&Ident| self.scope.slot(params, &n.text).is_none();
        if let Some(n) = args.iter().filter_map(|a| a.name.as_ref()).find(strange) {
            let message = format!("`{}` has no parameter `{}`", name.text, n.text);
            return self.fail(Diagnostic::new(&names::NOT_A_FUNCTION, n.span, message).help(help));
        }
        let least = params.iter().filter(|p| p.default.is_none()).count();
        let message = format!(
            "`{}` takes {}{} argument{}, not {}",
            name.text,
            if least < list.len() { format!("{least} to ") } else { String::new() },
            list.len(),
            if list.len() == 1 { "" } else { "s" },
            args.len()
        );
        // What is too much, where it is.
        let span = match args.get(list.len()..).unwrap_or_default() {
            [first, .., last] => first.value.span.to(last.value.span),
            [extra] => extra.value.span,
            [] => ex.span(),
        };
        self.fail(Diagnostic::new(&names::NOT_A_FUNCTION, span, message).help(help))
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
            CLAMP => 3,
            _ => 1,
        };
        let variadic = matches!(name.text.as_str(), "min" | "max");
        if args.iter().any(|a| a.name.is_some()) || (args.len() != arity && !(variadic && args.len() > 2)) {
            let message =
                format!("`{}` takes {arity} value{}, not {}", name.text, if arity == 1 { "" } else { "s" }, args.len());
            let more = if variadic { " or more" } else { "" };
            let help = format!("give it {arity}{more}, without names");
            return self.fail(Diagnostic::new(&names::ARGUMENTS, ex.span(), message).help(help));
        }
        let mark = self.found.len();
        let values: Vec<Option<Arc<Sig>>> =
            args.iter().map(|a| self.operand(&ex.with(&a.value), place, join)).collect();
        let mut values = values.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        let first = values.next()?;
        if let Some(op) = Unary::named(&name.text) {
            if matches!(op, Unary::Floor | Unary::Ceil | Unary::Round) {
                lints::whole_epochs(self, mark);
            }
            return self.unary(op, first, ex.span());
        }
        if name.text == CLAMP {
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
        let d = Diagnostic::new(&names::UNKNOWN_NAME, name.span, format!("unknown function `{}`", name.text));
        if self.scope.defined_later(&name.text, &ex.env).is_some() {
            return self.unknown(ex, &name.text, "");
        }
        if let Some(idiom) = idioms::find(&name.text) {
            return self.fail(idiom.diagnostic(name.span).maybe(name.span, idiom.entry));
        }
        let known = self.known(&ex.env, catalogue::ALL.iter().map(|e| e.name).chain(functions()));
        match nearest(&name.text, known) {
            Some(near) => self.fail(d.help(format!("did you mean `{near}`?")).maybe(name.span, near)),
            None => self.fail(d.help("`etude explain` lists every phase, modifier and function")),
        }
    }

    /// The ends of a ramp, through parentheses and names.
    pub(super) fn ramp_ends(&self, ex: &Ex<'a>) -> Option<Ex<'a>> {
        if !self.work.step() {
            return None;
        }
        match ex.kind() {
            ExprKind::Ramp(_) => Some(ex.clone()),
            ExprKind::Paren(inner) => self.ramp_ends(&ex.with(inner)),
            ExprKind::Name(name) => match self.scope.find(name, &ex.env)? {
                Binding::Value(value) => self.ramp_ends(&value),
                Binding::Function(..) => None,
            },
            _ => None,
        }
    }
}

/// Whether a ramp may be called so.
fn shapes(name: &str) -> bool {
    catalogue::find(name)
        .is_some_and(|entry| matches!(entry.form, Form::Ramp(_) | Form::Into { .. } | Form::Either(..)))
}

/// The pointwise functions' names.
pub fn functions() -> impl Iterator<Item = &'static str> {
    Unary::WORDS.iter().chain(Binary::WORDS).copied().filter(|w| w.len() > 1).chain([CLAMP])
}

/// Whether a call is pointwise: `exp(x)` is a function, `exp(a -> b)` a phase, `min(a -> b, x)` and `clamp(x, a, b)` are
/// functions.
pub(super) fn is_pointwise(name: &str, args: &[ast::Arg]) -> bool {
    let ramp = args.iter().any(|a| matches!(a.value.kind, ExprKind::Ramp(_)));
    functions().any(|f| f == name)
        && !(ramp && shapes(name))
        && (name != CLAMP || args.len() == 3 && args.iter().all(|a| a.name.is_none()))
}
