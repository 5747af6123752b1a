//! Words that mean something elsewhere.

use super::lex::{Kind, Lexer};
use crate::diag::{Diagnostic, Span, syntax};

impl Lexer<'_> {
    /// `1e-3 to 0`, `warmup(5%) then 1e-3`; elsewhere these are names like any other.
    pub(super) fn joining_word(&mut self, here: Span) {
        if self.new_line || !matches!(self.before(), Some(Kind::Number | Kind::Name | Kind::Close(_))) {
            return self.push(Kind::Name, here);
        }
        let (code, kind, right, message) = match &self.source[here.range()] {
            "to" => (&syntax::ARROW, Kind::Arrow, "->", "`to` is not an operator: a ramp is written `->`"),
            _ => (&syntax::OPERATOR, Kind::Then, ">>", "`then` is not an operator: phases are joined by `>>`"),
        };
        self.push(kind, here);
        self.report(Diagnostic::new(code, here, message).help(format!("write `{right}`")).maybe(here, right));
    }

    /// `lambda step: …`, up to its colon.
    pub(super) fn lambda(&mut self, here: Span) {
        let keyword = Span::new(here.start, here.start + "lambda".len());
        let error =
            Diagnostic::new(&syntax::LAMBDA, keyword, "`lambda` is not needed: expressions are functions of time");
        let Some((parameter, _)) = self.source[keyword.end..here.end].split_once(':') else {
            self.push(Kind::Other, here);
            return self.report(error.help("write the body, over `step`, `epoch` or `t`"));
        };
        self.report(match parameter.trim() {
            known @ ("step" | "epoch" | "t") => {
                error.help(format!("write the body: it may use `{known}`")).fix(here, "")
            }
            other => {
                // What an iteration counts is anyone's guess, but e is mostly for epoch.
                let clock = if other.starts_with('e') { "epoch" } else { "step" };
                let rest = &self.source[here.end..];
                let body = &rest[..rest.find(['\n', '#']).unwrap_or(rest.len())];
                let whole = Span::new(here.start, here.end + body.len());
                let help = format!("write the body with `step` or `epoch` for `{}`", super::shorten(other));
                error.help(help).maybe(whole, with_word(body, other, clock))
            }
        });
    }

    /// `a if c else b`, from `if` to the end of the line.
    pub(super) fn conditional(&mut self, here: Span) {
        let rest = self.source[here.range()].trim_end();
        let here = Span::new(here.start, here.start + rest.len());
        let word = if rest.starts_with("if") { "if" } else { "else" };
        let keyword = Span::new(here.start, here.start + word.len());
        let error =
            Diagnostic::new(&syntax::CONDITION, keyword, format!("there is no `{word}`: phases replace conditions"));
        self.report(match self.as_phases(rest) {
            Some((value, phases)) => error.help("say up to when the first value holds").maybe(value.to(here), phases),
            None => error.help("`0.1 until 30 epochs >> 0.01` is 0.1 before epoch 30 and 0.01 after"),
        });
        self.push(Kind::Other, here);
    }

    /// `0.1 if epoch < 30 else 0.01` as `0.1 until 30 epochs >> 0.01`, and where its value stands.
    fn as_phases(&self, rest: &str) -> Option<(Span, String)> {
        let value = self.tokens.last().filter(|t| t.kind == Kind::Number)?.span;
        let (condition, otherwise) = rest.strip_prefix("if ")?.split_once(" else ")?;
        let (clock, bound) = condition.split_once('<')?;
        let (clock, bound) = (clock.trim().trim_start_matches("run."), bound.trim());
        let plain = matches!(clock, "step" | "epoch") && !bound.is_empty() && bound.bytes().all(|b| b.is_ascii_digit());
        let simple = otherwise.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ' '));
        let phases = || format!("{} until {bound} {clock}s >> {}", &self.source[value.range()], otherwise.trim());
        (plain && simple && !otherwise.contains(" if ")).then(|| (value, phases()))
    }

    /// `nan`, `inf`, `∞`.
    pub(super) fn not_finite(&mut self, here: Span) {
        let message =
            format!("`{}` is not a number of this language: every value is finite", &self.source[here.range()]);
        self.push(Kind::Number, here);
        self.report(
            Diagnostic::new(&syntax::NOT_FINITE, here, message)
                .help("leave an unbounded argument out; a phase without `for` lasts as long as it can"),
        );
    }
}

/// `text` with `new` for each word `old`.
fn with_word(text: &str, old: &str, new: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut replaced = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        replaced += if length > 0 && &rest[..length] == old { new } else { &rest[..length] };
        let gap = rest[length..].find(is_word).unwrap_or(rest.len() - length);
        replaced += &rest[length..length + gap];
        rest = &rest[length + gap..];
    }
    replaced
}
