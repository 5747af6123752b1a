//! Certain fixes, applied.
//!
//! Guarantees: the text that comes out reads, and has no more errors than the one that went in, unless nothing was changed.
//! Only [certain](Fix::is_certain) fixes are applied; a fix that would make things worse is passed over.

use std::collections::HashSet;

use crate::diag::{Code, Diagnostic, Edit, Fix, Lines, Severity};
use crate::syntax;

/// Rounds of fixing at most. One applies all that a check finds, so that more than a few show what the ones before hid.
const ROUNDS: usize = 100;

/// What came of fixing a program.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fixed {
    /// The program with the fixes, or as it was.
    pub text: String,
    /// What was changed, in the order in which it was; empty where nothing was.
    pub applied: Vec<Applied>,
    /// Fixes that would not have sufficed for a program that reads, and were given up.
    pub given_up: usize,
    /// What is left to say about `text`.
    pub left: Vec<Diagnostic>,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// What was wrong.
    pub code: &'static Code,
    /// Where it began, in the text that the fix was applied to: line and column, from 1.
    pub at: (usize, usize),
    /// The text that was replaced.
    pub old: String,
    /// The text that replaced it.
    pub new: String,
}

/// Applies the certain fixes of what `check` finds in `source`, and of what it finds then, until none is left.
///
/// `check` says everything that it knows about a text; errors that a text which does not read may hide are no
/// reason to keep it.
pub fn fix(source: &str, mut check: impl FnMut(&str) -> Vec<Diagnostic>) -> Fixed {
    let found = check(source);
    let mut best = Fixed { text: source.into(), applied: vec![], given_up: 0, left: found };
    let mut now = best.clone();
    let mut seen = HashSet::from([now.text.clone()]);
    for _ in 0..ROUNDS {
        let fixes = certain(&now);
        let together = std::iter::once(&fixes[..]);
        let each = fixes.chunks(1).filter(|_| fixes.len() > 1);
        let rank = rank(&now);
        let mut next = together.chain(each).filter(|chosen| !chosen.is_empty()).filter_map(|chosen| {
            let text = Fix::apply(&now.text, chosen.iter().map(|(_, fix)| fix));
            let new = seen.insert(text.clone());
            new.then(|| Fixed { left: check(&text), applied: changes(&now, chosen), text, given_up: 0 })
        });
        let Some(mut next) = next.find(|next| self::rank(next) <= rank) else { break };
        next.applied.splice(..0, now.applied);
        now = next;
        if reads(&now.text) {
            best = now.clone();
        }
    }
    best.given_up = now.applied.len() - best.applied.len();
    best
}

/// How bad a program is. What does not read is worse than anything that does: nobody knows all of its other errors.
fn rank(fixed: &Fixed) -> (bool, usize) {
    let errors = || fixed.left.iter().filter(|d| d.severity == Severity::Error).count();
    syntax::parse(&fixed.text).map_or_else(|found| (true, found.len()), |_| (false, errors()))
}

fn reads(text: &str) -> bool {
    syntax::parse(text).is_ok()
}

/// The certain fixes, in order of their place; of two that overlap, the first.
fn certain(program: &Fixed) -> Vec<(&'static Code, Fix)> {
    let changes = |edit: &Edit| program.text.get(edit.span.range()).is_some_and(|old| old != edit.replacement);
    let inside = |fix: &&Fix| fix.edits.iter().all(changes);
    let of = |d: &Diagnostic| Some((d.code, d.fix.as_ref().filter(|fix| fix.is_certain()).filter(inside)?.clone()));
    let mut fixes: Vec<_> = program.left.iter().filter_map(of).collect();
    fixes.sort_by_key(|(_, fix)| (fix.span().start, fix.span().end));
    // Insertions at one place are in conflict, too: their order would be a guess.
    let mut end = None;
    fixes.retain(|(_, fix)| {
        let span = fix.span();
        let free = end.is_none_or(|end| end < span.start || end == span.start && span.end > end);
        end = if free { Some(span.end) } else { end };
        free
    });
    fixes
}

fn changes(program: &Fixed, fixes: &[(&'static Code, Fix)]) -> Vec<Applied> {
    let lines = Lines::new(&program.text);
    let applied = |(code, fix): &(&'static Code, Fix)| {
        let (old, new) = fix.change(&program.text)?;
        Some(Applied { code, at: lines.line_column(fix.span().start), old: old.into(), new })
    };
    fixes.iter().filter_map(applied).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Severity, Span, syntax as codes};

    fn fixed(source: &str) -> Fixed {
        fix(source, |text| syntax::parse(text).err().unwrap_or_default())
    }

    #[test]
    fn certain_fixes_are_applied_until_none_is_left() {
        let fixed = fixed("let a = 1 ^ 2\ncosine(1e-3 => 0, for=80%) >> 1 for 5 %");
        assert_eq!(fixed.text, "let a = 1 ** 2\ncosine(1e-3 -> 0, for: 80%) >> 1 for 5%");
        assert_eq!((fixed.applied.len(), fixed.given_up, fixed.left), (4, 0, vec![]));
        let arrow = &fixed.applied[1];
        assert_eq!((arrow.code.code, arrow.at, &*arrow.old, &*arrow.new), ("S0105", (2, 13), "=>", "->"));
    }

    #[test]
    fn more_than_one_list_of_findings_is_fixed() {
        let fixed = fixed("1 ^ 2 >> ".repeat(50).trim_end_matches(" >> "));
        assert_eq!((fixed.applied.len(), fixed.left), (50, vec![]));
    }

    #[test]
    fn what_would_still_not_read_is_left_alone() {
        let source = "cosine(1e-3 => 0) >> cosine(2 -> )";
        let fixed = fixed(source);
        assert_eq!((&*fixed.text, fixed.given_up), (source, 1));
        assert!(fixed.applied.is_empty() && fixed.left.len() == 2, "{fixed:?}");
    }

    /// A fix that breaks the program is passed over, the one beside it is not; two that undo each other end.
    #[test]
    fn bad_fixes_do_no_harm() {
        let at = |span, new: &str| {
            Diagnostic { severity: Severity::Warning, ..Diagnostic::new(&codes::ARROW, span, "x") }.fix(span, new)
        };
        let one = fix("1 + 2", |text| match text {
            "1 + 2" => vec![at(Span::new(2, 3), "("), at(Span::new(4, 5), "3")],
            _ => vec![],
        });
        assert_eq!((&*one.text, one.applied.len()), ("1 + 3", 1));
        let turns = fix("1", |text| vec![at(Span::new(0, 1), if text == "1" { "2" } else { "1" })]);
        assert_eq!((&*turns.text, turns.applied.len()), ("2", 1));
        let past = fix("1", |_| vec![at(Span::new(1, 9), "2")]);
        assert_eq!(&*past.text, "1");
    }

    #[test]
    fn errors_do_not_grow() {
        let worse = |text: &str| {
            let error = |n: usize| Diagnostic::new(&codes::ARROW, Span::new(0, 1), n.to_string());
            if text == "1" { vec![error(0).fix(Span::new(0, 1), "2")] } else { vec![error(1), error(2)] }
        };
        assert_eq!(fix("1", worse).text, "1");
    }
}
