//! `--set name=value`: a config with one setting changed, as text, so that places in later diagnostics stay true.

use std::fmt;

use super::block::Block;
use super::choice::quoted;
use crate::diag::nearest;
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::syntax::ast::{Ast, Item};
use crate::syntax::parse;

/// Why a setting cannot be changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum SetError {
    /// As a sentence.
    Message(String),
    /// The value is no expression.
    Value(Diagnostics),
    /// The config itself does not parse.
    Source(Vec<Diagnostic>),
}

/// `source` with the `let` or the key of the `run` block that `name` names set to `value`; a device may come without its quotes.
///
/// # Errors
/// A name that is neither, a value that is no expression, or a source that does not parse.
pub fn set(source: &str, name: &str, value: &str) -> Result<String, SetError> {
    let ast = parse(source).map_err(SetError::Source)?;
    let key = name.strip_prefix("run.").unwrap_or(name);
    let bound = binding(&ast, name);
    let value = if key == "device" && bound.is_none() { &quoted(value) } else { value };
    let expr = parse(value).map_err(|list| SetError::Value(Diagnostics::new(format!("<{name}>"), value, list)))?;
    let Some(body) = expr.body.filter(|_| expr.items.is_empty() && expr.edition.is_none()) else {
        return Err(SetError::Message(format!("`{value}` is not an expression")));
    };
    // Without comments and blanks around it.
    let value = &value[body.span.range()];
    if let Some(place) = bound {
        return Ok(splice(source, place, value));
    }
    let keys = || Block::Run.row().keys.iter().map(|key| key.name);
    if keys().any(|known| known == key) {
        let place = run(&ast);
        return Ok(match place {
            Some((items, _)) if entry(items, key).is_some() => {
                splice(source, entry(items, key).unwrap_or_default(), value)
            }
            // Before the brace that closes the block.
            Some((_, span)) if source[..span.end].ends_with('}') => {
                splice(source, Span::new(span.end - 1, span.end - 1), &format!("\n{key}: {value}\n"))
            }
            _ if ast.body.is_some() => {
                let message = format!("`{key}` is a key of a config's `run` block, and this is a lone expression");
                return Err(SetError::Message(message));
            }
            _ => format!("{source}\nrun {{ {key}: {value} }}\n"),
        });
    }
    let mut known: Vec<&str> = keys().collect();
    known.extend(ast.items.iter().filter_map(|item| match item {
        Item::Let { name, params: None, .. } => Some(name.text.as_str()),
        _ => None,
    }));
    let list = known.join(", ");
    Err(SetError::Message(match nearest(key, known) {
        Some(near) => format!("nothing here is called `{name}`; did you mean `{near}`?"),
        None => format!("nothing here is called `{name}`; what can be set: {list}"),
    }))
}

fn splice(source: &str, place: Span, value: &str) -> String {
    format!("{}{value}{}", &source[..place.start], &source[place.end..])
}

fn binding(ast: &Ast, wanted: &str) -> Option<Span> {
    ast.items.iter().find_map(|item| match item {
        Item::Let { name, params: None, value, .. } if name.text == wanted => Some(value.span),
        _ => None,
    })
}

fn run(ast: &Ast) -> Option<(&[Item], Span)> {
    ast.items.iter().find_map(|item| match item {
        Item::Block { kind, items, span, .. } if Block::Run.is(&kind.text) => Some((&items[..], *span)),
        _ => None,
    })
}

fn entry(items: &[Item], wanted: &str) -> Option<Span> {
    items.iter().find_map(|item| match item {
        Item::Entry { key, value } if key.text == wanted => Some(value.span),
        _ => None,
    })
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(text) => f.write_str(text),
            Self::Value(found) => found.fmt(f),
            Self::Source(list) => list.iter().try_for_each(|d| writeln!(f, "{}", d.message)),
        }
    }
}

impl std::error::Error for SetError {}
