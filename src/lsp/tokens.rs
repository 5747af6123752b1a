//! Colours by meaning.

use std::collections::HashMap;

use lsp_types::{SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensLegend};

use super::document::Document;
use super::lex::{Kind, Token, lex};
use super::names::{self, Role};
use crate::check::{NAMES, functions};
use crate::clock::Unit;
use crate::{catalogue, prelude};

/// The kinds of words, in the order of their numbers.
const TYPES: [SemanticTokenType; 10] = [
    SemanticTokenType::COMMENT,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::KEYWORD,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::TYPE,
];
const DECLARATION: u32 = 1;
const LIBRARY: u32 = 2;

/// What the numbers mean.
pub(super) fn legend() -> SemanticTokensLegend {
    let token_modifiers = vec![SemanticTokenModifier::DECLARATION, SemanticTokenModifier::DEFAULT_LIBRARY];
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers }
}

/// The most words and signs that get a colour: the answer takes far more memory than the text.
const MOST: usize = 250_000;

/// The words of a document. Where it does not parse, its own names are plain variables.
pub(super) fn tokens(document: &Document) -> SemanticTokens {
    let words = lex(document.source());
    let own = own_names(document);
    let (mut data, mut last) = (vec![], lsp_types::Position::default());
    for (k, word) in words.iter().enumerate().take(MOST) {
        let Some((kind, modifiers)) = own.get(&word.span.start).cloned().or_else(|| meaning(&words, k)) else {
            continue;
        };
        let at = document.text.position(word.span.start);
        let start = if at.line == last.line { at.character - last.character } else { at.character };
        data.push(SemanticToken {
            delta_line: at.line - last.line,
            delta_start: start,
            length: document.text.encoding.length(word.text),
            token_type: TYPES.iter().position(|t| *t == kind).unwrap_or(0) as u32,
            token_modifiers_bitset: modifiers,
        });
        last = at;
    }
    SemanticTokens { result_id: None, data }
}

/// What the program's own names are, by their places.
fn own_names(document: &Document) -> HashMap<usize, (SemanticTokenType, u32)> {
    let bindings = document.parsed().map(names::bindings).unwrap_or_default();
    let places = bindings.iter().flat_map(|binding| {
        let kind = match binding.role {
            Role::Value => SemanticTokenType::VARIABLE,
            Role::Function => SemanticTokenType::FUNCTION,
            Role::Parameter => SemanticTokenType::PARAMETER,
        };
        binding.places().map(move |span| {
            let modifiers = if span == binding.name.span { DECLARATION } else { 0 };
            (span.start, (kind.clone(), modifiers))
        })
    });
    places.collect()
}

/// What word k is, by itself and its neighbours.
fn meaning(words: &[Token], k: usize) -> Option<(SemanticTokenType, u32)> {
    let word = &words[k];
    let before = k.checked_sub(1).map(|k| &words[k]);
    let after = words.get(k + 1).filter(|next| !next.first);
    let follows = |text: &str| after.is_some_and(|next| next.text == text);
    let unit = before.is_some_and(|b| b.kind == Kind::Number) && !word.first;
    let plain = |kind| Some((kind, 0));
    match word.kind {
        Kind::Comment => plain(SemanticTokenType::COMMENT),
        Kind::Str => plain(SemanticTokenType::STRING),
        Kind::Number => plain(SemanticTokenType::NUMBER),
        Kind::Mark if unit && word.text == "%" => plain(SemanticTokenType::KEYWORD),
        Kind::Mark if "()[]{},:".contains(word.text) => None,
        Kind::Mark => plain(SemanticTokenType::OPERATOR),
        Kind::Word if matches!(word.text, "let" | "use" | "edition" | "for" | "until") && !follows(":") => {
            plain(SemanticTokenType::KEYWORD)
        }
        Kind::Word if unit && (word.text == "x" || Unit::named(word.text).is_some()) => {
            plain(SemanticTokenType::KEYWORD)
        }
        Kind::Word if follows(":") => plain(SemanticTokenType::PROPERTY),
        Kind::Word
            if word.first && after.is_some_and(|n| n.text == "{" || matches!(n.kind, Kind::Word | Kind::Str)) =>
        {
            plain(SemanticTokenType::TYPE)
        }
        Kind::Word if NAMES.contains(&word.text) => Some((SemanticTokenType::VARIABLE, LIBRARY)),
        Kind::Word if is_function(word.text) => Some((SemanticTokenType::FUNCTION, LIBRARY)),
        Kind::Word => plain(SemanticTokenType::VARIABLE),
    }
}

fn is_function(name: &str) -> bool {
    catalogue::find(name).is_some() || prelude::find(name).is_some() || functions().any(|f| f == name)
}
