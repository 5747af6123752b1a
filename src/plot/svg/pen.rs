//! Writes SVG elements. Every text is escaped and every number finite, with two decimals.

use std::fmt::Write;

use super::super::text::escape;
use super::letters::outlines;

/// Ink for text.
pub(super) const INK: &str = "#222222";
/// Ink for secondary text.
pub(super) const SOFT: &str = "#5a5a5a";
/// Ink for axes.
pub(super) const AXIS: &str = "#444444";
/// Ink for grid lines.
pub(super) const GRID: &str = "#e6e6e6";

/// The end of a text that its position names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) enum Letters {
    /// As text, which is selected, searched and read aloud.
    Text,
    /// As outlines.
    Outlines,
}

/// The elements written so far.
#[derive(Debug)]
pub(super) struct Pen {
    written: String,
    letters: Letters,
}

impl Pen {
    pub(super) fn new(letters: Letters) -> Self {
        Self { written: String::new(), letters }
    }

    /// A document of this size with the elements written so far.
    pub(super) fn finish(self, width: f64, height: f64, title: &str) -> String {
        let (w, h) = (number(width), number(height));
        let title = if title.is_empty() { String::new() } else { format!("<title>{}</title>\n", escape(title)) };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\">\n{title}\
             <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            self.written
        )
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, size: f64, ink: &str, text: &str) {
        self.tilted_text(at, anchor, size, ink, text, false);
    }

    /// Text that reads upwards.
    pub(super) fn upward_text(&mut self, at: (f64, f64), size: f64, ink: &str, text: &str) {
        self.tilted_text(at, Anchor::Middle, size, ink, text, true);
    }

    fn tilted_text(&mut self, (x, y): (f64, f64), anchor: Anchor, size: f64, ink: &str, text: &str, up: bool) {
        if text.is_empty() {
            return;
        }
        if self.letters == Letters::Outlines {
            let (path, width) = outlines(text, size);
            let before = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
            let [x, y, before] = [x, y, -before].map(number);
            let turn = if up { " rotate(-90)" } else { "" };
            let place = format!("translate({x} {y}){turn} translate({before} 0)");
            return self.element(format_args!("<path transform=\"{place}\" d=\"{path}\" fill=\"{ink}\"/>"));
        }
        let (x, y) = (number(x), number(y));
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let turn = if up { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
        let (size, text) = (number(size), escape(text));
        self.element(format_args!(
            "<text x=\"{x}\" y=\"{y}\"{anchor}{turn} font-size=\"{size}\" fill=\"{ink}\">{text}</text>"
        ));
    }

    /// A straight line. `style` holds further attributes.
    pub(super) fn rule(&mut self, from: (f64, f64), to: (f64, f64), ink: &str, width: f64, style: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
        let (width, style) = (number(width), spaced(style));
        self.element(format_args!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{ink}\" stroke-width=\"{width}\"{style}/>"
        ));
    }

    pub(super) fn curve(&mut self, points: &[(f64, f64)], ink: &str, width: f64, style: &str) {
        let points: Vec<_> = points.iter().map(|p| format!("{},{}", number(p.0), number(p.1))).collect();
        let (points, width, style) = (points.join(" "), number(width), spaced(style));
        self.element(format_args!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{style}/>"
        ));
    }

    pub(super) fn dot(&mut self, at: (f64, f64), radius: f64, ink: &str) {
        let [x, y, radius] = [at.0, at.1, radius].map(number);
        self.element(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{ink}\"/>"));
    }

    pub(super) fn area(&mut self, at: (f64, f64), size: (f64, f64), ink: &str) {
        let [x, y, w, h] = [at.0, at.1, size.0, size.1].map(number);
        self.element(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{ink}\"/>"));
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.written, "{element}");
    }
}

fn spaced(style: &str) -> String {
    if style.is_empty() { String::new() } else { format!(" {style}") }
}

/// `x` with at most two decimals.
pub(super) fn number(x: f64) -> String {
    let x = if x.is_finite() { x } else { 0.0 };
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
