//! Python's arithmetic, as étude's: the bodies of the lambdas that LambdaLR and its like take.
//!
//! Guarantee: the result has the same value for every whole argument; what is not arithmetic is an error.

use super::error::Error;
use super::text::number;

/// Expressions nest so deep at most: what they become must stay within the language's own nesting.
const DEEPEST: usize = 60;

/// The longest text that an expression may become; `%` and conditions write an operand twice.
const LONGEST: usize = 1 << 15;

/// How tightly a text binds: a sum, a product, a sign, a power, or anything that needs no parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Tight {
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// An expression of étude.
struct Piece {
    text: String,
    tight: Tight,
    /// Whether its value is 0 or 1.
    truth: bool,
}

impl Piece {
    fn new(text: String, tight: Tight) -> Self {
        Self { text, tight, truth: false }
    }

    /// The text, in parentheses unless it binds at least as tightly as `least`.
    fn at(&self, least: Tight) -> String {
        if self.tight >= least { self.text.clone() } else { format!("({})", self.text) }
    }
}

struct Parser<'s> {
    source: &'s str,
    rest: &'s str,
    name: String,
    argument: &'s str,
    depth: usize,
}

/// The expression `source` of one argument, with `argument` for it: `0.95 ** e` of `step` is `0.95 ** step`. The
/// result needs no parentheses anywhere.
pub fn arithmetic(source: &str, argument: &str) -> Result<String, Error> {
    let mut p = Parser { source, rest: source.trim(), name: String::new(), argument, depth: 0 };
    if let Some(rest) = p.rest.strip_prefix("lambda ") {
        let (name, body) = rest.split_once(':').ok_or_else(|| p.wrong("a lambda has a `:`"))?;
        (p.name, p.rest) = (name.trim().into(), body);
    }
    let piece = p.choice()?;
    p.skip();
    if !p.rest.is_empty() {
        return Err(p.wrong(&format!("`{}` is not understood", shorten(p.rest))));
    }
    Ok(piece.at(Tight::Sign))
}

impl Parser<'_> {
    fn wrong(&self, why: &str) -> Error {
        let source = shorten(self.source);
        Error::new(format!(
            "the lambda `{source}` cannot be translated: {why}; arithmetic, min, max, floor, `x if c else y` and functions of math can"
        ))
    }

    /// What `part` reads one level further in: every recursion goes through here.
    fn deeper(&mut self, part: fn(&mut Self) -> Result<Piece, Error>) -> Result<Piece, Error> {
        if self.depth == DEEPEST {
            return Err(self.wrong(&format!("it nests more than {DEEPEST} deep")));
        }
        self.depth += 1;
        let piece = part(self)?;
        self.depth -= 1;
        self.short(piece)
    }

    /// `piece`, unless it has grown too long.
    fn short(&self, piece: Piece) -> Result<Piece, Error> {
        if piece.text.len() > LONGEST {
            return Err(self.wrong(&format!("it would become more than {LONGEST} characters long")));
        }
        Ok(piece)
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        let word = token.ends_with(|c: char| c.is_ascii_alphabetic());
        if word && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = rest;
        true
    }

    /// `x if c else y`
    fn choice(&mut self) -> Result<Piece, Error> {
        let yes = self.comparison()?;
        if !self.take("if") {
            return Ok(yes);
        }
        let truth = truth(self.comparison()?);
        if !self.take("else") {
            return Err(self.wrong("an `if` has an `else`"));
        }
        let no = self.deeper(Self::choice)?;
        let (a, b, c) = (yes.at(Tight::Product), no.at(Tight::Product), truth.at(Tight::Product));
        Ok(Piece::new(format!("{c} * {a} + (1 - {c}) * {b}"), Tight::Sum))
    }

    fn comparison(&mut self) -> Result<Piece, Error> {
        let a = self.sum()?;
        let Some(operator) = ["<=", ">=", "==", "!=", "<", ">"].into_iter().find(|o| self.take(o)) else {
            return Ok(a);
        };
        let b = self.sum()?;
        let (a, b) = (a.at(Tight::Product), b.at(Tight::Product));
        // 1 where x is above 0, whatever x is.
        let above = |x: String| format!("clamp(ceil({x}), 0, 1)");
        let text = match operator {
            "<" => above(format!("{b} - {a}")),
            ">" => above(format!("{a} - {b}")),
            "<=" => format!("(1 - {})", above(format!("{a} - {b}"))),
            ">=" => format!("(1 - {})", above(format!("{b} - {a}"))),
            "!=" => format!("min(1, ceil(abs({a} - {b})))"),
            _ => format!("(1 - min(1, ceil(abs({a} - {b}))))"),
        };
        Ok(Piece { text, tight: Tight::Atom, truth: true })
    }

    fn sum(&mut self) -> Result<Piece, Error> {
        let mut a = self.product()?;
        loop {
            let operator = if self.take("+") {
                "+"
            } else if self.take("-") {
                "-"
            } else {
                return Ok(a);
            };
            let b = self.product()?;
            a = self
                .short(Piece::new(format!("{} {operator} {}", a.at(Tight::Sum), b.at(Tight::Product)), Tight::Sum))?;
        }
    }

    fn product(&mut self) -> Result<Piece, Error> {
        let mut a = self.sign()?;
        loop {
            let operator = if self.take("//") {
                "//"
            } else if self.rest.starts_with("**") {
                return Ok(a);
            } else if let Some(one) = ["*", "/", "%"].into_iter().find(|o| self.take(o)) {
                one
            } else {
                return Ok(a);
            };
            let b = self.sign()?;
            let (x, y) = (a.at(Tight::Product), b.at(Tight::Sign));
            a = self.short(match operator {
                "//" => Piece::new(format!("floor({x} / {y})"), Tight::Atom),
                "%" => Piece::new(format!("{} - {y} * floor({x} / {y})", a.at(Tight::Sum)), Tight::Sum),
                _ => Piece::new(format!("{x} {operator} {y}"), Tight::Product),
            })?;
        }
    }

    fn sign(&mut self) -> Result<Piece, Error> {
        if self.take("-") {
            let a = self.deeper(Self::sign)?;
            return Ok(Piece::new(format!("-{}", a.at(Tight::Sign)), Tight::Sign));
        }
        let base = self.atom()?;
        if !self.take("**") {
            return Ok(base);
        }
        let power = self.deeper(Self::sign)?;
        Ok(Piece::new(format!("{} ** {}", base.at(Tight::Atom), power.at(Tight::Sign)), Tight::Power))
    }

    fn atom(&mut self) -> Result<Piece, Error> {
        if self.take("(") {
            let inner = self.deeper(Self::choice)?;
            return if self.take(")") { Ok(inner) } else { Err(self.wrong("a `)` is missing")) };
        }
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let (mut word, mut rest) = self.rest.split_at(end);
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            // `1e-3` goes on after its sign.
            if word.ends_with(['e', 'E']) && rest.starts_with(['+', '-']) {
                let digits = rest[1..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |k| k + 1);
                (word, rest) = self.rest.split_at(end + digits);
            }
            let value = word.replace('_', "").parse().ok().filter(|x: &f64| x.is_finite());
            let value = value.ok_or_else(|| self.wrong(&format!("`{}` is not a number", shorten(word))))?;
            self.rest = rest;
            return Ok(Piece::new(number(value), Tight::Atom));
        }
        self.rest = rest;
        self.skip();
        let word = word.rsplit('.').next().unwrap_or_default();
        if self.take("(") {
            return self.call(word);
        }
        if word == "pi" {
            return Ok(Piece::new("pi".into(), Tight::Atom));
        }
        if word.is_empty() {
            return Err(self.wrong(&format!("a value is missing before `{}`", shorten(self.rest))));
        }
        if self.name.is_empty() {
            self.name = word.into();
        }
        if self.name != word {
            return Err(self.wrong(&format!("`{}` is unknown", shorten(word))));
        }
        let plain = self.argument.bytes().all(|b| b.is_ascii_alphanumeric());
        Ok(Piece::new(self.argument.into(), if plain { Tight::Atom } else { Tight::Sum }))
    }

    fn call(&mut self, name: &str) -> Result<Piece, Error> {
        let mut args = vec![self.deeper(Self::choice)?];
        while self.take(",") {
            args.push(self.deeper(Self::choice)?);
        }
        if !self.take(")") {
            return Err(self.wrong("a `)` is missing"));
        }
        let texts: Vec<String> = args.iter().map(|a| a.text.clone()).collect();
        let text = match (name, &texts[..]) {
            ("float", [_]) => return Ok(args.remove(0)),
            ("int", [a]) => format!("(max(0, floor({a})) + min(0, ceil({a})))"),
            ("log", [a]) => format!("ln({a})"),
            ("log", [a, b]) => format!("(ln({a}) / ln({b}))"),
            ("fabs", [a]) => format!("abs({a})"),
            ("pow", [a, b]) => format!("pow({a}, {b})"),
            ("min" | "max", [_, _, ..]) => format!("{name}({})", texts.join(", ")),
            ("abs" | "floor" | "ceil" | "round" | "sqrt" | "exp" | "log2" | "log10" | "sin" | "cos" | "tanh", [a]) => {
                format!("{name}({a})")
            }
            _ => return Err(self.wrong(&format!("`{}` is unknown or has other arguments", shorten(name)))),
        };
        Ok(Piece::new(text, Tight::Atom))
    }
}

/// Text for a message: never a whole screen of it.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// Whether a value is not 0.
fn truth(piece: Piece) -> Piece {
    if piece.truth {
        return piece;
    }
    Piece { text: format!("min(1, ceil(abs({})))", piece.text), tight: Tight::Atom, truth: true }
}
