//! Findings as workflow commands, which GitHub Actions shows beside the lines of a change.

use crate::diag::{Diagnostic, Diagnostics, Place, Places, Severity};

/// A command for each finding.
pub fn commands(found: &Diagnostics) -> impl Iterator<Item = String> {
    let places = Places::new(found);
    found.list.iter().map(move |d| command(&places, d))
}

fn command(places: &Places, d: &Diagnostic) -> String {
    let level = match d.severity {
        Severity::Note => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let (name, Place { line, column, end_line, end_column, .. }) = places.of(d.span);
    // `<expr>` and `<stdin>` are no files.
    let file = if name.starts_with('<') { String::new() } else { format!("file={},", property(name)) };
    // GitHub takes columns only where the place is on one line.
    let columns = if line == end_line { format!("col={column},endColumn={end_column},") } else { String::new() };
    let help = d.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let text = data(&format!("{}{help}", d.message));
    format!("::{level} {file}line={line},endLine={end_line},{columns}title={}::{text}", d.code.code)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::commands;
    use crate::diag::{Diagnostic, Diagnostics, Severity, Span, names};

    #[test]
    fn commands_are_escaped() {
        let error = Diagnostic::new(&names::UNKNOWN_UNIT, Span::new(2, 3), "5%, a\r\nb: c").help("so");
        let found = Diagnostics::new("a,b:c%.etude", "x\ny", vec![error.clone()]);
        let shown = "::error file=a%2Cb%3Ac%25.etude,line=2,endLine=2,col=1,endColumn=2,title=S0201::5%25, a%0D%0Ab: c%0Ahelp: so";
        assert_eq!(commands(&found).collect::<Vec<_>>(), [shown]);
        let wide = Diagnostics::new(
            "<expr>",
            "x\ny",
            vec![Diagnostic { span: Span::new(0, 3), severity: Severity::Warning, ..error }],
        );
        assert!(commands(&wide).all(|command| command.starts_with("::warning line=1,endLine=2,title=S0201::")));
    }
}
