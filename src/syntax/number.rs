//! Numbers: the written digits, and the nearest f64.

use super::ast::Number;

/// Why a literal has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutOfRange {
    /// Larger than any f64.
    TooLarge,
    /// Not zero, but nearer to zero than to any other f64.
    TooSmall,
}

/// The number `written`, which the grammar has accepted. The suffix moves the decimal point before rounding,
/// so `0.3k` is exactly the f64 nearest to 300.
pub(super) fn number(written: &str) -> Result<Number, OutOfRange> {
    let text: String = written.chars().filter(|&c| c != '_').collect();
    let thousands = match text.as_bytes().last() {
        Some(b'k') => 3,
        Some(b'M') => 6,
        Some(b'B') => 9,
        _ => 0,
    };
    let parsed: Result<f64, _> = if thousands == 0 {
        text.parse()
    } else {
        let bare = &text[..text.len() - 1];
        let (digits, exponent) = bare.split_once(['e', 'E']).unwrap_or((bare, "0"));
        // Beyond i64 the sign alone decides, and every such exponent is out of range anyway.
        let huge = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        format!("{digits}e{}", exponent.parse().unwrap_or(huge).saturating_add(thousands)).parse()
    };
    let value = parsed.expect("the grammar's numbers are Rust's");
    if value.is_infinite() {
        return Err(OutOfRange::TooLarge);
    }
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    if value == 0.0 && mantissa.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        return Err(OutOfRange::TooSmall);
    }
    Ok(Number { value, text })
}
