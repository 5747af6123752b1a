//! What can be written at a place.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    TextEdit,
};

use super::context::{Context, context};
use super::document::Document;
use super::hover::{entry_text, form_text};
use super::lex::{Kind as Word, Token, lex};
use crate::catalogue::{self, Entry, Form, Kind, Param};
use crate::check::{NAMES, functions};
use crate::clock::Unit;
use crate::config::{self, Block, METRICS};
use crate::diag::Span;
use crate::{explain, prelude};

/// A suggestion.
struct Suggestion {
    label: String,
    kind: CompletionItemKind,
    /// Beside the label.
    detail: String,
    /// Below it, as Markdown.
    doc: String,
    /// What follows the label once it is chosen, and what follows the cursor then.
    rest: [&'static str; 2],
}

impl Suggestion {
    fn new(label: &str, kind: CompletionItemKind, detail: impl Into<String>) -> Self {
        Self { label: label.into(), kind, detail: detail.into(), doc: String::new(), rest: ["", ""] }
    }

    fn doc(self, doc: impl Into<String>) -> Self {
        Self { doc: doc.into(), ..self }
    }

    fn then(self, rest: [&'static str; 2]) -> Self {
        Self { rest, ..self }
    }

    fn item(self, document: &Document, place: Span, snippets: bool) -> CompletionItem {
        let [before, after] = self.rest;
        let call = !after.is_empty() && !snippets;
        let new = match snippets {
            true if !after.is_empty() => format!("{}{before}$0{after}", self.label),
            // Without snippets the brackets are left to the person.
            _ if call => self.label.clone(),
            _ => format!("{}{before}", self.label),
        };
        let format =
            if snippets && !after.is_empty() { InsertTextFormat::SNIPPET } else { InsertTextFormat::PLAIN_TEXT };
        let markup = MarkupContent { kind: MarkupKind::Markdown, value: self.doc };
        CompletionItem {
            kind: Some(self.kind),
            detail: Some(self.detail).filter(|text| !text.is_empty()),
            documentation: (!markup.value.is_empty()).then_some(Documentation::MarkupContent(markup)),
            insert_text_format: Some(format),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(document.text.range(place), new))),
            label: self.label,
            ..CompletionItem::default()
        }
    }
}

/// What can stand at `at`, in place of the word that has been begun there.
pub(super) fn complete(document: &Document, at: usize, snippets: bool) -> Vec<CompletionItem> {
    let source = document.source();
    let words = lex(source);
    let mut before = &words[..words.partition_point(|word| word.span.start < at)];
    let mut place = Span::new(at, at);
    let mut first = before.last().is_none_or(|last| source[last.span.end.min(at)..at].contains('\n'));
    match before.split_last() {
        Some((Token { kind: Word::Comment, .. }, _)) if !first => return vec![],
        Some((Token { kind: Word::Str, span, text, .. }, _)) if span.end > at || !is_closed(text) => return vec![],
        Some((Token { kind: Word::Number, span, .. }, _)) if span.end >= at => return vec![],
        Some((word @ Token { kind: Word::Word, .. }, rest)) if word.span.end >= at => {
            (place, first, before) = (Span::new(word.span.start, at), word.first, rest);
        }
        _ => {}
    }
    let suggestions = suggest(context(before, first), before);
    let items = suggestions.into_iter().map(|s| s.item(document, place, snippets));
    // Editors sort by the alphabet else; what is nearest comes first here.
    items.enumerate().map(|(k, item)| CompletionItem { sort_text: Some(format!("{k:04}")), ..item }).collect()
}

fn is_closed(string: &str) -> bool {
    string.len() > 1 && string.ends_with('"')
}

fn suggest(context: Context, before: &[Token]) -> Vec<Suggestion> {
    let keyword = |word: &str| Suggestion::new(word, CompletionItemKind::KEYWORD, "").then([" ", ""]);
    match context {
        Context::Nothing => vec![],
        Context::Unit => {
            let words = Unit::WORDS.iter().filter(|(word, _)| word.ends_with('s'));
            let units = words.map(|(word, _)| Suggestion::new(word, CompletionItemKind::UNIT, "a unit of time"));
            units.chain(["for", "until"].map(keyword)).collect()
        }
        Context::Modifier => entries(true).collect(),
        Context::Argument { callee, given, index } => {
            let mut all = parameters(callee, &given, before);
            if let Some(Kind::Metric) = catalogue::find(callee).and_then(|e| e.params.get(index)).map(|p| p.kind) {
                all.extend(metrics());
            }
            all.extend(expressions(before));
            all
        }
        Context::Value { callee, name } => {
            let param = catalogue::find(callee).and_then(|e| e.params.iter().find(|p| p.name == name));
            match param.map(|p| p.kind) {
                Some(Kind::Choice(words)) => words.iter().map(|word| choice(word)).collect(),
                Some(Kind::Flag) => ["true", "false"].map(choice).into(),
                Some(Kind::Metric) => metrics().collect(),
                _ => expressions(before),
            }
        }
        Context::Choice(words) => words.iter().map(|word| choice(word)).collect(),
        Context::Key { block, head } => config::keys(block, head)
            .into_iter()
            .map(|(key, meaning)| Suggestion::new(key, CompletionItemKind::PROPERTY, meaning).then([": ", ""]))
            .collect(),
        Context::Head(kind) => {
            let head = |head: config::Head| {
                choice(&head.text).doc(head.summary).then(if head.call { ["(", ")"] } else { ["", ""] })
            };
            config::heads(kind).into_iter().map(head).collect()
        }
        Context::Item => {
            let blocks =
                Block::running().map(|kind| Suggestion::new(kind.name(), CompletionItemKind::MODULE, "a block"));
            let mut all: Vec<Suggestion> = blocks.map(|block| block.then([" ", ""])).collect();
            all.extend([keyword("let"), keyword("edition")]);
            all.extend(expressions(before));
            all
        }
        Context::Expression => {
            let mut all = expressions(before);
            all.extend([keyword("for"), keyword("until")]);
            all
        }
    }
}

fn choice(word: &str) -> Suggestion {
    Suggestion::new(word, CompletionItemKind::ENUM_MEMBER, "")
}

fn metrics() -> impl Iterator<Item = Suggestion> {
    METRICS.iter().map(|row| Suggestion::new(row.name, CompletionItemKind::ENUM_MEMBER, "a metric").doc(row.meaning))
}

/// The catalogue's modifiers, or its phases.
fn entries(modifiers: bool) -> impl Iterator<Item = Suggestion> {
    let wanted = move |entry: &&&Entry| matches!(entry.form, Form::Modifier(_)) == modifiers;
    catalogue::ALL.iter().filter(wanted).map(|entry| {
        let suggestion = Suggestion::new(entry.name, CompletionItemKind::FUNCTION, entry.signature());
        let call = if entry.params.is_empty() { ["", ""] } else { ["(", ")"] };
        suggestion.doc(entry_text(entry)).then(call)
    })
}

/// What an expression is made of.
fn expressions(before: &[Token]) -> Vec<Suggestion> {
    let function =
        |name: &str, detail: &str| Suggestion::new(name, CompletionItemKind::FUNCTION, detail).then(["(", ")"]);
    let mut all: Vec<Suggestion> = bound(before).collect();
    all.extend(entries(false));
    all.extend(prelude::forms().map(|form| function(form.name, form.signature()).doc(form_text(form))));
    // Phases of the same name stand there already.
    let pointwise = functions().filter(|name| catalogue::find(name).is_none());
    all.extend(pointwise.map(|name| function(name, &explain::word(name).unwrap_or_default())));
    all.extend(NAMES.iter().map(|name| Suggestion::new(name, CompletionItemKind::CONSTANT, explain::meaning(name))));
    all
}

/// The `let`s above, and the parameters of the one that is being written.
fn bound<'a>(before: &'a [Token]) -> impl Iterator<Item = Suggestion> + 'a {
    let lets = before.iter().enumerate().filter(|(_, word)| word.text == "let" && word.kind == Word::Word);
    let names = lets.clone().filter_map(|(k, _)| before.get(k + 1).map(|name| (k, name)));
    let names = names.map(|(k, name)| {
        let call = before.get(k + 2).is_some_and(|next| next.text == "(");
        let kind = if call { CompletionItemKind::FUNCTION } else { CompletionItemKind::VARIABLE };
        Suggestion::new(name.text, kind, "let").then(if call { ["(", ")"] } else { ["", ""] })
    });
    let last = lets.map(|(k, _)| k).next_back().unwrap_or(before.len());
    // Another item has begun where a word is the first of its line.
    let within = !before.iter().skip(last + 1).any(|word| word.first && word.kind == Word::Word);
    let own = header(before.get(last + 2..).filter(|_| within).unwrap_or_default());
    names.chain(own.into_iter().map(|name| Suggestion::new(name, CompletionItemKind::VARIABLE, "parameter")))
}

/// The parameters that `words` begin with.
fn header<'a>(words: &[Token<'a>]) -> Vec<&'a str> {
    let (mut depth, mut names) = (0, vec![]);
    for pair in words.windows(2) {
        match pair[0].text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].text, "(" | ",") && pair[1].kind == Word::Word {
            names.push(pair[1].text);
        }
    }
    names
}

/// The parameters that a call can still name.
fn parameters(callee: &str, given: &[&str], before: &[Token]) -> Vec<Suggestion> {
    let named = |name: &str| Suggestion::new(name, CompletionItemKind::FIELD, "").then([": ", ""]);
    let own = before.windows(2).position(|pair| pair[0].text == "let" && pair[1].text == callee);
    let mut all: Vec<Suggestion> = match (own, catalogue::find(callee), prelude::find(callee)) {
        (Some(k), ..) => header(&before[k + 2..]).into_iter().map(named).collect(),
        (_, Some(entry), _) => {
            // A ramp is written without its name.
            let params = entry.params.iter().filter(|p| p.kind != Kind::Ramp);
            params.map(|param| Suggestion { detail: detail(param), ..named(param.name) }.doc(param.doc)).collect()
        }
        (_, _, Some(form)) => form.params().map(|p| named(p.name).doc(p.doc)).collect(),
        _ => vec![],
    };
    all.retain(|s| !given.contains(&&*s.label));
    all
}

fn detail(param: &Param) -> String {
    match param.default {
        None => format!("{}, required", param.kind),
        Some("") => param.kind.to_string(),
        Some(default) => format!("{}, default {default}", param.kind),
    }
}
