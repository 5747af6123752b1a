//! Names: what a `let` binds, what a function's parameters stand for, and the nearest known word.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use once_cell::race::OnceBox;

use crate::diag::{Diagnostic, Span, lints, names};
use crate::prelude;
use crate::syntax::ast::{Expr, ExprKind, Ident, Item, Param};

/// An expression with the names that it sees.
#[derive(Clone, Debug)]
pub(crate) struct Ex<'a> {
    pub(super) expr: &'a Expr,
    pub(super) env: Env<'a>,
}

/// The names that an expression sees: the first so many `let`s, then a function's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Env<'a> {
    visible: usize,
    frame: Option<Rc<Frame<'a>>>,
    /// In a function of the prelude: it sees only what stands above it there.
    prelude: bool,
    /// The call of the prelude that the expression comes from: the place that people can see.
    site: Option<Span>,
}

#[derive(Debug)]
struct Frame<'a> {
    params: &'a [Param],
    args: Vec<Ex<'a>>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding<'a> {
    /// An expression.
    Value(Ex<'a>),
    /// A function: its parameters and body.
    Function(&'a [Param], Ex<'a>),
}

#[derive(Debug)]
struct Let<'a> {
    name: &'a Ident,
    params: Option<&'a [Param]>,
    value: &'a Expr,
    weight: usize,
    used: Cell<bool>,
}

/// Every `let` of a program, in order.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    lets: Vec<Let<'a>>,
    index: HashMap<&'a str, usize>,
    /// The places of the parameters of functions that have many, by where those stand.
    slots: HashMap<(*const Param, &'a str), usize>,
}

/// So many parameters are looked through one by one.
const FEW: usize = 16;

impl<'a> Scope<'a> {
    pub(super) fn bind(
        &mut self,
        name: &'a Ident,
        params: Option<&'a [Param]>,
        value: &'a Expr,
    ) -> Result<(), Box<Diagnostic>> {
        let mut first = HashMap::new();
        let twice = params
            .unwrap_or(&[])
            .iter()
            .find_map(|p| first.insert(p.name.text.as_str(), &p.name).map(|earlier| (earlier, &p.name)));
        let earlier = self.index.get(name.text.as_str()).map(|&i| (self.lets[i].name, name));
        if let Some((first, again)) = earlier.or(twice) {
            let message = format!("`{}` is defined twice", again.text);
            return Err(Box::new(
                Diagnostic::new(&names::DEFINED_TWICE, again.span, message)
                    .label("again here")
                    .because(first.span, "first here")
                    .help("choose another name"),
            ));
        }
        let defaults = params.unwrap_or(&[]).iter().filter_map(|p| p.default.as_ref());
        let weight = defaults.map(|d| self.weight(d)).fold(self.weight(value), usize::max);
        if let Some(params) = params.filter(|params| params.len() > FEW) {
            let slots = params.iter().enumerate().map(|(i, p)| ((params.as_ptr(), p.name.text.as_str()), i));
            self.slots.extend(slots);
        }
        self.index.insert(&name.text, self.lets.len());
        self.lets.push(Let { name, params, value, weight, used: Cell::new(false) });
        Ok(())
    }

    /// How much of the stack the deepest path through `expr` takes, every name written out: 1 for a node that is
    /// cheap to check, more for those that are not. See [`HEAVIEST`](super::HEAVIEST).
    pub(super) fn weight(&self, expr: &Expr) -> usize {
        let named = |name: &str| match self.index.get(name) {
            Some(&i) => self.lets[i].weight,
            None => in_prelude(name).map_or(0, |(i, _)| weights()[i]),
        };
        let most = |list: &[Expr]| list.iter().map(|e| self.weight(e)).max().unwrap_or(0);
        let below = match &expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity(..) | ExprKind::Str(_) => 0,
            ExprKind::Name(name) => named(name),
            ExprKind::List(list) => most(list),
            ExprKind::Paren(a) | ExprKind::Neg(a) => self.weight(a),
            ExprKind::Binary(_, a, b) | ExprKind::Timed(a, _, b) => self.weight(a).max(self.weight(b)),
            ExprKind::Ramp(ends) => ends.iter().flatten().map(|e| self.weight(e)).max().unwrap_or(0),
            ExprKind::Call { name, args } => {
                // `min` and `max` of many are taken one by one.
                let one_by_one = if matches!(&*name.text, "min" | "max") { args.len() } else { 0 };
                let args = args.iter().map(|a| self.weight(&a.value)).max().unwrap_or(0);
                named(&name.text).saturating_add(args).saturating_add(one_by_one + 3)
            }
            ExprKind::Seq(parts) => most(parts).saturating_add(8),
            ExprKind::Pipe(subject, modifiers) => {
                self.weight(subject).max(most(modifiers)).saturating_add(8 * modifiers.len())
            }
        };
        below.saturating_add(1)
    }

    /// The first `let` that is heavier than `most`.
    pub(super) fn too_heavy(&self, most: usize) -> Option<Span> {
        self.lets.iter().find(|l| l.weight > most).map(|l| l.name.span)
    }

    /// The environment after every `let`.
    pub(super) fn all(&self) -> Env<'a> {
        Env { visible: self.lets.len(), frame: None, prelude: false, site: None }
    }

    /// What `name` stands for in `env`.
    pub(super) fn find(&self, name: &str, env: &Env<'a>) -> Option<Binding<'a>> {
        if let Some(frame) = &env.frame
            && let Some(i) = self.slot(frame.params, name)
        {
            return Some(Binding::Value(frame.args[i].clone()));
        }
        let own = if env.prelude { None } else { self.index.get(name) };
        let (params, value, visible) = match own {
            Some(&i) if i < env.visible => {
                let l = &self.lets[i];
                l.used.set(true);
                (l.params, l.value, i)
            }
            // Too late to be seen, also where the prelude has the name.
            Some(_) => return None,
            None => match in_prelude(name)? {
                (i, Item::Let { params, value, .. }) if !env.prelude || i < env.visible => {
                    (params.as_deref(), value, i)
                }
                _ => return None,
            },
        };
        let env = Env { visible, frame: None, prelude: own.is_none(), site: env.site };
        let body = Ex { expr: value, env };
        Some(match params {
            None => Binding::Value(body),
            Some(params) => Binding::Function(params, body),
        })
    }

    /// Which of `params`, a function's, is called `name`.
    pub(super) fn slot(&self, params: &'a [Param], name: &str) -> Option<usize> {
        if params.len() <= FEW {
            return params.iter().position(|p| p.name.text == name);
        }
        self.slots.get(&(params.as_ptr(), name)).copied()
    }

    /// Where a `let` defines `name`.
    pub(super) fn defined(&self, name: &str) -> Option<Span> {
        self.index.get(name).map(|&i| self.lets[i].name.span)
    }

    /// Where `name` is defined, if that is too late to be seen from `env`.
    pub(super) fn defined_later(&self, name: &str, env: &Env<'a>) -> Option<Span> {
        self.index.get(name).filter(|&&i| !env.prelude && i >= env.visible).map(|&i| self.lets[i].name.span)
    }

    /// The names that `env` sees.
    pub(super) fn visible(&self, env: &Env<'a>) -> impl Iterator<Item = &'a str> {
        let own = if env.prelude { &[] } else { &self.lets[..env.visible] };
        own.iter().map(|l| l.name.text.as_str()).chain(prelude::forms().map(|form| form.name))
    }

    /// How many of the program's own names `env` sees.
    pub(super) fn count(&self, env: &Env<'a>) -> usize {
        if env.prelude { 0 } else { env.visible }
    }

    /// Whether a call of `name` is a `let` function.
    pub(super) fn is_function(&self, name: &str, env: &Env<'a>) -> bool {
        matches!(self.find(name, env), Some(Binding::Function(..)))
    }

    /// Bindings that nothing used.
    pub(super) fn unused(&self) -> Vec<Diagnostic> {
        let unused = self.lets.iter().filter(|l| !l.used.get() && !l.name.text.starts_with('_'));
        unused
            .map(|l| {
                Diagnostic::new(&lints::UNUSED, l.name.span, format!("`{}` is never used", l.name.text))
                    .help("remove it, or start its name with `_`")
            })
            .collect()
    }
}

impl<'a> Ex<'a> {
    /// Another expression that sees the same names.
    pub(super) fn with(&self, expr: &'a Expr) -> Self {
        Self { expr, env: self.env.clone() }
    }

    /// A function's body with `args` for its parameters.
    pub(super) fn applied(self, call: &Self, params: &'a [Param], args: Vec<Ex<'a>>) -> Self {
        let site = self.env.prelude.then(|| call.span());
        let env = Env { frame: Some(Rc::new(Frame { params, args })), site, ..self.env };
        Self { expr: self.expr, env }
    }

    /// What a parameter that `call` leaves out is: like a body, it sees what stands above the function.
    pub(super) fn default_of(&self, call: &Self, default: &'a Expr) -> Self {
        let site = self.env.prelude.then(|| call.span());
        Self { expr: default, env: Env { frame: None, site, ..self.env.clone() } }
    }

    pub(crate) fn span(&self) -> Span {
        self.env.site.unwrap_or(self.expr.span)
    }

    /// Whether the program says it at [`span`](Self::span) itself, so that it can be replaced there.
    pub(super) fn is_written(&self) -> bool {
        self.env.site.is_none()
    }

    pub(super) fn kind(&self) -> &'a ExprKind {
        &self.expr.kind
    }
}

/// Where the prelude defines `name`.
fn in_prelude(name: &str) -> Option<(usize, &'static Item)> {
    prelude::find(name)?;
    let is = |item: &Item| matches!(item, Item::Let { name: n, .. } if n.text == name);
    let items = &prelude::tree().items;
    items.iter().position(is).map(|i| (i, &items[i]))
}

/// The [`weight`](Scope::weight) of each of the prelude's functions.
fn weights() -> &'static [usize] {
    static WEIGHTS: OnceBox<Vec<usize>> = OnceBox::new();
    WEIGHTS.get_or_init(|| {
        let weigh = |item: &Item| match item {
            // None of them calls another.
            Item::Let { value, .. } => Scope::default().weight(value),
            _ => 0,
        };
        Box::new(prelude::tree().items.iter().map(weigh).collect())
    })
}

/// The text of a name or string, as a label.
pub(super) fn text_of(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Str(s) | ExprKind::Name(s) => s.clone(),
        ExprKind::Call { name, .. } => name.text.clone(),
        _ => String::new(),
    }
}
