//! Modifiers: what `|` does to everything on its left.

use std::sync::Arc;

use super::args::{Given, usage};
use super::scope::{Binding, Ex};
use super::{Checker, Join, Place, lints};
use crate::catalogue::{self, Entry, Modifier};
use crate::clock::Ratio;
use crate::diag::{Diagnostic, Span, names};
use crate::interval::{Budget, bounds};
use crate::lower;
use crate::plan::Sig;
use crate::syntax::ast::{self, Expr, ExprKind, Ident};

/// A modifier that is called: what it was given, and what it modifies.
pub(crate) struct Modified<'c, 'a> {
    pub(crate) checker: &'c mut Checker<'a>,
    pub(crate) given: Given<'a>,
    /// Its name where it is called.
    pub(crate) name: Span,
    pub(crate) place: Place,
    pub(crate) join: &'c Join,
    /// All of `subject | m | n`.
    pub(crate) pipe: Ex<'a>,
    subject: &'a Expr,
    inner: &'a [Expr],
}

impl Modified<'_, '_> {
    /// What it modifies.
    pub(crate) fn body(&mut self) -> Option<Arc<Sig>> {
        self.body_in(self.place)
    }

    /// The same in another place.
    pub(crate) fn body_in(&mut self, place: Place) -> Option<Arc<Sig>> {
        self.body_between(place, self.join)
    }

    /// The same between other neighbours.
    pub(crate) fn body_between(&mut self, place: Place, join: &Join) -> Option<Arc<Sig>> {
        self.checker.pipe(&self.pipe, self.subject, self.inner, place, join)
    }

    /// The same where only some moments of it are seen: that it changes between them is no matter.
    pub(crate) fn body_sampled(&mut self, place: Place) -> Option<Arc<Sig>> {
        let mark = self.checker.found.len();
        let body = self.body_in(place)?;
        lints::whole_epochs(self.checker, mark);
        Some(body)
    }

    /// Warns that it changes nothing.
    pub(crate) fn no_effect(&mut self, why: &str) {
        let message = format!("`{}` changes nothing: {why}", self.given.bound.entry.name);
        let d = Diagnostic::new(&crate::diag::lints::NO_EFFECT, self.given.bound.call.span(), message);
        self.note(d.help("leave it out"));
    }

    /// Warns of a moment, for `what`, that comes only after the span.
    pub(crate) fn never(&mut self, what: &str, at: Ratio) {
        lints::never(self.checker, &self.given.bound.call, what, at, self.place);
    }

    /// The value of `sig` where the place starts, if nothing else decides on it.
    pub(crate) fn at_start(&self, sig: &Sig) -> Option<f64> {
        lower::constant(sig, self.place.start, false, &self.checker.work)
    }

    /// The least and the greatest value of `sig`. Inside a cycle, or backwards, the values are those of another axis.
    pub(crate) fn range(&self, sig: &Arc<Sig>) -> Option<(f64, f64)> {
        if self.place.depth > 0 || self.place.cycled {
            return None;
        }
        let ir = lower::single(sig, self.checker.clock.total(), &self.checker.work)?;
        // Nothing is known of the inputs, so that a value which depends on one has no bounds.
        let range = bounds(&ir, 0, (0, u64::MAX), &[], &mut Budget::default());
        range.is_finite().then_some((range.lo, range.hi))
    }

    /// Says what is legal, and good to know.
    pub(crate) fn note(&mut self, d: Diagnostic) {
        self.checker.found.push(d);
    }
}

/// What the call of a modifier says.
struct Called<'a> {
    entry: &'static Entry,
    modifier: &'static Modifier,
    name: Span,
    args: &'a [ast::Arg],
}

impl<'a> Checker<'a> {
    /// `subject | m | n`: the last modifier is the outermost.
    pub(super) fn pipe(
        &mut self,
        ex: &Ex<'a>,
        subject: &'a Expr,
        modifiers: &'a [Expr],
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        let Some((last, inner)) = modifiers.split_last() else {
            return self.signal(&ex.with(subject), place, join);
        };
        let call = ex.with(last);
        let Called { entry, modifier, name, args } = self.modifier(&call)?;
        let bound = self.bind_args(&call, entry, args)?;
        let given = self.given(bound, place)?;
        (modifier.build)(Modified { checker: self, given, name, place, join, pipe: ex.clone(), subject, inner })
    }

    /// The modifier that `ex` calls.
    fn modifier(&mut self, ex: &Ex<'a>) -> Option<Called<'a>> {
        if !self.spend(ex.span()) {
            return None;
        }
        match ex.kind() {
            ExprKind::Call { name, args } => return self.called(name, args),
            ExprKind::Name(name) => {
                if let Some((entry, modifier)) = named(name) {
                    if entry.params.is_empty() {
                        return Some(Called { entry, modifier, name: ex.span(), args: &[] });
                    }
                    let message = format!("`{name}` needs its arguments");
                    return self.fail(Diagnostic::new(&names::NOT_A_MODIFIER, ex.span(), message).help(usage(entry)));
                }
                if let Some(Binding::Value(value)) = self.scope.find(name, &ex.env) {
                    return self.modifier(&value);
                }
                if let Some(near) = self.near(name, all()) {
                    let d = Diagnostic::new(&names::NOT_A_MODIFIER, ex.span(), format!("unknown modifier `{name}`"));
                    return self.fail(d.help(format!("did you mean `{near}`?")).maybe(ex.span(), near));
                }
            }
            ExprKind::Paren(inner) => return self.modifier(&ex.with(inner)),
            ExprKind::Seq(parts) => {
                if let ExprKind::Call { name, .. } = &parts[0].kind
                    && named(&name.text).is_some()
                {
                    let message = format!("`{}` is a modifier and cannot be a phase", name.text);
                    return self.fail(
                        Diagnostic::new(&names::MODIFIER_AS_PHASE, name.span, message)
                            .label("a modifier")
                            .because(parts[1].span, "joined to it: `>>` binds tighter than `|`")
                            .help(format!("put what it modifies into parentheses: `(a | {}(…)) >> b`", name.text)),
                    );
                }
            }
            _ => {}
        }
        self.fail(
            Diagnostic::new(&names::NOT_A_MODIFIER, ex.span(), "only a modifier can follow `|`").help(the_modifiers()),
        )
    }

    fn called(&mut self, name: &'a Ident, args: &'a [ast::Arg]) -> Option<Called<'a>> {
        if let Some((entry, modifier)) = named(&name.text) {
            return Some(Called { entry, modifier, name: name.span, args });
        }
        if catalogue::find(&name.text).is_some() {
            let message = format!("`{}` is a phase, not a modifier", name.text);
            let d = Diagnostic::new(&names::NOT_A_MODIFIER, name.span, message);
            return self.fail(d.help("join phases with `>>`; multiply values with `*`"));
        }
        let message = format!("unknown modifier `{}`", name.text);
        let d = Diagnostic::new(&names::NOT_A_MODIFIER, name.span, message);
        match self.near(&name.text, all()) {
            Some(near) => self.fail(d.help(format!("did you mean `{near}`?")).maybe(name.span, near)),
            None => self.fail(d.help(the_modifiers())),
        }
    }
}

/// The modifier called `name`.
fn named(name: &str) -> Option<(&'static Entry, &'static Modifier)> {
    let entry = catalogue::find(name)?;
    Some((entry, entry.modifier()?))
}

/// The modifiers' names.
fn all() -> impl Iterator<Item = &'static str> {
    catalogue::ALL.iter().filter(|entry| entry.modifier().is_some()).map(|entry| entry.name)
}

fn the_modifiers() -> String {
    format!("the modifiers are {}", all().collect::<Vec<_>>().join(", "))
}
