//! A text with the fixes of its mistakes applied, so that what else is wrong with it can be found.
//!
//! Guarantee: a place in the mended text is traced back to one in the text as it was written, or to nothing where
//! a fix wrote it.

use crate::diag::{Diagnostic, Edit, Fix, MAX_SHOWN, Span};

/// The longest source that is mended only to say more of it at once.
const LONGEST: usize = 256 << 10;

/// What `look` finds in `source` once the mistakes `found` are mended; nothing where one of them has no fix, where more
/// would not be shown, or where reading all of it again is not worth it.
pub(crate) fn beside(
    source: &str,
    found: &[Diagnostic],
    look: impl FnOnce(&str) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    if found.len() >= MAX_SHOWN || source.len() > LONGEST {
        return vec![];
    }
    Repaired::new(source, found).map_or_else(Vec::new, |repaired| repaired.back(look(&repaired.text)))
}

/// A mended text, and how to get back.
#[derive(Debug)]
struct Repaired<'a> {
    /// What was written.
    source: &'a str,
    /// The mended text.
    text: String,
    /// The fixes, in order of place and apart.
    fixes: Vec<&'a Fix>,
}

impl<'a> Repaired<'a> {
    /// `source` with the fixes of `found`; `None` where one has none or two overlap.
    fn new(source: &'a str, found: &'a [Diagnostic]) -> Option<Self> {
        let mut fixes: Vec<&Fix> = found.iter().map(|d| d.fix.as_ref()).collect::<Option<_>>()?;
        fixes.sort_by_key(|fix| (fix.span().start, fix.span().end));
        if fixes.windows(2).any(|pair| pair[0].span().end > pair[1].span().start) {
            return None;
        }
        let text = Fix::apply(source, fixes.iter().copied());
        Some(Self { source, text, fixes })
    }

    /// What was found in the mended text, with places in the text as it was written. What touches a fix is
    /// dropped, and so is what stands beside one that may be wrong: it would be that mistake's shadow.
    fn back(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().filter_map(|d| self.diagnostic(d)).collect()
    }

    fn diagnostic(&self, mut d: Diagnostic) -> Option<Diagnostic> {
        d.span = self.span(d.span)?;
        let touches = |edit: &Edit| edit.span.start <= d.span.end && d.span.start <= edit.span.end;
        if self.edits().any(touches) {
            return None;
        }
        let doubtful = self.fixes.iter().filter(|fix| !fix.is_certain());
        for edit in doubtful.flat_map(|fix| &fix.edits) {
            let at = edit.span;
            let (first, second) = if at.start <= d.span.start { (at, d.span) } else { (d.span, at) };
            if same_island(self.source, first, second) {
                return None;
            }
        }
        d.labels = d.labels.into_iter().filter_map(|(span, text)| Some((self.span(span)?, text))).collect();
        let places: Option<Vec<Span>> = d.edits_mut().map(|edit| self.span(edit.span)).collect();
        match places {
            Some(places) => d.edits_mut().zip(places).for_each(|(edit, place)| edit.span = place),
            None => d.fix = None,
        }
        Some(d)
    }

    /// What was replaced, in order of place.
    fn edits(&self) -> impl Iterator<Item = &'a Edit> {
        self.fixes.iter().flat_map(|fix| &fix.edits)
    }

    fn span(&self, span: Span) -> Option<Span> {
        Some(Span::new(self.place(span.start)?, self.place(span.end)?))
    }

    /// Where a byte of the mended text stood.
    fn place(&self, at: usize) -> Option<usize> {
        let (mut before, mut written) = (0, 0);
        for Edit { span, replacement } in self.edits() {
            // The text in front of the edit, then the edit itself.
            let start = before + (span.start - written);
            if at <= start {
                break;
            }
            if at < start + replacement.len() {
                return None;
            }
            (before, written) = (start + replacement.len(), span.end);
        }
        Some(written + (at - before))
    }
}

/// Whether nothing between two places separates them: the second mistake may be the first one's shadow.
pub(super) fn same_island(source: &str, first: Span, second: Span) -> bool {
    let between = source.get(first.end..second.start).unwrap_or_default();
    !between.contains(['\n', ',', '|']) && !between.contains(">>")
}

#[cfg(test)]
mod tests {
    use super::Repaired;
    use crate::diag::{Diagnostic, Span, syntax};

    #[test]
    fn places_lead_back() {
        let source = "a => b, c −d";
        let found = [
            Diagnostic::new(&syntax::ARROW, Span::new(2, 4), "").fix(Span::new(2, 4), "->"),
            Diagnostic::new(&syntax::SPLIT, Span::new(10, 13), "").fix(Span::new(10, 13), "-"),
        ];
        let repaired = Repaired::new(source, &found).expect("the fixes are apart");
        assert_eq!(repaired.text, "a -> b, c -d");
        for (from, to) in [
            (0, Some(0)),
            (2, Some(2)),
            (3, None),
            (4, Some(4)),
            (8, Some(8)),
            (10, Some(10)),
            (11, Some(13)),
            (12, Some(14)),
        ] {
            assert_eq!(repaired.place(from), to, "{from}");
        }
    }
}
