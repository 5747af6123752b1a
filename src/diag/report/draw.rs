//! Diagnostics drawn for people, whatever shows them: a terminal, a notebook, an exception's text.

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::diag::{Diagnostics, MAX_SHOWN};

impl Diagnostics {
    /// Every finding with its line of the source, as the command line draws it: at most `width` columns wide, with ANSI colours
    /// where `color` says so. At most 20 are shown, then how many more there are.
    ///
    /// ```
    /// let found = etude::compile("cosin(1e-3 -> 0)", etude::Clock::steps(100)).unwrap_err();
    /// let text = found.render(80, false);
    /// assert!(text.contains("unknown function `cosin`") && text.contains("1 │ cosin(1e-3 -> 0)"), "{text}");
    /// assert!(text.lines().all(|line| line.chars().count() <= 80));
    /// assert!(!text.contains('\u{1b}') && found.render(80, true).contains('\u{1b}'));
    /// ```
    pub fn render(&self, width: usize, color: bool) -> String {
        self.drawn(width, color, false)
    }

    /// The same, with ASCII characters only where `ascii` says so.
    pub(crate) fn drawn(&self, width: usize, color: bool, ascii: bool) -> String {
        let theme = match (ascii, color) {
            (true, true) => GraphicalTheme::ascii(),
            (true, false) => GraphicalTheme::none(),
            (false, true) => GraphicalTheme::unicode(),
            (false, false) => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false);
        let mut text = String::new();
        for report in self.reports() {
            // Drawing into a String fails only where miette cannot find the span, and then the sentence is left.
            if handler.render_report(&mut text, &report).is_err() {
                text += &format!("{report}\n");
            }
            text.push('\n');
        }
        let more = self.list.len().saturating_sub(MAX_SHOWN);
        if more > 0 {
            text += &format!("and {more} more\n");
        }
        text
    }
}
