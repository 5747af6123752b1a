//! Diagnostics for people and for programs.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;

use super::terminal::Style;
use crate::diag::{Applicability, Diagnostics, MAX_SHOWN, Severity, Span};

/// Every finding as miette draws it, at most 20, then how many more there are.
pub fn human(found: &Diagnostics, style: Style) -> String {
    let theme = match (style.ascii, style.color) {
        (true, true) => GraphicalTheme::ascii(),
        (true, false) => GraphicalTheme::none(),
        (false, true) => GraphicalTheme::unicode(),
        (false, false) => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_links(false);
    let mut text = String::new();
    for report in found.reports() {
        // Drawing into a String fails only where miette cannot find the span, and then the sentence is left.
        if handler.render_report(&mut text, &report).is_err() {
            text += &format!("{report}\n");
        }
        text.push('\n');
    }
    let more = found.list.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        text += &format!("and {more} more\n");
    }
    text
}

/// `2 errors, 1 warning`; empty where there is nothing.
pub fn counts(found: &Diagnostics) -> String {
    let count = |severity: Severity| match found.list.iter().filter(|d| d.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {severity}")),
        n => Some(format!("{n} {severity}s")),
    };
    let all: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(count).collect();
    all.join(", ")
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: String,
    message: &'a str,
    span: Place,
    help: Option<&'a str>,
    labels: Vec<Label<'a>>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Place {
    start: usize,
    end: usize,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Label<'a> {
    span: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    span: Place,
    replacement: &'a str,
    applicability: &'static str,
}

/// Every finding as a JSON array.
pub fn json(found: &Diagnostics, out: &mut dyn Write) -> io::Result<()> {
    let place = |span: Span| {
        let (line, column) = found.line_column(span.start);
        Place { start: span.start, end: span.end, line, column }
    };
    let list: Vec<Finding> = found
        .list
        .iter()
        .map(|d| {
            let own = (!d.label.is_empty()).then_some((d.span, &d.label));
            let others = d.labels.iter().map(|(span, text)| (*span, text));
            Finding {
                code: d.code.code,
                severity: d.severity.to_string(),
                message: &d.message,
                span: place(d.span),
                help: d.help.as_deref(),
                labels: own.into_iter().chain(others).map(|(span, text)| Label { span: place(span), text }).collect(),
                fix: d.fix.as_ref().map(|fix| Fix {
                    span: place(fix.span),
                    replacement: &fix.replacement,
                    applicability: match fix.applicability {
                        Applicability::MachineApplicable => "MachineApplicable",
                        Applicability::MaybeIncorrect => "MaybeIncorrect",
                        Applicability::HasPlaceholders => "HasPlaceholders",
                    },
                }),
            }
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &list)?;
    writeln!(out)
}
