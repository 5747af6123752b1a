//! What a text may look like: pieces, and the places where a line may end.

use super::gap::Comment;

/// A piece of text, or a place where a line may end (Wadler's pretty printer, with comments).
#[derive(Debug)]
pub(super) enum Doc<'a> {
    /// Goes on one line.
    Text(&'a str),
    /// So many blanks, unless the line ends here.
    Blank(usize),
    /// Where the group is broken the line ends; else a blank.
    Line,
    /// Where the group is broken the line ends; else nothing.
    Soft,
    /// Where the group is broken and what follows does not fit, the line ends; else a blank.
    Wrap,
    /// The line ends, and a blank line follows or not.
    Hard(bool),
    /// Only where the group is broken.
    Broken(&'a str),
    /// Only where the group is on one line.
    Flat(&'a str),
    /// So many blanks, where the group is broken and the line does not end here.
    Pad(usize),
    /// A comment, after which the line ends.
    Comment(Comment<'a>),
    /// On one line if that is possible. The flag: it is not.
    Group(bool, Vec<Doc<'a>>),
    /// Lines that begin within it are indented once more.
    Indent(Vec<Doc<'a>>),
}

impl<'a> Doc<'a> {
    /// The parts on one line, where they fit and no line must end among them.
    pub fn group(parts: Vec<Doc<'a>>) -> Self {
        Self::Group(parts.iter().any(Self::must_break), parts)
    }

    fn must_break(&self) -> bool {
        match self {
            Self::Hard(_) | Self::Comment(_) | Self::Group(true, _) => true,
            Self::Indent(parts) => parts.iter().any(Self::must_break),
            _ => false,
        }
    }
}
