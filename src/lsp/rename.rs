//! Definition, references and new names of `let`s and parameters.

use lsp_types::{DocumentHighlight, Location, PrepareRenameResponse, WorkspaceEdit};

use super::diagnostics::edits;
use super::document::Document;
use super::names::{self, Binding};
use crate::check::{NAMES, functions};
use crate::syntax::ast::{Expr, ExprKind, Item};
use crate::{catalogue, prelude, syntax};

/// Where the name at `at` is bound.
pub(super) fn definition(document: &Document, at: usize) -> Option<Location> {
    let (binding, _) = names::at(document.parsed()?, at)?;
    document.location(binding.name.span)
}

/// Where the name at `at` is used, and where it is bound if `declaration`.
pub(super) fn references(document: &Document, at: usize, declaration: bool) -> Option<Vec<Location>> {
    let (binding, _) = names::at(document.parsed()?, at)?;
    let places = binding.places().skip(usize::from(!declaration));
    Some(places.filter_map(|span| document.location(span)).collect())
}

/// The same places, to be shown in the text.
pub(super) fn highlights(document: &Document, at: usize) -> Option<Vec<DocumentHighlight>> {
    let parsed = document.parsed()?;
    let (binding, _) = names::at(parsed, at)?;
    let places = binding
        .places()
        .filter(|span| parsed.text.is_own(*span))
        .map(|span| DocumentHighlight { range: document.text.range(span), kind: None });
    Some(places.collect())
}

/// The name at `at`, if it can have another.
pub(super) fn prepare(document: &Document, at: usize) -> Option<PrepareRenameResponse> {
    let (binding, place) = names::at(document.parsed()?, at)?;
    Some(PrepareRenameResponse::RangeWithPlaceholder {
        range: document.text.range(place),
        placeholder: binding.name.text.clone(),
    })
}

/// Another name for the one at `at`, wherever it is written, also in the files that the document uses.
///
/// # Errors
/// Why that is not possible.
pub(super) fn rename(document: &Document, at: usize, new: &str) -> Result<Option<WorkspaceEdit>, String> {
    let Some(parsed) = document.parsed() else {
        return Err("the program does not parse, so its names are not known".into());
    };
    let Some((binding, _)) = names::at(parsed, at) else { return Err("this is no name that a `let` binds".into()) };
    if new != binding.name.text {
        is_free(new, &names::bindings(parsed))?;
    }
    Ok(Some(edits(binding.places().filter_map(|span| document.location(span)).map(|place| (place, new.to_owned())))))
}

/// Whether `new` can be bound and means nothing yet.
fn is_free(new: &str, bindings: &[Binding]) -> Result<(), String> {
    let read = syntax::parse(&format!("let {new} = 1\n{new}"));
    let is_name = read.is_ok_and(|ast| {
        matches!(&ast.items[..], [Item::Let { name, .. }] if name.text == new)
            && matches!(&ast.body, Some(Expr { kind: ExprKind::Name(name), .. }) if name == new)
    });
    if !is_name {
        return Err(format!("`{new}` is not a name: a letter or `_`, then letters, digits and `_`, and no keyword"));
    }
    if bindings.iter().any(|b| b.name.text == new) {
        return Err(format!("`{new}` is bound already"));
    }
    let known = NAMES.contains(&new) || functions().any(|f| f == new);
    if known || catalogue::find(new).is_some() || prelude::find(new).is_some() {
        return Err(format!("`{new}` has a meaning in the language"));
    }
    Ok(())
}
