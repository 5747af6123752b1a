//! Text as outlines of the one embedded font, so that a picture is the same on every machine and needs no engine for text.

use std::sync::LazyLock;

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// DejaVu Sans: Latin, Greek and a few symbols. Other characters appear as boxes.
static FONT: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../DejaVuSans-subset.ttf"), 0).ok());

/// The outlines of `text` in `size` from (0, 0) on, and how wide it is; none where nothing is seen of it.
pub(super) fn outlines(text: &str, size: f64) -> Option<(Path, f32)> {
    let font = FONT.as_ref()?;
    let scale = size / f64::from(font.units_per_em());
    let mut pen = Pen { path: PathBuilder::new(), scale, x: 0.0 };
    for c in text.chars() {
        // Glyph 0 is the box.
        let glyph = font.glyph_index(c).unwrap_or(GlyphId(0));
        font.outline_glyph(glyph, &mut pen);
        pen.x += f64::from(font.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
    Some((pen.path.finish()?, pen.x as f32))
}

/// What is drawn so far, and where the next glyph stands.
struct Pen {
    path: PathBuilder,
    scale: f64,
    x: f64,
}

impl Pen {
    /// A point of a glyph, in whose units up is positive.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        ((self.x + f64::from(x) * self.scale) as f32, (-f64::from(y) * self.scale) as f32)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
