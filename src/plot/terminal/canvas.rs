//! A raster of dots, two wide and four high in each character cell.
//!
//! Guarantee: drawing outside the raster is a no-op, never a panic.

/// One character cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cell {
    /// Bit `2 · row + column` is the dot there, rows from the top.
    dots: u8,
    /// The line that drew here last.
    pub(super) owner: usize,
    /// So did another line before.
    shared: bool,
    /// Stands in the cell instead of its dots.
    pub(super) letter: Option<char>,
}

/// The raster.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) columns: usize,
    pub(super) rows: usize,
    cells: Vec<Cell>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![Cell::default(); columns * rows] }
    }

    pub(super) fn cell(&mut self, column: usize, row: usize) -> &mut Cell {
        &mut self.cells[row.min(self.rows - 1) * self.columns + column.min(self.columns - 1)]
    }

    pub(super) fn row(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.columns..][..self.columns]
    }

    /// For each column how far from the top, in dots, its middle dot is.
    pub(super) fn heights(&self) -> Vec<Option<usize>> {
        let set = |column: usize, y: &usize| self.row(y / 4)[column].dots & 0b11 << (2 * (y % 4)) != 0;
        let middle = |column: usize| {
            let hit: Vec<_> = (0..4 * self.rows).filter(|y| set(column, y)).collect();
            hit.get(hit.len() / 2).copied()
        };
        (0..self.columns).map(middle).collect()
    }

    /// Sets the dot at (x, y), counted from the top left.
    pub(super) fn dot(&mut self, x: i64, y: i64, owner: usize) {
        if x < 0 || y < 0 || x >= 2 * self.columns as i64 || y >= 4 * self.rows as i64 {
            return;
        }
        let cell = self.cell(x as usize / 2, y as usize / 4);
        cell.shared |= cell.dots != 0 && cell.owner != owner;
        cell.dots |= 1 << (2 * (y % 4) + x % 2);
        cell.owner = owner;
    }

    /// Sets the dots from `a` to `b`, which lie inside or just outside the raster.
    pub(super) fn line(&mut self, a: (i64, i64), b: (i64, i64), owner: usize) {
        let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs());
        for i in 0..=steps {
            let along = |p: i64, q: i64| p + ((q - p) as f64 * i as f64 / steps.max(1) as f64).round() as i64;
            self.dot(along(a.0, b.0), along(a.1, b.1), owner);
        }
    }
}

impl Cell {
    pub(super) fn is_empty(self) -> bool {
        self.dots == 0 && self.letter.is_none()
    }

    /// Whether a line runs through it.
    pub(super) fn is_inked(self) -> bool {
        self.dots != 0
    }

    pub(super) fn show(self, ascii: bool) -> char {
        match (self.letter, ascii) {
            (Some(letter), _) => letter,
            _ if self.dots == 0 => ' ',
            (None, true) if self.shared => '+',
            (None, true) => self.sketch(),
            (None, false) => self.braille(),
        }
    }

    fn braille(self) -> char {
        // Braille numbers its dots down the left column, down the right one, then the bottom row.
        const BITS: [u32; 8] = [0, 3, 1, 4, 2, 5, 6, 7];
        let pattern: u32 = (0..8).filter(|i| self.dots & 1 << i != 0).map(|i| 1 << BITS[i]).sum();
        char::from_u32(0x2800 + pattern).unwrap_or('?')
    }

    /// The ASCII character that looks most like the dots.
    fn sketch(self) -> char {
        let rows: Vec<u32> = (0..4).filter(|row| self.dots & 0b11 << (2 * row) != 0).collect();
        let middle = |column: u32| {
            let hit: Vec<u32> = (0..4).filter(|row| self.dots & 1 << (2 * row + column) != 0).collect();
            (!hit.is_empty()).then(|| hit.iter().sum::<u32>() as f64 / hit.len() as f64)
        };
        let (top, bottom) = (rows[0], rows[rows.len() - 1]);
        match (top, bottom, middle(0), middle(1)) {
            (_, _, Some(left), Some(right)) if bottom - top >= 2 && left > right => '/',
            (_, _, Some(left), Some(right)) if bottom - top >= 2 && left < right => '\\',
            _ if bottom - top >= 2 => '|',
            _ if bottom <= 1 => '\'',
            _ if top >= 2 => '.',
            _ => '-',
        }
    }
}
