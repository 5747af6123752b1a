//! The tree of a program: exactly what was written, every node with its place.

use crate::diag::Span;

/// A piece of text with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ident {
    /// The name itself.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A parsed source: bindings, then either one expression or the entries and blocks of a config.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ast {
    /// The `edition N` line.
    pub edition: Option<(u32, Span)>,
    /// Bindings, entries and blocks in written order.
    pub items: Vec<Item>,
    /// The expression of a program; `None` in the file form.
    pub body: Option<Expr>,
}

/// One item of a file or block.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `use "file"`.
    Use {
        /// The file's name.
        path: Ident,
        /// The whole item.
        span: Span,
    },
    /// `let name = value`, `let name(params) = value`.
    Let {
        /// What is bound.
        name: Ident,
        /// A function's parameters; `None` for a plain binding.
        params: Option<Vec<Param>>,
        /// The bound expression.
        value: Expr,
        /// The whole item.
        span: Span,
    },
    /// `key: value`.
    Entry {
        /// What is set.
        key: Ident,
        /// To what.
        value: Expr,
    },
    /// `kind head { items }`, where the head or the braces may be missing: `data "digits"`,
    /// `run { … }`, `model mlp(hidden: [128])`, `group "bias|norm" { … }`.
    Block {
        /// `run`, `data`, `model`, `optimizer`, `group`, …
        kind: Ident,
        /// A string, a name or a call.
        head: Option<Expr>,
        /// What stands between the braces.
        items: Vec<Item>,
        /// The whole item.
        span: Span,
    },
}

/// A parameter of a `let` function.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// What it is where a call leaves it out.
    pub default: Option<Expr>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// This expression and all in it, the outer ones first.
    pub fn all(&self) -> Vec<&Expr> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(&expr) = all.get(next) {
            next += 1;
            match &expr.kind {
                ExprKind::Number(_) | ExprKind::Quantity(..) | ExprKind::Str(_) | ExprKind::Name(_) => {}
                ExprKind::List(list) | ExprKind::Seq(list) => all.extend(list),
                ExprKind::Call { args, .. } => all.extend(args.iter().map(|a| &a.value)),
                ExprKind::Paren(a) | ExprKind::Neg(a) => all.push(a),
                ExprKind::Binary(_, a, b) | ExprKind::Timed(a, _, b) => all.extend([&**a, &**b]),
                ExprKind::Ramp(ends) => all.extend(ends.iter().flatten()),
                ExprKind::Pipe(subject, modifiers) => {
                    all.push(subject);
                    all.extend(modifiers);
                }
            }
        }
        all
    }
}

impl Item {
    /// Every expression in it: what `let`s bind, what entries are set to, the heads of blocks.
    pub fn all(&self) -> Vec<&Expr> {
        match self {
            Self::Use { .. } => vec![],
            Self::Let { params, value, .. } => {
                let defaults = params.iter().flatten().filter_map(|p| p.default.as_ref());
                defaults.chain([value]).flat_map(Expr::all).collect()
            }
            Self::Entry { value, .. } => value.all(),
            Self::Block { head, items, .. } => {
                head.iter().flat_map(Expr::all).chain(items.iter().flat_map(Self::all)).collect()
            }
        }
    }
}

impl Ast {
    /// Every expression of the program.
    pub fn all(&self) -> Vec<&Expr> {
        self.items.iter().flat_map(Item::all).chain(self.body.iter().flat_map(Expr::all)).collect()
    }
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `1e-3`, `10k`: a value or a count.
    Number(Number),
    /// `5%`, `30 epochs`, `2x`: a number with a unit.
    Quantity(Number, Ident),
    /// `"text"`, without its quotes.
    Str(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `peak`, `t`, `run.step`.
    Name(String),
    /// `cosine(a -> b, for: 10%)`.
    Call {
        /// What is called.
        name: Ident,
        /// With what.
        args: Vec<Arg>,
    },
    /// `(e)`.
    Paren(Box<Expr>),
    /// `-e`.
    Neg(Box<Expr>),
    /// `a + b` and the other pointwise operators.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a -> b -> c`, at least two ends; only the first may be missing (`-> b`).
    Ramp(Vec<Option<Expr>>),
    /// `p for d`, `p until d`.
    Timed(Box<Expr>, Timing, Box<Expr>),
    /// `p >> q >> r`, at least two.
    Seq(Vec<Expr>),
    /// `s | m | n`: what is modified, then the modifiers, at least one.
    Pipe(Box<Expr>, Vec<Expr>),
}

/// A decimal number as written, so that durations stay exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The nearest f64, suffix included; always finite.
    pub value: f64,
    /// The digits without `_`, sign-free, suffix `k`/`M`/`B` included: `1.5e3`, `10k`.
    pub text: String,
}

/// An argument, with its name where it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// `name:`.
    pub name: Option<Ident>,
    /// The argument.
    pub value: Expr,
}

/// How a phase's time is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// `for d`: its length.
    For,
    /// `until d`: its end, from the start of the enclosing sequence.
    Until,
}

/// The pointwise operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `**`
    Pow,
}
