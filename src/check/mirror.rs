//! What modifiers make of time, and which end of a phase its neighbours give where it is turned round.

use super::Checker;
use super::scope::{Binding, Ex};
use crate::catalogue::{self, Entry, Time};
use crate::syntax::ast::{Expr, ExprKind};

impl<'a> Checker<'a> {
    /// Whether a modifier makes this of time.
    pub(super) fn makes(&self, ex: &Ex<'a>, time: Time) -> bool {
        if !self.work.step() {
            return false;
        }
        let does = |name: &str| catalogue::find(name).and_then(Entry::modifier).is_some_and(|m| m.time == time);
        match ex.kind() {
            ExprKind::Call { name, .. } => does(&name.text),
            ExprKind::Paren(inner) => self.makes(&ex.with(inner), time),
            ExprKind::Name(name) if does(name) => true,
            ExprKind::Name(name) => match self.scope.find(name, &ex.env) {
                Some(Binding::Value(value)) => self.makes(&value, time),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the modifiers turn time round.
    pub(super) fn turns(&self, ex: &Ex<'a>, modifiers: &'a [Expr]) -> bool {
        modifiers.iter().filter(|m| self.makes(&ex.with(m), Time::Turned)).count() % 2 == 1
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
            ExprKind::Call { name, args } if !self.scope.is_function(&name.text, &ex.env) => {
                let target = catalogue::find(&name.text).and_then(Entry::target);
                target.is_some_and(|to| !args.iter().any(|a| a.name.as_ref().is_some_and(|n| n.text == to)))
            }
            _ => match self.inside(ex) {
                Some(Some(inner)) => self.leans(&inner),
                _ => false,
            },
        }
    }
}
