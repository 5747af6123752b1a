//! Diagnostics, and their fixes as code actions.

use std::collections::{HashMap, HashSet};

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, DiagnosticRelatedInformation,
    DiagnosticSeverity, DiagnosticTag, Location, NumberOrString, PublishDiagnosticsParams, TextEdit, Uri,
    WorkspaceEdit,
};

use super::document::Document;
use crate::diag::{Diagnostic, Edit, MAX_SHOWN, Severity, Span, lints, shorten};

/// What of `found` to show: the first of each kind of missing fact, and everything else.
pub(super) fn shown(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mistakes = found.iter().any(|d| d.severity == Severity::Error && d.missing().is_none());
    let mut missing = HashSet::new();
    let keep = |d: &Diagnostic| d.missing().is_none() || !mistakes && missing.insert(d.code.code);
    found.into_iter().filter(keep).take(MAX_SHOWN).collect()
}

/// Everything that is shown of a document.
pub(super) fn published(document: &Document) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams {
        uri: document.uri.clone(),
        diagnostics: document.known().found.iter().map(|d| diagnostic(document, d)).collect(),
        version: Some(document.version),
    }
}

fn diagnostic(document: &Document, d: &Diagnostic) -> lsp_types::Diagnostic {
    let mut message = d.message.clone();
    for more in [Some(&d.label).filter(|label| !label.is_empty()), d.help.as_ref()].into_iter().flatten() {
        message += &format!("\n{more}");
    }
    let severity = match d.severity {
        Severity::Error if d.missing().is_some() => {
            message = format!("{}\nthe setting `etude.clock` or a `run` block can say it", d.message);
            DiagnosticSeverity::INFORMATION
        }
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    };
    let related = |(span, message): &(Span, String)| {
        Some(DiagnosticRelatedInformation { location: document.location(*span)?, message: message.clone() })
    };
    let mut span = d.span;
    let mut elsewhere = None;
    if let Some((name, _)) = document.parsed().and_then(|parsed| parsed.text.file(span)) {
        elsewhere = related(&(span, format!("in {name}")));
        message = format!("in {name}: {message}");
        span = used(document.source(), name);
    }
    let related: Vec<_> = elsewhere.into_iter().chain(d.labels.iter().filter_map(related)).collect();
    lsp_types::Diagnostic {
        range: document.text.range(span),
        severity: Some(severity),
        code: Some(NumberOrString::String(d.code.code.into())),
        source: Some("etude".into()),
        message,
        related_information: Some(related).filter(|list| !list.is_empty()),
        tags: (d.code == &lints::UNUSED).then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..lsp_types::Diagnostic::default()
    }
}

/// Where a document uses the file `name`, itself or by way of another one.
fn used(source: &str, name: &str) -> Span {
    let name = name.rsplit('/').next().unwrap_or(name);
    let line = source.lines().find(|line| line.trim_start().starts_with("use") && line.contains(name));
    let line = line.or_else(|| source.lines().find(|line| line.trim_start().starts_with("use")));
    line.map_or_else(Span::default, |line| {
        let start = line.as_ptr() as usize - source.as_ptr() as usize;
        Span::new(start, start + line.len())
    })
}

/// The fixes of what is found in a range.
pub(super) fn actions(document: &Document, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let only = params.context.only.as_ref();
    if only.is_some_and(|kinds| !kinds.iter().any(|kind| kind.as_str().is_empty() || *kind == CodeActionKind::QUICKFIX))
    {
        return vec![];
    }
    let asked = document.text.span(params.range);
    let touched = |d: &&Diagnostic| d.span.start <= asked.end && asked.start <= d.span.end;
    document.known().found.iter().filter(touched).filter_map(|d| action(document, d)).collect()
}

fn action(document: &Document, d: &Diagnostic) -> Option<CodeActionOrCommand> {
    let fix = d.fix.as_ref()?;
    let (written, new) = fix.change(document.source())?;
    let mut title = match (written, &*new) {
        (written, "") => format!("remove `{}`", written.trim()),
        ("", new) => format!("insert `{}`", new.trim()),
        (written, new) => format!("replace `{}` by `{}`", written.trim(), new.trim()),
    };
    shorten(&mut title);
    let change = |edit: &Edit| Some((document.location(edit.span)?, edit.replacement.clone()));
    let changes: Vec<_> = fix.edits.iter().map(change).collect::<Option<_>>()?;
    Some(CodeActionOrCommand::CodeAction(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(document, d)]),
        edit: Some(edits(changes.into_iter())),
        is_preferred: Some(fix.is_certain()),
        ..CodeAction::default()
    }))
}

/// Changes of documents: each place and its new text.
#[allow(clippy::mutable_key_type, reason = "the protocol's own type; the key never changes")]
pub(super) fn edits(all: impl Iterator<Item = (Location, String)>) -> WorkspaceEdit {
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (place, text) in all {
        changes.entry(place.uri).or_default().push(TextEdit::new(place.range, text));
    }
    WorkspaceEdit::new(changes)
}
