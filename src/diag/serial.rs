//! Diagnostics as data for other programs: one structure for the command line, the library and its bindings.

use serde::{Serialize, Serializer};

use super::{Applicability, Diagnostic, Diagnostics, Place, Places, Severity};

/// A list with an element for each finding, all of them. Lines and columns are counted from 1, columns in characters;
/// `start` and `end` are bytes, `end` and `end_column` one past the last.
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.findings())
    }
}

impl Diagnostics {
    /// The elements of that list.
    pub(crate) fn findings(&self) -> impl Iterator<Item = impl Serialize> {
        let places = Places::new(self);
        self.list.iter().map(move |d| Finding::new(&places, d))
    }
}

#[derive(Serialize)]
struct Finding<'a> {
    file: &'a str,
    code: &'static str,
    severity: Severity,
    message: &'a str,
    span: Place,
    label: &'a str,
    labels: Vec<Label<'a>>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    /// Where that is not the finding's.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    span: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    edits: Vec<Edit<'a>>,
    applicability: Applicability,
}

#[derive(Serialize)]
struct Edit<'a> {
    span: Place,
    replacement: &'a str,
}

impl<'a> Finding<'a> {
    fn new(places: &Places<'a>, d: &'a Diagnostic) -> Self {
        let (file, span) = places.of(d.span);
        let label = |(span, text): &'a (_, String)| {
            let (name, span) = places.of(*span);
            Label { file: Some(name).filter(|name| *name != file), span, text }
        };
        let edit = |edit: &'a super::Edit| Edit { span: places.of(edit.span).1, replacement: &edit.replacement };
        Self {
            file,
            code: d.code.code,
            severity: d.severity,
            message: &d.message,
            span,
            label: &d.label,
            labels: d.labels.iter().map(label).collect(),
            help: d.help.as_deref(),
            fix: d
                .fix
                .as_ref()
                .map(|fix| Fix { edits: fix.edits.iter().map(edit).collect(), applicability: fix.applicability }),
        }
    }
}
