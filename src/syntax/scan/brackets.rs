//! Brackets: which were forgotten, mistyped or left over.

use super::{Counts, Limit, Open, Scanner};
use crate::diag::{Diagnostic, MAX_SHOWN, Span, limits, syntax};
use crate::syntax::{MAX_NESTING, shorten};

impl Scanner<'_> {
    pub(super) fn bracket(&mut self) -> Limit {
        let (at, bracket) = (self.at, self.bytes[self.at]);
        if self.open.len() == MAX_NESTING {
            let message = format!("brackets nest more than {MAX_NESTING} deep");
            return Err(Box::new(
                Diagnostic::new(&limits::NESTING, Span::new(at, at + 1), message)
                    .label("one too deep")
                    .because(Span::new(self.open[0].at, self.open[0].at + 1), "the outermost one")
                    .help("name parts with `let`"),
            ));
        }
        if bracket == b'{' {
            self.counts.restart(false);
        }
        self.begin_operand();
        self.open.push(Open { bracket, at, outer: self.counts });
        self.counts = Counts { above: self.counts.depth() + 1, ..Counts::default() };
        self.operand = false;
        self.bounds(Span::new(at, at + 1))
    }

    pub(super) fn close(&mut self) {
        let (at, found) = (self.at, self.bytes[self.at]);
        let opener = match found {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        let here = Span::new(at, at + 1);
        self.operand = true;
        self.new_line = false;
        // A bracket further out that fits says that the inner ones were forgotten, not this one mistyped.
        if let Some(fit) = self.open.iter().rposition(|o| o.bracket == opener) {
            if self.swapped(fit) {
                return;
            }
            while self.open.len() > fit + 1 {
                if let Some(inner) = self.open.pop() {
                    let end = self.source[..at].trim_end().len();
                    self.errors.push(self.unclosed(&inner, end, Some(here)));
                }
            }
        } else if let Some(last) = self.open.last() {
            let wanted = closer(last.bracket);
            // What closes it comes later, so this one is too many.
            if self.is_closed_later(wanted) {
                let message = format!("unexpected `{}`: only `{}` is open here", found as char, last.bracket as char);
                return self.errors.push(
                    Diagnostic::new(&syntax::NOT_OPEN, here, message)
                        .label("does not close it")
                        .because(Span::new(last.at, last.at + 1), "opened here")
                        .help("remove it")
                        .maybe(here, ""),
                );
            }
            self.errors.push(
                Diagnostic::new(
                    &syntax::MISMATCHED,
                    here,
                    format!("`{}` is closed by `{}`", last.bracket as char, found as char),
                )
                .label(format!("expected `{wanted}`"))
                .because(Span::new(last.at, last.at + 1), "opened here")
                .help(format!("close it with `{wanted}`"))
                .maybe(here, wanted.to_string()),
            );
        } else if !self.errors.last().is_some_and(|e| e.code == &syntax::NOT_OPEN && e.span.start >= self.line) {
            // Once a line: the others follow from the first.
            let run = self.source[at..].bytes().take_while(|&b| matches!(b, b')' | b']' | b'}')).count();
            let here = Span::new(at, at + run);
            let message = format!("unexpected `{}`: nothing is open here", shorten(&self.source[here.range()]));
            let error = Diagnostic::new(&syntax::NOT_OPEN, here, message);
            self.errors.push(error.help("remove it").maybe(here, ""));
        }
        if let Some(open) = self.open.pop() {
            self.counts = open.outer;
        }
        if found == b'}' {
            self.counts.restart(false);
        }
    }

    /// Whether the bracket that is open is closed by `wanted` in the rest of the line.
    fn is_closed_later(&self, wanted: char) -> bool {
        let rest = &self.source[self.at + 1..];
        let line = &rest[..rest.find(['\n', '#']).unwrap_or(rest.len())];
        let mut depth = 0_usize;
        for c in line.chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                c if depth == 0 && c == wanted => return true,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }

    /// Reports `[a)]`, where two brackets close in the wrong order, and passes both.
    fn swapped(&mut self, fit: usize) -> bool {
        let (at, found) = (self.at, self.bytes[self.at] as char);
        let [inner] = &self.open[fit + 1..] else { return false };
        let wanted = closer(inner.bracket);
        if self.peek(1) != wanted as u8 {
            return false;
        }
        let both = Span::new(at, at + 2);
        let message = format!("`{}` is closed by `{found}`", inner.bracket as char);
        self.errors.push(
            Diagnostic::new(&syntax::MISMATCHED, both, message)
                .label("closed in the wrong order")
                .because(Span::new(inner.at, inner.at + 1), "opened here")
                .help(format!("close the inner one first: `{wanted}{found}`"))
                .maybe(both, format!("{wanted}{found}")),
        );
        self.counts = self.open[fit].outer;
        self.open.truncate(fit);
        self.at += 1;
        true
    }

    pub(super) fn never_closed(&mut self) {
        while let Some(open) = self.open.pop() {
            if self.errors.len() < MAX_SHOWN {
                let end = open.at + 1 + self.missing_end(open.at + 1);
                self.errors.push(self.unclosed(&open, end, None));
            }
        }
        // An open string swallows brackets: what is missing after it is not worth a word.
        if let Some(string) = self.errors.iter().position(|e| e.code == &syntax::UNTERMINATED) {
            let from = self.errors[string].span.start;
            self.errors
                .retain(|e| e.code == &syntax::UNTERMINATED || e.span.start < from && e.code != &syntax::UNCLOSED);
        }
        self.errors.sort_by_key(|e| e.span.start);
    }

    /// How far the contents of a bracket that is never closed probably go: to the line before the next item.
    fn missing_end(&self, start: usize) -> usize {
        let rest = &self.source[start..];
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or_default();
            let item = code.trim_start().split_once(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let begins_item = end > 0 && item.is_some_and(|(word, _)| matches!(word, "let" | "use"));
            let begins_entry = end > 0 && code.contains(':') && !rest[..end].trim_end().ends_with(',');
            if begins_item || begins_entry {
                break;
            }
            end += line.len();
        }
        without_comment(rest[..end].trim_end())
    }

    fn unclosed(&self, open: &Open, end: usize, closed_by: Option<Span>) -> Diagnostic {
        let wanted = closer(open.bracket);
        let before = &self.source[..open.at];
        let called = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).len();
        let shown = shorten(&self.source[called..=open.at]);
        let start = if shown.len() <= open.at + 1 - called { called } else { open.at };
        let mut error =
            Diagnostic::new(&syntax::UNCLOSED, Span::new(start, open.at + 1), format!("`{shown}` is never closed"))
                .label("opened here");
        if let Some(here) = closed_by {
            error = error.because(here, "this closes a bracket further out");
        }
        let end = Span::new(end, end);
        error
            .because(end, format!("expected `{wanted}`"))
            .help(format!("close it with `{wanted}`"))
            .maybe(end, wanted.to_string())
    }
}

fn closer(opener: u8) -> char {
    match opener {
        b'(' => ')',
        b'[' => ']',
        _ => '}',
    }
}

/// The length of `text` up to a comment on its last line.
fn without_comment(text: &str) -> usize {
    let line = text.rfind('\n').map_or(0, |i| i + 1);
    match text[line..].find('#') {
        Some(hash) => text[..line + hash].trim_end().len(),
        None => text.len(),
    }
}
