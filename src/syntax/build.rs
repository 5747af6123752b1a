//! Pest's pairs → tree. Precedence of the pointwise operators is decided here, the rest by the grammar.
//!
//! Recursion is bounded before it starts: brackets and right-nesting runs by the scan, all else is built in loops.
//! A tree that grows too deep is cut off at once, so that dropping it is safe too.

use std::cell::RefCell;

use once_cell::race::OnceBox;
use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::ast::{Arg, Ast, BinaryOp, Expr, ExprKind, Ident, Item, Number, Param, Timing};
use super::number::{OutOfRange, number};
use super::{MAX_DEPTH, MAX_PHASES, Rule};
use crate::diag::{Diagnostic, Span, limits, syntax};

/// The pointwise operators, loosest first.
fn pratt() -> &'static PrattParser<Rule> {
    static PRATT: OnceBox<PrattParser<Rule>> = OnceBox::new();
    PRATT.get_or_init(|| {
        let parser = PrattParser::new()
            .op(Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::sub, Assoc::Left))
            .op(Op::infix(Rule::mul, Assoc::Left) | Op::infix(Rule::div, Assoc::Left))
            .op(Op::prefix(Rule::neg))
            .op(Op::infix(Rule::pow, Assoc::Right));
        Box::new(parser)
    })
}

/// The tree of a whole source.
pub(super) fn source(pair: Pair<'_, Rule>, text: &str) -> Result<Ast, Vec<Diagnostic>> {
    let builder = Builder::default();
    let mut ast = Ast::default();
    for pair in pair.into_inner() {
        match pair.as_rule() {
            Rule::edition => ast.edition = Some((builder.edition(&pair), span(&pair))),
            Rule::expr => ast.body = Some(builder.expr(pair).expr),
            Rule::EOI => {}
            _ => {
                let place = span(&pair);
                let (item, depth) = builder.item(pair);
                ast.items.push(item);
                if depth > MAX_DEPTH {
                    builder.error(super::scan::too_deep(place));
                }
            }
        }
    }
    let mut errors = builder.errors.into_inner();
    if errors.is_empty() && ast.items.is_empty() && ast.body.is_none() {
        errors.push(super::empty(text));
    }
    if errors.is_empty() { Ok(ast) } else { Err(errors) }
}

fn span(pair: &Pair<'_, Rule>) -> Span {
    let span = pair.as_span();
    Span::new(span.start(), span.end())
}

fn ident(pair: &Pair<'_, Rule>) -> Ident {
    Ident { text: pair.as_str().to_owned(), span: span(pair) }
}

/// The text between the quotes, escapes resolved.
fn text(pair: Pair<'_, Rule>) -> String {
    let inner = pair.into_inner().as_str();
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

/// An expression with the depth of its tree.
struct Node {
    expr: Expr,
    depth: usize,
}

/// Collects what the grammar cannot know: literals out of range and trees that are too deep.
#[derive(Default)]
struct Builder {
    errors: RefCell<Vec<Diagnostic>>,
}

impl Builder {
    fn error(&self, diagnostic: Diagnostic) {
        self.errors.borrow_mut().push(diagnostic);
    }

    /// A node over children of the given depth. Too deep a tree is replaced by a leaf and reported once.
    fn node(&self, kind: ExprKind, span: Span, below: usize) -> Node {
        let (mut kind, mut depth) = (kind, below + 1);
        if depth > MAX_DEPTH {
            if !self.errors.borrow().iter().any(|e| e.code == &limits::TOO_DEEP) {
                self.error(super::scan::too_deep(span));
            }
            (kind, depth) = (ExprKind::List(vec![]), 1);
        }
        Node { expr: Expr { kind, span }, depth }
    }

    fn edition(&self, pair: &Pair<'_, Rule>) -> u32 {
        let number = pair.clone().into_inner().next().expect("an edition has its number");
        match number.as_str() {
            "1" => 1,
            other => {
                self.error(
                    Diagnostic::new(&syntax::EDITION, span(&number), format!("edition {other} is not known here"))
                        .label("this version reads edition 1")
                        .help("write `edition 1`, or use a newer étude")
                        .maybe(span(&number), "1"),
                );
                1
            }
        }
    }

    /// An item and the depth of its tree.
    fn item(&self, pair: Pair<'_, Rule>) -> (Item, usize) {
        let place = span(&pair);
        let rule = pair.as_rule();
        let mut inner = pair.into_inner();
        let first = inner.next().expect("every item has a part");
        match rule {
            Rule::use_item => {
                let path = Ident { span: span(&first), text: text(first) };
                (Item::Use { path, span: place }, 1)
            }
            Rule::let_item => {
                let name = ident(&first);
                let mut depth = 0;
                let params = match inner.peek() {
                    Some(p) if p.as_rule() == Rule::params => {
                        inner.next().map(|p| p.into_inner().map(|p| self.param(p, &mut depth)).collect())
                    }
                    _ => None,
                };
                let value = self.expr(inner.next().expect("a binding has a value"));
                (Item::Let { name, params, value: value.expr, span: place }, value.depth.max(depth) + 1)
            }
            Rule::entry => {
                let value = self.expr(inner.next().expect("an entry has a value"));
                (Item::Entry { key: ident(&first), value: value.expr }, value.depth + 1)
            }
            _ => self.block(ident(&first), inner, place),
        }
    }

    fn param(&self, pair: Pair<'_, Rule>, depth: &mut usize) -> Param {
        let mut parts = pair.into_inner();
        let name = ident(&parts.next().expect("a parameter has its name"));
        let default = parts.next().map(|value| self.expr(value));
        *depth = default.as_ref().map_or(*depth, |d| d.depth.max(*depth));
        Param { name, default: default.map(|d| d.expr) }
    }

    fn block(&self, kind: Ident, parts: Pairs<'_, Rule>, span: Span) -> (Item, usize) {
        let (mut head, mut items, mut below) = (None, vec![], 0);
        for part in parts {
            if part.as_rule() == Rule::braces {
                for pair in part.into_inner() {
                    let (item, depth) = self.item(pair);
                    items.push(item);
                    below = below.max(depth);
                }
            } else {
                let node = self.expr(part);
                below = below.max(node.depth);
                head = Some(node.expr);
            }
        }
        (Item::Block { kind, head, items, span }, below + 1)
    }

    /// Any expression. Layers of the grammar that add nothing here are passed through in a loop, not a recursion.
    fn expr(&self, mut pair: Pair<'_, Rule>) -> Node {
        loop {
            let place = span(&pair);
            let rule = pair.as_rule();
            match rule {
                Rule::expr | Rule::seq | Rule::timed | Rule::ramp | Rule::sum => {}
                Rule::quantity => return self.quantity(pair),
                Rule::named => return self.named(pair),
                Rule::paren => {
                    let inner = self.expr(pair.into_inner().next().expect("parentheses hold an expression"));
                    return self.node(ExprKind::Paren(Box::new(inner.expr)), place, inner.depth);
                }
                Rule::list => {
                    let (elements, depth) = self.exprs(pair.into_inner());
                    return self.node(ExprKind::List(elements), place, depth);
                }
                _ => return self.node(ExprKind::Str(text(pair)), place, 0),
            }
            let mut inner = pair.into_inner();
            let first = inner.next().expect("every layer holds an operand");
            if inner.peek().is_some() {
                return self.layer(rule, first, inner, place);
            }
            pair = first;
        }
    }

    /// A layer of the grammar with more than one part.
    fn layer(&self, rule: Rule, first: Pair<'_, Rule>, rest: Pairs<'_, Rule>, span: Span) -> Node {
        match rule {
            Rule::expr => {
                let schedule = self.expr(first);
                let (modifiers, depth) = self.exprs(rest);
                let depth = depth.max(schedule.depth);
                self.node(ExprKind::Pipe(Box::new(schedule.expr), modifiers), span, depth)
            }
            Rule::seq => {
                let (phases, depth) = self.exprs(std::iter::once(first).chain(rest));
                if let Some(extra) = phases.get(MAX_PHASES) {
                    self.error(super::scan::too_many_phases(extra.span));
                }
                self.node(ExprKind::Seq(phases), span, depth)
            }
            Rule::timed => self.timed(first, rest),
            Rule::ramp => {
                let mut depth = 0;
                let ends = std::iter::once(first).chain(rest).map(|end| {
                    (end.as_rule() != Rule::open_start).then(|| {
                        let node = self.expr(end);
                        depth = depth.max(node.depth);
                        node.expr
                    })
                });
                let ends = ends.collect();
                self.node(ExprKind::Ramp(ends), span, depth)
            }
            _ => self.sum(std::iter::once(first).chain(rest)),
        }
    }

    fn exprs<'i>(&self, pairs: impl Iterator<Item = Pair<'i, Rule>>) -> (Vec<Expr>, usize) {
        let mut depth = 0;
        let exprs = pairs.map(|pair| {
            let node = self.expr(pair);
            depth = depth.max(node.depth);
            node.expr
        });
        let exprs = exprs.collect();
        (exprs, depth)
    }

    fn timed(&self, first: Pair<'_, Rule>, mut rest: Pairs<'_, Rule>) -> Node {
        let mut phase = self.expr(first);
        while let (Some(timing), Some(duration)) = (rest.next(), rest.next()) {
            let timing = if timing.as_str() == "for" { Timing::For } else { Timing::Until };
            let duration = self.expr(duration);
            let span = phase.expr.span.to(duration.expr.span);
            let depth = phase.depth.max(duration.depth);
            phase = self.node(ExprKind::Timed(Box::new(phase.expr), timing, Box::new(duration.expr)), span, depth);
        }
        phase
    }

    fn sum<'i>(&self, pairs: impl Iterator<Item = Pair<'i, Rule>>) -> Node {
        pratt()
            .map_primary(|pair| self.expr(pair))
            .map_prefix(|minus, operand: Node| {
                let span = span(&minus).to(operand.expr.span);
                self.node(ExprKind::Neg(Box::new(operand.expr)), span, operand.depth)
            })
            .map_infix(|a: Node, op, b: Node| {
                let op = match op.as_rule() {
                    Rule::add => BinaryOp::Add,
                    Rule::sub => BinaryOp::Sub,
                    Rule::mul => BinaryOp::Mul,
                    Rule::div => BinaryOp::Div,
                    _ => BinaryOp::Pow,
                };
                let span = a.expr.span.to(b.expr.span);
                let depth = a.depth.max(b.depth);
                self.node(ExprKind::Binary(op, Box::new(a.expr), Box::new(b.expr)), span, depth)
            })
            .parse(pairs)
    }

    fn quantity(&self, pair: Pair<'_, Rule>) -> Node {
        let place = span(&pair);
        let mut inner = pair.into_inner();
        let written = inner.next().expect("a quantity has its number");
        let number = number(written.as_str()).unwrap_or_else(|out| {
            self.error(out_of_range(&written, out));
            Number { value: 0.0, text: "0".into() }
        });
        let kind = match inner.next() {
            Some(unit) => ExprKind::Quantity(number, ident(&unit)),
            None => ExprKind::Number(number),
        };
        self.node(kind, place, 0)
    }

    fn named(&self, pair: Pair<'_, Rule>) -> Node {
        let place = span(&pair);
        let mut inner = pair.into_inner();
        let name = inner.next().expect("a call has its name");
        let Some(args) = inner.next() else {
            return self.node(ExprKind::Name(name.as_str().to_owned()), place, 0);
        };
        let mut depth = 0;
        let args = args.into_inner().map(|arg| {
            let mut parts = arg.into_inner();
            let first = parts.next().expect("an argument has a value");
            let (name, value) = match parts.next() {
                Some(value) => (Some(ident(&first)), value),
                None => (None, first),
            };
            let value = self.expr(value);
            depth = depth.max(value.depth);
            Arg { name, value: value.expr }
        });
        let args = args.collect();
        self.node(ExprKind::Call { name: ident(&name), args }, place, depth)
    }
}

fn out_of_range(written: &Pair<'_, Rule>, out: OutOfRange) -> Diagnostic {
    let (text, place) = (super::shorten(written.as_str()), span(written));
    let (message, help) = match out {
        OutOfRange::TooLarge => (format!("`{text}` is too large for a number"), "the largest number is about 1.8e308"),
        OutOfRange::TooSmall => {
            (format!("`{text}` is too small for a number: it would be read as 0"), "write 0, or at least 5e-324")
        }
    };
    Diagnostic::new(&syntax::OUT_OF_RANGE, place, message).help(help)
}
