//! Spellings from other languages and from word processors.

use super::lex::{Kind, Lexer, Token, blanks};
use super::numbers::MINUSES;
use crate::diag::{Code, Diagnostic, Span, syntax};

/// Arrows of elsewhere, longest first.
const ARROWS: [&str; 9] = ["-->", "==>", "=>", "~>", "->>", "- >", "..=", "...", ".."];
const ARROW_CHARS: [char; 6] = ['→', '⇒', '⟶', '⟹', '➔', '➜'];
const QUOTES: [char; 9] = ['“', '”', '„', '‟', '«', '»', '‘', '’', '‚'];

/// Operators without a meaning here, longest first, with what to do instead.
const OPERATORS: [(&str, &str); 16] = [
    ("===", COMPARE),
    ("<=>", COMPARE),
    ("==", COMPARE),
    ("!=", COMPARE),
    ("<=", COMPARE),
    (">=", COMPARE),
    ("<<", "phases are joined by `>>`, the first one first"),
    ("<-", "a ramp is written from start to end: `a -> b`"),
    ("&&", COMPARE),
    ("<", COMPARE),
    ("&", "phases are joined by `>>`, schedules are multiplied by `*`"),
    ("!", COMPARE),
    ("?", COMPARE),
    ("%", "the remainder of a / b is `a - b * floor(a / b)`; a percentage touches its number: `5%`"),
    (";", "items end where their line ends"),
    ("$", "names have no sigil"),
];
const COMPARE: &str = "there are no conditions: phases replace them, as in `0.1 until 30 epochs >> 0.01`";

impl Lexer<'_> {
    /// Reads a token that has another spelling here, if one stands at this place.
    pub(super) fn foreign(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return false };
        let length = first.len_utf8();
        if let Some(arrow) = ARROWS.iter().find(|a| rest.starts_with(**a)) {
            self.arrow(arrow.len());
        } else if ARROW_CHARS.contains(&first) {
            self.arrow(length);
        } else if MINUSES[1..].contains(&first) {
            if rest[length..].starts_with('>') {
                self.arrow(length + 1);
            } else {
                let message = format!("U+{:04X} is a typographic minus, not `-`", u32::from(first));
                self.instead(&syntax::SPLIT, Kind::Minus, length, "-", message);
            }
        } else if QUOTES.contains(&first) || matches!(first, '\'' | '`') {
            self.quotes(first);
        } else if first == '>' && !rest.starts_with(">>") && !rest.starts_with(">=") {
            self.greater(rest);
        } else if rest.starts_with("//") || rest.starts_with("/*") {
            self.remark();
        } else if rest.starts_with(">>>") {
            self.instead(
                &syntax::OPERATOR,
                Kind::Then,
                3,
                ">>",
                "`>>>` is not an operator: phases are joined by `>>`".into(),
            );
        } else if rest.starts_with("|>") || rest.starts_with("||") {
            let message = format!("`{}` is not an operator: modifiers follow `|`", &rest[..2]);
            self.instead(&syntax::OPERATOR, Kind::Pipe, 2, "|", message);
        } else if rest.starts_with(":=") {
            self.instead(
                &syntax::OPERATOR,
                Kind::Equals,
                2,
                "=",
                "`:=` is not used: a binding is `let name = value`".into(),
            );
        } else if first == '^' {
            self.instead(
                &syntax::CARET,
                Kind::Arithmetic,
                1,
                "**",
                "`^` is not an operator: powers are written `**`".into(),
            );
        } else if first == '@' {
            self.at_sign();
        } else if first == '∞' {
            self.not_finite(length);
        } else if let Some((operator, help)) = OPERATORS.iter().find(|(o, _)| rest.starts_with(*o)) {
            let span = Span::new(self.at, self.at + operator.len());
            self.take(Kind::Other, operator.len());
            let message = format!("`{operator}` is not an operator of this language");
            self.report(Diagnostic::error(&syntax::OPERATOR, span, message).help(*help));
        } else {
            return self.typographic(first);
        }
        true
    }

    /// Reports the next `length` bytes, and reads them as `right`.
    fn instead(&mut self, code: &'static Code, kind: Kind, length: usize, right: &str, message: String) {
        let span = Span::new(self.at, self.at + length);
        self.take(kind, length);
        self.report(Diagnostic::error(code, span, message).help(format!("write `{right}`")).fix(span, right));
    }

    fn arrow(&mut self, length: usize) {
        let written = &self.rest()[..length];
        let message = format!("`{written}` is not an operator: a ramp is written `->`");
        self.instead(&syntax::ARROW, Kind::Arrow, length, "->", message);
    }

    /// A lone `>`: half of `>>` or `->`, most likely.
    fn greater(&mut self, rest: &str) {
        let gap = blanks(&rest[1..]);
        let after_number = matches!(self.tokens.last(), Some(Token { kind: Kind::Number, .. }));
        let (length, right, kind) = match rest.as_bytes().get(1 + gap) {
            Some(b'>') => (gap + 2, ">>", Kind::Then),
            Some(b'-') if gap == 0 => (2, "->", Kind::Arrow),
            _ if after_number => (1, "->", Kind::Arrow),
            _ => (1, ">>", Kind::Then),
        };
        let span = Span::new(self.at, self.at + length);
        let message = format!("`{}` is not an operator of this language", &rest[..length]);
        self.take(kind, length);
        self.report(
            Diagnostic::error(&syntax::OPERATOR, span, message)
                .help("a ramp is written `->`, phases are joined by `>>`, and there are no comparisons")
                .maybe(span, right),
        );
    }

    fn at_sign(&mut self) {
        let span = Span::new(self.at, self.at + 1);
        self.take(Kind::Timing, 1);
        self.report(
            Diagnostic::error(&syntax::AT, span, "`@` does not set a duration")
                .help("write `for 80%` for its length, or `until 80%` for its end")
                .maybe(span, "for"),
        );
    }

    /// Quotes that are not `"`: the string goes on to the next quote of any kind on the line.
    fn quotes(&mut self, first: char) {
        let rest = self.rest();
        let line = rest.find('\n').unwrap_or(rest.len());
        let closes = |c: char| QUOTES.contains(&c) || c == first || c == '"';
        let body = first.len_utf8();
        let span = |a: usize, b: usize| Span::new(self.at + a, self.at + b);
        let message = format!("`{first}` does not begin a string: strings stand in `\"`");
        let Some(end) = rest[body..line].find(closes).map(|i| i + body) else {
            let error = Diagnostic::error(&syntax::SPLIT, span(0, body), message).help("write `\"`");
            self.take(Kind::Other, body);
            return self.report(error);
        };
        let length = end + rest[end..].chars().next().map_or(1, char::len_utf8);
        let right = format!("\"{}\"", rest[body..end].replace('\\', "\\\\"));
        let error = Diagnostic::error(&syntax::SPLIT, span(0, length), message)
            .help(format!("write `{}`", super::shorten(&right)))
            .fix(span(0, length), right);
        self.take(Kind::Str, length);
        self.report(error);
    }

    /// `// …` and `/* … */`.
    fn remark(&mut self) {
        let rest = self.rest();
        let span = Span::new(self.at, self.at + 2);
        let line = rest.find('\n').unwrap_or(rest.len());
        let block = rest.starts_with("/*");
        let mut error = Diagnostic::error(&syntax::REMARK, span, format!("`{}` does not begin a comment", &rest[..2]));
        error = match self.tokens.last() {
            Some(Token { kind: Kind::Number | Kind::Name | Kind::Close(_), .. }) if !self.new_line && !block => {
                error.help("a comment begins with `#`; a whole quotient is `floor(a / b)`").maybe(span, "#")
            }
            _ if block => error.help("a comment begins with `#` and ends with its line"),
            _ => error.help("a comment begins with `#`").maybe(span, "#"),
        };
        self.at += if block { rest.find("*/").map_or(rest.len(), |i| i + 2) } else { line };
        self.report(error);
    }

    /// Single characters that a word processor or keyboard layout puts in another's place.
    fn typographic(&mut self, first: char) -> bool {
        let (right, kind) = match first {
            '×' | '·' | '∙' | '⋅' | '∗' => ("*", Some(Kind::Arithmetic)),
            '÷' | '⁄' | '∕' => ("/", Some(Kind::Arithmetic)),
            '≫' => (">>", Some(Kind::Then)),
            '…' => ("->", Some(Kind::Arrow)),
            'π' => ("pi", Some(Kind::Name)),
            '％' => ("%", None),
            '，' | '、' => (",", Some(Kind::Comma)),
            '：' => (":", Some(Kind::Colon)),
            '（' => ("(", Some(Kind::Open(b'('))),
            '）' => (")", Some(Kind::Close(b')'))),
            '｜' | '¦' => ("|", Some(Kind::Pipe)),
            '＝' => ("=", Some(Kind::Equals)),
            c if c.is_whitespace() && !c.is_ascii() => (" ", None),
            '\u{200B}'..='\u{200D}' | '\u{2060}' => ("", None),
            '\u{FEFF}' if self.at > 0 => ("", None),
            _ => return false,
        };
        let code = u32::from(first);
        let span = Span::new(self.at, self.at + first.len_utf8());
        let (message, help) = match right {
            "" => (format!("an invisible character (U+{code:04X})"), "remove it".to_owned()),
            " " => (format!("U+{code:04X} is not a plain space"), "write a plain space".to_owned()),
            _ => (format!("`{first}` (U+{code:04X}) is not `{right}`"), format!("write `{right}`")),
        };
        match kind {
            Some(kind) => self.take(kind, first.len_utf8()),
            None => self.at += first.len_utf8(),
        }
        self.report(Diagnostic::error(&syntax::SPLIT, span, message).help(help).fix(span, right));
        true
    }
}
