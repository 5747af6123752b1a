//! Figures as text.

use super::gallery;
use crate::plot::{Figure, Line, Panel};

fn ramp() -> Figure {
    let lines = vec![Line::new("lr", vec![(0.0, 0.0), (40.0, 1e-3), (100.0, 0.0)])];
    Figure { panels: vec![Panel { lines, x_label: "step".into(), ..Panel::default() }], ..Figure::default() }
}

#[test]
fn braille() {
    let expected = [
        "      lr",
        "1e-3 ┤            ⡠⠢⢄",
        "     │          ⡠⠊   ⠉⠒⢄⡀",
        "     │        ⡠⠊        ⠈⠒⢄⡀",
        "5e-4 ┤     ⢀⠔⠊             ⠈⠒⠤⡀",
        "     │   ⢀⠔⠁                  ⠈⠑⠤⡀",
        "     │ ⢀⠔⠁                       ⠈⠑⠤⣀",
        "   0 ┤⠔⠁                             ⠑⠢",
        "     └┬─────┬──────┬─────┬──────┬─────┬",
        "      0    20     40    60     80    100",
        "                    step",
    ];
    assert_eq!(ramp().to_terminal(40, 11, false, false), expected.join("\n") + "\n");
}

#[test]
fn ascii() {
    let expected = [
        "      lr",
        "1e-3 +            .-.",
        "     |          .'   ''..",
        "     |        .'        ''..",
        "5e-4 +     .-'             ''..",
        "     |   .-'                  ''..",
        "     | .-'                       ''..",
        "   0 +-'                             '-",
        "     ++-----+------+-----+------+-----+",
        "      0    20     40    60     80    100",
        "                    step",
    ];
    assert_eq!(ramp().to_terminal(40, 11, true, false), expected.join("\n") + "\n");
}

#[test]
fn curves_are_told_apart_with_and_without_colour() {
    let plain = gallery::overlay().to_terminal(80, 20, false, false);
    let (header, plot) = plain.split_once('\n').unwrap();
    assert!(header.contains("a wsd.etude   b cosine.etude   c inverse-sqrt.etude"), "{header}");
    assert!(["a", "b", "c"].iter().all(|l| plot.contains(l)), "{plot}");
    let colored = gallery::overlay().to_terminal(80, 20, false, true);
    assert!(colored.contains("\x1b[38;5;32m──\x1b[0m wsd.etude"), "{colored}");
    assert_eq!(colored.matches("\x1b[38").count(), colored.matches("\x1b[0m").count());
}

#[test]
fn height_is_kept_where_there_is_room() {
    for (name, figure) in gallery::all() {
        let lines = figure.to_terminal(100, 40, false, false).lines().count();
        assert!((37..=40).contains(&lines), "{name}: {lines}");
    }
}
