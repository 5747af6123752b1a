//! A [`Doc`] on lines of at most [`WIDTH`] columns.

use super::WIDTH;
use super::doc::Doc;
use super::gap::Comment;

/// One step of indentation.
const INDENT: usize = 2;
/// Blanks before a comment that stands behind something.
const BEFORE_COMMENT: usize = 2;

/// What is owed before the next text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Owed {
    Blanks(usize),
    /// A new line, indented so far, perhaps below a blank one.
    Line(usize, bool),
}

#[derive(Debug, Default)]
struct Line<'a> {
    code: String,
    comment: Option<&'a str>,
}

#[derive(Debug)]
struct Page<'a> {
    lines: Vec<Line<'a>>,
    /// Columns taken on the last line.
    column: usize,
    owed: Owed,
}

/// A piece that is still to be set: how far lines are indented, whether its group is broken, the piece.
type Task<'d, 'a> = (usize, bool, &'d Doc<'a>);

pub(super) fn lay_out(doc: Doc<'_>) -> String {
    let mut page = Page { lines: vec![Line::default()], column: 0, owed: Owed::Blanks(0) };
    let mut tasks: Vec<Task> = vec![(0, true, &doc)];
    while let Some((indent, broken, doc)) = tasks.pop() {
        match doc {
            Doc::Text(text) => page.text(text),
            Doc::Broken(text) if broken => page.text(text),
            Doc::Flat(text) if !broken => page.text(text),
            Doc::Broken(_) | Doc::Flat(_) => {}
            Doc::Blank(n) => page.blanks(*n),
            Doc::Pad(n) if broken => page.blanks(*n),
            Doc::Pad(_) => {}
            Doc::Line | Doc::Soft if broken => page.owed = Owed::Line(indent, false),
            Doc::Hard(blank) => page.owed = Owed::Line(indent, *blank),
            Doc::Wrap if broken && !fits(page.column + 1, &[], &tasks, false) => page.owed = Owed::Line(indent, false),
            Doc::Line | Doc::Wrap => page.blanks(1),
            Doc::Soft => {}
            Doc::Comment(comment) => page.comment(comment, indent),
            Doc::Indent(parts) => tasks.extend(parts.iter().rev().map(|part| (indent + INDENT, broken, part))),
            Doc::Group(must_break, parts) => {
                let broken = *must_break || !fits(page.start(), parts, &tasks, true);
                tasks.extend(parts.iter().rev().map(|part| (indent, broken, part)));
            }
        }
    }
    page.finish()
}

/// Whether `parts`, on one line, and what follows up to the next place where a line may end, fit behind `column`.
/// `may_break`: groups after `parts` count as such places.
fn fits(column: usize, parts: &[Doc], after: &[Task], may_break: bool) -> bool {
    let mut left = WIDTH.saturating_sub(column);
    let mut after = after.iter().rev();
    let mut tasks: Vec<Task> = parts.iter().rev().map(|part| (0, false, part)).collect();
    while let Some((_, broken, doc)) = tasks.pop().or_else(|| after.next().copied()) {
        let width = match doc {
            Doc::Line | Doc::Soft | Doc::Wrap if broken => return true,
            Doc::Hard(_) | Doc::Comment(_) => return true,
            Doc::Text(text) => text.chars().count(),
            Doc::Broken(text) if broken => text.chars().count(),
            Doc::Flat(text) if !broken => text.chars().count(),
            Doc::Pad(n) if broken => *n,
            Doc::Broken(_) | Doc::Flat(_) | Doc::Pad(_) | Doc::Soft => 0,
            Doc::Blank(n) => *n,
            Doc::Line | Doc::Wrap => 1,
            Doc::Indent(parts) => {
                tasks.extend(parts.iter().rev().map(|part| (0, broken, part)));
                0
            }
            Doc::Group(must_break, parts) => {
                let broken = *must_break || broken && may_break;
                tasks.extend(parts.iter().rev().map(|part| (0, broken, part)));
                0
            }
        };
        let Some(rest) = left.checked_sub(width) else { return false };
        left = rest;
    }
    true
}

impl<'a> Page<'a> {
    /// The column at which the next text begins.
    fn start(&self) -> usize {
        match self.owed {
            Owed::Blanks(n) => self.column + n,
            Owed::Line(indent, _) => indent,
        }
    }

    fn blanks(&mut self, more: usize) {
        if let Owed::Blanks(n) = &mut self.owed {
            *n += more;
        }
    }

    /// Gives what is owed, and nothing at the very start.
    fn settle(&mut self) {
        let blanks = match std::mem::replace(&mut self.owed, Owed::Blanks(0)) {
            _ if self.lines.len() == 1 && self.last().is_empty() => return,
            Owed::Blanks(n) => n,
            Owed::Line(indent, blank) => {
                self.lines.extend((0..=usize::from(blank)).map(|_| Line::default()));
                self.column = 0;
                indent
            }
        };
        let line = self.lines.last_mut().expect("there is a line from the start on");
        line.code.extend(std::iter::repeat_n(' ', blanks));
        self.column += blanks;
    }

    fn last(&self) -> &Line<'a> {
        self.lines.last().expect("there is a line from the start on")
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.settle();
        self.lines.last_mut().expect("there is a line from the start on").code.push_str(text);
        self.column += text.chars().count();
    }

    fn comment(&mut self, comment: &Comment<'a>, indent: usize) {
        let line = self.lines.last_mut().expect("there is a line from the start on");
        let free = line.comment.is_none() && !line.code.is_empty() && !line.code.trim_start().starts_with('#');
        if free && !comment.own_line {
            line.comment = Some(comment.text);
        } else {
            if !matches!(self.owed, Owed::Line(..)) {
                self.owed = Owed::Line(indent, false);
            }
            self.text(comment.text);
        }
        if !matches!(self.owed, Owed::Line(..)) {
            self.owed = Owed::Line(indent, false);
        }
    }

    /// The text. Comments behind the code of lines below each other are aligned.
    fn finish(self) -> String {
        let mut text = String::new();
        for group in self.lines.chunk_by(|a, b| a.comment.is_some() == b.comment.is_some()) {
            let width = group.iter().map(|line| line.code.chars().count()).max().unwrap_or(0) + BEFORE_COMMENT;
            for line in group {
                match line.comment {
                    Some(comment) => text += &format!("{:width$}{comment}\n", line.code),
                    None => text += &format!("{}\n", line.code),
                }
            }
        }
        text
    }
}

impl Line<'_> {
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.comment.is_none()
    }
}
