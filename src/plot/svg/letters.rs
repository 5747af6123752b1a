//! Text as outlines of the one embedded font, so that a picture is the same on every machine and needs no engine for text.

use std::fmt::Write;
use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::pen::number;

/// DejaVu Sans: Latin, Greek and a few symbols. Other characters appear as boxes.
static FONT: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("../DejaVuSans-subset.ttf"), 0).ok());

/// The path of `text` in `size` from (0, 0) on, as SVG writes one, and how wide it is.
pub(super) fn outlines(text: &str, size: f64) -> (String, f64) {
    let Some(font) = &*FONT else { return Default::default() };
    let scale = size / f64::from(font.units_per_em());
    let mut path = Path { data: String::new(), scale, x: 0.0 };
    for c in text.chars() {
        // Glyph 0 is the box.
        let glyph = font.glyph_index(c).unwrap_or(GlyphId(0));
        font.outline_glyph(glyph, &mut path);
        path.x += f64::from(font.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
    (path.data, path.x)
}

/// What is drawn so far, and where the next glyph stands.
struct Path {
    data: String,
    scale: f64,
    x: f64,
}

impl Path {
    fn add(&mut self, command: char, points: &[(f32, f32)]) {
        self.data.push(command);
        for &(x, y) in points {
            let (x, y) = (self.x + f64::from(x) * self.scale, -f64::from(y) * self.scale);
            // Writing to a string cannot fail.
            let _ = write!(self.data, "{} {} ", number(x), number(y));
        }
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.add('Q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add('C', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.data.push('Z');
    }
}
