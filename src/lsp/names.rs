//! Where names are bound and used.

use std::collections::HashMap;

use crate::catalogue::{self, Kind};
use crate::compile::Parsed;
use crate::config;
use crate::diag::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, Ident, Item, Param};

/// A `let` or a parameter of one.
#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub name: &'a Ident,
    /// The `let` that binds it, or has it as a parameter.
    pub item: Span,
    pub role: Role,
    /// Every use, in order of place.
    pub uses: Vec<Span>,
}

/// What a binding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Value,
    Function,
    Parameter,
}

impl Binding<'_> {
    /// Where the name is written: its definition first.
    pub fn places(&self) -> impl Iterator<Item = Span> {
        std::iter::once(self.name.span).chain(self.uses.iter().copied())
    }
}

/// Every binding of a program and of the files that it uses. As for the checker, a name is that of the first `let` that binds
/// it; `let`s that do not hold because another file's do are places of that one's name, too.
pub(super) fn bindings(parsed: &Parsed) -> Vec<Binding<'_>> {
    let ast = &parsed.ast;
    let mut walk = Walk::default();
    walk.bind(&ast.items);
    walk.items("", &ast.items);
    if let Some(body) = &ast.body {
        walk.expr(body, None);
    }
    for name in &parsed.hidden {
        if let Some(&k) = walk.globals.get(name.text.as_str()) {
            walk.all[k].uses.push(name.span);
        }
    }
    walk.all.iter_mut().for_each(|b| b.uses.sort_by_key(|span| span.start));
    walk.all
}

/// The binding that is written at `at`.
pub(super) fn at(parsed: &Parsed, at: usize) -> Option<(Binding<'_>, Span)> {
    bindings(parsed).into_iter().find_map(|binding| {
        let place = binding.places().find(|span| span.start <= at && at <= span.end)?;
        Some((binding, place))
    })
}

#[derive(Debug, Default)]
struct Walk<'a> {
    all: Vec<Binding<'a>>,
    /// Where `let`s are in `all`.
    globals: HashMap<&'a str, usize>,
    /// Where parameters are, by their `let` and name.
    parameters: HashMap<(Span, &'a str), usize>,
}

impl<'a> Walk<'a> {
    fn bind(&mut self, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Let { name, params, span, .. } => {
                    let role = if params.is_some() { Role::Function } else { Role::Value };
                    self.globals.entry(&name.text).or_insert(self.all.len());
                    self.all.push(Binding { name, item: *span, role, uses: vec![] });
                    for Param { name, .. } in params.iter().flatten() {
                        self.parameters.entry((*span, &name.text)).or_insert(self.all.len());
                        self.all.push(Binding { name, item: *span, role: Role::Parameter, uses: vec![] });
                    }
                }
                Item::Block { items, .. } => self.bind(items),
                Item::Use { .. } | Item::Entry { .. } => {}
            }
        }
    }

    fn items(&mut self, block: &str, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Let { params, value, span, .. } => {
                    params.iter().flatten().filter_map(|p| p.default.as_ref()).for_each(|d| self.expr(d, None));
                    self.expr(value, Some(*span));
                }
                Item::Entry { key, value } => {
                    let choice = !config::choices(block, &key.text).is_empty();
                    if !(choice && matches!(value.kind, ExprKind::Name(_))) {
                        self.expr(value, None);
                    }
                }
                Item::Block { kind, head, items, .. } => {
                    if let Some(ExprKind::Call { args, .. }) = head.as_ref().map(|h| &h.kind) {
                        // A bare word in a head is a choice, as in some entries.
                        let values = args.iter().map(|arg| &arg.value);
                        values.filter(|v| !matches!(v.kind, ExprKind::Name(_))).for_each(|v| self.expr(v, None));
                    }
                    self.items(&kind.text, items);
                }
                Item::Use { .. } => {}
            }
        }
    }

    /// A use of `name` in the body of the `let` at `inside`.
    fn used(&mut self, name: &str, span: Span, inside: Option<Span>) {
        let parameter = inside.and_then(|of| self.parameters.get(&(of, name)));
        if let Some(&k) = parameter.or_else(|| self.globals.get(name)) {
            self.all[k].uses.push(span);
        }
    }

    fn expr(&mut self, expr: &'a Expr, inside: Option<Span>) {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity(..) | ExprKind::Str(_) => {}
            ExprKind::Name(name) => self.used(name, expr.span, inside),
            ExprKind::List(list) | ExprKind::Seq(list) => list.iter().for_each(|e| self.expr(e, inside)),
            ExprKind::Paren(a) | ExprKind::Neg(a) => self.expr(a, inside),
            ExprKind::Binary(_, a, b) | ExprKind::Timed(a, _, b) => {
                self.expr(a, inside);
                self.expr(b, inside);
            }
            ExprKind::Ramp(ends) => ends.iter().flatten().for_each(|e| self.expr(e, inside)),
            ExprKind::Pipe(subject, modifiers) => {
                self.expr(subject, inside);
                modifiers.iter().for_each(|e| self.expr(e, inside));
            }
            ExprKind::Call { name, args } => self.call(name, args, inside),
        }
    }

    fn call(&mut self, name: &'a Ident, args: &'a [Arg], inside: Option<Span>) {
        let function = self.globals.get(&*name.text).map(|&k| self.all[k].item);
        self.used(&name.text, name.span, inside);
        let entry = catalogue::find(&name.text).filter(|_| function.is_none());
        for (k, arg) in args.iter().enumerate() {
            let named = arg.name.as_ref();
            if let (Some(of), Some(name)) = (function, named)
                && let Some(&k) = self.parameters.get(&(of, &*name.text))
            {
                self.all[k].uses.push(name.span);
            }
            let param = entry.and_then(|entry| match named {
                Some(name) => entry.params.iter().find(|p| p.name == name.text),
                None => entry.params.get(k),
            });
            // A word that is a choice or a metric stands for itself.
            let word = param.is_some_and(|p| matches!(p.kind, Kind::Choice(_) | Kind::Flag | Kind::Metric));
            if !(word && matches!(arg.value.kind, ExprKind::Name(_))) {
                self.expr(&arg.value, inside);
            }
        }
    }
}
