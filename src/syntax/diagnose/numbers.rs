//! Numbers as other places write them.

use pest::iterators::Pair;

use super::lex::{Kind, Lexer, span};
use crate::diag::{Diagnostic, Span, syntax};
use crate::syntax::grammar::tolerant::Rule;

impl Lexer<'_> {
    /// A number with its unit, and everything that commonly goes wrong in one.
    pub(super) fn number(&mut self, pair: Pair<Rule>) {
        let whole = span(&pair);
        let (mut mantissa, mut value, mut split) = (whole, whole, false);
        for part in pair.into_inner() {
            let here = span(&part);
            match part.as_rule() {
                Rule::mantissa => (mantissa, value) = (here, here),
                Rule::exponent | Rule::suffix => value.end = here.end,
                Rule::split_exponent => {
                    (split, value.end) = (true, here.end);
                    self.split_exponent(part, mantissa);
                }
                Rule::no_exponent => {
                    (split, value.end) = (true, here.end);
                    let number = &self.source[mantissa.range()];
                    let help = format!("write `{number}e-3` or just `{number}`");
                    let error = Diagnostic::new(&syntax::SPLIT, mantissa.to(here), "the exponent has no digits");
                    self.report(error.help(help).maybe(here, ""));
                }
                Rule::second_exponent => {
                    (split, value.end) = (true, here.end);
                    let message = format!("a number has one exponent, and `{}` is its second", part.as_str());
                    let error = Diagnostic::new(&syntax::NUMBER, here, message);
                    self.report(error.help("remove one of them").maybe(here, ""));
                }
                Rule::loose_unit => self.loose_unit(value, here),
                Rule::bad_suffix => self.bad_suffix(part),
                _ => {}
            }
        }
        if !split {
            self.digits_as_elsewhere(mantissa, value);
        }
        self.push(Kind::Number, whole);
    }

    /// `1e -3`, `1e−3`
    fn split_exponent(&mut self, pair: Pair<Rule>, mantissa: Span) {
        let here = span(&pair);
        let (mut sign, mut typographic, mut power) = ("", None, "");
        for part in pair.into_inner() {
            match (part.as_rule(), part.as_str()) {
                (Rule::power, digits) => power = digits,
                (_, "+") => sign = "+",
                (_, "-") => sign = "-",
                (_, _) => (sign, typographic) = ("-", Some(span(&part))),
            }
        }
        let joined = format!("{}e{sign}{power}", &self.source[mantissa.range()]);
        let whole = mantissa.to(here);
        let error = match typographic {
            Some(minus) => Diagnostic::new(&syntax::SPLIT, minus, self.not_a_minus(minus)),
            None => Diagnostic::new(&syntax::SPLIT, whole, "the exponent is split by a space"),
        };
        self.report(error.help(format!("write `{joined}`")).fix(whole, joined));
    }

    /// What to say of a minus for the eye only.
    pub(super) fn not_a_minus(&self, minus: Span) -> String {
        let code = self.source[minus.range()].chars().next().map_or(0, u32::from);
        format!("U+{code:04X} is a typographic minus, not `-`")
    }

    /// Decimal commas, thousands separators, leading zeros, two points.
    fn digits_as_elsewhere(&mut self, mantissa: Span, value: Span) {
        let text = &self.source[mantissa.range()];
        let points = text.matches('.').count();
        if points > 1 {
            let message = format!("`{}` has {points} decimal points", super::shorten(text));
            let mut error = Diagnostic::new(&syntax::NUMBER, value, message).help("a number has at most one");
            if let Some(second) = text.rfind('.') {
                let at = mantissa.start + second;
                error = error.maybe(Span::new(at, at + 1), "");
            }
            return self.report(error);
        }
        if !(text.starts_with('0') && text[1..].starts_with(|c: char| c.is_ascii_digit() || c == '_')) {
            return;
        }
        if self.decimal_comma(value) {
            // One number, not two: what follows must see a single operand.
            self.tokens.truncate(self.tokens.len() - 2);
            return;
        }
        let shorter = text.trim_start_matches(['0', '_']);
        let zero = if shorter.starts_with('.') || shorter.is_empty() { "0" } else { "" };
        let message = format!("`{}` begins with a zero", super::shorten(text));
        self.report(
            Diagnostic::new(&syntax::NUMBER, value, message)
                .help("numbers have no leading zeros, decimals a point")
                .maybe(mantissa, format!("{zero}{shorter}")),
        );
    }

    /// Whether the tokens before are a number and a comma that touch each other and `fraction`; that is
    /// reported then.
    fn decimal_comma(&mut self, fraction: Span) -> bool {
        let [.., number, comma] = &self.tokens[..] else { return false };
        let touching = number.span.end == comma.span.start && comma.span.end == fraction.start;
        if !(touching && number.kind == Kind::Number && comma.kind == Kind::Comma) {
            return false;
        }
        let (before, comma) = (number.span, comma.span);
        self.report(decimal_comma(self.source, before, comma, fraction));
        true
    }

    /// `5 %`, `2 x`.
    fn loose_unit(&mut self, number: Span, here: Span) {
        let unit = self.source[here.range()].trim_start();
        let written = &self.source[number.range()];
        let meaning = if unit == "%" { "percent of the span" } else { "times the base value" };
        self.report(
            Diagnostic::new(&syntax::LOOSE_UNIT, number.to(here), format!("`{unit}` must touch its number"))
                .help(format!("`{written}{unit}` is {written} {meaning}"))
                .fix(Span::new(number.end, here.end - unit.len()), ""),
        );
    }

    /// `10K steps`: thousands are a small k, and so on.
    fn bad_suffix(&mut self, pair: Pair<Rule>) {
        let Some(suffix) = pair.into_inner().next() else { return };
        let right = match suffix.as_str() {
            "K" => "k",
            "m" | "mil" | "mio" => "M",
            _ => "B",
        };
        self.report(
            Diagnostic::new(&syntax::NUMBER, span(&suffix), format!("`{}` is not a suffix", suffix.as_str()))
                .help("the suffixes are `k` (thousands), `M` (millions) and `B` (billions)")
                .maybe(span(&suffix), right),
        );
    }
}

/// `0,001` or `10,000`: one number, where a comma separates two.
pub(super) fn decimal_comma(source: &str, whole: Span, comma: Span, fraction: Span) -> Diagnostic {
    let (before, after) = (&source[whole.range()], &source[fraction.range()]);
    let thousands = !before.starts_with('0') && after.len() >= 3 && after.bytes().take(3).all(|b| b.is_ascii_digit());
    let thousands = thousands && !after[3..].starts_with(|c: char| c.is_ascii_digit());
    let (what, join) = if thousands { ("thousands are grouped by `_`", "_") } else { ("decimals begin with `.`", ".") };
    Diagnostic::new(&syntax::DECIMAL_COMMA, whole.to(fraction), format!("`,` separates arguments: {what}"))
        .label("read as two numbers")
        .help(format!("write `{before}{join}{after}`"))
        .maybe(comma, join)
}
