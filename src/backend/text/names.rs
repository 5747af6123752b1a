//! Names of Python functions and variables.
//!
//! Guarantee: every name is an identifier, none is given twice, and none hides one that the text needs.

use std::collections::BTreeMap;

/// What Python reserves, and what the texts use.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "abs",
    "float",
    "int",
    "isinstance",
    "max",
    "min",
    "print",
    "range",
    "round",
    "base",
    "fma",
    "jax",
    "jnp",
    "math",
    "step",
    "SCHEDULES",
];

/// Names that are taken, each with the last number that was put behind it.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<String, usize>);

impl Names {
    /// `wish`, or as near to it as an identifier that is free can be.
    pub(super) fn fresh(&mut self, wish: &str) -> String {
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let plain: String = wish.chars().map(letters).collect();
        let plain = plain.trim_matches('_');
        let start = if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { "" } else { "group_" };
        let wish = format!("{start}{plain}");
        let mut number = self.0.get(&wish).copied().unwrap_or(usize::from(TAKEN.contains(&&*wish)));
        let mut name = if number == 0 { wish.clone() } else { String::new() };
        while name.is_empty() || self.0.contains_key(&name) {
            number += 1;
            name = format!("{wish}_{number}");
        }
        self.0.insert(wish, number.max(1));
        self.0.entry(name.clone()).or_insert(1);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_that_are_free() {
        let mut names = Names::default();
        let mut fresh = |wish| names.fresh(wish);
        assert_eq!(fresh("lr"), "lr");
        assert_eq!(fresh("classifier.lr"), "classifier_lr");
        assert_eq!(fresh("classifier lr"), "classifier_lr_2");
        assert_eq!(fresh("bias|LayerNorm.*.weight_decay"), "bias_LayerNorm___weight_decay");
        assert_eq!(fresh("0.lr"), "group_0_lr");
        assert_eq!(fresh("…"), "group_");
        assert_eq!(fresh("lambda"), "lambda_2");
        assert_eq!(fresh("lr"), "lr_2");
    }
}
