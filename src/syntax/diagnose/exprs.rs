//! Expressions, walked token by token: operands and operators must alternate.
//!
//! Recursion only follows brackets, whose nesting the scan has bounded.

use super::lex::{Kind, Token};
use super::numbers::decimal_comma;
use super::walk::{Stop, Walk, Walker};
use crate::diag::{Diagnostic, Span, syntax};

/// Where an expression stands, for the words of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// The arguments of the call whose name is this token.
    Call(usize),
    /// The elements of a list.
    List,
}

impl Walker<'_> {
    /// One expression; stops before the first token that does not continue it.
    pub(super) fn expr(&mut self) -> Walk {
        // The operator that waits for its right side.
        let mut before: Option<Token> = None;
        loop {
            let expects_ramp = before.is_none_or(|t| matches!(t.kind, Kind::Then | Kind::Pipe));
            if expects_ramp && self.kind() == Kind::Arrow {
                before = Some(self.next());
            }
            while self.kind() == Kind::Minus {
                before = Some(self.next());
            }
            if self.full() {
                return Err(Stop);
            }
            self.operand(before)?;
            while self.kind() == Kind::Timing {
                let timing = self.next();
                self.duration(timing)?;
            }
            before = match self.kind() {
                Kind::Arrow | Kind::Then | Kind::Pipe | Kind::Minus | Kind::Arithmetic => Some(self.next()),
                _ => return Ok(()),
            };
        }
    }

    /// A primary, or the report that it is missing.
    fn operand(&mut self, before: Option<Token>) -> Walk {
        let here = self.token();
        // After an operator, the next item's or argument's name is no operand.
        let next_key = before.is_some() && self.ahead(1).kind == Kind::Colon;
        if self.starts_operand() && !next_key {
            return self.primary();
        }
        match here.kind {
            Kind::Other => Err(Stop),
            Kind::Keyword if !here.new_line && self.ahead(1).kind != Kind::End && self.reads_on(1) => self.unexpected(),
            Kind::Keyword if before.is_none() || !here.new_line => {
                self.keyword(here);
                self.next();
                Ok(())
            }
            // A colon or `=` here is not about a missing operand.
            Kind::Colon | Kind::Equals => self.unexpected(),
            Kind::Timing if self.word_as_name(before) => {
                self.keyword(here);
                self.next();
                Ok(())
            }
            _ => {
                self.missing_operand(before, here);
                Ok(())
            }
        }
    }

    /// Whether an operand stands so many tokens further on, in this line.
    fn reads_on(&self, count: usize) -> bool {
        let next = self.ahead(count);
        matches!(next.kind, Kind::Number | Kind::Name | Kind::Str | Kind::Open(_)) && !next.new_line
    }

    /// Whether `for` or `until` stands where only a name makes sense: `2 * until`.
    fn word_as_name(&self, before: Option<Token>) -> bool {
        let next = self.ahead(1);
        let ends = next.new_line || matches!(next.kind, Kind::Arithmetic | Kind::Close(_) | Kind::End | Kind::Then);
        before.is_some() && ends
    }

    pub(super) fn primary(&mut self) -> Walk {
        let token = self.next();
        match token.kind {
            Kind::Name if self.kind() == Kind::Open(b'(') && !self.token().new_line => {
                let name = self.at - 1;
                if self.foreign_call(token) {
                    return Ok(());
                }
                self.next();
                self.elements(Inside::Call(name), b')')
            }
            Kind::Open(b'[') => self.elements(Inside::List, b']'),
            Kind::Open(b'(') => self.group(token),
            _ => Ok(()),
        }
    }

    /// What `for` and `until` take: one primary.
    fn duration(&mut self, timing: Token) -> Walk {
        let word = if self.text(timing.span) == "until" { "until" } else { "for" };
        let first = self.token();
        match first.kind {
            Kind::Minus => {
                self.report(
                    Diagnostic::new(
                        &syntax::DURATION,
                        first.span,
                        format!("`{word}` takes a duration, which is never negative"),
                    )
                    .label("no duration")
                    .because(timing.span, "of this phase")
                    .help("a length or an end, such as `for 10%` or `until 30 epochs`"),
                );
                self.next();
            }
            Kind::Str | Kind::Open(b'[') => {
                self.report(
                    Diagnostic::new(&syntax::DURATION, first.span, format!("`{word}` takes a duration"))
                        .help(format!("such as `{word} 10%` or `{word} 30 epochs`")),
                );
            }
            _ => {}
        }
        self.operand(Some(timing))?;
        let after = self.token();
        if !matches!(after.kind, Kind::Minus | Kind::Arithmetic | Kind::Arrow) {
            return Ok(());
        }
        while matches!(self.kind(), Kind::Minus | Kind::Arithmetic | Kind::Arrow) {
            let operator = self.next();
            while self.kind() == Kind::Minus {
                self.next();
            }
            self.operand(Some(operator))?;
        }
        let whole = Span::new(first.span.start, self.last().span.end);
        let operator = self.text(after.span);
        let error =
            Diagnostic::new(&syntax::DURATION, after.span, format!("`{operator}` after the duration of `{word}`"))
                .label("one part too many")
                .because(timing.span, format!("`{word}` takes one number, name, call or pair of parentheses"));
        let grouped = format!("({})", self.text(whole));
        self.report(if after.kind == Kind::Arrow {
            error.help(format!("write the ramp first: `a -> b {word} d`"))
        } else {
            error.help(format!("write `{word} {}`", super::shorten(&grouped))).maybe(whole, grouped)
        });
        Ok(())
    }

    /// `(e)`, after its `(`.
    fn group(&mut self, open: Token) -> Walk {
        if self.kind() == Kind::Close(b')') {
            let close = self.next();
            let both = open.span.to(close.span);
            let error = Diagnostic::new(&syntax::MISSING, both, "expected a value between the parentheses");
            self.report(error.help("write a value, or remove the parentheses"));
            return Ok(());
        }
        loop {
            self.expr()?;
            match self.kind() {
                Kind::Close(_) => {
                    self.next();
                    return Ok(());
                }
                Kind::Comma | Kind::Colon if self.names_arguments(open) => return Err(Stop),
                Kind::Comma => self.comma_joins()?,
                _ if self.starts_operand() => self.side_by_side(),
                _ => return self.unexpected(),
            }
        }
    }

    /// Arguments or elements, after their opening bracket.
    fn elements(&mut self, inside: Inside, close: u8) -> Walk {
        loop {
            let here = self.token();
            match here.kind {
                Kind::Close(c) if c == close => {
                    self.next();
                    return Ok(());
                }
                Kind::Comma => {
                    let what = if inside == Inside::List { "an element" } else { "an argument" };
                    self.report(
                        Diagnostic::new(&syntax::MISSING, here.span, format!("expected {what} before `,`"))
                            .help("remove the comma, or write what is missing")
                            .maybe(here.span, ""),
                    );
                    self.next();
                    continue;
                }
                _ => {}
            }
            if inside != Inside::List {
                self.argument_name();
            }
            self.expr()?;
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Close(c) if c == close => {}
                _ if self.starts_operand() => self.missing_comma(inside),
                _ => return self.unexpected(),
            }
        }
    }

    /// Reports the `=` here, which should be `:`, and passes it.
    pub(super) fn equals(&mut self, message: &str) {
        let name = self.last();
        let equals = self.next();
        let value = self.token();
        let with_blank = if equals.span.end == value.span.start { ": " } else { ":" };
        self.report(
            Diagnostic::new(&syntax::EQUALS, equals.span, message)
                .help(format!("write `{}: {}`", self.short(name.span), self.short(value.span)))
                .fix(Span::new(name.span.end, equals.span.end), with_blank),
        );
    }

    fn missing_comma(&mut self, inside: Inside) {
        let (before, here) = (self.last(), self.token());
        let message = match inside {
            Inside::Call(name) => {
                format!("missing `,` between arguments of `{}`", self.short(self.tokens[name].span))
            }
            Inside::List => "missing `,` between elements of a list".to_owned(),
        };
        let gap = Span::new(before.span.end, before.span.end);
        let after = if before.span.end == here.span.start { ", " } else { "," };
        self.report(
            Diagnostic::new(&syntax::MISSING_COMMA, here.span, message)
                .help("separate them with `,`")
                .label(if inside == Inside::List { "the next element" } else { "the next argument" })
                .because(gap, "add a comma here")
                .maybe(gap, after),
        );
    }

    /// Two operands without anything between them.
    pub(super) fn side_by_side(&mut self) {
        let (before, here) = (self.last(), self.token());
        let gap = Span::new(before.span.end, here.span.start);
        let product = matches!(before.kind, Kind::Number) && matches!(here.kind, Kind::Open(_));
        let operator = if product { " * " } else { " >> " };
        self.report(
            Diagnostic::new(
                &syntax::SIDE_BY_SIDE,
                here.span,
                format!("expected an operator before `{}`", self.short(here.span)),
            )
            .label("the next value begins here")
            .because(before.span, "this value ends here")
            .help("phases are joined by `>>`, values by `+ - * /`, and a modifier follows `|`")
            .maybe(gap, operator),
        );
    }

    /// The comma here, outside calls and lists, and passes it.
    pub(super) fn comma_joins(&mut self) -> Walk {
        let before = self.last();
        let comma = self.next();
        let here = self.token();
        let touching = before.span.end == comma.span.start && comma.span.end == here.span.start;
        if touching && before.kind == Kind::Number && here.kind == Kind::Number {
            self.report(decimal_comma(self.source, before.span, comma.span, here.span));
            self.next();
            return match self.kind() {
                Kind::Arrow | Kind::Then | Kind::Pipe | Kind::Minus | Kind::Arithmetic => {
                    self.next();
                    Ok(())
                }
                _ => Err(Stop),
            };
        }
        let after = if comma.span.end == here.span.start { " >> " } else { " >>" };
        self.report(
            Diagnostic::new(&syntax::COMMA, comma.span, "`,` does not join phases")
                .help("phases are joined by `>>`")
                .maybe(comma.span, after),
        );
        if self.starts_operand() || matches!(self.kind(), Kind::Minus | Kind::Arrow) { Ok(()) } else { Err(Stop) }
    }

    fn missing_operand(&mut self, before: Option<Token>, here: Token) {
        let wanted = |kind| match kind {
            Kind::Then => "a phase",
            Kind::Pipe => "a modifier",
            Kind::Arrow => "an end value",
            Kind::Timing => "a duration",
            _ => "a value",
        };
        if let Some(operator) = before {
            let text = self.text(operator.span);
            let mut error = Diagnostic::new(
                &syntax::MISSING,
                operator.span,
                format!("expected {} after `{text}`", wanted(operator.kind)),
            )
            .label("nothing after this operator");
            let what = wanted(operator.kind);
            if here.kind == operator.kind && self.text(here.span) == text {
                error =
                    error.help(format!("remove one `{text}`")).maybe(Span::new(operator.span.end, here.span.end), "");
            } else if matches!(operator.kind, Kind::Arrow | Kind::Timing) {
                let example = if operator.kind == Kind::Arrow { " 0" } else { " 10%" };
                let end = Span::new(operator.span.end, operator.span.end);
                error =
                    error.help(format!("write {what} after it, such as `{text}{example}`")).placeholder(end, example);
            } else {
                error = error.help(format!("remove it, or write {what} after it")).maybe(operator.span, "");
            }
            return self.report(error);
        }
        let (message, label) = match here.kind {
            Kind::Arrow | Kind::Then | Kind::Pipe | Kind::Timing | Kind::Arithmetic => {
                let wanted = match here.kind {
                    Kind::Then | Kind::Timing => "a phase",
                    Kind::Pipe => "a schedule",
                    _ => "a value",
                };
                (format!("expected {wanted} before `{}`", self.text(here.span)), "nothing before this operator")
            }
            Kind::End => ("expected an expression before the end".to_owned(), ""),
            _ => (format!("expected a value before `{}`", self.short(here.span)), ""),
        };
        let error = Diagnostic::new(&syntax::MISSING, here.span, message).label(label);
        self.report(match here.kind {
            _ if self.text(here.span) == "+" => error.help("positive numbers have no sign").maybe(here.span, ""),
            Kind::End | Kind::Close(_) => error.help("write what is missing"),
            _ => error.help("remove it, or write what is missing").maybe(here.span, ""),
        });
    }

    /// A keyword where a name should stand.
    pub(super) fn keyword(&mut self, here: Token) {
        let word = self.text(here.span);
        self.report(
            Diagnostic::new(&syntax::KEYWORD, here.span, format!("`{word}` is a keyword, not a name"))
                .help(format!("choose another name, such as `{word}_`"))
                .maybe(here.span, format!("{word}_")),
        );
    }
}
