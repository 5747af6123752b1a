//! When two programs are the same.
//!
//! Guarantees: programs that are equal have equal bits at every step; a fingerprint is the same on every machine and in every
//! version of the library.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Program, Schedule};

/// FNV-1a in 64 bits (Fowler, Noll, Vo): made of so little that it never needs to change.
struct Fnv(u64);

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Bytes that cannot run into the next ones.
    fn text(&mut self, text: &[u8]) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text);
    }
}

impl Program {
    /// A number that stands for the texts, the clock, the recorded curves and the base: checkpoints and logs keep it to tell
    /// whether a run goes on with the schedule that it began with. Other programs have others, but for chance.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        for (name, text) in self.live.kept.texts() {
            hash.text(name.as_bytes());
            hash.text(text.as_bytes());
        }
        for (_, fact) in self.live.clock.facts() {
            // A fact of 0 is none that a clock can use.
            hash.bytes(&fact.unwrap_or(0).to_le_bytes());
        }
        for (name, recording) in self.live.kept.recordings() {
            hash.text(name.as_bytes());
            hash.bytes(&recording.steps().to_le_bytes());
            recording.values().iter().for_each(|v| hash.bytes(&v.to_bits().to_le_bytes()));
        }
        hash.bytes(&self.inputs[0].to_bits().to_le_bytes());
        hash.0
    }
}

/// Made of the same texts, clock, recorded curves and base.
impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.live, &other.live);
        let same =
            || a.clock == b.clock && a.kept.texts().eq(b.kept.texts()) && a.kept.recordings() == b.kept.recordings();
        self.inputs[0].to_bits() == other.inputs[0].to_bits() && (Arc::ptr_eq(a, b) || same())
    }
}

impl Eq for Program {}

impl Hash for Program {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.fingerprint());
    }
}

impl Schedule {
    /// See [`Program::fingerprint`].
    pub fn fingerprint(&self) -> u64 {
        self.program.fingerprint()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Clock, Input, Program, Recording};

    fn program(source: &str, steps: u64) -> Program {
        Program::compile(source, Clock::steps(steps)).unwrap()
    }

    #[test]
    fn what_differs_is_told_apart() {
        let replayed = |last: f64| {
            let curve = move |_: &str| Recording::new([(0, 1.0), (1, last)]);
            Input::new("table(\"c.csv\")", Clock::steps(10)).with(&curve).program().unwrap()
        };
        let all = [
            program("1 -> 0", 10),
            program("1 -> 0 ", 10),
            program("1 -> 0", 11),
            program("1 -> 0", 10).with_base(2.0).unwrap(),
            replayed(0.5),
            replayed(0.25),
        ];
        for (k, a) in all.iter().enumerate() {
            for (j, b) in all.iter().enumerate() {
                assert_eq!(a == b, k == j, "{a:?} {b:?}");
                assert_eq!(a.fingerprint() == b.fingerprint(), k == j, "{a:?} {b:?}");
            }
        }
        assert_eq!(program("1 -> 0", 10), program("1 -> 0", 10));
        assert_eq!(replayed(0.5), replayed(0.5));
    }

    #[test]
    fn a_fingerprint_stays() {
        // Checkpoints keep it: where this fails, every run that is resumed is taken for another one.
        assert_eq!(program("1 -> 0", 10).fingerprint(), 0x8c64_af16_1709_c5c2);
    }
}
