//! SVG without text to PNG: the same picture on every machine.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::Error;

/// Pixels for each unit of the SVG, where there is room.
const SCALE: f32 = 2.0;
/// Pixels that a picture has at most: 64 MiB of memory while it is drawn.
const MOST: f32 = (1u32 << 24) as f32;

/// The PNG file that shows `svg`.
pub(super) fn render(svg: &str) -> Result<Vec<u8>, Error> {
    let none = Error::Picture;
    let tree = Tree::from_str(svg, &Options::default())
        .map_err(|e| none(format!("the plot cannot be read back as SVG: {e}")))?;
    let size = tree.size();
    // A tall figure is drawn coarser, as long as it can be read.
    let scale = SCALE.min((MOST / (size.width() * size.height())).sqrt());
    let (width, height) = ((size.width() * scale) as u32, (size.height() * scale) as u32);
    let image = if scale < 1.0 { None } else { Pixmap::new(width, height) };
    let mut image = image.ok_or_else(|| {
        none(format!("{}×{} points are too many for a PNG; an `.svg` has room for them", size.width(), size.height()))
    })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut image.as_mut());
    image.encode_png().map_err(|e| none(format!("the plot cannot be written as PNG: {e}")))
}
