//! Every reason that is given lies in the text, in order, and can be drawn; applying its fixes never panics.
#![no_main]

use etude::Diagnostics;
use etude::diag::Span;
use etude::syntax::parse;
use libfuzzer_sys::fuzz_target;
use miette::{GraphicalReportHandler, GraphicalTheme};

fuzz_target!(|text: &str| {
    let Err(found) = parse(text) else { return };
    let inside = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?} is not in the text");
    for d in &found {
        inside(d.span);
        d.labels.iter().for_each(|(span, _)| inside(*span));
        if let Some(fix) = &d.fix {
            fix.edits.iter().for_each(|edit| inside(edit.span));
            _ = parse(&fix.mended(text));
        }
    }
    assert!(found.is_sorted_by_key(|d| d.span.start), "out of order");
    let found = Diagnostics::new("fuzz", text, found);
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(100);
    for report in found.reports() {
        handler.render_report(&mut String::new(), &report).expect("every finding can be drawn");
    }
});
