//! `etude check`: what is wrong with programs, and what is doubtful.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Source;
use super::report;
use super::terminal::Style;
use super::write;
use crate::Diagnostics;
use crate::diag::Severity;
use crate::fix::{Fixed, fix};
use crate::printable::shown;

/// Report mistakes and doubtful places
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Files, or `-` for stdin
    #[arg(required_unless_present = "exprs")]
    programs: Vec<PathBuf>,
    /// An expression; may be repeated
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    exprs: Vec<String>,
    #[command(flatten)]
    clock: ClockArgs,
    /// Apply the fixes that are certain, and report what is left; what is no file is printed
    #[arg(long)]
    fix: bool,
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
    /// A SARIF 2.1.0 log on stdout
    Sarif,
    /// Workflow commands of GitHub Actions on stdout
    Github,
}

impl Check {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let printed = !self.exprs.is_empty() || self.programs.iter().any(|path| path == Path::new("-"));
        if self.fix && printed && self.format != Format::Human {
            let why = "`--fix` prints a program that is no file, and the report would stand between; fix a file";
            return Err(Failure::message(why));
        }
        let style = Style::of(&io::stderr(), ascii);
        let exprs = self.exprs.iter().map(|expr| (Ok(Source::expr(expr)), None));
        let files = self.programs.iter().map(|path| (Source::file(path), Some(path).filter(|p| *p != Path::new("-"))));
        let (mut all, mut failed) = (vec![], false);
        for (source, path) in files.chain(exprs) {
            let found = match source {
                Ok(source) if self.fix => self.fixed(&source, path.map(PathBuf::as_path), out),
                Ok(source) => Ok(find(&source, &self.clock)),
                Err(Failure::Found(found)) => Ok(found),
                Err(other) => Err(other),
            };
            match found {
                Ok(found) => {
                    if self.format == Format::Human {
                        // A closed stderr changes no verdict.
                        _ = writeln!(
                            io::stderr(),
                            "{}{}: {}",
                            report::human(&found, style),
                            shown(&found.name),
                            counts(&found)
                        );
                    }
                    all.push(found);
                }
                // The other files have their mistakes all the same.
                Err(Failure::Output(e)) => return Err(e.into()),
                Err(other) => {
                    failed = true;
                    _ = io::stderr().write_all(other.render(style).as_bytes());
                }
            }
        }
        match self.format {
            Format::Human => {}
            Format::Json => report::json(&all, out)?,
            Format::Sarif => report::sarif(&all, out)?,
            Format::Github => report::github(&all, out)?,
        }
        let bar = if self.deny_warnings { Severity::Warning } else { Severity::Error };
        failed |= all.iter().flat_map(|found| &found.list).any(|d| d.severity >= bar);
        if failed { Err(Failure::Told) } else { Ok(()) }
    }

    /// Applies the certain fixes to a file, or prints the program with them.
    fn fixed(&self, source: &Source, path: Option<&Path>, out: &mut dyn Write) -> Result<Diagnostics, Failure> {
        let named = |text: &str| Source { name: source.name.clone(), text: text.into() };
        let fixed = fix(&source.text, |text| find(&named(text), &self.clock).list);
        match path {
            None => {
                let end = if fixed.text.ends_with('\n') { "" } else { "\n" };
                write!(out, "{}{end}", fixed.text)?;
                // Before the report, which goes elsewhere.
                out.flush()?;
            }
            Some(_) if fixed.applied.is_empty() => {}
            Some(path) => write::rewrite(path, &source.text, &fixed.text)
                .map_err(|why| Failure::Message(format!("cannot fix `{}`: {why}", source.name)))?,
        }
        _ = io::stderr().write_all(told(source, &fixed).as_bytes());
        // Asked again, since places in the files that it uses have moved with its text.
        Ok(find(&named(&fixed.text), &self.clock))
    }
}

/// What `--fix` did, a line for each change.
fn told(source: &Source, fixed: &Fixed) -> String {
    let quoted = |text: &str| match text {
        "" => "nothing".to_owned(),
        text => format!("`{}`", text.escape_debug()),
    };
    let name = shown(&source.name);
    let line = |a: &crate::fix::Applied| {
        let (line, column) = a.at;
        format!("{name}:{line}:{column}: fixed {}: {} to {}\n", a.code.code, quoted(&a.old), quoted(&a.new))
    };
    let mut text: String = fixed.applied.iter().map(line).collect();
    if fixed.given_up > 0 {
        let fixes = if fixed.given_up == 1 { "1 fix was" } else { &format!("{} fixes were", fixed.given_up) };
        text += &format!("{name}: {fixes} not applied: the program would not read even so\n");
    }
    text
}

fn counts(found: &Diagnostics) -> String {
    Some(report::counts(found)).filter(|counts| !counts.is_empty()).unwrap_or_else(|| "no mistakes".into())
}

/// Everything that can be said about `source`.
pub fn find(source: &Source, clock: &ClockArgs) -> Diagnostics {
    source.input(clock.known()).lint()
}
