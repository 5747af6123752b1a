//! Text in pictures: how wide it is, how it is cut short, how it is written into XML and into a terminal.

/// Advance widths of DejaVu Sans from space to `~`, in hundredths of the font size.
const WIDTHS: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69,
    61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63,
    59, 82, 59, 59, 52, 64, 34, 64, 84,
];

/// The width of `text` set in `size`. A character outside ASCII counts as a wide one, so the estimate errs upwards.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let hundredths = |c: char| match (c as usize).checked_sub(32).and_then(|i| WIDTHS.get(i)) {
        Some(&w) => f64::from(w),
        None if (c as u32) < 0x2e80 => 85.0,
        None => 100.0,
    };
    text.chars().map(hundredths).sum::<f64>() * size / 100.0
}

/// `text`, cut short with an ellipsis where it is wider than `room`.
pub(super) fn elide(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() {
        let short = format!("{}…", kept.trim_end());
        if width(&short, size) <= room {
            return short;
        }
    }
    String::new()
}

/// `text` as XML character data, fit for attributes too. What XML 1.0 cannot hold becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// `text` for a terminal, cut to at most `room` columns: a name cannot smuggle in control sequences.
pub(super) fn columns(text: &str, room: usize, ascii: bool) -> String {
    let shown = |c: char| match c {
        _ if c.is_control() || crate::printable::hidden(c) => ' ',
        _ if ascii && !c.is_ascii() => '?',
        _ => c,
    };
    let shown: Vec<char> = text.trim().chars().map(shown).collect();
    let dots = if ascii { "..." } else { "…" };
    match room.checked_sub(dots.chars().count()) {
        Some(kept) if shown.len() > room => shown[..kept].iter().collect::<String>().trim_end().to_owned() + dots,
        _ => shown.into_iter().take(room).collect(),
    }
}
