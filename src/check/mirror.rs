//! Time turned round: what `reverse` does to a span, and to the values that join it to its neighbours.

use std::sync::Arc;

use num_traits::{CheckedSub, Zero};

use super::scope::{Binding, Ex};
use super::{Checker, Join, Place, lints};
use crate::plan::Sig;
use crate::syntax::ast::{Expr, ExprKind};

impl<'a> Checker<'a> {
    /// `subject | modifiers`, from the end of `place` to its start. What comes after in time stands before on the
    /// mirrored clock, so that `warmup` and `-> b` meet the right neighbour.
    pub(super) fn reversed(
        &mut self,
        ex: &Ex<'a>,
        subject: &'a Expr,
        modifiers: &'a [Expr],
        place: Place,
        join: &Join,
    ) -> Option<Arc<Sig>> {
        let Some(len) = place.len else {
            return self.no_total(ex.span(), "`reverse` starts at its end");
        };
        let origin = self.admit(place.origin.checked_sub(&place.start), ex.span())?;
        let (start, depth) = (Zero::zero(), place.depth + 1);
        let inside = Place { start, len: Some(len), origin, end: len, depth, axes: place.axes + 1, ..place };
        let turned = Join { before: join.after.clone(), after: join.before.clone() };
        let body = self.pipe(ex, subject, modifiers, inside, &turned)?;
        lints::mirrored(self, &ex.modifier(modifiers.len()), &body);
        Some(Arc::new(Sig::Reverse { start: place.start, len, body }))
    }

    /// Whether a modifier is the one called `word`.
    pub(super) fn is_modifier(&self, ex: &Ex<'a>, word: &str) -> bool {
        if !self.work.step() {
            return false;
        }
        match ex.kind() {
            ExprKind::Call { name, .. } => name.text == word,
            ExprKind::Paren(inner) => self.is_modifier(&ex.with(inner), word),
            ExprKind::Name(name) if name == word => true,
            ExprKind::Name(name) => match self.scope.find(name, &ex.env) {
                Some(Binding::Value(value)) => self.is_modifier(&value, word),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the modifiers turn time round.
    pub(super) fn turns(&self, ex: &Ex<'a>, modifiers: &'a [Expr]) -> bool {
        modifiers.iter().filter(|m| self.is_modifier(&ex.with(m), "reverse")).count() % 2 == 1
    }

    /// Whether the phase ends where the next one starts.
    pub(super) fn leans(&mut self, ex: &Ex<'a>) -> bool {
        if !self.spend(ex.span()) {
            return false;
        }
        match ex.kind() {
            ExprKind::Pipe(p, m) if self.turns(ex, m) => self.waits(&ex.with(p)),
            ExprKind::Timed(p, ..) | ExprKind::Pipe(p, _) | ExprKind::Neg(p) => self.leans(&ex.with(p)),
            ExprKind::Seq(parts) => parts.last().is_some_and(|p| self.leans(&ex.with(p))),
            ExprKind::Binary(_, a, b) => self.leans(&ex.with(a)) || self.leans(&ex.with(b)),
            ExprKind::Call { name, args } if self.computes(ex, name, args) => {
                args.iter().any(|a| self.leans(&ex.with(&a.value)))
            }
            ExprKind::Call { name, args } if name.text == "warmup" && !self.scope.is_function("warmup", &ex.env) => {
                !args.iter().any(|a| a.name.as_ref().is_some_and(|n| n.text == "to"))
            }
            _ => match self.inside(ex) {
                Some(Some(inner)) => self.leans(&inner),
                _ => false,
            },
        }
    }
}
