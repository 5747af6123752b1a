//! Labels in rows above a panel.
//!
//! Guarantees: two labels of a row never touch, and no label reaches over the ends of the strip. A label with no room
//! in any row is left out, and so are all labels wider than their room where there are many of those: which one belongs
//! where could not be told.

/// Labels that may reach beyond their room.
const GUESTS: usize = 6;

/// A label to place, in the order of the strip.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// What it belongs to.
    pub(super) center: f64,
    /// How wide that is; a label that fits inside is placed before one that does not.
    pub(super) room: f64,
    /// How wide the label is.
    pub(super) width: f64,
}

/// Where a label stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Index of the item.
    pub(super) item: usize,
    /// The label's middle.
    pub(super) center: f64,
    /// 0 is the row next to the panel.
    pub(super) row: usize,
}

/// Places as many of `items` as fit between `left` and `right`, `gap` apart, in at most `rows` rows.
pub(super) fn place(items: &[Item], left: f64, right: f64, gap: f64, rows: usize) -> Vec<Place> {
    let mut placed: Vec<Place> = Vec::new();
    let fits = |i: &&usize| items[**i].width <= items[**i].room;
    let order: Vec<usize> = (0..items.len()).collect();
    let mut guests: Vec<_> = order.iter().filter(|i| !fits(i)).collect();
    if guests.len() > GUESTS {
        guests.clear();
    }
    for &item in order.iter().filter(fits).chain(guests) {
        let Item { center, width, .. } = items[item];
        if width > right - left {
            continue;
        }
        let center = center.clamp(left + width / 2.0, right - width / 2.0);
        let free = |row: &usize| {
            let others = placed.iter().filter(|p| p.row == *row);
            others.into_iter().all(|p| (p.center - center).abs() >= (items[p.item].width + width) / 2.0 + gap)
        };
        if let Some(row) = (0..rows).find(free) {
            placed.push(Place { item, center, row });
        }
    }
    placed.sort_by_key(|p| p.item);
    placed
}
