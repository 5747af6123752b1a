//! The forms that are derived from others, written in the language itself.
//!
//! Guarantee: parsed once in a process, and only when a program first uses one of its names.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::syntax::{self, ast::Ast};

/// The prelude's text: one function a line, each below the comment that says what it is.
pub const TEXT: &str = include_str!("prelude.etude");

/// One function of the prelude, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What programs call it.
    pub name: &'static str,
    /// Its comment.
    pub doc: &'static str,
    /// Its line.
    pub line: &'static str,
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
    static FORMS: OnceLock<HashMap<&str, Form>> = OnceLock::new();
    FORMS.get_or_init(|| forms().map(|form| (form.name, form)).collect()).get(name).copied()
}

/// The parsed text.
pub(crate) fn tree() -> &'static Ast {
    static TREE: OnceLock<Ast> = OnceLock::new();
    TREE.get_or_init(|| syntax::parse(TEXT).unwrap_or_default())
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
            assert!(crate::catalogue::find(form.name).is_none(), "`{}` is in the catalogue, too", form.name);
        }
    }
}
