//! A tree whose text stands behind others.

use super::ast::{Arg, Ast, Expr, ExprKind, Ident, Item, Param};
use crate::diag::{Diagnostic, Span};

/// What has places in a text.
pub(crate) trait Moved {
    /// Moves every place by so many bytes.
    fn moved(&mut self, by: usize);
}

impl Moved for Span {
    fn moved(&mut self, by: usize) {
        *self = Self::new(self.start + by, self.end + by);
    }
}

impl Moved for Diagnostic {
    fn moved(&mut self, by: usize) {
        self.span.moved(by);
        self.labels.iter_mut().for_each(|(span, _)| span.moved(by));
        self.edits_mut().for_each(|edit| edit.span.moved(by));
    }
}

impl Moved for Ident {
    fn moved(&mut self, by: usize) {
        self.span.moved(by);
    }
}

impl<T: Moved> Moved for Option<T> {
    fn moved(&mut self, by: usize) {
        self.iter_mut().for_each(|x| x.moved(by));
    }
}

impl<T: Moved> Moved for Vec<T> {
    fn moved(&mut self, by: usize) {
        self.iter_mut().for_each(|x| x.moved(by));
    }
}

impl Moved for Param {
    fn moved(&mut self, by: usize) {
        self.name.moved(by);
        self.default.moved(by);
    }
}

impl Moved for Arg {
    fn moved(&mut self, by: usize) {
        self.name.moved(by);
        self.value.moved(by);
    }
}

impl Moved for Ast {
    fn moved(&mut self, by: usize) {
        self.edition.iter_mut().for_each(|(_, span)| span.moved(by));
        self.items.moved(by);
        self.body.moved(by);
    }
}

impl Moved for Item {
    fn moved(&mut self, by: usize) {
        match self {
            Self::Use { path, span } => {
                path.moved(by);
                span.moved(by);
            }
            Self::Let { name, params, value, span } => {
                name.moved(by);
                params.moved(by);
                value.moved(by);
                span.moved(by);
            }
            Self::Entry { key, value } => {
                key.moved(by);
                value.moved(by);
            }
            Self::Block { kind, head, items, span } => {
                kind.moved(by);
                head.moved(by);
                items.moved(by);
                span.moved(by);
            }
        }
    }
}

impl Moved for Expr {
    fn moved(&mut self, by: usize) {
        self.span.moved(by);
        match &mut self.kind {
            ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Name(_) => {}
            ExprKind::Quantity(_, unit) => unit.moved(by),
            ExprKind::List(list) | ExprKind::Seq(list) => list.moved(by),
            ExprKind::Call { name, args } => {
                name.moved(by);
                args.moved(by);
            }
            ExprKind::Paren(a) | ExprKind::Neg(a) => a.moved(by),
            ExprKind::Binary(_, a, b) | ExprKind::Timed(a, _, b) => {
                a.moved(by);
                b.moved(by);
            }
            ExprKind::Ramp(ends) => ends.moved(by),
            ExprKind::Pipe(subject, modifiers) => {
                subject.moved(by);
                modifiers.moved(by);
            }
        }
    }
}
