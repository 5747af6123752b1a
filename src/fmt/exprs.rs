//! Expressions.

use super::doc::Doc;
use super::items::Writer;
use crate::syntax::ast::{Arg, BinaryOp, Expr, ExprKind, Ident, Param, Timing};

impl<'a> Writer<'a> {
    /// An expression as a group of its own.
    pub(super) fn expr(&mut self, expr: &Expr, out: &mut Vec<Doc<'a>>) {
        self.cursor.comments(out);
        let mut parts = vec![];
        self.parts(expr, &mut parts);
        out.push(Doc::group(parts));
    }

    fn parts(&mut self, expr: &Expr, out: &mut Vec<Doc<'a>>) {
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Name(_) => self.written(expr.span.end, out),
            ExprKind::Quantity(_, unit) => {
                self.written(unit.span.start, out);
                if !matches!(&*unit.text, "%" | "x") {
                    out.push(Doc::Blank(1));
                }
                self.written(unit.span.end, out);
            }
            ExprKind::List(list) => {
                let line = |k| if k == 0 { Doc::Soft } else { Doc::Wrap };
                self.enclosed(["[", "]"], list, line, Self::expr, out);
            }
            ExprKind::Call { name, args } => {
                self.written(name.span.end, out);
                match &args[..] {
                    [Arg { name: None, value: value @ Expr { kind: ExprKind::List(_), .. } }] => {
                        self.token("(", out);
                        self.parts(value, out);
                        if self.cursor.sees(",") {
                            self.cursor.comma(Doc::Text(""), out);
                        }
                        self.token(")", out);
                    }
                    _ => self.enclosed(["(", ")"], args, first_soft, Self::arg, out),
                }
            }
            ExprKind::Paren(inner) => {
                self.cursor.comments(out);
                let (mut all, mut within) = (vec![], vec![Doc::Soft]);
                self.token("(", &mut all);
                self.parts(inner, &mut within);
                all.extend([Doc::Indent(within), Doc::Soft]);
                self.token(")", &mut all);
                out.push(Doc::group(all));
            }
            ExprKind::Neg(inner) => {
                self.token("-", out);
                self.parts(inner, out);
            }
            ExprKind::Binary(op, a, b) => {
                self.operand(a, *op, out);
                self.infix(Doc::Wrap, word(*op), out);
                self.operand(b, *op, out);
            }
            ExprKind::Ramp(ends) => {
                for (k, end) in ends.iter().enumerate() {
                    match (k, end) {
                        (0, None) => {
                            self.token("->", out);
                            out.push(Doc::Blank(1));
                        }
                        // The arrow of an open start stands there already.
                        (1, _) if ends[0].is_none() => {}
                        (0, _) => {}
                        _ => self.infix(Doc::Wrap, "->", out),
                    }
                    if let Some(end) = end {
                        self.parts(end, out);
                    }
                }
            }
            ExprKind::Timed(phase, timing, duration) => {
                self.parts(phase, out);
                let word = match timing {
                    Timing::For => "for",
                    Timing::Until => "until",
                };
                self.infix(Doc::Blank(1), word, out);
                self.parts(duration, out);
            }
            ExprKind::Seq(phases) => {
                for (k, phase) in phases.iter().enumerate() {
                    if k > 0 {
                        self.infix(Doc::Line, ">>", out);
                    }
                    self.expr(phase, out);
                }
            }
            ExprKind::Pipe(subject, modifiers) => {
                self.expr(subject, out);
                for modifier in modifiers {
                    self.infix(Doc::Line, "|", out);
                    self.expr(modifier, out);
                }
            }
        }
    }

    /// A side of an operator: what binds tighter stays together longer.
    fn operand(&mut self, side: &Expr, of: BinaryOp, out: &mut Vec<Doc<'a>>) {
        match side.kind {
            ExprKind::Binary(op, ..) if level(op) != level(of) => self.expr(side, out),
            _ => self.parts(side, out),
        }
    }

    /// What is written up to `end`, as it is.
    pub(super) fn written(&mut self, end: usize, out: &mut Vec<Doc<'a>>) {
        self.cursor.comments(out);
        out.push(Doc::Text(self.cursor.until(end)));
    }

    pub(super) fn token(&mut self, token: &'a str, out: &mut Vec<Doc<'a>>) {
        self.cursor.token(token, out);
    }

    /// An operator with what stands before it.
    fn infix(&mut self, before: Doc<'a>, operator: &'a str, out: &mut Vec<Doc<'a>>) {
        out.push(before);
        self.token(operator, out);
        out.push(Doc::Blank(1));
    }

    /// Elements in brackets. `line` gives the place before element k.
    fn enclosed<T>(
        &mut self,
        [open, close]: [&'a str; 2],
        elements: &[T],
        line: fn(usize) -> Doc<'a>,
        write: impl Fn(&mut Self, &T, &mut Vec<Doc<'a>>),
        out: &mut Vec<Doc<'a>>,
    ) {
        self.cursor.comments(out);
        let mut all = vec![];
        self.token(open, &mut all);
        let mut within = vec![];
        for (k, element) in elements.iter().enumerate() {
            within.push(line(k));
            write(self, element, &mut within);
            if k + 1 < elements.len() {
                self.cursor.comma(Doc::Text(","), &mut within);
            } else if self.cursor.sees(",") {
                self.cursor.comma(Doc::Broken(","), &mut within);
            } else {
                within.push(Doc::Broken(","));
            }
        }
        all.push(Doc::Indent(within));
        if !elements.is_empty() {
            all.push(Doc::Soft);
        }
        self.token(close, &mut all);
        out.push(Doc::group(all));
    }

    fn arg(&mut self, arg: &Arg, out: &mut Vec<Doc<'a>>) {
        self.named(arg.name.as_ref(), Some(&arg.value), out);
    }

    fn param(&mut self, param: &Param, out: &mut Vec<Doc<'a>>) {
        self.named(Some(&param.name), param.default.as_ref(), out);
    }

    fn named(&mut self, name: Option<&Ident>, value: Option<&Expr>, out: &mut Vec<Doc<'a>>) {
        self.cursor.comments(out);
        let mut parts = vec![];
        if let Some(name) = name {
            self.written(name.span.end, &mut parts);
        }
        if name.is_some() && value.is_some() {
            self.token(":", &mut parts);
            parts.push(Doc::Blank(1));
        }
        if let Some(value) = value {
            self.parts(value, &mut parts);
        }
        out.push(Doc::group(parts));
    }

    pub(super) fn params(&mut self, params: &[Param], out: &mut Vec<Doc<'a>>) {
        self.enclosed(["(", ")"], params, first_soft, Self::param, out);
    }
}

fn first_soft<'a>(k: usize) -> Doc<'a> {
    if k == 0 { Doc::Soft } else { Doc::Line }
}

/// How tight an operator binds.
fn level(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Add | BinaryOp::Sub => 0,
        BinaryOp::Mul | BinaryOp::Div => 1,
        BinaryOp::Pow => 2,
    }
}

fn word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Pow => "**",
    }
}
