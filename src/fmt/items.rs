//! Items of files and blocks, one a line.

use std::ops::Range;

use super::doc::Doc;
use super::gap::{Cursor, Gap};
use crate::diag::Span;
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item};

/// Turns a tree into a [`Doc`], along with the source that it was read from.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    pub(super) cursor: Cursor<'a>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { cursor: Cursor { source, at: 0 } }
    }

    /// The whole source.
    pub(super) fn file(mut self, ast: &Ast) -> Doc<'a> {
        let mut out = vec![];
        if let Some((_, span)) = ast.edition {
            self.before(&mut out);
            self.written("edition".len() + span.start, &mut out);
            out.push(Doc::Blank(1));
            self.written(span.end, &mut out);
        }
        self.items(&ast.items, &mut out);
        if let Some(body) = &ast.body {
            self.before(&mut out);
            let mut written = vec![];
            self.expr(body, &mut written);
            out.push(if is_chain(body) { Doc::Indent(written) } else { Doc::group(written) });
        }
        self.after(&mut out);
        Doc::group(out)
    }

    /// Comments and blank lines before the next item, each on its line.
    fn before(&mut self, out: &mut Vec<Doc<'a>>) {
        let gap = self.cursor.gap();
        for comment in gap.comments {
            if comment.own_line {
                out.push(Doc::Hard(comment.blank));
            }
            out.push(Doc::Comment(comment));
        }
        out.push(Doc::Hard(gap.blank));
    }

    /// Comments behind the last item.
    fn after(&mut self, out: &mut Vec<Doc<'a>>) {
        for comment in self.cursor.gap().comments {
            if comment.own_line {
                out.push(Doc::Hard(comment.blank));
            }
            out.push(Doc::Comment(comment));
        }
    }

    fn items(&mut self, items: &[Item], out: &mut Vec<Doc<'a>>) {
        let widths = self.key_widths(items);
        for (item, width) in items.iter().zip(widths) {
            self.before(out);
            self.item(item, width, out);
            if self.cursor.sees(",") {
                self.cursor.comma(Doc::Text(""), out);
            }
        }
    }

    /// One item. `width` is what its key and colon take where entries are aligned.
    fn item(&mut self, item: &Item, width: usize, out: &mut Vec<Doc<'a>>) {
        match item {
            Item::Use { path, .. } => {
                self.token("use", out);
                out.push(Doc::Blank(1));
                self.written(path.span.end, out);
            }
            Item::Let { name, params, value, .. } => {
                self.token("let", out);
                out.push(Doc::Blank(1));
                self.written(name.span.end, out);
                if let Some(params) = params {
                    self.params(params, out);
                }
                out.push(Doc::Blank(1));
                self.token("=", out);
                self.value(value, out);
            }
            Item::Entry { key, value } => {
                self.written(key.span.end, out);
                self.token(":", out);
                out.push(Doc::Pad(width.saturating_sub(key_width(key))));
                self.value(value, out);
            }
            Item::Block { kind, head, items, span } => self.block(kind, head.as_ref(), items, *span, out),
        }
    }

    /// What follows `=` or `:`. A chain that needs several lines begins on the next one.
    fn value(&mut self, value: &Expr, out: &mut Vec<Doc<'a>>) {
        if is_chain(value) || self.cursor.sees_comment() {
            let mut written = vec![Doc::Line];
            self.expr(value, &mut written);
            out.push(Doc::group(vec![Doc::Indent(written)]));
        } else {
            out.push(Doc::Blank(1));
            self.expr(value, out);
        }
    }

    fn block(&mut self, kind: &Ident, head: Option<&Expr>, items: &[Item], span: Span, out: &mut Vec<Doc<'a>>) {
        self.written(kind.span.end, out);
        if let Some(head) = head {
            out.push(Doc::Blank(1));
            self.expr(head, out);
        }
        if self.cursor.at == span.end {
            return;
        }
        out.push(Doc::Blank(1));
        self.cursor.comments(out);
        let mut all = vec![];
        self.token("{", &mut all);
        let written = &self.cursor.source[self.cursor.at..span.end];
        let empty = items.is_empty() && Gap::of(written).comments.is_empty();
        match written.contains('\n') {
            _ if empty => {}
            true => self.tall(items, &mut all),
            false => self.wide(items, &mut all),
        }
        self.token("}", &mut all);
        out.push(Doc::group(all));
    }

    /// A block's items, one a line.
    fn tall(&mut self, items: &[Item], out: &mut Vec<Doc<'a>>) {
        let mut within = vec![];
        self.items(items, &mut within);
        self.after(&mut within);
        // No blank line at the block's start.
        if let Some(first @ Doc::Hard(_)) = within.iter_mut().find(|d| matches!(d, Doc::Hard(_))) {
            *first = Doc::Hard(false);
        }
        out.extend([Doc::Indent(within), Doc::Hard(false)]);
    }

    /// A block's items on one line, where they fit.
    fn wide(&mut self, items: &[Item], out: &mut Vec<Doc<'a>>) {
        let widths = self.key_widths(items);
        let mut within = vec![];
        for (k, (item, width)) in items.iter().zip(widths).enumerate() {
            within.push(Doc::Line);
            self.item(item, width, &mut within);
            let separator = if k + 1 < items.len() { Doc::Flat(",") } else { Doc::Text("") };
            if self.cursor.sees(",") {
                self.cursor.comma(separator, &mut within);
            } else {
                within.push(separator);
            }
        }
        out.extend([Doc::Indent(within), Doc::Line]);
    }

    /// For each item, the columns that keys take among the entries that stand right below each other.
    fn key_widths(&self, items: &[Item]) -> Vec<usize> {
        let mut widths = vec![0; items.len()];
        let mut start = 0;
        let mut close = |run: Range<usize>| {
            let widest = items[run.clone()].iter().filter_map(key).map(key_width).max().unwrap_or(0);
            widths[run].fill(widest);
        };
        for k in 1..=items.len() {
            if k == items.len() || !self.adjacent(&items[k - 1], &items[k]) {
                close(start..k);
                start = k;
            }
        }
        widths
    }

    /// Whether two entries will stand on lines below each other.
    fn adjacent(&self, above: &Item, below: &Item) -> bool {
        let (Item::Entry { value, .. }, Some(key)) = (above, key(below)) else { return false };
        let mut rest = &self.cursor.source[value.span.end..key.span.start];
        loop {
            let gap = Gap::of(rest);
            if gap.blank || gap.comments.iter().any(|c| c.own_line) {
                return false;
            }
            match rest[gap.length..].strip_prefix(',') {
                Some(after) => rest = after,
                None => return true,
            }
        }
    }
}

/// Whether a long expression is broken before its operators.
fn is_chain(expr: &Expr) -> bool {
    use ExprKind::{Binary, Pipe, Ramp, Seq};
    matches!(expr.kind, Seq(_) | Pipe(..) | Binary(..) | Ramp(_))
}

fn key(item: &Item) -> Option<&Ident> {
    match item {
        Item::Entry { key, .. } => Some(key),
        _ => None,
    }
}

fn key_width(key: &Ident) -> usize {
    key.text.chars().count()
}
