//! Which parameters belong to which group.
//!
//! A parameter belongs to the first declared group whose pattern, a regular expression (the syntax of the `regex-lite` crate),
//! is found anywhere in its name, else to group 0, the default group.

use std::fmt;

use regex_lite::RegexBuilder;

/// Why a group takes no parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Its pattern is not a regular expression.
    Pattern {
        /// The pattern.
        pattern: String,
        /// What the regex library says.
        reason: String,
    },
    /// It would be empty.
    Empty {
        /// The pattern.
        pattern: String,
        /// Earlier patterns took every parameter that this one matches.
        shadowed: bool,
        /// All parameter names.
        names: Vec<String>,
    },
}

/// Faults that are looked for at most; a pattern without one takes a tensor, so that there are only so many of those.
const ENOUGH: usize = 20;

/// What the compiled form of one pattern may take: it is tried on every name.
const PATTERN_BYTES: usize = 1 << 16;

/// Which of `patterns` are at fault and why, each beside those before it that are not.
pub fn faults(tensors: &[(String, Vec<usize>)], patterns: &[String]) -> Vec<(usize, Fault)> {
    let mut group_of = vec![0; tensors.len()];
    let fault = |(i, pattern): (usize, &String)| Some((i, take(tensors, &mut group_of, i, pattern).err()?));
    patterns.iter().enumerate().filter_map(fault).take(ENOUGH).collect()
}

/// The group of each tensor: 0 for the default group, k + 1 for pattern k.
///
/// # Errors
/// The first pattern that takes none.
pub fn assign(tensors: &[(String, Vec<usize>)], patterns: &[String]) -> Result<Vec<usize>, Fault> {
    let mut group_of = vec![0; tensors.len()];
    patterns.iter().enumerate().try_for_each(|(i, pattern)| take(tensors, &mut group_of, i, pattern))?;
    Ok(group_of)
}

/// Puts what pattern `i` finds among the tensors that are still free into its group.
fn take(tensors: &[(String, Vec<usize>)], group_of: &mut [usize], i: usize, pattern: &str) -> Result<(), Fault> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(PATTERN_BYTES)
        .build()
        .map_err(|e| Fault::Pattern { pattern: pattern.into(), reason: e.to_string() })?;
    let (mut matched, mut taken) = (0, 0);
    for ((name, _), group) in tensors.iter().zip(group_of) {
        if regex.is_match(name) {
            matched += 1;
            if *group == 0 {
                *group = i + 1;
                taken += 1;
            }
        }
    }
    if taken == 0 {
        let names = tensors.iter().map(|(name, _)| name.clone()).collect();
        return Err(Fault::Empty { pattern: pattern.into(), shadowed: matched > 0, names });
    }
    Ok(())
}

/// Names that a message lists at most.
const MOST_NAMES: usize = 40;

/// A pattern for a message: never a whole screen of it.
fn short(pattern: &str) -> String {
    const SHOWN: usize = 200;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &pattern[..end]),
        None => pattern.into(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern { pattern, reason } => {
                write!(f, "the group pattern \"{}\" is not a regular expression: {reason}", short(pattern))
            }
            Self::Empty { pattern, shadowed: false, names } => {
                let shown = names.iter().take(MOST_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = names.len().saturating_sub(MOST_NAMES);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                write!(f, "the group \"{}\" matches no parameter; the parameters are {shown}{more}", short(pattern))
            }
            Self::Empty { pattern, shadowed: true, .. } => {
                let pattern = short(pattern);
                write!(f, "the group \"{pattern}\" is empty: earlier groups already hold every parameter it matches")
            }
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_groups_are_faults() {
        let tensors = ["a.weight", "a.bias", "head.weight", "head.bias"].map(|name| (name.to_owned(), vec![1]));
        let assign = |patterns: &[&str]| assign(&tensors, &patterns.iter().map(|&p| p.into()).collect::<Vec<_>>());
        assert_eq!(assign(&["bias", "head"]), Ok(vec![0, 1, 2, 1]));
        assert!(matches!(assign(&["("]), Err(Fault::Pattern { .. })));
        assert!(matches!(assign(&["norm"]), Err(Fault::Empty { shadowed: false, .. })));
        assert!(matches!(assign(&["head", "head.bias"]), Err(Fault::Empty { shadowed: true, .. })));
    }
}
