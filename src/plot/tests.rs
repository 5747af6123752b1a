//! What the pictures promise.

mod edges;
mod gallery;
mod numbers;
mod shapes;
mod terminal;

use std::fs;

use roxmltree::{Document, Node};

use super::{Figure, write};

/// Size of a PNG file, from its header.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).unwrap_or("0").parse().unwrap()
}

/// The box of a text, its width estimated as the layout does, as (left, right, top, bottom).
fn text_box(node: Node) -> (f64, f64, f64, f64) {
    let (x, y, size) = (number(node, "x"), number(node, "y"), number(node, "font-size"));
    let width = super::text::width(node.text().unwrap_or(""), size);
    if node.has_attribute("transform") {
        return (x - size, x, y - width / 2.0, y + width / 2.0);
    }
    let left = match node.attribute("text-anchor") {
        Some("middle") => x - width / 2.0,
        Some("end") => x - width,
        _ => x,
    };
    (left, left + width, y - 0.72 * size, y)
}

/// Checks all that holds for every figure, and gives the SVG back.
fn sound(figure: &Figure) -> String {
    let svg = figure.to_svg();
    assert!(!svg.contains("NaN") && !svg.contains("inf\"") && !svg.contains("inf,"), "{svg}");
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    let (width, height) = (number(root, "width"), number(root, "height"));
    let texts: Vec<_> = root.descendants().filter(|n| n.has_tag_name("text")).map(text_box).collect();
    for (i, a) in texts.iter().enumerate() {
        assert!(a.0 >= 0.0 && a.1 <= width && a.2 >= 0.0 && a.3 <= height, "text {i} leaves the canvas: {a:?}");
        for b in &texts[..i] {
            let apart = a.1 <= b.0 || b.1 <= a.0 || a.3 <= b.2 || b.3 <= a.2;
            assert!(apart, "texts overlap: {a:?} and {b:?} in\n{svg}");
        }
    }
    for node in root.descendants().filter(|n| n.has_tag_name("line")) {
        let inside = |names: [&str; 2], most: f64| names.iter().all(|n| (0.0..=most).contains(&number(node, n)));
        assert!(inside(["x1", "x2"], width) && inside(["y1", "y2"], height), "a line leaves the canvas");
    }
    for node in root.descendants().filter(|n| n.has_tag_name("polyline")) {
        for point in node.attribute("points").unwrap().split(' ') {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "a curve leaves the canvas at {x}, {y}");
        }
    }
    for (ascii, size) in [(true, (80, 24)), (false, (24, 5)), (false, (0, 0)), (true, (133, 40))] {
        let text = figure.to_terminal(size.0, size.1, ascii, false);
        assert!(!text.contains("NaN") && !text.contains('\x1b') && (!ascii || text.is_ascii()), "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= size.0.max(24) && !l.ends_with(' ')), "{text}");
    }
    svg
}

#[test]
fn gallery_is_sound() {
    for (name, figure) in gallery::all() {
        println!("{name}");
        sound(&figure);
    }
}

#[test]
fn equal_figures_give_equal_bytes() {
    assert_eq!(gallery::report().to_svg(), gallery::report().to_svg());
    assert_eq!(gallery::constant().to_png().unwrap(), gallery::constant().to_png().unwrap());
}

#[test]
fn png_has_two_pixels_for_each_unit_and_shows_text() {
    let figure = gallery::staircase();
    let bytes = figure.to_png().unwrap();
    let svg = figure.to_svg();
    let document = Document::parse(&svg).unwrap();
    let unit = |name: &str| number(document.root_element(), name) as f32 * 2.0;
    assert_eq!(png_size(&bytes), (unit("width").ceil() as u32, unit("height").ceil() as u32));
    // Without its font the picture would lose its texts silently.
    let mute = Figure { title: None, ..gallery::constant() };
    let loud = Figure { title: Some("§ é π → ≤".into()), ..gallery::constant() };
    let top = |f: &Figure| ink(&f.to_png().unwrap(), 60);
    assert!(top(&loud) > top(&mute) + 300, "{} {}", top(&loud), top(&mute));
}

/// Dark pixels in the first `rows` rows.
fn ink(png: &[u8], rows: u32) -> usize {
    let image = tiny_skia::Pixmap::decode_png(png).unwrap();
    let width = image.width() as usize;
    let dark = |p: &&tiny_skia::PremultipliedColorU8| p.red() < 0x40;
    image.pixels()[..width * rows as usize].iter().filter(dark).count()
}

#[test]
fn extension_picks_the_format() {
    let folder = std::env::temp_dir().join(format!("etude-plot-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let figure = gallery::constant();
    write(&figure, &folder.join("a.svg")).unwrap();
    write(&figure, &folder.join("a.PNG")).unwrap();
    assert_eq!(fs::read_to_string(folder.join("a.svg")).unwrap(), figure.to_svg());
    assert_eq!(png_size(&fs::read(folder.join("a.PNG")).unwrap()).0, 1440);
    for name in ["a.pdf", "a", "svg"] {
        let error = write(&figure, &folder.join(name)).unwrap_err().to_string();
        assert!(error.contains("`.svg`") && error.contains("`.png`"), "{error}");
    }
    // A target that cannot be replaced: no partial file stays behind.
    fs::create_dir(folder.join("b.svg")).unwrap();
    assert!(write(&figure, &folder.join("b.svg")).unwrap_err().to_string().starts_with("cannot write `"));
    assert!(write(&figure, &folder.join("missing/c.svg")).is_err());
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a.PNG", "a.svg", "b.svg"]);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_tall_picture_takes_no_more_memory_than_others() {
    let figure = |panels: usize| {
        let line = super::Line::new("a", vec![(0.0, 0.0), (1.0, 1.0)]);
        Figure {
            panels: vec![super::Panel { lines: vec![line], ..super::Panel::default() }; panels],
            ..Figure::default()
        }
    };
    let (width, height) = png_size(&figure(60).to_png().unwrap());
    assert!((720..1440).contains(&width) && width * height <= 1 << 24, "{width}×{height}");
    assert_eq!(png_size(&figure(2).to_png().unwrap()).0, 1440);
    assert!(figure(400).to_png().unwrap_err().to_string().contains("`.svg`"));
}
