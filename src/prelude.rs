//! The forms that are derived from others, written in the language itself.
//!
//! Guarantee: parsed when a program first uses one of its names, and kept.

use std::collections::HashMap;

use once_cell::race::OnceBox;

use crate::syntax::{self, ast::Ast};

/// The prelude's text: one function a line, each below the comment that says what it is.
pub const TEXT: &str = include_str!("prelude.etude");

/// One function of the prelude, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What programs call it.
    pub name: &'static str,
    /// Its comment: what it is, and in the first parentheses where it comes from.
    pub doc: &'static str,
    /// Its line.
    pub line: &'static str,
}

/// A parameter of a form.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The name before the `:`.
    pub name: &'static str,
    /// The default as text; `None` where the argument is required.
    pub default: Option<&'static str>,
    /// What it means.
    pub doc: &'static str,
}

/// What the parameters mean; forms that share a name share its meaning.
const MEANINGS: &[(&str, &str)] = &[
    ("peak", "the greatest value"),
    ("up", "how long the way up lasts"),
    ("down", "how long the way down lasts"),
    ("div", "the peak over the first value"),
    ("final_div", "what the last descent divides by"),
    ("end", "the last value"),
    ("lo", "the least value"),
    ("hi", "the greatest value"),
    ("half", "how long one flank lasts"),
    ("gamma", "the height after a step over the height before it"),
    ("first", "how long the first cycle lasts, or how many cycles there are"),
    ("grow", "each cycle's length over the one before"),
    ("decay", "each cycle's values over the one before"),
    ("cycles", "how many cycles fill the span, or how long one is"),
    ("power", "the exponent; 1 is a straight line"),
    ("flat", "how long the peak is held"),
    ("cut", "how long the way up lasts"),
    ("ratio", "the peak over the first and the last value"),
    ("init", "the first value over the peak"),
    ("final", "the last value over the peak"),
];

impl Form {
    /// What it is, without its source and without the full stop.
    pub fn summary(&self) -> String {
        let (head, rest) = self.doc.split_once(" (").unwrap_or((self.doc, ""));
        let tail = rest.split_once(')').map_or("", |(_, tail)| tail);
        format!("{head}{tail}").trim_end_matches('.').into()
    }

    /// The paper or library that it comes from.
    pub fn source(&self) -> &'static str {
        self.doc.split_once(" (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(source, _)| source)
    }

    /// A call with its parameters, each with its default.
    pub fn signature(&self) -> &'static str {
        let head = self.line.split_once(" = ").map_or(self.line, |(head, _)| head);
        head.trim_start_matches("let ")
    }

    /// What it computes.
    pub fn formula(&self) -> &'static str {
        self.line.split_once(") = ").map_or(self.line, |(_, formula)| formula)
    }

    /// A call with a value for each parameter that has no default, and one for defaults in steps that a run of a
    /// thousand steps is too short for.
    pub fn example(&self) -> String {
        let value = |p: Param| match (p.name, p.default) {
            ("lo" | "end", None) => Some(format!("{}: 1e-4", p.name)),
            (name, None) => Some(format!("{name}: 1e-3")),
            (name, Some(text)) => text.ends_with("k steps").then(|| format!("{name}: 100 steps")),
        };
        let values: Vec<String> = self.params().filter_map(value).collect();
        format!("{}({})", self.name, values.join(", "))
    }

    /// What it takes, in order.
    pub fn params(&self) -> impl Iterator<Item = Param> {
        let list = self.line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
        list.split(", ").filter(|param| !param.is_empty()).map(|param| {
            let (name, default) = param.split_once(": ").map_or((param, None), |(name, text)| (name, Some(text)));
            let doc = MEANINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, doc)| doc);
            Param { name, default, doc }
        })
    }
}

/// Every function, in written order.
pub fn forms() -> impl Iterator<Item = Form> {
    let lines = TEXT.lines().zip(TEXT.lines().skip(1));
    lines.filter_map(|(above, line)| {
        let name = line.strip_prefix("let ")?.split('(').next()?;
        Some(Form { name, doc: above.trim_start_matches("# "), line })
    })
}

/// The function called `name`, without parsing anything.
pub fn find(name: &str) -> Option<Form> {
    static FORMS: OnceBox<HashMap<&str, Form>> = OnceBox::new();
    FORMS.get_or_init(|| Box::new(forms().map(|form| (form.name, form)).collect())).get(name).copied()
}

/// The parsed text.
pub(crate) fn tree() -> &'static Ast {
    static TREE: OnceBox<Ast> = OnceBox::new();
    TREE.get_or_init(|| Box::new(syntax::parse(TEXT).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_parses_and_each_form_has_its_comment() {
        assert!(syntax::parse(TEXT).is_ok(), "{:?}", syntax::parse(TEXT));
        assert_eq!(tree().items.len(), forms().count());
        for form in forms() {
            assert!(form.doc.ends_with('.') && form.doc.len() > 10, "{form:?}");
            assert!(!form.source().is_empty() && form.formula() != form.line, "{form:?}");
            assert!(form.params().all(|param| !param.doc.is_empty()), "{form:?}");
            assert!(crate::catalogue::find(form.name).is_none(), "`{}` is in the catalogue, too", form.name);
        }
    }
}
