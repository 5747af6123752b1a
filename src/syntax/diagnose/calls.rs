//! Calls: the names of their arguments, and those of other libraries.

use super::lex::{Kind, Token};
use super::walk::Walker;
use crate::diag::{Diagnostic, Span, syntax};
use crate::syntax::idioms;

impl Walker<'_> {
    /// Passes a call that was copied from another library, named arguments and all, and says what it is here.
    pub(super) fn foreign_call(&mut self, name: Token) -> bool {
        let Some(idiom) = idioms::find(self.text(name.span)) else { return false };
        let (mut depth, mut end) = (0_usize, self.at);
        let mut python = false;
        while let Some(token) = self.tokens.get(end) {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth -= usize::from(depth > 0),
                Kind::Equals => python = true,
                _ => {}
            }
            end += 1;
            if depth == 0 {
                break;
            }
        }
        if python {
            let whole = name.span.to(self.tokens[end - 1].span);
            self.report(idiom.diagnostic(name.span).placeholder(whole, idiom.program));
            self.at = end.min(self.tokens.len() - 1);
        }
        python
    }

    /// Reports parentheses that name arguments, but follow an operator: `cosin-(1 -> 0, for: 5%)`.
    pub(super) fn names_arguments(&mut self, open: Token) -> bool {
        let Some(at) = self.tokens[..self.at].iter().rposition(|t| t.span == open.span) else { return false };
        let mut depth = 0_usize;
        for (k, token) in self.tokens.iter().enumerate().skip(at) {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth -= usize::from(depth > 0),
                Kind::Colon if depth == 1 && self.tokens[k - 1].kind == Kind::Name => {
                    let name = self.tokens[k - 1];
                    let message =
                        format!("`{}:` names an argument, and this `(` belongs to no call", self.short(name.span));
                    let error = Diagnostic::new(&syntax::OUT_OF_PLACE, name.span.to(token.span), message)
                        .label("a name of an argument")
                        .because(open.span, "this is not the `(` of a call")
                        .help("a call's `(` follows its name on the same line");
                    let before = &self.tokens[..at];
                    self.report(match before {
                        [.., name, between] if name.kind == Kind::Name => {
                            error.maybe(Span::new(name.span.end, open.span.start.max(between.span.end)), "")
                        }
                        _ => error,
                    });
                    return true;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        false
    }

    /// A sign in an argument's name: `fact=r: 0.1`, `m:in: 0`.
    fn split_name(&mut self) {
        let (sign, rest, colon) = (self.ahead(1), self.ahead(2), self.ahead(3));
        let is_sign = matches!(sign.kind, Kind::Equals | Kind::Colon | Kind::Arithmetic | Kind::Minus | Kind::Pipe);
        if is_sign && rest.kind == Kind::Name && colon.kind == Kind::Colon {
            let message = format!("`{}` splits an argument's name", self.short(sign.span));
            self.report(
                Diagnostic::new(&syntax::OUT_OF_PLACE, sign.span, message)
                    .help("names are made of the letters a-z and A-Z, digits and `_`")
                    .maybe(sign.span, ""),
            );
            self.at += 2;
        }
    }

    /// `name:`, or `name=` as in Python.
    pub(super) fn argument_name(&mut self) {
        if self.kind() == Kind::Colon && matches!(self.ahead(1).kind, Kind::Name) && self.ahead(2).kind == Kind::Colon {
            _ = self.unexpected();
            self.next();
        }
        if !matches!(self.kind(), Kind::Name | Kind::Keyword | Kind::Timing) {
            return;
        }
        self.split_name();
        match self.ahead(1).kind {
            Kind::Colon => {
                let name = self.next();
                self.colon(name);
            }
            Kind::Equals => {
                self.next();
                self.equals("named arguments use `:`, not `=`");
            }
            _ => {}
        }
    }
}
