//! Words of a text, whether it parses or not: what completion, hover and colours need while a program is being typed.

use crate::diag::Span;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Comment,
    Str,
    /// Without its unit.
    Number,
    /// A name, a keyword or a unit; dotted names are one word.
    Word,
    /// Brackets, commas and operators.
    Mark,
}

/// A word of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub span: Span,
    /// Whether it is the first of its line.
    pub first: bool,
}

/// Every word and comment of `source`.
pub(super) fn lex(source: &str) -> Vec<Token<'_>> {
    let (mut tokens, mut at, mut first) = (vec![], 0, true);
    while let Some(c) = source[at..].chars().next() {
        if c.is_whitespace() {
            first |= c == '\n';
            at += c.len_utf8();
            continue;
        }
        let (kind, length) = token(&source[at..], c);
        let span = Span::new(at, at + length);
        tokens.push(Token { kind, text: &source[span.range()], span, first });
        (at, first) = (span.end, false);
    }
    tokens
}

/// The kind and length of the word that `text` begins with.
fn token(text: &str, first: char) -> (Kind, usize) {
    let second = text[first.len_utf8()..].chars().next().unwrap_or(' ');
    match first {
        '#' => (Kind::Comment, line(text).trim_end().len()),
        '"' => (Kind::Str, string(text)),
        '0'..='9' => (Kind::Number, number(text)),
        '.' if second.is_ascii_digit() => (Kind::Number, number(text)),
        c if is_word(c) => (Kind::Word, word(text)),
        '-' | '>' if second == '>' => (Kind::Mark, 2),
        '*' if second == '*' => (Kind::Mark, 2),
        c => (Kind::Mark, c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn line(text: &str) -> &str {
    &text[..text.find('\n').unwrap_or(text.len())]
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in line(text).char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    line(text).trim_end().len()
}

fn word(text: &str) -> usize {
    let mut end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    while let Some(rest) = text[end..].strip_prefix('.')
        && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    {
        end += 1 + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    }
    end
}

fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'_') {
            at += 1;
        }
        at
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let after = digits(end + 1 + sign);
        if after > end + 1 + sign {
            end = after;
        }
    }
    let suffix = matches!(bytes.get(end), Some(b'k' | b'M' | b'B')) && !text[end + 1..].starts_with(is_word);
    end + usize::from(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let source = "let x = 10k steps # n\n5.e2% \"a\\\"b\" run.step->.5 ** 2x é \"open\n1e";
        let words: Vec<_> = lex(source).iter().map(|t| t.text).collect();
        let expected = [
            "let",
            "x",
            "=",
            "10k",
            "steps",
            "# n",
            "5.e2",
            "%",
            "\"a\\\"b\"",
            "run.step",
            "->",
            ".5",
            "**",
            "2",
            "x",
            "é",
            "\"open",
            "1",
            "e",
        ];
        assert_eq!(words, expected);
        assert!(lex(source).iter().filter(|t| t.first).map(|t| t.text).eq(["let", "5.e2", "1"]));
    }
}
