//! A document's text, and the protocol's positions in it.
//!
//! Guarantee: every position, also one outside the text or within a character, stands for a place in it.

use lsp_types::{Position, Range};

use crate::diag::Span;

/// What a position's `character` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16: what the protocol means where nothing else is agreed.
    Utf16,
}

impl Encoding {
    fn width(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
        }
    }

    /// The length of `text` in this encoding's units.
    pub fn length(self, text: &str) -> u32 {
        let units: usize = text.chars().map(|c| self.width(c)).sum();
        units.try_into().unwrap_or(u32::MAX)
    }
}

/// A text and where its lines start. Positions are found in logarithmic time: a document may be one long line.
#[derive(Debug)]
pub(super) struct Text {
    pub source: String,
    pub encoding: Encoding,
    starts: Vec<usize>,
    /// The end of each character that has fewer units than bytes, and how many fewer all up to it have.
    wide: Vec<(usize, usize)>,
}

impl Text {
    pub fn new(source: String, encoding: Encoding) -> Self {
        let bytes = source.as_bytes();
        let ends =
            (0..bytes.len()).filter(|&i| bytes[i] == b'\n' || bytes[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain(ends.map(|i| i + 1)).collect();
        let (mut wide, mut fewer) = (vec![], 0);
        for (at, c) in source.char_indices().filter(|(_, c)| encoding.width(*c) < c.len_utf8()) {
            fewer += c.len_utf8() - encoding.width(c);
            wide.push((at + c.len_utf8(), fewer));
        }
        Self { source, encoding, starts, wide }
    }

    /// Units before a byte.
    fn units(&self, offset: usize) -> usize {
        let before = self.wide.partition_point(|&(end, _)| end <= offset);
        offset - before.checked_sub(1).map_or(0, |k| self.wide[k].1)
    }

    /// The beginning of the character at `offset`, or the end.
    fn floor(&self, mut offset: usize) -> usize {
        offset = offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The byte at `position`; the nearest one before it where there is none.
    pub fn offset(&self, position: Position) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else { return self.source.len() };
        let next = self.starts.get(position.line as usize + 1).copied().unwrap_or(self.source.len());
        let end = start + self.source[start..next].trim_end_matches(['\n', '\r']).len();
        let wanted = self.units(start) + position.character as usize;
        let (mut low, mut high) = (start, end);
        while low < high {
            // The later half begins with a whole character.
            let middle = self.floor(low + (high - low).div_ceil(2));
            let middle =
                if middle > low { middle } else { low + self.source[low..].chars().next().map_or(1, char::len_utf8) };
            if self.units(middle) <= wanted {
                low = middle;
            } else if high == middle {
                break;
            } else {
                high = self.floor(middle - 1);
            }
        }
        low
    }

    /// The position of a byte, or of the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let character = self.units(offset) - self.units(self.starts[line]);
        Position::new(line.try_into().unwrap_or(u32::MAX), character.try_into().unwrap_or(u32::MAX))
    }

    pub fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    pub fn span(&self, range: Range) -> Span {
        let (a, b) = (self.offset(range.start), self.offset(range.end));
        Span::new(a.min(b), a.max(b))
    }

    /// The text with `range` replaced; with all of it replaced where there is no range.
    pub fn changed(&self, range: Option<Range>, new: &str) -> Self {
        let mut source = self.source.clone();
        let span = range.map_or(Span::new(0, source.len()), |range| self.span(range));
        source.replace_range(span.range(), new);
        Self::new(source, self.encoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_bytes_agree() {
        let source = "a😀é\r\nb\rc\n";
        for (encoding, units) in [(Encoding::Utf8, [0, 1, 5, 7]), (Encoding::Utf16, [0, 1, 3, 4])] {
            let text = Text::new(source.into(), encoding);
            for (units, at) in units.into_iter().zip([0, 1, 5, 7]) {
                assert_eq!(text.position(at), Position::new(0, units));
                assert_eq!(text.offset(Position::new(0, units)), at);
            }
            for (at, _) in source.char_indices().filter(|&(at, _)| at != 8) {
                assert_eq!(text.offset(text.position(at)), at);
            }
            assert_eq!(text.position(9), Position::new(1, 0));
            assert_eq!(text.position(11), Position::new(2, 0));
            // Within a character, behind a line's end and behind the text.
            assert_eq!(text.offset(Position::new(0, 2)), 1);
            assert_eq!(text.offset(Position::new(0, 99)), 7);
            assert_eq!(text.offset(Position::new(99, 0)), source.len());
            assert_eq!(text.position(usize::MAX), Position::new(3, 0));
        }
    }

    #[test]
    fn changes_are_applied_where_they_are() {
        let text = Text::new("1 😀 2".into(), Encoding::Utf16);
        let range = Range::new(Position::new(0, 2), Position::new(0, 4));
        assert_eq!(text.changed(Some(range), "x").source, "1 x 2");
        let backwards = Range::new(Position::new(9, 9), Position::new(0, 2));
        assert_eq!(text.changed(Some(backwards), "").source, "1 ");
        assert_eq!(text.changed(None, "new").source, "new");
    }
}
