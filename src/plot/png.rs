//! A picture as PNG: the same pixels on every machine.

mod letters;

use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapMut, Rect, Stroke, StrokeDash, Transform,
};

use super::Error;
use super::pen::{self, Anchor, Drawing, Pair, Shape};
use letters::outlines;

/// Pixels for each unit of the picture, where there is room.
const SCALE: f32 = 2.0;
/// Pixels that a picture has at most: 64 MiB of memory while it is drawn.
const MOST: f32 = (1u32 << 24) as f32;

/// The PNG file that shows `drawing`.
pub(super) fn render(drawing: &Drawing) -> Result<Vec<u8>, Error> {
    let (width, height) = (unit(drawing.size.0), unit(drawing.size.1));
    // A tall figure is drawn coarser, as long as it can be read.
    let scale = SCALE.min((MOST / (width * height)).sqrt());
    let image = if scale < 1.0 { None } else { Pixmap::new((width * scale) as u32, (height * scale) as u32) };
    let mut image = image.ok_or_else(|| {
        Error::Picture(format!("{width}×{height} points are too many for a PNG; an `.svg` has room for them"))
    })?;
    image.fill(Color::WHITE);
    let mut canvas = Canvas { image: image.as_mut(), scale: Transform::from_scale(scale, scale) };
    for shape in &drawing.shapes {
        canvas.draw(shape);
    }
    image.encode_png().map_err(|e| Error::Picture(format!("the plot cannot be written as PNG: {e}")))
}

struct Canvas<'a> {
    image: PixmapMut<'a>,
    scale: Transform,
}

impl Canvas<'_> {
    /// Draws a shape; one that covers nothing leaves no trace.
    fn draw(&mut self, shape: &Shape) -> Option<()> {
        match shape {
            Shape::Text { at, anchor, size, ink, text, upward } => {
                let (path, width) = outlines(text, *size)?;
                let before = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => width / 2.0,
                    Anchor::End => width,
                };
                let (x, y) = point(*at);
                let turn = if *upward { Transform::from_rotate(-90.0) } else { Transform::identity() };
                let place = self.scale.pre_translate(x, y).pre_concat(turn).pre_translate(-before, 0.0);
                self.fill(&path, ink, place);
            }
            Shape::Rule { from, to, stroke } => self.stroke(&[*from, *to], *stroke, LineJoin::Miter)?,
            Shape::Curve { points, stroke } => self.stroke(points, *stroke, LineJoin::Round)?,
            Shape::Dot { at, radius, ink } => {
                let (x, y) = point(*at);
                self.fill(&PathBuilder::from_circle(x, y, unit(*radius))?, ink, self.scale);
            }
            Shape::Area { at, size, ink } => {
                let ((x, y), (width, height)) = (point(*at), point(*size));
                self.fill(&PathBuilder::from_rect(Rect::from_xywh(x, y, width, height)?), ink, self.scale);
            }
        }
        Some(())
    }

    fn fill(&mut self, path: &Path, ink: &str, place: Transform) {
        self.image.fill_path(path, &paint(ink, 1.0), FillRule::Winding, place, None);
    }

    fn stroke(&mut self, points: &[Pair], stroke: pen::Stroke, line_join: LineJoin) -> Option<()> {
        let mut path = PathBuilder::new();
        for (k, p) in points.iter().enumerate() {
            let (x, y) = point(*p);
            if k == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        let dash: Vec<f32> = stroke.dash.split(' ').filter_map(|length| length.parse().ok()).collect();
        let dash = StrokeDash::new(dash, 0.0);
        let shape = Stroke { width: unit(stroke.width), line_join, dash, ..Stroke::default() };
        self.image.stroke_path(&path.finish()?, &paint(stroke.ink, stroke.opacity), &shape, self.scale, None);
        Some(())
    }
}

/// A length in the picture, where it stands in the SVG.
fn unit(x: f64) -> f32 {
    let x = if x.is_finite() { x } else { 0.0 };
    ((x * 100.0).round() / 100.0) as f32
}

fn point((x, y): Pair) -> (f32, f32) {
    (unit(x), unit(y))
}

/// The colour `#rrggbb`.
fn paint(ink: &str, opacity: f64) -> Paint<'static> {
    let part = |at: usize| ink.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0);
    let mut paint = Paint::default();
    paint.set_color_rgba8(part(1), part(3), part(5), (opacity * 255.0).round() as u8);
    paint
}
