//! Where in a program the pointer stands, worked out from the words before it: the program need not parse.

use super::lex::{Kind, Token};
use crate::config;

/// What may be written at a place.
#[derive(Debug, PartialEq)]
pub(super) enum Context<'a> {
    /// Nothing that is known.
    Nothing,
    /// A unit.
    Unit,
    /// A modifier.
    Modifier,
    /// An argument of `callee`, or its value after `name:`.
    Argument {
        callee: &'a str,
        given: Vec<&'a str>,
        /// How many arguments stand before it.
        index: usize,
    },
    /// The value after `name:` in a call of `callee`.
    Value { callee: &'a str, name: &'a str },
    /// The value of an entry that chooses among these.
    Choice(&'static [&'static str]),
    /// A key of a block, whose head may say which keys there are.
    Key { block: &'a str, head: Option<&'a str> },
    /// The head of a block.
    Head(&'a str),
    /// A new item of the file.
    Item,
    /// A part of an expression.
    Expression,
}

/// An open bracket.
struct Open<'a> {
    bracket: &'a str,
    /// What is called, or the kind of the block.
    owner: &'a str,
    head: Option<&'a str>,
    given: Vec<&'a str>,
    index: usize,
    /// The name before the last `:`.
    key: Option<&'a str>,
    /// Whether nothing of the current element is there yet.
    fresh: bool,
}

/// The context behind `before`; `first`: a word there is the first of its line.
pub(super) fn context<'a>(before: &[Token<'a>], first: bool) -> Context<'a> {
    let Some(last) = before.last() else { return Context::Item };
    if last.kind == Kind::Number && !first {
        return Context::Unit;
    }
    let open = innermost(before);
    match (last.text, &open) {
        ("|", _) => return Context::Modifier,
        ("let" | "edition" | "use", _) if last.kind == Kind::Word => return Context::Nothing,
        _ => {}
    }
    let ends_operand =
        matches!(last.kind, Kind::Number | Kind::Str | Kind::Word) || [")", "]", "}", "%"].contains(&last.text);
    match open {
        Some(open) if open.bracket == "(" && !open.owner.is_empty() => match open.key {
            Some(name) if last.text == ":" => Context::Value { callee: open.owner, name },
            _ if open.fresh => Context::Argument { callee: open.owner, given: open.given, index: open.index },
            _ => Context::Expression,
        },
        Some(open) if open.bracket == "{" && (open.fresh || first && ends_operand) => {
            Context::Key { block: open.owner, head: open.head }
        }
        Some(Open { bracket: "{", owner, key: Some(key), .. })
            if last.text == ":" && !config::choices(owner, key).is_empty() =>
        {
            Context::Choice(config::choices(owner, key))
        }
        None if first && ends_operand => Context::Item,
        None if last.first && last.kind == Kind::Word => Context::Head(last.text),
        _ => Context::Expression,
    }
}

fn innermost<'a>(words: &[Token<'a>]) -> Option<Open<'a>> {
    let mut stack: Vec<Open> = vec![];
    for (k, word) in words.iter().enumerate().filter(|(_, word)| word.kind != Kind::Comment) {
        let before = k.checked_sub(1).map(|k| &words[k]).filter(|b| b.kind != Kind::Comment);
        let inner = stack.last_mut();
        match (word.text, inner) {
            ("(" | "[" | "{", inner) if word.kind == Kind::Mark => {
                if let Some(open) = inner {
                    open.fresh = false;
                }
                let (owner, head) = match word.text {
                    "(" => (before.filter(|b| b.kind == Kind::Word).map_or("", |b| b.text), None),
                    "{" => block(&words[..k]),
                    _ => ("", None),
                };
                let (given, key) = (vec![], None);
                stack.push(Open { bracket: word.text, owner, head, given, index: 0, key, fresh: true });
            }
            (")" | "]" | "}", _) if word.kind == Kind::Mark => drop(stack.pop()),
            (",", Some(open)) => {
                (open.index, open.key, open.fresh) = (open.index + 1, None, true);
            }
            (":", Some(open)) => {
                open.key = before.map(|b| b.text);
                open.given.extend(open.key);
            }
            (_, Some(open)) => {
                if open.bracket == "{" && word.first {
                    open.key = None;
                }
                open.fresh = false;
            }
            (_, None) => {}
        }
    }
    stack.pop()
}

/// The kind and head of the block whose brace follows `words`.
fn block<'a>(words: &[Token<'a>]) -> (&'a str, Option<&'a str>) {
    let start = words.iter().rposition(|word| word.first || matches!(word.text, "{" | "}" | ","));
    let item = &words[start.unwrap_or(0)..];
    let item = if item.first().is_some_and(|w| w.kind != Kind::Word) { &item[1..] } else { item };
    (item.first().map_or("", |kind| kind.text), item.get(1).map(|head| head.text))
}

#[cfg(test)]
mod tests {
    use super::super::lex::lex;
    use super::*;

    #[test]
    fn places_are_told_apart() {
        let cases = [
            ("", Context::Item),
            ("5 ", Context::Unit),
            ("warmup(5", Context::Unit),
            ("1 | ", Context::Modifier),
            ("let ", Context::Nothing),
            ("1 >> ", Context::Expression),
            ("warmup(", Context::Argument { callee: "warmup", given: vec![], index: 0 }),
            ("warmup(5%, to: 1, ", Context::Argument { callee: "warmup", given: vec!["to"], index: 2 }),
            ("warmup(5%, shape: ", Context::Value { callee: "warmup", name: "shape" }),
            ("warmup(5%, to: 1 + ", Context::Expression),
            ("warmup(5%) >> (", Context::Expression),
            ("run { ", Context::Key { block: "run", head: None }),
            ("lr: 1\nrun {\n  epochs: 2\n", Context::Key { block: "run", head: None }),
            ("optimizer adamw {\n", Context::Key { block: "optimizer", head: Some("adamw") }),
            ("optimizer adamw { lr: ", Context::Expression),
            ("run { epochs: 1, device: ", Context::Choice(&["cpu", "cuda", "\"cuda:1\""])),
            ("run { device: cpu, epochs: ", Context::Expression),
            ("run { epochs: 1 }\n", Context::Item),
            ("data ", Context::Head("data")),
            ("1 >>\n", Context::Expression),
        ];
        for (source, expected) in cases {
            assert_eq!(context(&lex(source), source.ends_with('\n')), expected, "{source}");
        }
    }
}
