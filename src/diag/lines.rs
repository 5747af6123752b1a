//! Lines and columns of many places in one text, each found without reading the text again.

/// So many bytes are read again at most, more or less.
const STRIDE: usize = 512;

/// Lines and columns of a text's places: both from 1, columns in characters.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    /// A byte offset every so often, with its line and column; ascending, the first at 0.
    marks: Vec<(usize, usize, usize)>,
}

impl<'a> Lines<'a> {
    /// Reads `text` once.
    pub fn new(text: &'a str) -> Self {
        let mut marks = vec![(0, 1, 1)];
        let (mut last, mut line, mut column) = (0, 1, 1);
        for (at, c) in text.char_indices() {
            if at - last >= STRIDE {
                marks.push((at, line, column));
                last = at;
            }
            (line, column) = after(c, line, column);
        }
        Self { text, marks }
    }

    /// Line and column of a byte offset; one inside a character is that character's, one past the end is the end's.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let known = self.marks.partition_point(|mark| mark.0 <= at).saturating_sub(1);
        let (start, line, column) = self.marks[known];
        let before = self.text[start..].char_indices().take_while(|(k, c)| start + k + c.len_utf8() <= at);
        before.fold((line, column), |(line, column), (_, c)| after(c, line, column))
    }
}

fn after(c: char, line: usize, column: usize) -> (usize, usize) {
    if c == '\n' { (line + 1, 1) } else { (line, column + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found() {
        let text = "a\r\nüb\n\n".repeat(300) + &"é🎉".repeat(400);
        let lines = Lines::new(&text);
        for at in 0..text.len() + 3 {
            let end = (0..=at.min(text.len())).rev().find(|k| text.is_char_boundary(*k)).unwrap();
            let before = &text[..end];
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            assert_eq!(lines.line_column(at), (before.matches('\n').count() + 1, column), "{at}");
        }
        assert_eq!(Lines::new("").line_column(7), (1, 1));
    }
}
