//! `etude check`: what is wrong with a program, and what is doubtful.

use std::io::{self, Write};

use clap::ValueEnum;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::{Input, Source};
use super::report;
use super::terminal::Style;
use crate::check::check;
use crate::diag::Severity;
use crate::train::config;
use crate::{Backend, Diagnostics, Program, syntax};

/// Report mistakes and doubtful places
#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    clock: ClockArgs,
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with 1 for warnings, too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// Pictures on stderr
    Human,
    /// A JSON array on stdout
    Json,
}

impl Check {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let found = match self.input.read() {
            Ok(source) => find(&source, &self.clock),
            Err(Failure::Found(found)) => found,
            Err(other) => return Err(other),
        };
        if self.format == Format::Json {
            report::json(&found, out)?;
        } else {
            let summary = match report::counts(&found) {
                none if none.is_empty() => "no mistakes".into(),
                counts => counts,
            };
            let text = report::human(&found, Style::of(&io::stderr(), ascii));
            // A closed stderr changes no verdict.
            _ = writeln!(io::stderr(), "{text}{}: {summary}", found.name);
        }
        let bar = if self.deny_warnings { Severity::Warning } else { Severity::Error };
        if found.list.iter().any(|d| d.severity >= bar) { Err(Failure::Told) } else { Ok(()) }
    }
}

/// Everything that can be said about `source`.
pub fn find(source: &Source, clock: &ClockArgs) -> Diagnostics {
    let all = || -> Result<Diagnostics, Diagnostics> {
        let clock = clock.of(source)?;
        let files = |name: &str| source.recording(name);
        Program::with_files(&source.text, clock, Backend::Eval, &files)?;
        let found = |list| Diagnostics::new(source.name.as_str(), source.text.as_str(), list);
        let ast = syntax::parse(&source.text).map_err(found)?;
        let plan = check(&ast, &clock, &files).map_err(found)?;
        let is_used = |d: &crate::Diagnostic| config::mentions(&ast, &source.text[d.span.range()]);
        let unused = &crate::diag::lints::UNUSED;
        Ok(found(plan.warnings.into_iter().filter(|d| d.code != unused || !is_used(d)).collect()))
    };
    source.found(all().unwrap_or_else(|found| found))
}
