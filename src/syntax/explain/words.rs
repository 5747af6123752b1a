//! Words that mean something elsewhere.

use super::lex::{Kind, Lexer, is_word, starts_operand, while_in};
use crate::diag::{Diagnostic, Span, syntax};

impl Lexer<'_> {
    /// Whether the word of this length stands between two values of one line.
    pub(super) fn joins(&self, length: usize) -> bool {
        let before = self.tokens.last().map(|t| t.kind);
        let after = self.rest()[length..].trim_start_matches([' ', '\t']);
        matches!(before, Some(Kind::Number | Kind::Name | Kind::Close(_))) && !self.new_line && starts_operand(after)
    }

    /// `1e-3 to 0`, `warmup(5%) then 1e-3`.
    pub(super) fn joining_word(&mut self, length: usize) {
        let span = Span::new(self.at, self.at + length);
        let (code, kind, right, message) = match &self.rest()[..length] {
            "to" => (&syntax::ARROW, Kind::Arrow, "->", "`to` is not an operator: a ramp is written `->`"),
            _ => (&syntax::OPERATOR, Kind::Then, ">>", "`then` is not an operator: phases are joined by `>>`"),
        };
        self.take(kind, length);
        self.report(Diagnostic::error(code, span, message).help(format!("write `{right}`")).maybe(span, right));
    }

    /// `lambda step: …`
    pub(super) fn lambda(&mut self) {
        let rest = self.rest();
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let keyword = Span::new(self.at, self.at + "lambda".len());
        let error =
            Diagnostic::error(&syntax::LAMBDA, keyword, "`lambda` is not needed: expressions are functions of time");
        let Some(colon) = line.find(':') else {
            self.take(Kind::Other, "lambda".len());
            return self.report(error.help("write the body, over `step`, `epoch` or `t`"));
        };
        let parameter = line["lambda".len()..colon].trim();
        let body = colon + 1 + while_in(&line[colon + 1..], |c| c == ' ');
        let head = Span::new(self.at, self.at + body);
        self.at += body;
        self.report(match parameter {
            "step" | "epoch" | "t" => error.help(format!("write the body: it may use `{parameter}`")).fix(head, ""),
            _ => error
                .help(format!("write the body with `step` or `epoch` for `{}`", super::shorten(parameter)))
                .maybe(head, ""),
        });
    }

    /// `a if c else b`: reported once, and the rest of the line with it.
    pub(super) fn conditional(&mut self, length: usize) {
        let rest = self.rest();
        let span = Span::new(self.at, self.at + length);
        let message = format!("there is no `{}`: phases replace conditions", &rest[..length]);
        let mut error = Diagnostic::error(&syntax::CONDITION, span, message)
            .help("`0.1 until 30 epochs >> 0.01` is 0.1 before epoch 30 and 0.01 after");
        let line = &rest[..rest.find(['\n', '#']).unwrap_or(rest.len())];
        if let Some(phases) = self.as_phases(line.trim_end()) {
            let start = self.tokens.last().map_or(self.at, |value| value.span.start);
            error = error.maybe(Span::new(start, self.at + line.trim_end().len()), phases);
        }
        self.report(error);
        self.take(Kind::Other, line.len());
    }

    /// `0.1 if epoch < 30 else 0.01` as `0.1 until 30 epochs >> 0.01`.
    fn as_phases(&self, line: &str) -> Option<String> {
        let value = self.tokens.last().filter(|t| t.kind == Kind::Number)?;
        let (condition, otherwise) = line.strip_prefix("if ")?.split_once(" else ")?;
        let (clock, bound) = condition.split_once('<')?;
        let clock = clock.trim().trim_start_matches("run.");
        let bound = bound.trim();
        let plain = matches!(clock, "step" | "epoch") && !bound.is_empty() && bound.bytes().all(|b| b.is_ascii_digit());
        let simple = otherwise.chars().all(|c| is_word(c) || matches!(c, '.' | '-' | ' '));
        (plain && simple && !otherwise.contains(" if "))
            .then(|| format!("{} until {bound} {clock}s >> {}", &self.source[value.span.range()], otherwise.trim()))
    }

    /// `nan`, `inf`.
    pub(super) fn not_finite(&mut self, length: usize) {
        let span = Span::new(self.at, self.at + length);
        let message = format!("`{}` is not a number of this language: every value is finite", &self.rest()[..length]);
        self.take(Kind::Number, length);
        self.report(
            Diagnostic::error(&syntax::NOT_FINITE, span, message)
                .help("leave an unbounded argument out; a phase without `for` lasts as long as it can"),
        );
    }
}
