//! The walk over a whole source, and its means.

use super::lex::{Kind, Token};
use super::numbers::decimal_comma;
use crate::diag::{Diagnostic, MAX_SHOWN, Span, syntax};

/// The rest of an item cannot be judged.
pub(super) struct Stop;

/// Whether the walk knows where it is.
pub(super) type Walk = Result<(), Stop>;

/// A place among the tokens, and what was found.
pub(super) struct Walker<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    found: Vec<Diagnostic>,
}

/// Walks over all tokens.
pub(super) fn walk(source: &str, tokens: &[Token]) -> Vec<Diagnostic> {
    let mut walker = Walker { source, tokens, at: 0, found: vec![] };
    walker.program();
    walker.found
}

impl<'a> Walker<'a> {
    pub(super) fn token(&self) -> Token {
        self.tokens[self.at]
    }

    pub(super) fn kind(&self) -> Kind {
        self.token().kind
    }

    /// The token before.
    pub(super) fn last(&self) -> Token {
        self.tokens[self.at.saturating_sub(1)]
    }

    /// Passes a token; the `End` is never passed.
    pub(super) fn next(&mut self) -> Token {
        let token = self.token();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        &self.source[span.range()]
    }

    pub(super) fn short(&self, span: Span) -> String {
        super::shorten(self.text(span))
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.full() {
            self.found.push(diagnostic);
        }
    }

    /// Whether enough was found to stop.
    pub(super) fn full(&self) -> bool {
        self.found.len() >= MAX_SHOWN
    }

    pub(super) fn starts_operand(&self) -> bool {
        matches!(self.kind(), Kind::Number | Kind::Name | Kind::Str | Kind::Open(b'(' | b'['))
    }

    /// The token here fits nowhere; what follows cannot be judged.
    pub(super) fn unexpected(&mut self) -> Walk {
        let (before, here) = (self.last(), self.token());
        let written = self.short(here.span);
        let number = self.ahead(1);
        let why = match here.kind {
            // torch's way to write a device.
            Kind::Colon
                if number.kind == Kind::Number
                    && before.span.end == here.span.start
                    && here.span.end == number.span.start
                    && ["cuda", "cpu", "gpu"].contains(&self.text(before.span)) =>
            {
                let device = before.span.to(number.span);
                let written = self.short(device);
                let error = Diagnostic::new(&syntax::OUT_OF_PLACE, device, format!("`{written}` needs quotes"));
                self.report(error.help("a device with a number is a string").maybe(device, format!("\"{written}\"")));
                return Err(Stop);
            }
            Kind::Colon if before.kind == Kind::Name => {
                let name = self.short(before.span);
                let message = format!("`{name}:` names an argument or an entry, and neither can begin here");
                let error = Diagnostic::new(&syntax::OUT_OF_PLACE, before.span.to(here.span), message);
                self.report(error.help("remove the name, or begin a new line or argument").maybe(here.span, ""));
                return Err(Stop);
            }
            Kind::Colon => "follows only the name of an argument or an entry",
            Kind::Equals => "follows only the name that a `let` binds",
            Kind::Keyword if !here.new_line => "begins a line of its own",
            _ => return Err(Stop),
        };
        self.report(
            Diagnostic::new(&syntax::OUT_OF_PLACE, here.span, format!("`{written}` {why}"))
                .help("remove it")
                .maybe(here.span, ""),
        );
        Err(Stop)
    }

    /// The token after the one here.
    pub(super) fn ahead(&self, count: usize) -> Token {
        self.tokens[(self.at + count).min(self.tokens.len() - 1)]
    }

    fn program(&mut self) {
        let mut body: Option<Span> = None;
        while self.kind() != Kind::End && !self.full() {
            let start = self.at;
            let first = self.token();
            let is_expr = self.is_expr();
            if let Some(body) = body {
                self.after_body(body, first, is_expr);
                if is_expr {
                    return;
                }
            }
            let walked = self.item(true);
            if walked.is_ok() && is_expr {
                body = Some(Span::new(first.span.start, self.last().span.end));
            }
            if walked.and_then(|()| self.end_of_item(false)).is_err() || self.at == start {
                self.skip_item(start);
            }
        }
    }

    /// Something follows the expression of a program.
    fn after_body(&mut self, body: Span, here: Token, is_expr: bool) {
        let ends = Span::new(body.end, body.end);
        let error = if is_expr {
            Diagnostic::new(&syntax::AFTER_BODY, here.span, "a program has one expression, and it ended above")
                .help("phases are joined by `>>`; a binding begins with `let`")
                .maybe(Span::new(body.end, here.span.start), format!("\n{}>> ", " ".repeat(2)))
        } else {
            Diagnostic::new(&syntax::AFTER_BODY, here.span, "bindings and entries stand before a program's expression")
                .help("move the expression to the end; in a config it needs a key, such as `lr: …` in `optimizer`")
        };
        self.report(error.label("not after it").because(ends, "the expression ends here"));
    }

    /// Whether no other item than an expression begins here.
    pub(super) fn is_expr(&self) -> bool {
        let next = self.ahead(1);
        match (self.kind(), next.kind) {
            (Kind::Keyword | Kind::Other, _) | (Kind::Name | Kind::Timing, Kind::Colon) => false,
            (Kind::Name, Kind::Equals | Kind::Open(b'{')) => false,
            (Kind::Name, Kind::Name | Kind::Str) => next.new_line || self.after_head().is_some_and(|t| !t.new_line),
            _ => true,
        }
    }

    /// Where `name name` or `name name(…)` stands here: the token that follows, unless a block may go on with it.
    fn after_head(&self) -> Option<Token> {
        let mut at = self.at + 2;
        let mut depth = 0_usize;
        loop {
            let token = self.tokens.get(at).copied()?;
            match token.kind {
                Kind::Open(b'{') | Kind::End | Kind::Close(b'}') if depth == 0 => return None,
                Kind::Colon | Kind::Comma | Kind::Equals | Kind::Other | Kind::Keyword if depth == 0 => return None,
                Kind::Open(_) if depth > 0 || at == self.at + 2 => depth += 1,
                Kind::Close(_) if depth > 1 => depth -= 1,
                Kind::Close(_) if depth == 1 => depth = 0,
                _ if depth == 0 => return Some(token),
                _ => {}
            }
            at += 1;
        }
    }

    /// What must stand between two items.
    pub(super) fn end_of_item(&mut self, in_block: bool) -> Walk {
        let here = self.token();
        match here.kind {
            Kind::End => return Ok(()),
            Kind::Close(b'}') if in_block => return Ok(()),
            Kind::Comma if in_block => {
                let (before, fraction) = (self.last(), self.ahead(1));
                let touching = before.span.end == here.span.start && here.span.end == fraction.span.start;
                self.next();
                if touching && before.kind == Kind::Number && fraction.kind == Kind::Number {
                    self.report(decimal_comma(self.source, before.span, here.span, fraction.span));
                    self.next();
                    return self.end_of_item(true);
                }
                return Ok(());
            }
            Kind::Comma => {
                self.comma_joins()?;
                return Err(Stop);
            }
            Kind::Other => return Err(Stop),
            _ if here.new_line => return Ok(()),
            Kind::Colon | Kind::Equals => return self.unexpected(),
            _ => {}
        }
        let next = self.ahead(1).kind;
        let begins_item = self.last().kind == Kind::Close(b'}')
            || here.kind == Kind::Keyword
            || here.kind == Kind::Name && matches!(next, Kind::Colon | Kind::Equals | Kind::Open(b'{'));
        if begins_item {
            let gap = Span::new(self.last().span.end, self.last().span.end);
            let (wanted, separator) = if in_block { ("`,` or a new line", ",") } else { ("a new line", "\n") };
            self.report(
                Diagnostic::new(&syntax::SEPARATOR, here.span, format!("expected {wanted} before the next item"))
                    .label("the next item")
                    .because(gap, "the item before ends here")
                    .help(format!("separate them by {wanted}"))
                    .maybe(gap, separator),
            );
            return Ok(());
        }
        if self.starts_operand() {
            self.side_by_side();
        } else if let Kind::Arrow | Kind::Then | Kind::Pipe | Kind::Timing | Kind::Arithmetic | Kind::Minus = here.kind
        {
            let message = format!("`{}` cannot follow this item", self.short(here.span));
            self.report(
                Diagnostic::new(&syntax::UNEXPECTED, here.span, message)
                    .help("an operator needs an expression on its left, and an entry begins with `key:`"),
            );
        }
        Err(Stop)
    }

    /// Passes what is left of the item that began at token `start`.
    pub(super) fn skip_item(&mut self, start: usize) {
        let mut depth = 0_usize;
        for token in &self.tokens[start..self.at.max(start)] {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        while self.kind() != Kind::End {
            let here = self.token();
            if depth == 0 && self.at > start && (here.new_line || here.kind == Kind::Close(b'}')) {
                return;
            }
            match here.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.next();
        }
    }

    pub(super) fn found_here(&self) -> String {
        match self.kind() {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.short(self.token().span)),
        }
    }
}
