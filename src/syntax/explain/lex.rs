//! Text → tokens, tolerantly: spellings from elsewhere are reported and read as what they mean, so that one
//! mistake does not cause another. Runs only on text that the grammar has rejected.

use crate::diag::{Diagnostic, MAX_SHOWN, Span, syntax};

/// What a token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number with its unit.
    Number,
    /// A string.
    Str,
    /// A name, dotted or not.
    Name,
    /// `let`, `use` or `edition`.
    Keyword,
    /// `for` or `until`.
    Timing,
    /// `->`
    Arrow,
    /// `>>`
    Then,
    /// `|`
    Pipe,
    /// `-`
    Minus,
    /// `+ * / **`
    Arithmetic,
    /// `:`
    Colon,
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// `(`, `[` or `{`
    Open(u8),
    /// `)`, `]` or `}`
    Close(u8),
    /// Reported already, and what it meant is unknown.
    Other,
    /// After the last token.
    End,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Whether it is the first of its line.
    pub(super) new_line: bool,
}

/// Reads tokens and collects what is certainly wrong with single ones.
pub(super) struct Lexer<'a> {
    pub(super) source: &'a str,
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    pub(super) found: Vec<Diagnostic>,
    pub(super) new_line: bool,
}

/// All tokens of `source` up to an `End`, and the findings.
pub(super) fn lex(source: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { source, at: 0, tokens: vec![], found: vec![], new_line: true };
    while lexer.at < source.len() && lexer.found.len() < MAX_SHOWN {
        lexer.token();
    }
    lexer.new_line = true;
    lexer.push(Kind::End, lexer.at);
    (lexer.tokens, lexer.found)
}

pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of the leading part of `text` whose characters all satisfy `test`.
pub(super) fn while_in(text: &str, test: impl Fn(char) -> bool) -> usize {
    text.find(|c| !test(c)).unwrap_or(text.len())
}

pub(super) fn blanks(text: &str) -> usize {
    while_in(text, |c| matches!(c, ' ' | '\t'))
}

/// The length of the dotted name that `text` starts with; 0 where there is none.
pub(super) fn dotted(text: &str) -> usize {
    let mut end = 0;
    loop {
        let word = &text[end..];
        if !word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return end.saturating_sub(1);
        }
        end += while_in(word, is_word);
        if !text[end..].starts_with('.') {
            return end;
        }
        end += 1;
    }
}

/// Whether `text` begins like a value.
pub(super) fn starts_operand(text: &str) -> bool {
    text.starts_with(|c: char| is_word(c) || matches!(c, '.' | '-' | '(' | '[' | '"'))
}

impl<'a> Lexer<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Adds the token from `start` up to here.
    pub(super) fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at), new_line: self.new_line });
        self.new_line = false;
    }

    /// Adds the token of the next `length` bytes.
    pub(super) fn take(&mut self, kind: Kind, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(kind, start);
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    fn token(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if self.foreign() {
            return;
        }
        let second = rest.as_bytes().get(1).copied().unwrap_or(0);
        match first {
            '\n' => {
                self.new_line = true;
                self.at += 1;
            }
            ' ' | '\t' | '\r' | '\u{FEFF}' => self.at += first.len_utf8(),
            '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
            '"' => self.string(),
            '0'..='9' => self.number(),
            '.' if second.is_ascii_digit() => self.number(),
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            '(' | '[' | '{' => self.take(Kind::Open(first as u8), 1),
            ')' | ']' | '}' => self.take(Kind::Close(first as u8), 1),
            '-' if second == b'>' => self.take(Kind::Arrow, 2),
            '-' => self.take(Kind::Minus, 1),
            '>' if second == b'>' => self.take(Kind::Then, 2),
            '|' => self.take(Kind::Pipe, 1),
            '*' if second == b'*' => self.take(Kind::Arithmetic, 2),
            '*' | '/' | '+' => self.take(Kind::Arithmetic, 1),
            ':' => self.take(Kind::Colon, 1),
            '=' => self.take(Kind::Equals, 1),
            ',' => self.take(Kind::Comma, 1),
            _ => self.unknown(first),
        }
    }

    /// A character without any meaning here.
    fn unknown(&mut self, first: char) {
        let start = self.at;
        if first.is_alphabetic() {
            let length = while_in(self.rest(), |c| c.is_alphanumeric() || c == '_');
            self.take(Kind::Name, length);
            let (name, span) = (&self.source[start..self.at], Span::new(start, self.at));
            self.report(
                Diagnostic::error(&syntax::NAME, span, format!("`{}` is not a name", super::shorten(name)))
                    .help("names are made of the letters a-z and A-Z, digits and `_`"),
            );
        } else {
            self.take(Kind::Other, first.len_utf8());
            let message = format!("unexpected `{}`", first.escape_debug());
            let error = Diagnostic::error(&syntax::UNEXPECTED, Span::new(start, self.at), message);
            self.report(error.help("no operator or name has this character; remove it"));
        }
    }

    /// A string; the scan has seen its end.
    fn string(&mut self) {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => return self.take(Kind::Str, i + 1),
                '\\' => {
                    let Some((_, escaped)) = chars.next() else { break };
                    if !matches!(escaped, '"' | '\\') {
                        let (from, to) = (self.at + i, self.at + i + 1 + escaped.len_utf8());
                        self.report(
                            Diagnostic::error(
                                &syntax::ESCAPE,
                                Span::new(from, to),
                                format!("unknown escape `\\{escaped}`"),
                            )
                            .help("only `\\\"` and `\\\\` are escapes; a backslash is written `\\\\`")
                            .maybe(Span::new(from, from + 1), "\\\\"),
                        );
                    }
                }
                _ => {}
            }
        }
        self.take(Kind::Str, rest.len());
    }

    fn word(&mut self) {
        let length = dotted(self.rest());
        let word = &self.rest()[..length];
        if self.rest()[length..].trim_start_matches([' ', '\t']).starts_with(':') {
            // Before a colon every word is a key.
            return self.take(Kind::Name, length);
        }
        if matches!(word, "to" | "then") && self.joins(length) {
            return self.joining_word(length);
        }
        match word {
            "for" | "until" => self.take(Kind::Timing, length),
            "let" | "use" | "edition" => self.take(Kind::Keyword, length),
            "lambda" => self.lambda(),
            "if" | "else" => self.conditional(length),
            _ if ["nan", "inf", "infinity"].iter().any(|n| word.eq_ignore_ascii_case(n)) => self.not_finite(length),
            _ => self.take(Kind::Name, length),
        }
    }
}
