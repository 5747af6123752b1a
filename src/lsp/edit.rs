//! Formatting as the smallest change of whole lines.

use lsp_types::TextEdit;

use super::document::Document;
use crate::diag::Span;

/// What formatting changes; nothing where the program does not parse.
pub(super) fn format(document: &Document) -> Vec<TextEdit> {
    let source = document.source();
    let Ok(formatted) = crate::fmt(source) else { return vec![] };
    if formatted == source {
        return vec![];
    }
    let same = |a: &mut dyn Iterator<Item = (&str, &str)>| -> usize {
        a.take_while(|(a, b)| a == b).map(|(line, _)| line.len()).sum()
    };
    let (old, new) = (|| source.split_inclusive('\n'), || formatted.split_inclusive('\n'));
    let start = same(&mut old().zip(new()));
    let shorter = source.len().min(formatted.len());
    let end = same(&mut old().rev().zip(new().rev())).min(shorter - start);
    let changed = Span::new(start, source.len() - end);
    vec![TextEdit::new(document.text.range(changed), formatted[start..formatted.len() - end].to_owned())]
}
