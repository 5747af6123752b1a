//! SVG to PNG. Only the embedded font is known, so the picture is the same on every machine.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

/// Pixels for each unit of the SVG.
const SCALE: f32 = 2.0;

/// DejaVu Sans: Latin, Greek and a few symbols. Other characters appear as boxes.
static FONT: &[u8] = include_bytes!("DejaVuSans-subset.ttf");

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family("DejaVu Sans");
    Arc::new(fonts)
});

/// The PNG file that shows `svg`.
pub(super) fn render(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options { fontdb: FONTS.clone(), font_family: "DejaVu Sans".into(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| format!("the plot cannot be read back as SVG: {e}"))?;
    let size = tree.size();
    let (width, height) = ((size.width() * SCALE).ceil() as u32, (size.height() * SCALE).ceil() as u32);
    let mut image =
        Pixmap::new(width, height).ok_or_else(|| format!("a plot of {width}×{height} pixels is too large"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut image.as_mut());
    image.encode_png().map_err(|e| format!("the plot cannot be written as PNG: {e}"))
}
