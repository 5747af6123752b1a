//! What stands between two tokens, and reading along the source token by token.

use std::mem;

use super::Doc;

/// A comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'a> {
    /// From its `#` on, without blanks at its end.
    pub text: &'a str,
    /// Whether it is the first on its line.
    pub own_line: bool,
    /// Whether a blank line stands above it.
    pub blank: bool,
}

/// Comments and blank lines up to a token.
#[derive(Debug, Default)]
pub(super) struct Gap<'a> {
    pub comments: Vec<Comment<'a>>,
    /// Whether a blank line stands right before the token.
    pub blank: bool,
    /// The bytes of it.
    pub length: usize,
}

impl<'a> Gap<'a> {
    /// What `text` begins with.
    pub fn of(text: &'a str) -> Self {
        let mut gap = Self::default();
        let mut ends = 0;
        while let Some(c) = text[gap.length..].chars().next() {
            match c {
                '\n' => ends += 1,
                ' ' | '\t' | '\r' | '\u{FEFF}' => {}
                '#' => {
                    let rest = &text[gap.length..];
                    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                    gap.comments.push(Comment { text: line.trim_end(), own_line: ends > 0, blank: ends > 1 });
                    gap.length += line.len();
                    ends = 0;
                    continue;
                }
                _ => break,
            }
            gap.length += c.len_utf8();
        }
        gap.blank = ends > 1;
        gap
    }
}

/// Reads `source` along with its tree, so that no comment is lost between two tokens.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub source: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// The gap before the next token.
    pub fn gap(&mut self) -> Gap<'a> {
        let gap = Gap::of(&self.source[self.at..]);
        self.at += gap.length;
        gap
    }

    /// Whether `token` comes next.
    pub fn sees(&self, token: &str) -> bool {
        let rest = &self.source[self.at..];
        rest[Gap::of(rest).length..].starts_with(token)
    }

    /// Whether a comment stands before the next token.
    pub fn sees_comment(&self) -> bool {
        !Gap::of(&self.source[self.at..]).comments.is_empty()
    }

    /// The comments before the next token. They belong to what holds the token, not to a group that begins with it.
    pub fn comments(&mut self, out: &mut Vec<Doc<'a>>) {
        out.extend(self.gap().comments.into_iter().map(Doc::Comment));
    }

    /// The next token, below the comments that stand before it.
    pub fn token(&mut self, token: &'a str, out: &mut Vec<Doc<'a>>) {
        self.comments(out);
        self.skip(token);
        out.push(Doc::Text(token));
    }

    /// The next token, above the comments that stand before it: for a comma, which belongs to what it follows.
    pub fn comma(&mut self, written: Doc<'a>, out: &mut Vec<Doc<'a>>) {
        let gap = self.gap();
        self.skip(",");
        out.push(written);
        out.extend(gap.comments.into_iter().map(Doc::Comment));
    }

    fn skip(&mut self, token: &str) {
        debug_assert!(self.source[self.at..].starts_with(token), "`{token}` is not at {}", self.at);
        self.at += token.len();
    }

    /// Moves to `at`, past tokens that can have no comment between them, and gives their text.
    pub fn until(&mut self, at: usize) -> &'a str {
        let from = mem::replace(&mut self.at, at);
        self.source[from..at].trim()
    }
}
