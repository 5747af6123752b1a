//! Numbers as people write them.

/// A number of steps: `2 000`, `50.05`.
pub fn steps(x: f64) -> String {
    let whole = grouped(&(x.trunc() as i128).to_string());
    let fraction = ((x.fract() * 1e6).round() / 1e6).to_string();
    whole + fraction.strip_prefix('0').unwrap_or("")
}

/// A value, as short as it reads back: `1e-3`, `0.5`, `1.25e-4`.
pub fn number(x: f64) -> String {
    let plain = format!("{x}");
    let scientific = format!("{x:e}");
    let small = x != 0.0 && (x.abs() < 1e-2 || x.abs() >= 1e6);
    if small || scientific.len() + 2 < plain.len() { scientific } else { plain }
}

/// A value without the noise of its last digits: `3e-4` for the `3.0000000000000003e-4` that `3e-3 / 10` gives.
pub fn brief(x: f64) -> String {
    number(format!("{x:.11e}").parse().unwrap_or(x))
}

/// Digits in groups of three, for people: `10 000`.
pub(crate) fn grouped(digits: &str) -> String {
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).unwrap_or("")).collect();
    groups.join(" ")
}
