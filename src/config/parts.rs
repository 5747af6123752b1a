//! What stands in a block: entries, choices, named arguments; and what is wrong with them.

use super::reader::Reader;
use super::text_of;
use crate::diag::nearest;
use crate::diag::{Diagnostic, Span, config};
use crate::syntax::ast::{Arg, Expr, ExprKind, Ident, Item};

impl<'a> Reader<'a> {
    /// The entries of a block; anything else in it, an unknown key or a key given twice is reported.
    pub(super) fn entries(&mut self, items: &'a [Item], known: &[&str], block: &str) -> Vec<(&'a Ident, &'a Expr)> {
        let mut entries: Vec<(&Ident, &Expr)> = Vec::new();
        for item in items {
            match item {
                Item::Let { .. } => {}
                Item::Entry { key, value } => {
                    let first = entries.iter().find(|(k, _)| k.text == key.text).map(|(k, _)| k.span);
                    if !known.contains(&key.text.as_str()) {
                        let d = Diagnostic::new(&config::KEY, key.span, format!("`{block}` has no `{}`", key.text));
                        self.found.push(near(d, key, known.iter().copied()));
                    } else if let Some(first) = first {
                        let d = Diagnostic::new(&config::TWICE, key.span, format!("`{}` is given twice", key.text));
                        self.found.push(d.label("again here").because(first, "first here").help("keep one of them"));
                    } else {
                        entries.push((key, value));
                    }
                }
                Item::Block { kind: Ident { span, .. }, .. } | Item::Use { span, .. } => {
                    let message = format!("`{block}` holds only entries such as `key: value`");
                    let help = "move it out of the braces";
                    self.found.push(Diagnostic::new(&config::KEY, *span, message).help(help));
                }
            }
        }
        entries
    }

    /// The head's name, if it is one of `known`.
    pub(super) fn choice(
        &mut self,
        kind: &Ident,
        head: Option<&'a Expr>,
        known: &[&str],
        what: &str,
        example: &str,
    ) -> Option<&'a str> {
        let Some(head) = head else {
            self.headless(kind, &format!("the {what}'s name"), example);
            return None;
        };
        let name = match &head.kind {
            ExprKind::Call { name, .. } => Some(name.text.as_str()),
            _ => text_of(head),
        };
        match name {
            Some(name) if known.contains(&name) => Some(name),
            _ => {
                self.unknown(head, known, what);
                None
            }
        }
    }

    pub(super) fn unknown(&mut self, at: &Expr, known: &[&str], what: &str) {
        let (name, span) = match &at.kind {
            ExprKind::Call { name, .. } => (name.text.as_str(), name.span),
            _ => (text_of(at).unwrap_or(""), at.span),
        };
        let near = nearest(name, known.iter().copied());
        let quoted = matches!(at.kind, ExprKind::Str(_));
        self.found.push(no_choice(span, what, name, near.map(|near| (near, quoted)), known));
    }

    /// The name of an argument in a head, if it is one of `known`.
    pub(super) fn named<'k>(&mut self, arg: &Arg, known: &[&'k str], of: &str) -> Option<&'k str> {
        let Some(name) = &arg.name else {
            let d = Diagnostic::new(&config::KEY, arg.value.span, format!("this argument of `{of}` needs its name"));
            self.found.push(d.help(format!("`{of}` knows {}", listed(known))));
            return None;
        };
        let found = known.iter().find(|k| **k == name.text).copied();
        if found.is_none() {
            let d = Diagnostic::new(&config::KEY, name.span, format!("`{of}` has no `{}`", name.text));
            self.found.push(near(d, name, known.iter().copied()));
        }
        found
    }

    pub(super) fn no_head(&mut self, kind: &Ident, head: Option<&Expr>) {
        if let Some(head) = head {
            let message = format!("nothing stands between `{}` and its brace", kind.text);
            let help = format!("write `{} {{ … }}`", kind.text);
            self.found.push(Diagnostic::new(&config::KEY, head.span, message).help(help));
        }
    }

    pub(super) fn headless(&mut self, kind: &Ident, what: &str, example: &str) {
        let d = Diagnostic::new(&config::MISSING, kind.span, format!("`{}` needs {what}", kind.text));
        self.found.push(d.help(format!("write `{example}`")));
    }
}

/// `name` is no `what`; `near` is what was probably meant, and whether it needs quotes.
pub(super) fn no_choice(span: Span, what: &str, name: &str, near: Option<(&str, bool)>, known: &[&str]) -> Diagnostic {
    let message = if name.is_empty() { format!("this names no {what}") } else { format!("unknown {what} `{name}`") };
    let d = Diagnostic::new(&config::CHOICE, span, message);
    match near {
        Some((near, quoted)) => {
            let fix = if quoted { format!("\"{near}\"") } else { near.into() };
            d.help(format!("did you mean `{near}`?")).maybe(span, fix)
        }
        None => d.help(format!("known: {}", known.join(", "))),
    }
}

/// The arguments of a head that is a call.
pub(super) fn arguments(head: Option<&Expr>) -> &[Arg] {
    match head.map(|h| &h.kind) {
        Some(ExprKind::Call { args, .. }) => args,
        _ => &[],
    }
}

pub(super) fn has(items: &[Item], wanted: &str) -> bool {
    items.iter().any(|item| matches!(item, Item::Entry { key, .. } if key.text == wanted))
}

/// Adds the nearest known name, or all of them.
pub(super) fn near<'k>(d: Diagnostic, name: &Ident, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    match nearest(&name.text, known.iter().copied()) {
        Some(near) => d.help(format!("did you mean `{near}`?")).maybe(name.span, near),
        None => d.help(format!("known: {}", listed(&known))),
    }
}

pub(super) fn listed(known: &[&str]) -> String {
    if known.is_empty() {
        "nothing".into()
    } else {
        known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
    }
}
