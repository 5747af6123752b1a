//! Spellings from other languages and from word processors.

use super::lex::{Kind, Lexer};
use crate::diag::{Code, Diagnostic, Span, syntax};
use crate::syntax::grammar::tolerant::Rule;

/// What to do instead of an operator without a meaning here.
const OPERATORS: [(&str, &str); 6] = [
    ("<<", "phases are joined by `>>`, the first one first"),
    ("<-", "a ramp is written from start to end: `a -> b`"),
    ("&", "phases are joined by `>>`, schedules are multiplied by `*`"),
    ("%", "the remainder of a / b is `a - b * floor(a / b)`; a percentage touches its number: `5%`"),
    (";", "items end where their line ends"),
    ("$", "names have no sigil"),
];
const COMPARE: &str = "there are no conditions: phases replace them, as in `0.1 until 30 epochs >> 0.01`";

/// What stands for something else: what it is read as, how that is written, its code, and what to say.
type Instead = (Option<Kind>, &'static str, &'static Code, &'static str);

fn instead(rule: Rule) -> Option<Instead> {
    use Kind::{Arithmetic, Arrow, Close, Colon, Comma, Equals, Minus, Name, Open, Pipe, Then};
    use syntax::{ARROW, CARET, OPERATOR, SPLIT};
    Some(match rule {
        Rule::bad_arrow => (Some(Arrow), "->", &ARROW, "is not an operator: a ramp is written `->`"),
        Rule::bad_minus => (Some(Minus), "-", &SPLIT, ""),
        Rule::bad_then => (Some(Then), ">>", &OPERATOR, "is not an operator: phases are joined by `>>`"),
        Rule::bad_pipe => (Some(Pipe), "|", &OPERATOR, "is not an operator: modifiers follow `|`"),
        Rule::bad_equals => (Some(Equals), "=", &OPERATOR, "is not used: a binding is `let name = value`"),
        Rule::bad_power => (Some(Arithmetic), "**", &CARET, "is not an operator: powers are written `**`"),
        Rule::bad_times => (Some(Arithmetic), "*", &SPLIT, ""),
        Rule::bad_over => (Some(Arithmetic), "/", &SPLIT, ""),
        Rule::bad_pi => (Some(Name), "pi", &SPLIT, ""),
        Rule::bad_percent => (None, "%", &SPLIT, ""),
        Rule::bad_comma => (Some(Comma), ",", &SPLIT, ""),
        Rule::bad_colon => (Some(Colon), ":", &SPLIT, ""),
        Rule::bad_open => (Some(Open(b'(')), "(", &SPLIT, ""),
        Rule::bad_close => (Some(Close(b')')), ")", &SPLIT, ""),
        Rule::bad_equal => (Some(Equals), "=", &SPLIT, ""),
        Rule::bad_space => (None, " ", &SPLIT, ""),
        Rule::invisible => (None, "", &SPLIT, ""),
        _ => return None,
    })
}

impl Lexer<'_> {
    /// A token that has another spelling here, or none.
    pub(super) fn foreign(&mut self, rule: Rule, here: Span) {
        let written = &self.source[here.range()];
        if let Some((kind, right, code, message)) = instead(rule) {
            let number = written.chars().next().map_or(0, u32::from);
            let (message, help) = match (message, right) {
                (_, "") => (format!("an invisible character (U+{number:04X})"), "remove it".to_owned()),
                (_, " ") => (format!("U+{number:04X} is not a plain space"), "write a plain space".to_owned()),
                (_, "-") => (self.not_a_minus(here), "write `-`".to_owned()),
                ("", _) => (format!("`{written}` (U+{number:04X}) is not `{right}`"), format!("write `{right}`")),
                _ => (format!("`{written}` {message}"), format!("write `{right}`")),
            };
            if let Some(kind) = kind {
                self.push(kind, here);
            }
            return self.report(Diagnostic::new(code, here, message).help(help).fix(here, right));
        }
        match rule {
            Rule::bad_string | Rule::bad_quote => self.quotes(here),
            Rule::bad_comment => self.remark(here),
            Rule::bad_greater => self.greater(here),
            Rule::bad_at => self.at_sign(here),
            // `5 % 3` and everything else that has no meaning here.
            _ => {
                let help = OPERATORS.iter().find(|(o, _)| written.starts_with(o)).map_or(COMPARE, |(_, help)| *help);
                let mut error = Diagnostic::new(
                    &syntax::OPERATOR,
                    here,
                    format!("`{written}` is not an operator of this language"),
                )
                .help(help);
                error = match written {
                    "&&" | "&" | "<<" => error.maybe(here, ">>"),
                    "<-" => error.maybe(here, "->"),
                    ";" | "$" | "!" | "?" => error.maybe(here, ""),
                    "%" => match self.remainder(here) {
                        Some((whole, right)) => error.maybe(whole, right),
                        None if !self.divides(here) => error.maybe(here, ""),
                        None => error,
                    },
                    _ => error,
                };
                self.push(Kind::Other, here);
                self.report(error);
            }
        }
    }

    /// Whether an operator here stands between two values.
    fn divides(&self, here: Span) -> bool {
        let after = self.source[here.end..].trim_start_matches([' ', '\t']);
        matches!(self.before(), Some(Kind::Number | Kind::Name | Kind::Close(_)))
            && after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '('))
    }

    /// `step % 10` in full, where both sides are single words, and where it stands.
    fn remainder(&self, here: Span) -> Option<(Span, String)> {
        let before = &self.tokens[..];
        let divided = match before {
            [.., first, last] if matches!(first.kind, Kind::Arithmetic | Kind::Minus) && !last.new_line => return None,
            [.., last] if matches!(last.kind, Kind::Number | Kind::Name) => last.span,
            _ => return None,
        };
        let after = &self.source[here.end..];
        let start = after.len() - after.trim_start_matches([' ', '\t']).len();
        let word = after[start..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
        let end = start + word.unwrap_or(after.len() - start);
        let divisor = &after[start..end];
        let (a, whole) = (&self.source[divided.range()], Span::new(divided.start, here.end + end));
        let right = format!("({a} - {divisor} * floor({a} / {divisor}))");
        (!divisor.is_empty() && !after[end..].starts_with('(')).then_some((whole, right))
    }

    /// A lone `>`: half of `>>` or `->`, most likely.
    fn greater(&mut self, here: Span) {
        let written = &self.source[here.range()];
        let (right, kind) = match written.as_bytes() {
            [_, .., b'>'] => (">>", Kind::Then),
            [_, b'-'] => ("->", Kind::Arrow),
            _ if self.before() == Some(Kind::Number) => ("->", Kind::Arrow),
            _ => (">>", Kind::Then),
        };
        self.push(kind, here);
        self.report(
            Diagnostic::new(&syntax::OPERATOR, here, format!("`{written}` is not an operator of this language"))
                .help("a ramp is written `->`, phases are joined by `>>`, and there are no comparisons")
                .maybe(here, right),
        );
    }

    fn at_sign(&mut self, here: Span) {
        self.push(Kind::Timing, here);
        self.report(
            Diagnostic::new(&syntax::AT, here, "`@` does not set a duration")
                .help("write `for 80%` for its length, or `until 80%` for its end")
                .maybe(here, "for"),
        );
    }

    /// Quotes that are not `"`: the string goes on to the next quote of any kind on the line.
    fn quotes(&mut self, here: Span) {
        let text = &self.source[here.range()];
        let mut inner = text.chars();
        let first = inner.next().unwrap_or('\'');
        let message = format!("`{first}` does not begin a string: strings stand in `\"`");
        let error = Diagnostic::new(&syntax::SPLIT, here, message);
        if inner.next_back().is_none() {
            self.push(Kind::Other, here);
            return self.report(error.help("write `\"`").maybe(here, ""));
        }
        let right = format!("\"{}\"", inner.as_str().replace('\\', "\\\\"));
        self.push(Kind::Str, here);
        self.report(error.help(format!("write `{}`", super::shorten(&right))).fix(here, right));
    }

    /// `// …` and `/* … */`.
    fn remark(&mut self, here: Span) {
        let mark = Span::new(here.start, here.start + 2);
        let written = &self.source[mark.range()];
        let error = Diagnostic::new(&syntax::REMARK, mark, format!("`{written}` does not begin a comment"));
        self.report(match self.before() {
            _ if written == "/*" => error.help("a comment begins with `#` and ends with its line"),
            Some(Kind::Number | Kind::Name | Kind::Close(_)) if !self.new_line => {
                error.help("a comment begins with `#`; a whole quotient is `floor(a / b)`").maybe(mark, "#")
            }
            _ => error.help("a comment begins with `#`").maybe(mark, "#"),
        });
    }
}
