//! What the terminal can show.

#![allow(clippy::disallowed_methods, reason = "the terminal says what it can in the environment")]

use std::env;
use std::io::IsTerminal;

use terminal_size::{Height, Width, terminal_size};

/// How text is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With ANSI colours.
    pub color: bool,
    /// With ASCII characters only.
    pub ascii: bool,
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
}

impl Style {
    /// What suits `stream`. Colours need a terminal or `CLICOLOR_FORCE`, and no `NO_COLOR` (no-color.org, bixense.com/clicolors);
    /// other characters than ASCII need a UTF-8 locale. `COLUMNS` overrides the terminal's width.
    pub fn of(stream: &impl IsTerminal, ascii: bool) -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|v| !v.is_empty());
        let forced = env::var_os("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0");
        let shows = || stream.is_terminal() && env::var_os("TERM").is_none_or(|t| t != "dumb");
        let color = !set("NO_COLOR") && (forced || shows());
        let (Width(width), Height(height)) = terminal_size().unwrap_or((Width(100), Height(30)));
        let width = env::var("COLUMNS").ok().and_then(|v| v.parse().ok()).filter(|w| *w > 0).unwrap_or(width);
        Self { color, ascii: ascii || !utf8(), width: usize::from(width.max(40)), height: usize::from(height.max(12)) }
    }
}

/// Whether the locale says UTF-8. Windows has no such variables and a Unicode console.
fn utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| env::var(name).ok()).find(|v| !v.is_empty());
    let names_it = |v: String| ["utf-8", "utf8"].iter().any(|n| v.to_ascii_lowercase().ends_with(n));
    locale.map_or(cfg!(windows), names_it)
}
