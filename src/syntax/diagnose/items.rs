//! Items, walked token by token: bindings, imports, entries and blocks.

use super::lex::{Kind, Token};
use super::walk::{Stop, Walk, Walker};
use crate::diag::{Diagnostic, Span, syntax};

impl Walker<'_> {
    /// One item, or an expression where `top`.
    pub(super) fn item(&mut self, top: bool) -> Walk {
        let first = self.token();
        if self.is_expr() {
            let value = self.ahead(1);
            let begins = matches!(value.kind, Kind::Number | Kind::Name | Kind::Str | Kind::Open(b'[') | Kind::Minus);
            if !top && first.kind == Kind::Name && begins && !value.new_line {
                self.next();
                let end = Span::new(first.span.end, first.span.end);
                let message = format!("expected `:` after `{}`", self.short(first.span));
                self.report(
                    Diagnostic::new(&syntax::ITEM, first.span, message)
                        .help("an entry is `key: value`")
                        .maybe(end, ":"),
                );
                return self.expr();
            }
            if !top {
                self.report(
                    Diagnostic::new(&syntax::ITEM, first.span, "a block holds entries, and this is none")
                        .help("an entry is `key: value`"),
                );
                return Err(Stop);
            }
            self.expr()?;
            return self.joined_by_commas();
        }
        self.next();
        match (first.kind, self.kind()) {
            (Kind::Other, _) => Err(Stop),
            (_, Kind::Colon) => {
                self.colon(first);
                self.expr()
            }
            (Kind::Keyword, _) => match self.text(first.span) {
                "let" => self.binding(),
                "use" => self.import(first),
                _ => self.edition(first),
            },
            (Kind::Name, Kind::Equals) if top => {
                let name = self.short(first.span);
                self.report(
                    Diagnostic::new(
                        &syntax::ITEM,
                        first.span,
                        format!("a binding begins with `let`: `let {name} = …`"),
                    )
                    .help("write `let` before the name")
                    .maybe(Span::new(first.span.start, first.span.start), "let "),
                );
                self.next();
                self.expr()
            }
            (Kind::Name, Kind::Equals) => {
                self.equals("entries use `:`, not `=`");
                self.expr()
            }
            _ => self.block(first),
        }
    }

    /// Passes the colon after a name, which stands on the name's line.
    pub(super) fn colon(&mut self, name: Token) {
        let colon = self.next();
        if colon.new_line {
            let gap = Span::new(name.span.end, colon.span.start);
            let message = format!("`:` stands on the line of its name `{}`", self.short(name.span));
            self.report(Diagnostic::new(&syntax::OUT_OF_PLACE, colon.span, message).help("move it up").fix(gap, ""));
        }
    }

    /// `a, b` at the top.
    fn joined_by_commas(&mut self) -> Walk {
        while self.kind() == Kind::Comma {
            self.comma_joins()?;
            self.expr()?;
        }
        Ok(())
    }

    /// `name(params) = value`, after `let`.
    fn binding(&mut self) -> Walk {
        match self.kind() {
            Kind::Name if !self.text(self.token().span).contains('.') => {}
            Kind::Keyword | Kind::Timing => self.keyword(self.token()),
            Kind::Other => return Err(Stop),
            _ => {
                let here = self.token();
                let message = format!("expected a name after `let`, found {}", self.found_here());
                self.report(Diagnostic::new(&syntax::ITEM, here.span, message).help("a binding is `let name = value`"));
                return Err(Stop);
            }
        }
        let name = self.next();
        if self.kind() == Kind::Open(b'(') {
            self.params()?;
        }
        match self.kind() {
            Kind::Equals => {
                self.next();
            }
            Kind::Colon => {
                let colon = self.next();
                self.report(
                    Diagnostic::new(&syntax::ITEM, colon.span, "a binding uses `=`, not `:`")
                        .help("a binding is `let name = value`")
                        .maybe(colon.span, " ="),
                );
            }
            Kind::Other => return Err(Stop),
            _ => {
                let at = Span::new(self.last().span.end, self.last().span.end);
                let message = format!("expected `=` after `let {}`", self.short(name.span));
                self.report(Diagnostic::new(&syntax::ITEM, at, message).help("a binding is `let name = value`"));
                return Err(Stop);
            }
        }
        if self.kind() == Kind::End {
            self.missing_value("=");
            return Err(Stop);
        }
        self.expr()
    }

    fn missing_value(&mut self, after: &str) {
        let last = self.last().span;
        let message = format!("expected a value after `{after}`");
        self.report(Diagnostic::new(&syntax::MISSING, last, message).help("write the value"));
    }

    /// `(x, y: default)`
    fn params(&mut self) -> Walk {
        self.next();
        loop {
            match self.kind() {
                Kind::Name => {}
                Kind::Keyword | Kind::Timing => self.keyword(self.token()),
                Kind::Close(_) => {
                    self.next();
                    return Ok(());
                }
                Kind::Other => return Err(Stop),
                _ => {
                    let message = format!("expected a parameter's name, found {}", self.found_here());
                    self.report(
                        Diagnostic::new(&syntax::ITEM, self.token().span, message)
                            .help("a function is `let name(x, y) = value`"),
                    );
                    return Err(Stop);
                }
            }
            self.next();
            if self.kind() == Kind::Colon {
                self.next();
                self.expr()?;
            }
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Close(_) | Kind::Name => {
                    if self.kind() == Kind::Name {
                        let gap = Span::new(self.last().span.end, self.last().span.end);
                        self.report(
                            Diagnostic::new(
                                &syntax::MISSING_COMMA,
                                self.token().span,
                                "missing `,` between parameters",
                            )
                            .label("the next parameter")
                            .because(gap, "add a comma here")
                            .help("separate them with `,`")
                            .maybe(gap, ","),
                        );
                    }
                }
                Kind::Other => return Err(Stop),
                _ => {
                    let message = format!("parameters are plain names, found {}", self.found_here());
                    self.report(
                        Diagnostic::new(&syntax::ITEM, self.token().span, message)
                            .help("a parameter has no type; its default follows a `:`"),
                    );
                    return Err(Stop);
                }
            }
        }
    }

    /// `"file"`, after `use`.
    fn import(&mut self, keyword: Token) -> Walk {
        let here = self.token();
        if here.kind == Kind::Str {
            self.next();
            return Ok(());
        }
        let error = Diagnostic::new(&syntax::ITEM, keyword.span, "`use` takes a file's name in quotes");
        self.report(match here.kind {
            Kind::Name => {
                let file = self.short(here.span);
                error.help(format!("write `use \"{file}\"`")).maybe(here.span, format!("\"{file}\""))
            }
            _ => error.help("such as `use \"schedules.etude\"`"),
        });
        Err(Stop)
    }

    fn edition(&mut self, keyword: Token) -> Walk {
        let here = self.token();
        if here.kind != Kind::Number || here.new_line {
            self.report(
                Diagnostic::new(&syntax::EDITION, keyword.span, "`edition` takes a number")
                    .help("write `edition 1`")
                    .maybe(keyword.span, "edition 1"),
            );
            return Err(Stop);
        }
        if self.at > 1 {
            self.report(
                Diagnostic::new(&syntax::EDITION, keyword.span, "the edition is the first thing in a file")
                    .help("move it to the first line"),
            );
        } else if !self.text(here.span).bytes().all(|b| b.is_ascii_digit()) {
            self.report(
                Diagnostic::new(&syntax::EDITION, here.span, "an edition is a whole number").help("write `edition 1`"),
            );
        }
        self.next();
        Ok(())
    }

    /// `head { items }`, after the kind.
    fn block(&mut self, kind: Token) -> Walk {
        let word = self.text(kind.span);
        let definition = matches!(word, "def" | "fn" | "func" | "function" | "const" | "var" | "val" | "set");
        if definition && self.kind() == Kind::Name {
            let message = format!("`{word}` is not a keyword: bindings and functions begin with `let`");
            self.report(Diagnostic::new(&syntax::ITEM, kind.span, message).help("write `let`").maybe(kind.span, "let"));
            return Err(Stop);
        }
        if word.contains('.') {
            self.side_by_side();
            return Err(Stop);
        }
        if self.kind() == Kind::Str {
            self.next();
        } else if self.kind() == Kind::Name {
            self.head()?;
        }
        match self.kind() {
            Kind::Open(b'{') => {}
            // `lt peak = 1`, `elt f(x) = x`
            Kind::Equals if self.last().span != kind.span => {
                let message = format!("`{word}` is not a keyword: bindings and functions begin with `let`");
                self.report(
                    Diagnostic::new(&syntax::ITEM, kind.span, message).help("write `let`").maybe(kind.span, "let"),
                );
                return Err(Stop);
            }
            Kind::Colon if self.last().kind == Kind::Name => {
                let message = format!("`{word}` stands before the entry `{}:`", self.short(self.last().span));
                let gap = Span::new(kind.span.start, self.last().span.start);
                let error = Diagnostic::new(&syntax::ITEM, kind.span, message);
                self.report(error.help("remove it, or give it a line of its own").maybe(gap, ""));
                self.next();
                return self.expr();
            }
            _ => return Ok(()),
        }
        self.next();
        while self.kind() != Kind::Close(b'}') {
            if self.kind() == Kind::End || self.full() {
                return Err(Stop);
            }
            let start = self.at;
            if self.kind() == Kind::Comma {
                let comma = self.next();
                self.report(
                    Diagnostic::new(&syntax::MISSING, comma.span, "expected an entry before `,`")
                        .help("remove the comma")
                        .maybe(comma.span, ""),
                );
                continue;
            }
            if self.item(false).and_then(|()| self.end_of_item(true)).is_err() || self.at == start {
                self.skip_item(start);
            }
        }
        self.next();
        Ok(())
    }

    /// A block's name or call.
    fn head(&mut self) -> Walk {
        self.next();
        if self.kind() == Kind::Open(b'(') && !self.token().new_line {
            self.at -= 1;
            return self.primary();
        }
        Ok(())
    }
}
