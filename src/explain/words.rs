//! What the words of expressions mean.

use crate::check::functions;
use crate::ir::{Binary, CLAMP, Unary};

/// What the names of expressions mean.
const MEANINGS: &[(&str, &str)] = &[
    ("t", "the share of the phase that has passed, 0 to 1"),
    ("step", "steps since the phase's start"),
    ("epoch", "epochs since the phase's start, with fractions"),
    ("run.t", "the share of the run that has passed, 0 to 1"),
    ("run.step", "steps since the run's start"),
    ("run.epoch", "epochs since the run's start, with fractions"),
    ("base", "the value that the trainer supplies; `2x` is twice that"),
    ("pi", "3.141592653589793"),
    ("inherited", "in a `group`: the optimizer's own value"),
];

/// What functions compute, where the name does not say it all.
const FUNCTIONS: &[(&str, &str)] = &[
    (Binary::Min.word(), "min(a, b, ...): the least"),
    (Binary::Max.word(), "max(a, b, ...): the greatest"),
    (CLAMP, "clamp(x, low, high): x within bounds"),
    (Binary::Pow.word(), "pow(a, b): the same as a ** b"),
    (Unary::Round.word(), "to the nearest whole number, ties to even"),
    (Unary::Ln.word(), "the natural logarithm"),
    (Unary::Sigmoid.word(), "1 / (1 + exp(-x))"),
];

/// What a function or a name of expressions means; empty where the name says it all, or there is none.
pub fn meaning(name: &str) -> &'static str {
    MEANINGS.iter().chain(FUNCTIONS).find(|(n, _)| *n == name).map_or("", |(_, text)| text)
}

/// The same in words for every function and name; `None` for other words.
pub fn word(name: &str) -> Option<String> {
    match meaning(name) {
        "" => functions().any(|f| f == name).then(|| format!("{name}(x), computed pointwise")),
        text => Some(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::NAMES;

    #[test]
    fn every_name_has_a_meaning() {
        assert!(NAMES.iter().all(|name| !meaning(name).is_empty()));
        assert!(FUNCTIONS.iter().all(|(name, _)| functions().any(|f| f == *name)));
        assert!(functions().chain(NAMES.iter().copied()).all(|name| word(name).is_some()));
    }
}
