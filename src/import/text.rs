//! Programs as text: numbers that read back to the same bits, lengths in steps, phases that fit into the run.

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

/// Phases in turn, cut where the run ends.
#[derive(Debug)]
pub struct Phases {
    parts: Vec<String>,
    at: u64,
    total: u64,
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

    /// `warmup(len)` up to where the next phase starts. Where none does, the ramp's own text, cut like every other.
    pub fn warmup(&mut self, ramp: impl Into<String>, len: u64) {
        if len >= self.room() || self.at > 0 {
            self.ramp(ramp, len);
        } else if len > 0 {
            self.parts.push(format!("warmup({})", steps(len)));
            self.at += len;
        }
    }

    /// A phase of `len` steps whose shape depends on its length. Of one that the run's end cuts, only the first
    /// part is run: a cycle longer than its span.
    pub fn ramp(&mut self, text: impl Into<String>, len: u64) {
        let (text, room) = (text.into(), self.room());
        if len > room && room > 0 {
            self.parts.push(format!("({text} | cycle({}))", steps(len)));
            self.at = self.total;
        } else {
            self.span(text, len);
        }
    }

    /// A phase of at most `len` steps whose values do not depend on its length.
    pub fn span(&mut self, text: impl Into<String>, len: u64) {
        let (text, room) = (text.into(), self.room());
        if len == 0 || room == 0 {
            return;
        }
        self.parts.push(if len >= room { text } else { format!("{text} for {}", steps(len)) });
        self.at += len.min(room);
    }

    /// The last phase.
    pub fn rest(&mut self, text: impl Into<String>) {
        self.span(text, u64::MAX);
    }

    /// The program.
    pub fn finish(self) -> String {
        match &self.parts[..] {
            // Nothing stands beside a lone phase.
            [only] => alone(only).into(),
            parts => parts.join(" >> "),
        }
    }
}

/// `text` as one phase of a sequence.
pub fn group(text: &str) -> String {
    let joined = [" >> ", " | ", " for "].iter().any(|operator| text.contains(operator));
    if joined { format!("({text})") } else { text.into() }
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
