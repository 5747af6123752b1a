//! Colours that people with any colour vision can tell apart: Okabe and Ito's eight, those with good contrast first.

/// A colour for vector pictures and its nearest neighbour in the terminal's table of 256.
const COLORS: [(&str, u8); 7] = [
    ("#0072b2", 32),
    ("#d55e00", 166),
    ("#009e73", 36),
    ("#cc79a7", 175),
    ("#e69f00", 214),
    ("#56b4e9", 75),
    ("#444444", 246),
];

/// Patterns that tell apart lines of one colour.
const DASHES: [&str; 4] = ["", "6 3", "2 2.5", "8 3 2 3"];

/// The colour of the line at `index`.
pub(super) fn color(index: usize) -> &'static str {
    COLORS[index % COLORS.len()].0
}

/// The terminal colour of the line at `index`.
pub(super) fn ansi(index: usize) -> u8 {
    COLORS[index % COLORS.len()].1
}

/// The dash pattern of the line at `index`; empty for a full line.
pub(super) fn dash(index: usize) -> &'static str {
    DASHES[index / COLORS.len() % DASHES.len()]
}
