//! Pictures of schedules and of training runs: SVG, PNG and text for the terminal.
//!
//! Guarantees: equal figures give equal bytes on every machine (the font is embedded, no system call is made while
//! drawing); any `f64` may be passed, and no output ever holds a NaN or an infinity; a jump between two segments is
//! never drawn as a slope; labels do not overlap; nothing here looks at the terminal or the environment. Only
//! [`write()`] touches the file system, and it leaves either the whole picture or what was there before.

mod axis;
mod curve;
mod error;
mod file;
mod layout;
mod number;
mod palette;
mod pen;
mod png;
mod span;
mod strip;
mod svg;
mod terminal;
#[cfg(test)]
mod tests;
mod text;

pub use error::Error;
pub use file::write;

/// Panels stacked above one shared horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// Stands above all panels.
    pub title: Option<String>,
    /// From top to bottom.
    pub panels: Vec<Panel>,
    /// A logarithmic horizontal axis; points at or left of zero are left out. Linear where no point is positive.
    pub log_x: bool,
}

/// One pair of axes.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Panel {
    /// Drawn in this order, the last one on top.
    pub lines: Vec<Line>,
    /// Shaded alternately, labelled above the panel.
    pub bands: Vec<Band>,
    /// Vertical rules.
    pub marks: Vec<Mark>,
    /// Names the horizontal axis. The axis is shared: the last panel's non-empty label is the one shown.
    pub x_label: String,
    /// Names the vertical axis. Where it is empty and there is one line, the line's name stands in.
    pub y_label: String,
    /// A logarithmic vertical axis; values at or below zero are left out. Linear where no value is positive.
    pub log_y: bool,
}

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Shown in the legend.
    pub name: String,
    /// Continuous pieces in order of x. Between two pieces the value jumps. A point that is not finite is a gap.
    pub segments: Vec<Vec<(f64, f64)>>,
}

/// A phase: the stretch from `from` to `to` on the horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Left end.
    pub from: f64,
    /// Right end.
    pub to: f64,
    /// Hidden where there is no room for it.
    pub label: String,
}

/// A place on the horizontal axis worth pointing at, such as a restart or the best step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// May be empty.
    pub label: String,
}

impl Line {
    /// A curve without jumps.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), segments: vec![points] }
    }
}

impl Figure {
    /// The figure as a standalone SVG document, 720 units wide on white.
    pub fn to_svg(&self) -> String {
        svg::write(&layout::draw(self))
    }

    /// The figure as a PNG image with two pixels for each unit of the SVG.
    ///
    /// # Errors
    /// It has more points than a PNG has room for.
    pub fn to_png(&self) -> Result<Vec<u8>, Error> {
        png::render(&layout::draw(self))
    }

    /// The figure as text, at most `width` columns wide and about `height` lines high (each panel has at least
    /// three rows). Curves are drawn in braille, with `ascii` in plain ASCII. With `color` curves are told apart by
    /// ANSI colours, otherwise by a letter that stands on each.
    pub fn to_terminal(&self, width: usize, height: usize, ascii: bool, color: bool) -> String {
        terminal::draw(self, width, height, ascii, color)
    }
}
