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
    cut: bool,
}

impl Phases {
    /// None yet, of a run of `total` steps.
    pub fn new(total: u64) -> Self {
        Self { parts: vec![], at: 0, total, cut: false }
    }

    /// The step at which the next phase starts.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The steps that are left.
    pub fn room(&self) -> u64 {
        self.total - self.at
    }

    /// A phase of `len` steps whose shape depends on its length. Of one that the run's end cuts, only the first
    /// part is run: a cycle longer than its span.
    pub fn ramp(&mut self, text: impl Into<String>, len: u64) {
        let (text, room) = (text.into(), self.room());
        if len > room && room > 0 {
            self.parts.push(format!("({text} | cycle({}))", steps(len)));
            (self.at, self.cut) = (self.total, true);
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
            [only] if self.cut => only[1..only.len() - 1].into(),
            parts => parts.join(" >> "),
        }
    }
}

/// `text` as one phase of a sequence.
pub fn group(text: &str) -> String {
    let joined = [" >> ", " | ", " for "].iter().any(|operator| text.contains(operator));
    if joined { format!("({text})") } else { text.into() }
}
