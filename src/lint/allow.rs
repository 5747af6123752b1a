//! `# allow(W0308): reason`: comments that silence warnings and notes.
//!
//! One after code is for its line; one on a line of its own is for the next line of code, and one before the first line
//! of code is for the whole program.

use std::collections::HashSet;
use std::ops::Range;

use crate::diag::{self, Diagnostic, Severity, Span, lints};

/// One code in one comment.
struct Allow<'a> {
    code: &'a str,
    /// Of the code.
    span: Span,
    /// The comment, where it names no other code.
    alone: Option<Span>,
    /// The bytes in which it silences.
    scope: Range<usize>,
}

impl<'a> Allow<'a> {
    /// Where it silences what.
    fn key(&self) -> (usize, usize, &'a str) {
        (self.scope.start, self.scope.end, self.code)
    }
}

/// `list` without what the comments of `source` silence, and with what is wrong with those.
pub(super) fn silence(source: &str, mut list: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let allows = read(source);
    if allows.is_empty() {
        return list;
    }
    // A finding asks its own line and the whole program; there may be as many comments as findings.
    let by_scope: HashSet<(usize, usize, &str)> = allows.iter().map(Allow::key).collect();
    let mut lines: Vec<(usize, usize)> = by_scope.iter().map(|&(start, end, _)| (start, end)).collect();
    lines.retain(|&(_, end)| end <= source.len());
    lines.sort_unstable();
    lines.dedup();
    let mut used = HashSet::new();
    list.retain(|d| {
        let at = d.span.start;
        let line = lines[..lines.partition_point(|&(start, _)| start <= at)].last().filter(|&&(_, end)| at < end);
        let scopes = line.copied().into_iter().chain([whole(source)]);
        let here = scopes.map(|(start, end)| (start, end, d.code.code)).filter(|key| by_scope.contains(key));
        let silent = d.severity < Severity::Error && here.map(|key| used.insert(key)).count() > 0;
        !silent
    });
    let idle: Vec<Diagnostic> = allows.iter().filter(|a| !used.contains(&a.key())).map(idle).collect();
    list.extend(idle);
    list
}

/// The scope of what is allowed in the whole program: one byte more than a line can have.
fn whole(source: &str) -> (usize, usize) {
    (0, source.len() + 1)
}

/// What to say of an `allow` that silences nothing.
fn idle(allow: &Allow) -> Diagnostic {
    let Allow { code, span, alone, .. } = allow;
    let d = match diag::find(code) {
        None => Diagnostic::new(&lints::UNKNOWN_ALLOW, *span, format!("there is no code `{code}`"))
            .help("a warning shows its code, such as W0302, above its text"),
        Some(row) if row.severity == Severity::Error => {
            Diagnostic::new(&lints::UNKNOWN_ALLOW, *span, format!("{code} is an error, and errors cannot be allowed"))
                .help("mend the program; only warnings and notes can be allowed")
        }
        Some(row) => Diagnostic::new(&lints::UNUSED_ALLOW, *span, format!("nothing here is {code}: {}", row.title))
            .help("remove it; it silences its own line, or the next line of code"),
    };
    // Another clock may need it, and its reason is a person's: to remove it is never certain.
    alone.iter().fold(d, |d, comment| if d.code == &lints::UNUSED_ALLOW { d.maybe(*comment, "") } else { d })
}

/// Every code in a comment that starts with `allow(`.
fn read(source: &str) -> Vec<Allow<'_>> {
    if !source.contains("allow(") {
        return vec![];
    }
    let (mut allows, mut waiting, mut begun, mut start) = (vec![], vec![], false, 0);
    for line in source.split_inclusive('\n') {
        let end = start + line.len();
        let comment = comment(line);
        let code = line[..comment.unwrap_or(line.len())].trim();
        if !code.is_empty() {
            // What waited on lines of its own is for this one.
            allows.extend(waiting.drain(..).map(|a| Allow { scope: start..end, ..a }));
        }
        if let Some(at) = comment {
            let found = codes(source, start + at, start + line.trim_end().len());
            match (code.is_empty(), begun) {
                (true, true) => waiting.extend(found),
                (true, false) => allows.extend(found.map(|a| Allow { scope: whole(source).0..whole(source).1, ..a })),
                (false, _) => allows.extend(found.map(|a| Allow { scope: start..end, ..a })),
            }
        }
        begun |= !code.is_empty();
        start = end;
    }
    allows.extend(waiting);
    allows
}

/// Where the comment of a line starts. A text may hold a `#`.
fn comment(line: &str) -> Option<usize> {
    let (mut text, mut escaped) = (false, false);
    line.bytes().position(|c| {
        match c {
            b'#' if !text => return true,
            b'"' if !escaped => text = !text,
            _ => {}
        }
        escaped = text && c == b'\\' && !escaped;
        false
    })
}

/// The codes that the comment at `start..end` allows; they hold nowhere yet.
fn codes(source: &str, start: usize, end: usize) -> impl Iterator<Item = Allow<'_>> {
    let comment = &source[start..end];
    let inner = comment[1..].trim_start().strip_prefix("allow(").and_then(|rest| rest.split_once(')')).map(|(i, _)| i);
    let alone = inner.is_some_and(|i| !i.contains(',')).then(|| Span::new(start, end));
    inner.into_iter().flat_map(|inner| inner.split(',')).map(str::trim).map(move |code| {
        let at = code.as_ptr() as usize - source.as_ptr() as usize;
        Allow { code, span: Span::new(at, at + code.len()), alone, scope: 0..0 }
    })
}
