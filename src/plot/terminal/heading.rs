//! What stands above a panel of text: its name, its legend and the names of its phases.

use super::super::Panel;
use super::super::axis::Axis;
use super::super::palette::ansi;
use super::super::strip::{Item, place};
use super::super::text::columns;
use super::Style;

fn heading(panel: &Panel) -> &str {
    match &panel.lines[..] {
        [line] if panel.y_label.is_empty() => &line.name,
        _ => &panel.y_label,
    }
}

/// What tells line `index` from the others without colour.
pub(super) fn letter(index: usize) -> char {
    (b'a' + (index % 26) as u8) as char
}

/// The vertical label and the legend, in as many lines as they need.
pub(super) fn header(panel: &Panel, room: usize, style: Style) -> Vec<String> {
    let first = columns(heading(panel), room, style.ascii);
    let mut used = first.chars().count();
    let mut lines = vec![first];
    let keyed = if panel.lines.len() > 1 { &panel.lines[..] } else { &[] };
    for (i, line) in keyed.iter().enumerate() {
        let key = match (style.color, style.ascii) {
            (false, _) => letter(i).to_string(),
            (true, true) => "--".into(),
            (true, false) => "──".into(),
        };
        let size = key.chars().count() + 1;
        let name = columns(&line.name, room.saturating_sub(size), style.ascii);
        let size = size + name.chars().count();
        let key = if style.color { format!("\x1b[38;5;{}m{key}\x1b[0m", ansi(i)) } else { key };
        match lines.last_mut() {
            Some(last) if used + 3 + size <= room => {
                let gap = if used == 0 { 0 } else { 3 };
                last.push_str(&format!("{}{key} {name}", " ".repeat(gap)));
                used += gap + size;
            }
            _ => {
                lines.push(format!("{key} {name}"));
                used = size;
            }
        }
    }
    lines.retain(|l| !l.is_empty());
    lines
}

/// The labels of bands and marks, as far as there is room; blank where none has one.
pub(super) fn phases(panel: &Panel, x: &Axis, inside: usize, style: Style) -> String {
    let bands = panel.bands.iter().map(|b| (b.from, b.to, &b.label));
    let marks = panel.marks.iter().map(|m| (m.x, m.x, &m.label));
    let spans = bands.chain(marks).filter(|s| x.holds(s.0) && x.holds(s.1) && s.0 <= s.1 && !s.2.is_empty());
    let spans: Vec<_> = spans.collect();
    let at = |value: f64| x.unit(value) * inside as f64;
    let item = |label: &String, from, to| Item {
        center: (at(from) + at(to)) / 2.0,
        room: at(to) - at(from),
        width: label.chars().count() as f64,
    };
    let labels: Vec<_> = spans.iter().map(|s| columns(s.2, inside, style.ascii)).collect();
    let items: Vec<_> = spans.iter().zip(&labels).map(|(s, l)| item(l, s.0, s.1)).collect();
    let mut row = vec![' '; inside];
    for p in place(&items, 0.0, inside as f64, 2.0, 1) {
        let start = (p.center - items[p.item].width / 2.0) as usize;
        row.iter_mut().skip(start).zip(labels[p.item].chars()).for_each(|(cell, c)| *cell = c);
    }
    row.into_iter().collect()
}
