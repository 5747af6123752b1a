//! Text that is not ours, for people to read.
//!
//! Guarantees: a file's name, a word of the command line or of somebody's file can neither command a terminal nor reorder the
//! text around it.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a terminal does something else with it than to show it.
pub(crate) fn hidden(c: char) -> bool {
    let reorders = matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() && !matches!(c, '\n' | '\t') || reorders || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` with what would not be shown spelt out: `\u{1b}`.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(hidden) {
        return text.into();
    }
    let mut all = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hidden(c) {
            _ = write!(all, "{}", c.escape_unicode());
        } else {
            all.push(c);
        }
    }
    all.into()
}

/// A path as it stands in a URI (RFC 3986).
#[cfg(feature = "lsp")]
pub(crate) fn encoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_spelt_out() {
        assert!(matches!(shown("grüße\t⏎\n"), Cow::Borrowed(_)));
        let text = "a\u{1b}[31m\r\u{7f}\u{9b}2J\u{202e}b\u{200f}\u{2028}";
        assert_eq!(shown(text), r"a\u{1b}[31m\u{d}\u{7f}\u{9b}2J\u{202e}b\u{200f}\u{2028}");
    }
}
