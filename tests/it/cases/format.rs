//! The text of case files: reading it, and writing it back changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use etude::{Clock, Diagnostic};

/// One program with what it must do.
#[derive(Debug, Default)]
pub struct Case {
    /// The program's text, without marks and clock.
    pub source: String,
    /// The file's line (from 0) of each line of `source`.
    pub lines: Vec<usize>,
    /// The last of them.
    pub last: usize,
    /// The clock.
    pub clock: Clock,
    /// The base value.
    pub base: f64,
    /// The diagnostics.
    pub marks: Vec<Mark>,
    /// The values.
    pub values: Vec<Value>,
}

/// An expected diagnostic.
#[derive(Debug)]
pub struct Mark {
    /// The file's line that holds it.
    pub at: usize,
    /// The program's line that it is about.
    pub line: usize,
    /// The first column, from 0, in characters.
    pub start: usize,
    /// One past the last column.
    pub end: usize,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Its code.
    pub code: String,
    /// A part of its message.
    pub message: String,
}

/// An expected value.
#[derive(Debug)]
pub struct Value {
    /// The file's line.
    pub line: usize,
    /// The output.
    pub name: String,
    /// The step.
    pub step: u64,
    /// The number.
    pub value: f64,
    /// Its text.
    pub text: String,
    /// Where the text stands on its line.
    pub place: Range<usize>,
    /// The relative error that is fine; `None` for exact bits.
    pub tolerance: Option<f64>,
}

impl Value {
    /// Whether `got` is what was expected.
    pub fn accepts(&self, got: f64) -> bool {
        match self.tolerance {
            None => got.to_bits() == self.value.to_bits(),
            Some(tolerance) => (got - self.value).abs() <= tolerance * self.value.abs(),
        }
    }
}

/// A diagnostic as a case file writes it.
#[derive(Debug)]
pub struct Written {
    /// The program's line.
    pub line: usize,
    /// Its first column, from 0, in characters.
    pub start: usize,
    /// One past its last column, at least `start + 1`.
    pub end: usize,
}

impl Written {
    /// Where `d` is drawn.
    pub fn of(source: &str, d: &Diagnostic) -> Self {
        let before = &source[..d.span.start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let start = before[line_start..].chars().count();
        let marked = source[d.span.range()].split('\n').next().unwrap_or_default();
        Self { line: before.matches('\n').count(), start, end: start + marked.trim_end().chars().count().max(1) }
    }

    /// The line that says so; `None` where it has no room for its `#`.
    pub fn text(&self, severity: &str, code: &str, message: &str) -> Option<String> {
        let width = self.end - self.start;
        let carets = match (self.start, width) {
            (0, 1) => "#".into(),
            (0, _) => format!("#{}", "^".repeat(width - 1)),
            (1, _) => return None,
            (start, _) => format!("#{}{}", " ".repeat(start - 1), "^".repeat(width)),
        };
        Some(format!("{carets} {severity}[{code}]: {message}"))
    }
}

/// Every case of a file.
///
/// # Errors
/// The line and what is wrong with it.
pub fn read(text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = vec![];
    let mut open: Option<Case> = None;
    for (at, line) in text.lines().enumerate() {
        let fail = |message: String| format!("{}: {message}", at + 1);
        if let Some(mark) = mark(at, line) {
            let case = open.as_mut().or(cases.last_mut()).ok_or_else(|| fail("a mark before any program".into()))?;
            let line = case.lines.len() - 1;
            case.marks.push(Mark { line, ..mark });
            continue;
        }
        let bare = line.trim();
        match &mut open {
            None if bare.is_empty() || bare.starts_with('#') => continue,
            None if is_values(bare) => {
                let case = cases.last_mut().ok_or_else(|| fail("values before any program".into()))?;
                values(at, line, &mut case.values).map_err(fail)?;
                continue;
            }
            _ => {}
        }
        let mut case = open.take().unwrap_or_default();
        let (program, clock) = match line.split_once('@') {
            Some((program, clock)) => (program.trim_end(), Some(clock)),
            None => (line, None),
        };
        if !case.lines.is_empty() {
            case.source.push('\n');
        }
        case.source.push_str(program);
        case.lines.push(at);
        case.last = at;
        match clock {
            Some(text) => {
                (case.clock, case.base) = self::clock(text).map_err(fail)?;
                cases.push(case);
            }
            None => open = Some(case),
        }
    }
    match open {
        Some(case) => {
            Err(format!("{}: this program has no clock: end its last line with `@ 1000 steps`", case.last + 1))
        }
        None => Ok(cases),
    }
}

/// `#    ^^^ error[S0201]: message`
fn mark(at: usize, line: &str) -> Option<Mark> {
    let rest = line.strip_prefix('#')?;
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let carets = rest[blanks..].len() - rest[blanks..].trim_start_matches('^').len();
    let (start, end) = match (blanks, carets) {
        (_, 0) => (0, 1),
        (0, _) => (0, carets + 1),
        _ => (blanks + 1, blanks + 1 + carets),
    };
    let said = rest[blanks + carets..].trim_start();
    let (severity, said) = said.split_once('[')?;
    let (code, message) = said.split_once("]: ")?;
    if !matches!(severity, "error" | "warning" | "note") {
        return None;
    }
    let [severity, code, message] = [severity, code, message.trim_end()].map(String::from);
    Some(Mark { at, line: 0, start, end, severity, code, message })
}

fn is_values(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default();
    !line.contains('@') && (line.contains(") == ") || line.contains(") ~ "))
}

/// `lr(500) == 5e-4   beta1(3) ~ 0.9 (1e-12)   # why`
fn values(at: usize, line: &str, out: &mut Vec<Value>) -> Result<(), String> {
    let code = line.split(" #").next().unwrap_or_default();
    let mut rest = code.trim_start();
    while !rest.is_empty() {
        let odd = || format!("`{rest}` is no `name(step) == value`");
        let (name, after) = rest.split_once('(').ok_or_else(odd)?;
        let (step, after) = after.split_once(')').ok_or_else(odd)?;
        let after = after.trim_start();
        let (exact, after) = match (after.strip_prefix("=="), after.strip_prefix('~')) {
            (Some(after), _) => (true, after.trim_start()),
            (_, Some(after)) => (false, after.trim_start()),
            _ => return Err(odd()),
        };
        let start = code.len() - after.len();
        let (text, after) = after.split_at(after.find(' ').unwrap_or(after.len()));
        let value: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
        let mut after = after.trim_start();
        let mut tolerance = (!exact).then_some(1e-15);
        if let Some(inside) = after.strip_prefix('(') {
            let (text, beyond) = inside.split_once(')').ok_or_else(odd)?;
            tolerance = Some(text.parse().map_err(|_| format!("`{text}` is no tolerance"))?);
            after = beyond.trim_start();
        }
        let step = self::step(step).ok_or_else(|| format!("`{step}` is no step"))?;
        let place = start..start + text.len();
        out.push(Value { line: at, name: name.trim().into(), step, value, text: text.into(), place, tolerance });
        rest = after;
    }
    Ok(())
}

fn step(text: &str) -> Option<u64> {
    match text {
        "max" => Some(u64::MAX),
        "2^53" => Some(1 << 53),
        _ => text.replace('_', "").parse().ok(),
    }
}

/// `1000 steps, 100 steps/epoch, batch 8, 4 tokens/sample, base 0.1`
fn clock(text: &str) -> Result<(Clock, f64), String> {
    let (mut total, mut epoch, mut batch, mut tokens, mut base) = (None, None, None, None, 1.0);
    for fact in text.split(" #").next().unwrap_or_default().split(',').map(str::trim) {
        let odd = || format!("`{fact}` is no fact of a clock");
        let number = |text: &str| step(text).ok_or_else(odd);
        match fact.split_once(' ') {
            None if fact == "unknown" => {}
            Some((n, "steps" | "step")) => total = Some(number(n)?),
            Some((n, "steps/epoch" | "step/epoch")) => epoch = Some(number(n)?),
            Some(("batch", n)) => batch = Some(number(n)?),
            Some((n, "tokens/sample")) => tokens = Some(number(n)?),
            Some(("base", x)) => base = x.parse().map_err(|_| odd())?,
            _ => return Err(odd()),
        }
    }
    let clock = total.map_or(Clock::unknown(), Clock::steps);
    let clock = epoch.map_or(clock, |n| clock.steps_per_epoch(n));
    let clock = batch.map_or(clock, |n| clock.batch(n));
    Ok((tokens.map_or(clock, |n| clock.tokens_per_sample(n)), base))
}

/// Changes to a file, by line.
#[derive(Debug, Default)]
pub struct Edits {
    replaced: BTreeMap<usize, Vec<(Range<usize>, String)>>,
    deleted: BTreeSet<usize>,
    inserted: BTreeMap<usize, Vec<String>>,
}

impl Edits {
    /// Puts `text` at `place` of a line.
    pub fn replace(&mut self, line: usize, place: Range<usize>, text: String) {
        self.replaced.entry(line).or_default().push((place, text));
    }

    /// Drops a line.
    pub fn delete(&mut self, line: usize) {
        self.deleted.insert(line);
    }

    /// Adds a line after another.
    pub fn insert_after(&mut self, line: usize, text: String) {
        self.inserted.entry(line).or_default().push(text);
    }

    /// `text` with the changes.
    pub fn apply(mut self, text: &str) -> String {
        let mut out = String::new();
        for (at, line) in text.lines().enumerate() {
            let mut line = line.to_string();
            let mut changes = self.replaced.remove(&at).unwrap_or_default();
            changes.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
            for (place, text) in changes {
                line.replace_range(place, &text);
            }
            if !self.deleted.contains(&at) {
                out = out + &line + "\n";
            }
            for line in self.inserted.remove(&at).unwrap_or_default() {
                out = out + &line + "\n";
            }
        }
        out
    }
}
