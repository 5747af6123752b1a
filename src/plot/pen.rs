//! What a laid out figure consists of: a list of simple shapes, for whatever draws them.

/// Ink for text.
pub(super) const INK: &str = "#222222";
/// Ink for secondary text.
pub(super) const SOFT: &str = "#5a5a5a";
/// Ink for axes.
pub(super) const AXIS: &str = "#444444";
/// Ink for grid lines.
pub(super) const GRID: &str = "#e6e6e6";

/// The end of a text that its position names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A point or a size, in units of the picture.
pub(super) type Pair = (f64, f64);

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    /// A colour as `#rrggbb`.
    pub(super) ink: &'static str,
    pub(super) width: f64,
    /// Lengths of dashes and gaps by turns; empty for a full line.
    pub(super) dash: &'static str,
    /// From 0 to 1.
    pub(super) opacity: f64,
}

impl Stroke {
    /// A full line.
    pub(super) fn new(ink: &'static str, width: f64) -> Self {
        Self { ink, width, dash: "", opacity: 1.0 }
    }

    pub(super) fn dashed(self, dash: &'static str) -> Self {
        Self { dash, ..self }
    }
}

/// A part of the picture.
#[derive(Debug)]
pub(super) enum Shape {
    Text { at: Pair, anchor: Anchor, size: f64, ink: &'static str, text: String, upward: bool },
    Rule { from: Pair, to: Pair, stroke: Stroke },
    Curve { points: Vec<Pair>, stroke: Stroke },
    Dot { at: Pair, radius: f64, ink: &'static str },
    Area { at: Pair, size: Pair, ink: &'static str },
}

/// A picture on white: its size and its shapes, the last one on top.
#[derive(Debug)]
pub(super) struct Drawing {
    pub(super) size: Pair,
    pub(super) title: String,
    pub(super) shapes: Vec<Shape>,
}

/// The shapes drawn so far.
#[derive(Debug, Default)]
pub(super) struct Pen {
    shapes: Vec<Shape>,
}

impl Pen {
    /// A picture of this size with the shapes drawn so far.
    pub(super) fn finish(self, size: Pair, title: &str) -> Drawing {
        Drawing { size, title: title.into(), shapes: self.shapes }
    }

    pub(super) fn text(&mut self, at: Pair, anchor: Anchor, size: f64, ink: &'static str, text: &str) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, anchor, size, ink, text: text.into(), upward: false });
        }
    }

    /// Text that reads upwards, with its middle at `at`.
    pub(super) fn upward_text(&mut self, at: Pair, size: f64, ink: &'static str, text: &str) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, anchor: Anchor::Middle, size, ink, text: text.into(), upward: true });
        }
    }

    /// A straight line.
    pub(super) fn rule(&mut self, from: Pair, to: Pair, stroke: Stroke) {
        self.shapes.push(Shape::Rule { from, to, stroke });
    }

    pub(super) fn curve(&mut self, points: &[Pair], stroke: Stroke) {
        self.shapes.push(Shape::Curve { points: points.into(), stroke });
    }

    pub(super) fn dot(&mut self, at: Pair, radius: f64, ink: &'static str) {
        self.shapes.push(Shape::Dot { at, radius, ink });
    }

    pub(super) fn area(&mut self, at: Pair, size: Pair, ink: &'static str) {
        self.shapes.push(Shape::Area { at, size, ink });
    }
}
