//! `etude diff`: where two programs differ, and by how much.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use super::clock::ClockArgs;
use super::failure::Failure;
use super::input::Source;
use super::metrics::{self, Replay};
use super::sample::{self, Curves};
use super::steps::end;
use super::table::cut;
use super::terminal::Style;
use crate::compile::Checked;
use crate::diag::number::{self, number};
use crate::explain;
use crate::printable::shown;
use crate::{Backend, Program, plot};

/// Compare two programs over the run: every step, or a million of them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A and B are two files, two expressions, or a file and an expression; files come first. Relative differences are shares of the larger value."
)]
pub struct Diff {
    /// Files, or `-` for stdin
    #[arg(value_name = "A B")]
    programs: Vec<PathBuf>,
    /// An expression in place of a file; may be repeated
    #[arg(short = 'e', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    exprs: Vec<String>,
    #[command(flatten)]
    clock: ClockArgs,
    /// What `base` and `1x` stand for
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = super::eval::finite, allow_negative_numbers = true)]
    base: f64,
    /// Recorded values of a metric that A or B watches, a JSON array: value i is observed after step i; may be repeated
    #[arg(long, value_name = "NAME=FILE.json", value_parser = metrics::file)]
    metrics: Vec<(String, PathBuf)>,
    /// Draw both, before any observation, into a file: `.svg` or `.png`
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 1 if they differ
    #[arg(long)]
    exit_code: bool,
}

/// Steps that are compared at most, not counting those around the phases' ends.
const MOST: u64 = 1 << 20;

/// Columns of what is not printed on a terminal.
const PAGE: usize = 120;

/// One of the two.
struct Side {
    label: &'static str,
    source: Source,
    checked: Checked,
    program: Program,
}

/// How far two values lie apart.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    size: f64,
    step: u64,
    values: (f64, f64),
}

/// The differences of one output.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    steps: u64,
    first: u64,
    absolute: Gap,
    relative: Gap,
}

impl Diff {
    pub fn run(&self, out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let mut sources = vec![];
        for path in &self.programs {
            sources.push(Source::file(path)?);
        }
        sources.extend(self.exprs.iter().map(|e| Source::expr(e)));
        let count = sources.len();
        let Ok([a, b]) = <[Source; 2]>::try_from(sources) else {
            return Err(Failure::Message(format!(
                "`diff` compares two programs, not {count}; write `etude diff A.etude B.etude`, or `-e EXPR` for either"
            )));
        };
        let (a, b) = (self.side("A", a)?, self.side("B", b)?);
        let (steps, all) = steps(&a, &b);
        let recorded = metrics::read(&self.metrics, &[&a.program, &b.program])?;
        let replays = [&a, &b].map(|side| Replay::new(&side.program, &recorded));
        let differ = compare([&a, &b], replays, &steps, all, out)?;
        if end(&a.program) != end(&b.program) {
            let [x, y] = [&a, &b].map(|side| number::steps(end(&side.program) as f64));
            writeln!(out, "A ends at step {x}, B at step {y}; each then holds its last value")?;
        }
        let last = steps.last().copied().unwrap_or(0);
        let notes = [&a, &b].map(|side| metrics::notes(&recorded, &side.program, side.label, last));
        let mut notes = notes.concat();
        notes.dedup();
        notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
        let tables = [&a, &b].map(Side::table);
        let limit = if io::stdout().is_terminal() { Style::of(&io::stdout(), ascii).width } else { PAGE };
        write!(out, "\n{}", beside(&tables, limit))?;
        self.draw([a, b], out, ascii)?;
        if differ && self.exit_code { out.flush().map_err(Failure::from).and(Err(Failure::Told)) } else { Ok(()) }
    }

    fn side(&self, label: &'static str, mut source: Source) -> Result<Side, Failure> {
        // A diagnostic says which of two expressions it is about.
        if source.name == "<expr>" {
            source.name = format!("<{label}>");
        }
        let checked = self.clock.check(&source)?;
        let program = checked.clone().program(Backend::best())?.with_base(self.base)?;
        Ok(Side { label, source, checked, program })
    }

    fn draw(&self, sides: [Side; 2], out: &mut dyn Write, ascii: bool) -> Result<(), Failure> {
        let terminal = io::stdout().is_terminal();
        if self.out.is_none() && !terminal {
            return Ok(());
        }
        let mut curves = vec![];
        for side in sides {
            let (name, source) = (format!("{}: {}", side.label, side.name()), side.checked.parsed.text.all.clone());
            curves.push(Curves { name, plan: side.checked.plan, source });
        }
        let figure = sample::figure(&curves, false);
        if let Some(path) = &self.out {
            return plot::write(&figure, path).map_err(|why| Failure::Message(why.to_string()));
        }
        let style = Style::of(&io::stdout(), ascii);
        let height = style.height.saturating_sub(2).min(12 + 12 * figure.panels.len());
        writeln!(out)?;
        Ok(out.write_all(figure.to_terminal(style.width, height, style.ascii, style.color).as_bytes())?)
    }
}

impl Side {
    fn table(&self) -> Vec<String> {
        let text = explain::table(&self.checked.phases(), self.program.clock());
        let lines = text.lines().map(|line| format!("   {line}"));
        std::iter::once(format!("{}  {}", self.label, self.name())).chain(lines).collect()
    }

    fn name(&self) -> String {
        match self.source.name.as_str() {
            "<A>" | "<B>" => cut(&self.source.text.split_whitespace().collect::<Vec<_>>().join(" "), 60),
            name => shown(name).into_owned(),
        }
    }
}

/// The tables side by side where that is no wider than `limit`, otherwise one after the other.
fn beside([a, b]: &[Vec<String>; 2], limit: usize) -> String {
    let width = |table: &[String]| table.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let left = width(a) + 3;
    if left + width(b) > limit {
        return a.join("\n") + "\n\n" + &b.join("\n") + "\n";
    }
    let empty = String::new();
    let row = |k: usize| {
        let (a, b) = (a.get(k).unwrap_or(&empty), b.get(k).unwrap_or(&empty));
        format!("{a:<left$}{b}").trim_end().to_owned() + "\n"
    };
    (0..a.len().max(b.len())).map(row).collect()
}

/// The steps to compare, ascending, and whether they are all of the run.
fn steps(a: &Side, b: &Side) -> (Vec<u64>, bool) {
    let last = end(&a.program).max(end(&b.program));
    if last < MOST {
        return ((0..=last).collect(), true);
    }
    let mut steps: Vec<u64> =
        (0..=MOST).map(|k| (u128::from(last) * u128::from(k) / u128::from(MOST)) as u64).collect();
    let ends = [a, b].into_iter().flat_map(|side| side.checked.phases()).filter(|p| p.depth == 0).filter_map(|p| p.end);
    steps.extend(ends.flat_map(|end| [(end as u64).saturating_sub(1), end as u64, end as u64 + 1]));
    steps.retain(|&step| step <= last);
    steps.sort_unstable();
    steps.dedup();
    (steps, false)
}

/// Reports on every output; true where something differs.
fn compare(
    [a, b]: [&Side; 2],
    [mut run_a, mut run_b]: [Replay; 2],
    steps: &[u64],
    all: bool,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let names = |side: &Side| side.program.names().map(String::from).collect::<Vec<_>>();
    let (ours, theirs) = (names(a), names(b));
    let common: Vec<(usize, usize)> =
        ours.iter().enumerate().filter_map(|(i, n)| Some((i, theirs.iter().position(|m| m == n)?))).collect();
    let mut found = vec![Found::default(); common.len()];
    let (mut x, mut y) = (vec![0.0; ours.len()], vec![0.0; theirs.len()]);
    for &step in steps {
        run_a.at(step, &mut x)?;
        run_b.at(step, &mut y)?;
        for (found, &(i, j)) in found.iter_mut().zip(&common) {
            found.add(step, x[i], y[j]);
        }
    }
    let count = number::steps(steps.len() as f64);
    let span =
        format!("{count} steps, {} .. {}", number::steps(0.0), number::steps(steps.last().map_or(0.0, |&s| s as f64)));
    let span = if all { span } else { format!("{span}, a sample of the run") };
    let lone = |side: &Side, mine: &[String], other: &[String]| {
        let only: Vec<&str> = mine.iter().map(String::as_str).filter(|n| !other.iter().any(|m| m == n)).collect();
        if only.is_empty() { String::new() } else { format!("only {} computes {}\n", side.label, only.join(", ")) }
    };
    let lone = lone(a, &ours, &theirs) + &lone(b, &theirs, &ours);
    let differ = !lone.is_empty() || found.iter().any(|f| f.steps > 0);
    if !differ {
        writeln!(out, "identical bits ({span})")?;
        return Ok(false);
    }
    writeln!(out, "compared: {span}")?;
    write!(out, "{lone}")?;
    for (found, &(i, _)) in found.iter().zip(&common) {
        write!(out, "{}", found.show(&ours[i], steps.len() as u64))?;
    }
    Ok(true)
}

impl Found {
    fn add(&mut self, step: u64, a: f64, b: f64) {
        if a.to_bits() == b.to_bits() {
            return;
        }
        if self.steps == 0 {
            (self.first, self.absolute.step, self.relative.step) = (step, step, step);
            (self.absolute.values, self.relative.values) = ((a, b), (a, b));
        }
        self.steps += 1;
        // Two infinities, or a NaN.
        let size = Some((a - b).abs()).filter(|size| !size.is_nan()).unwrap_or(f64::INFINITY);
        let larger = a.abs().max(b.abs());
        if size > self.absolute.size {
            self.absolute = Gap { size, step, values: (a, b) };
        }
        let share = if !size.is_finite() {
            f64::INFINITY
        } else if larger > 0.0 {
            size / larger
        } else {
            0.0
        };
        if share > self.relative.size {
            self.relative = Gap { size: share, step, values: (a, b) };
        }
    }

    fn show(&self, name: &str, of: u64) -> String {
        if self.steps == 0 {
            return format!("{name}: identical bits\n");
        }
        let count = |n: u64| number::steps(n as f64);
        let (differ, of, first) = (count(self.steps), count(of), count(self.first));
        let mut text = format!("{name}: {differ} of {of} steps differ, first step {first}\n");
        let short = |x: f64| number(format!("{x:.3e}").parse().unwrap_or(x));
        let (absolute, share) = (short(self.absolute.size), format!("{}%", short(self.relative.size * 100.0)));
        for (what, size, gap) in [("absolute", absolute, self.absolute), ("relative", share, self.relative)] {
            let (a, b) = gap.values;
            let line = format!(
                "  largest {what} difference  {size} at step {}: A {}, B {}",
                count(gap.step),
                number(a),
                number(b)
            );
            _ = writeln!(text, "{line}");
        }
        text
    }
}
