//! Text → tokens, by the tolerant grammar: spellings from elsewhere are reported and read as what they mean, so
//! that one mistake does not cause another.

use pest::Parser;
use pest::iterators::Pair;

use super::Tolerant;
use crate::diag::{Diagnostic, MAX_SHOWN, Span, syntax};
use crate::syntax::grammar::tolerant::Rule;

/// What a token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number with its unit.
    Number,
    /// A string.
    Str,
    /// A name, dotted or not.
    Name,
    /// `let`, `use` or `edition`.
    Keyword,
    /// `for` or `until`.
    Timing,
    /// `->`
    Arrow,
    /// `>>`
    Then,
    /// `|`
    Pipe,
    /// `-`
    Minus,
    /// `+ * / **`
    Arithmetic,
    /// `:`
    Colon,
    /// `=`
    Equals,
    /// `,`
    Comma,
    /// `(`, `[` or `{`
    Open(u8),
    /// `)`, `]` or `}`
    Close(u8),
    /// Reported already, and what it meant is unknown.
    Other,
    /// After the last token.
    End,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Whether it is the first of its line.
    pub(super) new_line: bool,
}

/// Takes tokens and collects what is certainly wrong with single ones.
pub(super) struct Lexer<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) found: Vec<Diagnostic>,
    pub(super) new_line: bool,
}

/// All tokens of `source` up to an `End`, and the findings.
pub(super) fn lex(source: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { source, tokens: vec![], found: vec![], new_line: true };
    let mut end = 0;
    let text = Tolerant::parse(Rule::text, source).into_iter().flatten().flat_map(Pair::into_inner);
    for pair in text.take_while(|pair| pair.as_rule() != Rule::EOI) {
        if lexer.found.len() >= MAX_SHOWN {
            break;
        }
        end = pair.as_span().end();
        lexer.token(pair);
    }
    lexer.new_line = true;
    lexer.push(Kind::End, Span::new(end, end));
    (lexer.tokens, lexer.found)
}

/// A word of other letters as it can be written: Greek ones by name, those with marks left out.
fn in_plain_letters(word: &str) -> String {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda_", "mu", "nu",
        "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];
    let mut plain = String::new();
    for c in word.chars() {
        match u32::from(c).checked_sub(u32::from('α')).and_then(|k| GREEK.get(k as usize)) {
            Some(name) => plain += name,
            None if c.is_ascii() => plain.push(c),
            None => {}
        }
    }
    plain
}

/// Where `pair` stands.
pub(super) fn span(pair: &Pair<Rule>) -> Span {
    Span::new(pair.as_span().start(), pair.as_span().end())
}

impl Lexer<'_> {
    pub(super) fn push(&mut self, kind: Kind, span: Span) {
        self.tokens.push(Token { kind, span, new_line: self.new_line });
        self.new_line = false;
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// What the token before is.
    pub(super) fn before(&self) -> Option<Kind> {
        self.tokens.last().map(|t| t.kind)
    }

    fn token(&mut self, pair: Pair<Rule>) {
        let (here, text) = (span(&pair), pair.as_str());
        let bracket = text.as_bytes().first().copied().unwrap_or(0);
        match pair.as_rule() {
            Rule::line_end => self.new_line = true,
            Rule::number => self.number(pair),
            Rule::string => self.string(pair),
            Rule::lambda | Rule::lambda_word => self.lambda(here),
            Rule::condition => self.conditional(here),
            Rule::not_finite | Rule::bad_infinity => self.not_finite(here),
            Rule::joining => self.joining_word(here),
            Rule::timing => self.push(Kind::Timing, here),
            Rule::keyword => self.push(Kind::Keyword, here),
            Rule::key | Rule::name => self.push(Kind::Name, here),
            Rule::open => self.push(Kind::Open(bracket), here),
            Rule::close => self.push(Kind::Close(bracket), here),
            Rule::arrow => self.push(Kind::Arrow, here),
            Rule::minus => self.push(Kind::Minus, here),
            Rule::then => self.push(Kind::Then, here),
            Rule::pipe => self.push(Kind::Pipe, here),
            Rule::arithmetic => self.push(Kind::Arithmetic, here),
            Rule::colon => self.push(Kind::Colon, here),
            Rule::equals => self.push(Kind::Equals, here),
            Rule::comma => self.push(Kind::Comma, here),
            Rule::bad_name => self.bad_name(here),
            Rule::stray => self.stray(here),
            foreign => self.foreign(foreign, here),
        }
    }

    /// A word of another alphabet.
    fn bad_name(&mut self, here: Span) {
        self.push(Kind::Name, here);
        let text = &self.source[here.range()];
        let plain = in_plain_letters(text);
        let touches = self.source[..here.start].ends_with(|c: char| c.is_ascii_alphanumeric());
        let error = Diagnostic::new(&syntax::NAME, here, format!("`{}` is not a name", super::shorten(text)))
            .help("names are made of the letters a-z and A-Z, digits and `_`");
        let begins = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        self.report(if touches || begins { error.maybe(here, plain) } else { error });
    }

    /// A character without any meaning here.
    fn stray(&mut self, here: Span) {
        if &self.source[here.range()] == "." {
            let error = Diagnostic::new(&syntax::OUT_OF_PLACE, here, "`.` stands only inside numbers and dotted names");
            return self.report(error.help("remove it").maybe(here, ""));
        }
        self.push(Kind::Other, here);
        let message = format!("unexpected `{}`", self.source[here.range()].escape_debug());
        let error = Diagnostic::new(&syntax::UNEXPECTED, here, message);
        self.report(error.help("no operator or name has this character; remove it").maybe(here, ""));
    }

    /// A string; the scan has seen its end.
    fn string(&mut self, pair: Pair<Rule>) {
        self.push(Kind::Str, span(&pair));
        for escape in pair.into_inner() {
            let (here, text) = (span(&escape), escape.as_str());
            self.report(
                Diagnostic::new(&syntax::ESCAPE, here, format!("unknown escape `{text}`"))
                    .help("only `\\\"` and `\\\\` are escapes; a backslash is written `\\\\`")
                    .maybe(Span::new(here.start, here.start + 1), "\\\\"),
            );
        }
    }
}
