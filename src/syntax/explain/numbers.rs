//! Numbers as other places write them.

use super::lex::{Kind, Lexer, blanks, dotted, is_word, starts_operand, while_in};
use crate::diag::{Diagnostic, Span, syntax};

/// What looks like a minus, with the true one first.
pub(super) const MINUSES: [char; 6] = ['-', '\u{2212}', '\u{2013}', '\u{2014}', '\u{2010}', '\u{2011}'];

const UNITS: [&str; 8] = ["step", "steps", "epoch", "epochs", "sample", "samples", "token", "tokens"];

/// The length of the digits that `text` starts with.
fn digits(text: &str) -> usize {
    while_in(text, |c| c.is_ascii_digit() || c == '_')
}

fn lone(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|after| !after.starts_with(is_word))
}

impl Lexer<'_> {
    /// A number with its unit, and everything that commonly goes wrong in one.
    pub(super) fn number(&mut self) {
        let start = self.at;
        self.at += digits(self.rest());
        let mut points = 0;
        while self.rest().starts_with('.') && !self.rest().starts_with("..") {
            if points == 1 && !self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
            points += 1;
            self.at += 1;
            self.at += digits(self.rest());
        }
        let mantissa = Span::new(start, self.at);
        let split = self.exponent(start);
        if ["k", "M", "B"].iter().any(|s| lone(self.rest(), s)) {
            self.at += 1;
        }
        if !split {
            self.digits_as_elsewhere(mantissa, points);
        }
        self.unit(start);
    }

    /// `e-3`; whether it was reported.
    fn exponent(&mut self, start: usize) -> bool {
        let rest = self.rest();
        let gap = blanks(rest);
        let Some(after) = rest[gap..].strip_prefix(['e', 'E']) else { return false };
        let sign = blanks(after);
        let minus = after[sign..].chars().next().filter(|c| MINUSES.contains(c) || *c == '+');
        let digit = sign + minus.map_or(0, char::len_utf8);
        let digit = digit + blanks(&after[digit..]);
        let count = while_in(&after[digit..], |c| c.is_ascii_digit() || c == '_');
        if count == 0 || !after[digit..].starts_with(|c: char| c.is_ascii_digit()) {
            if after.starts_with(is_word) {
                return false;
            }
            let number = self.source[start..self.at].to_owned();
            self.at += gap + 1;
            self.report(
                Diagnostic::error(&syntax::SPLIT, Span::new(start, self.at), "the exponent has no digits")
                    .help(format!("write `{number}e-3` or just `{number}`")),
            );
            return true;
        }
        let mantissa = &self.source[start..self.at];
        let power = &after[digit..digit + count];
        let sign = match minus {
            Some('+') => "+",
            Some(_) => "-",
            None => "",
        };
        let joined = format!("{mantissa}e{sign}{power}");
        self.at += gap + 1 + digit + count;
        let written = &self.source[start..self.at];
        if written.len() == joined.len() {
            return false;
        }
        let whole = Span::new(start, self.at);
        let typographic = minus.filter(|c| !c.is_ascii());
        let error = match typographic.and_then(|c| written.find(c).map(|i| (c, start + i))) {
            Some((c, at)) => {
                let message = format!("U+{:04X} is a typographic minus, not `-`", u32::from(c));
                Diagnostic::error(&syntax::SPLIT, Span::new(at, at + c.len_utf8()), message)
            }
            None => Diagnostic::error(&syntax::SPLIT, whole, "the exponent is split by a space"),
        };
        self.report(error.help(format!("write `{joined}`")).fix(whole, joined));
        true
    }

    /// Decimal commas, thousands separators, leading zeros, two points.
    fn digits_as_elsewhere(&mut self, mantissa: Span, points: usize) {
        let text = &self.source[mantissa.range()];
        let whole = Span::new(mantissa.start, self.at);
        if points > 1 {
            let message = format!("`{}` has {points} decimal points", super::shorten(text));
            return self.report(Diagnostic::error(&syntax::NUMBER, whole, message).help("a number has at most one"));
        }
        if !(text.starts_with('0') && text[1..].starts_with(|c: char| c.is_ascii_digit() || c == '_')) {
            return;
        }
        if self.decimal_comma(self.tokens.len(), whole) {
            // One number, not two: what follows must see a single operand.
            self.tokens.truncate(self.tokens.len() - 2);
            return;
        }
        let shorter = text.trim_start_matches(['0', '_']);
        let zero = if shorter.starts_with('.') || shorter.is_empty() { "0" } else { "" };
        let message = format!("`{}` begins with a zero", super::shorten(text));
        self.report(
            Diagnostic::error(&syntax::NUMBER, whole, message)
                .help("numbers have no leading zeros: was a decimal point meant?")
                .maybe(mantissa, format!("{zero}{shorter}")),
        );
    }

    /// Whether the tokens before `index` are a number and a comma that touch each other and `fraction`;
    /// that is reported then.
    fn decimal_comma(&mut self, index: usize, fraction: Span) -> bool {
        let [.., number, comma] = &self.tokens[..index] else { return false };
        let touching = number.span.end == comma.span.start && comma.span.end == fraction.start;
        if !(touching && number.kind == Kind::Number && comma.kind == Kind::Comma) {
            return false;
        }
        let (before, comma) = (number.span, comma.span);
        self.report(decimal_comma(self.source, before, comma, fraction));
        true
    }

    fn unit(&mut self, start: usize) {
        let rest = self.rest();
        let gap = blanks(rest);
        let after = &rest[gap..];
        let word = dotted(after);
        let name = &after[..word];
        let follows = after[word..].trim_start_matches([' ', '\t']);
        let keyword = matches!(name, "" | "let" | "use" | "edition" | "for" | "until" | "if" | "else" | "lambda");
        let key = follows.starts_with([':', '{', '(', '"']);
        let joins = matches!(name, "to" | "then") && starts_operand(follows);
        if gap == 0 && (rest.starts_with('%') || lone(rest, "x")) {
            self.at += 1;
        } else if after.starts_with('%') || lone(after, "x") {
            self.loose_unit(start, gap);
        } else if !(keyword || key || joins) {
            self.at += gap + word;
            self.foreign_suffix(name, follows);
        }
        self.push(Kind::Number, start);
    }

    /// `5 %`, `2 x`.
    fn loose_unit(&mut self, start: usize, gap: usize) {
        let number = &self.source[start..self.at];
        let between = Span::new(self.at, self.at + gap);
        let unit = if self.rest()[gap..].starts_with('%') { "%" } else { "x" };
        let after = self.rest()[gap + 1..].trim_start_matches([' ', '\t']);
        if unit == "%" && starts_operand(after) && !["for", "until"].iter().any(|w| lone(after, w)) {
            // A remainder: the operator is reported where it stands.
            return;
        }
        let meaning = if unit == "%" { "percent of the span" } else { "times the base value" };
        let error = Diagnostic::error(
            &syntax::LOOSE_UNIT,
            Span::new(start, self.at + gap + 1),
            format!("`{unit}` must touch its number"),
        )
        .help(format!("`{number}{unit}` is {number} {meaning}"))
        .fix(between, "");
        self.report(error);
        self.at += gap + 1;
    }

    /// `10K steps`: thousands are a small k, and so on.
    fn foreign_suffix(&mut self, name: &str, follows: &str) {
        let unit = dotted(follows);
        let right = match name {
            "K" => "k",
            "m" | "mil" | "mio" => "M",
            "b" | "bn" | "G" | "g" => "B",
            _ => return,
        };
        if !UNITS.contains(&&follows[..unit]) {
            return;
        }
        let span = Span::new(self.at - name.len(), self.at);
        self.report(
            Diagnostic::error(&syntax::NUMBER, span, format!("`{name}` is not a suffix"))
                .help("the suffixes are `k` (thousands), `M` (millions) and `B` (billions)")
                .maybe(span, right),
        );
        self.at += follows.as_ptr().addr() - self.rest().as_ptr().addr() + unit;
    }
}

/// `0,001` or `10,000`: one number, where a comma separates two.
pub(super) fn decimal_comma(source: &str, whole: Span, comma: Span, fraction: Span) -> Diagnostic {
    let (before, after) = (&source[whole.range()], &source[fraction.range()]);
    let thousands = !before.starts_with('0') && after.len() >= 3 && after.bytes().take(3).all(|b| b.is_ascii_digit());
    let thousands = thousands && !after[3..].starts_with(|c: char| c.is_ascii_digit());
    let (what, join) = if thousands { ("thousands are grouped by `_`", "_") } else { ("decimals begin with `.`", ".") };
    Diagnostic::error(&syntax::DECIMAL_COMMA, whole.to(fraction), format!("`,` separates arguments: {what}"))
        .label("read as two numbers")
        .help(format!("write `{before}{join}{after}`"))
        .maybe(comma, join)
}
