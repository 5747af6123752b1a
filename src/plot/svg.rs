//! A picture as SVG. Every text is escaped and every number finite, with two decimals.

use std::fmt::Write;

use super::pen::{Anchor, Drawing, Shape, Stroke};
use super::text::escape;

/// The document that shows `drawing`.
pub(super) fn write(drawing: &Drawing) -> String {
    let [w, h] = [drawing.size.0, drawing.size.1].map(number);
    let title = match &*drawing.title {
        "" => String::new(),
        title => format!("<title>{}</title>\n", escape(title)),
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\">\n{title}\
         <rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n"
    );
    for shape in &drawing.shapes {
        // Writing to a string cannot fail.
        _ = writeln!(svg, "{}", element(shape));
    }
    svg + "</svg>\n"
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Text { at, anchor, size, ink, text, upward } => {
            let [x, y, size] = [at.0, at.1, *size].map(number);
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let turn = if *upward { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
            let text = escape(text);
            format!("<text x=\"{x}\" y=\"{y}\"{anchor}{turn} font-size=\"{size}\" fill=\"{ink}\">{text}</text>")
        }
        Shape::Rule { from, to, stroke } => {
            let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(number);
            format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {}/>", line(*stroke, ""))
        }
        Shape::Curve { points, stroke } => {
            let points: Vec<_> = points.iter().map(|p| format!("{},{}", number(p.0), number(p.1))).collect();
            let stroke = line(*stroke, " stroke-linejoin=\"round\"");
            format!("<polyline points=\"{}\" fill=\"none\" {stroke}/>", points.join(" "))
        }
        Shape::Dot { at, radius, ink } => {
            let [x, y, radius] = [at.0, at.1, *radius].map(number);
            format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{ink}\"/>")
        }
        Shape::Area { at, size, ink } => {
            let [x, y, w, h] = [at.0, at.1, size.0, size.1].map(number);
            format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{ink}\"/>")
        }
    }
}

/// The attributes of a line; `more` stands between how wide and how dashed it is.
fn line(Stroke { ink, width, dash, opacity }: Stroke, more: &str) -> String {
    let mut line = format!("stroke=\"{ink}\" stroke-width=\"{}\"{more}", number(width));
    if !dash.is_empty() {
        _ = write!(line, " stroke-dasharray=\"{dash}\"");
    }
    if opacity < 1.0 {
        _ = write!(line, " stroke-opacity=\"{}\"", number(opacity));
    }
    line
}

/// `x` with at most two decimals.
fn number(x: f64) -> String {
    let x = if x.is_finite() { x } else { 0.0 };
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
