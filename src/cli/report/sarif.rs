//! Findings as SARIF 2.1.0 (Static Analysis Results Interchange Format, OASIS 2020), for code scanning services.

use serde_json::{Value, json};

use crate::diag::{Code, Diagnostic, Diagnostics, Edit, Fix, Place, Places, Severity, Span};
use crate::printable::encoded;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with every finding, and a rule for each code among them.
pub fn log(all: &[Diagnostics]) -> Value {
    let mut codes: Vec<&Code> = all.iter().flat_map(|found| &found.list).map(|d| d.code).collect();
    codes.sort_by_key(|code| code.code);
    codes.dedup();
    let results: Vec<Value> = all
        .iter()
        .flat_map(|found| {
            let places = Places::new(found);
            found.list.iter().map(|d| result(&places, d, &codes)).collect::<Vec<_>>()
        })
        .collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "etude", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &Code) -> Value {
    let example = |title: &str, program: &str, fence: &str| match program {
        "" => String::new(),
        _ => format!("\n\n{title}:\n\n{fence}{program}{}", if fence.is_empty() { "" } else { "\n```" }),
    };
    let help = |fence: &str| {
        code.explain.to_owned() + &example("Wrong", code.wrong, fence) + &example("Right", code.right, fence)
    };
    json!({
        "id": code.code,
        "shortDescription": { "text": code.title },
        "fullDescription": { "text": code.explain },
        "help": { "text": help(""), "markdown": help("```\n") },
    })
}

fn result(places: &Places, d: &Diagnostic, codes: &[&Code]) -> Value {
    let level = match d.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let text = match &d.help {
        Some(help) => format!("{}\n{help}", d.message),
        None => d.message.clone(),
    };
    let mut result = json!({
        "ruleId": d.code.code,
        "ruleIndex": codes.iter().position(|code| *code == d.code),
        "level": level,
        "message": { "text": text },
        "locations": [location(places, d.span)],
    });
    if !d.labels.is_empty() {
        let related = d.labels.iter().enumerate().map(|(k, (span, text))| {
            let mut related = location(places, *span);
            related["id"] = k.into();
            related["message"] = json!({ "text": text });
            related
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &d.fix {
        result["fixes"] = json!([changes(places, d, fix)]);
    }
    result
}

fn changes(places: &Places, d: &Diagnostic, fix: &Fix) -> Value {
    let (name, _) = places.of(fix.span());
    let replacement = |edit: &Edit| {
        let (_, place) = places.of(edit.span);
        json!({ "deletedRegion": region(&place), "insertedContent": { "text": edit.replacement } })
    };
    json!({
        "description": { "text": d.help.as_deref().unwrap_or(d.code.title) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(name) },
            "replacements": fix.edits.iter().map(replacement).collect::<Vec<_>>(),
        }],
    })
}

fn location(places: &Places, span: Span) -> Value {
    let (name, place) = places.of(span);
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(name) }, "region": region(&place) } })
}

fn region(place: &Place) -> Value {
    let Place { line, column, end_line, end_column, .. } = place;
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

/// A path as an URI reference (RFC 3986); a relative one is relative to where the command ran.
fn uri(path: &str) -> String {
    let encoded = encoded(&if cfg!(windows) { path.replace('\\', "/") } else { path.into() });
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("a b/ü:1.etude"), "a%20b/%C3%BC%3A1.etude");
        assert_eq!(uri("/x.etude"), "file:///x.etude");
    }
}
