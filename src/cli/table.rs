//! Columns of text.

/// `rows` in columns two blanks apart, as wide as their longest text; no line is longer than `width`.
pub fn columns(rows: &[Vec<String>], width: usize) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |text| text.chars().count());
    let widths: Vec<usize> = (0..count).map(|c| rows.iter().map(|row| cell(row, c)).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        text += &cut(padded.join("  ").trim_end(), width);
        text.push('\n');
    }
    text
}

/// `text` in at most `width` characters.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}
