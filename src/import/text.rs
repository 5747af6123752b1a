//! Programs as text: numbers that read back to the same bits, lengths in steps, phases that fit into the run.

use crate::math::host::pow;

/// A value, as short as it reads back.
pub fn number(x: f64) -> String {
    // The shortest digits either way; people write small and large ones with an exponent.
    let small = x != 0.0 && (x.abs() < 1e-2 || x.abs() >= 1e6);
    if small { format!("{x:e}") } else { format!("{x}") }
}

/// A length.
pub fn steps(n: u64) -> String {
    if n == 1 { "1 step".into() } else { format!("{n} steps") }
}

/// A share of the run, exactly: `30%`, `(100% / 3)`; `None` where only a long decimal says it.
pub fn percent(share: f64) -> Option<String> {
    exact(share * 100.0, "%")
}

/// A length that need not be whole, exactly: `28.1 steps`, `(13 steps / 3)`; `None` where only a long decimal says it.
pub fn length(steps: f64) -> Option<String> {
    if steps == 1.0 { Some(self::steps(1)) } else { exact(steps, " steps") }
}

/// `x` without the noise of the sums that made it.
fn exact(x: f64, unit: &str) -> Option<String> {
    let (p, q) = fraction(x)?;
    let rest = [2, 5].iter().fold(q, |q, prime| (0..64).fold(q, |q, _| if q % prime == 0 { q / prime } else { q }));
    if rest == 1 { Some(format!("{}{unit}", number(p as f64 / q as f64))) } else { Some(format!("({p}{unit} / {q})")) }
}

/// The fraction with a small denominator that `x` is up to rounding.
fn fraction(x: f64) -> Option<(u64, u64)> {
    const MOST: u64 = 1_000_000;
    if !(0.0..1e12).contains(&x) {
        return None;
    }
    // The convergents of the continued fraction.
    let ((mut p0, mut q0), (mut p, mut q)) = ((1_u64, 0_u64), (x.floor() as u64, 1_u64));
    let mut left = x.fract();
    while (p as f64 / q as f64 - x).abs() > 4e-15 * x.max(1.0) {
        let part = (1.0 / left).floor();
        if part > MOST as f64 {
            return None;
        }
        left = 1.0 / left - part;
        let next = |a: u64, b: u64| (part as u64).checked_mul(a)?.checked_add(b);
        let next = (next(p, p0)?, next(q, q0)?);
        ((p0, q0), (p, q)) = ((p, q), next);
        if q > MOST {
            return None;
        }
    }
    Some((p, q))
}

/// Phases in turn, cut where the run ends.
#[derive(Debug)]
pub struct Phases {
    parts: Vec<Part>,
    at: u64,
    total: u64,
}

/// One phase as text.
#[derive(Debug)]
struct Part {
    text: String,
    len: u64,
    /// Whether the text says how long it lasts.
    timed: bool,
}

impl Phases {
    /// None yet, of a run of `total` steps.
    pub fn new(total: u64) -> Self {
        Self { parts: vec![], at: 0, total }
    }

    /// The step at which the next phase starts.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The steps that are left.
    pub fn room(&self) -> u64 {
        self.total - self.at
    }

    /// A phase of `len` steps whose shape depends on its length.
    pub fn ramp(&mut self, text: impl Into<String>, len: u64) {
        self.start_of(text, len, len);
    }

    /// The first `shown` steps of a phase of `len` steps whose shape depends on its length. Of one that is cut, only
    /// the first part is run: a cycle longer than its span.
    pub fn start_of(&mut self, text: impl Into<String>, len: u64, shown: u64) {
        let shown = shown.min(self.room());
        if len <= shown {
            self.span(text, len);
        } else if shown > 0 {
            let text = format!("({} | cycle({}))", text.into(), steps(len));
            self.push(Part { text, len: shown, timed: false });
        }
    }

    /// A phase of at most `len` steps whose values do not depend on its length.
    pub fn span(&mut self, text: impl Into<String>, len: u64) {
        let len = len.min(self.room());
        if len > 0 {
            self.push(Part { text: text.into(), len, timed: false });
        }
    }

    /// The same of a text with modifiers.
    pub fn piped(&mut self, text: impl Into<String>, len: u64) {
        let len = len.min(self.room());
        if len > 0 {
            self.push(Part { text: format!("({})", text.into()), len, timed: false });
        }
    }

    /// A whole program over `len` steps as a phase.
    pub fn group(&mut self, program: &str, len: u64) {
        if group(program) == program {
            self.span(program, len);
        } else {
            self.piped(program, len);
        }
    }

    /// The last phase.
    pub fn rest(&mut self, text: impl Into<String>) {
        self.span(text, u64::MAX);
    }

    /// `warmup(len)` up to where the next phase starts. Where none does, the ramp's own text, cut like every other.
    pub fn warmup(&mut self, ramp: impl Into<String>, len: u64) {
        if len >= self.room() || self.at > 0 {
            self.ramp(ramp, len);
        } else if len > 0 {
            self.push(Part { text: format!("warmup({})", steps(len)), len, timed: true });
        }
    }

    /// A straight line of `len` steps from `from` to `to`, with which the next phase starts.
    pub fn climb(&mut self, from: f64, to: f64, len: u64) {
        if len >= self.room() || from > to {
            return self.ramp(format!("{} -> {}", number(from), number(to)), len);
        }
        let from = if from == 0.0 { String::new() } else { format!(", from: {}", number(from)) };
        if len > 0 {
            self.push(Part { text: format!("warmup({}{from})", steps(len)), len, timed: true });
        }
    }

    /// The phases of `other`, which fill its run.
    pub fn append(&mut self, other: Self) {
        for part in other.parts {
            let len = part.len.min(self.room());
            if len > 0 {
                self.push(Part { len, ..part });
            }
        }
    }

    fn push(&mut self, part: Part) {
        self.at += part.len;
        self.parts.push(part);
    }

    /// The program.
    pub fn finish(self) -> String {
        // Nothing stands beside a lone phase.
        if let [only] = &self.parts[..] {
            return alone(&only.text).into();
        }
        let last = self.parts.len().saturating_sub(1);
        let text = |(k, part): (usize, Part)| {
            if part.timed || k == last { part.text } else { format!("{} for {}", part.text, steps(part.len)) }
        };
        self.parts.into_iter().enumerate().map(text).collect::<Vec<_>>().join(" >> ")
    }
}

/// `base`, multiplied by `by` at each of the steps `at`; a step that is listed twice counts twice.
pub fn drops(base: f64, by: f64, at: &[u64], total: u64) -> String {
    let mut at = at.to_vec();
    at.sort_unstable();
    let start = base * pow(by, at.iter().filter(|m| **m == 0).count() as f64);
    // One list cannot name a step twice, but a product of two can.
    let mut lists: Vec<Vec<String>> = vec![];
    for (k, m) in at.iter().enumerate().filter(|(_, m)| (1..total).contains(*m)) {
        let again = at[..k].iter().filter(|n| *n == m).count();
        lists.resize(lists.len().max(again + 1), vec![]);
        lists[again].push(steps(*m));
    }
    let text = |(k, at): (usize, &Vec<String>)| {
        let a = if k == 0 { number(start) } else { "1".into() };
        format!("decay({a}, by: {}, at: [{}])", number(by), at.join(", "))
    };
    let factors: Vec<String> = lists.iter().enumerate().map(text).collect();
    if factors.is_empty() { number(start) } else { factors.join(" * ") }
}

/// `program` with `text` wherever the number `digits` stands, in parentheses where neighbours bind as tightly.
pub fn spelt(program: &str, digits: &str, text: &str) -> String {
    let mut parts = program.split(digits);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for after in parts {
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        let whole = !out.ends_with(part) && !after.starts_with(part);
        let open = [">> ", "-> ", "(", ": "].iter().any(|end| out.ends_with(end)) || out.is_empty();
        let close = [" >>", " ->", " for ", " until ", ")", ","].iter().any(|start| after.starts_with(start));
        match (whole, open && (close || after.is_empty())) {
            (false, _) => out += digits,
            (true, true) => out += text,
            (true, false) => out += &format!("({text})"),
        }
        out += after;
    }
    out
}

/// `text` as one phase of a sequence.
pub fn group(text: &str) -> String {
    let joined = [" >> ", " | ", " for "].iter().any(|operator| text.contains(operator));
    if joined { format!("({text})") } else { text.into() }
}

/// `text` as a factor of a product.
pub fn factor(text: &str) -> String {
    const LOOSER: [&str; 7] = [" >> ", " | ", " for ", " until ", " -> ", " + ", " - "];
    let mut depth = 0;
    let open = text.char_indices().any(|(k, c)| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0 && LOOSER.iter().any(|operator| text[k..].starts_with(operator))
    });
    if open { format!("({text})") } else { text.into() }
}

/// `text` without parentheses around the whole of it.
fn alone(text: &str) -> &str {
    let mut depth = 0;
    let closes = text.char_indices().find_map(|(k, c)| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        (depth == 0).then_some(k + 1)
    });
    if text.starts_with('(') && closes == Some(text.len()) { &text[1..text.len() - 1] } else { text }
}
