//! What one program may cost. Every expression that is visited, every value that is followed and every operation that is
//! written pays from the same purse, whichever stage does it.
//!
//! Guarantee: a stage that stops where the purse is empty ends in time and memory that depend on the purse alone, however
//! the program multiplies; and the first place at which there was nothing left is remembered.

use std::cell::Cell;

use crate::diag::{Diagnostic, Span, limits};

/// What a program may cost in all. It is what 200 000 visited expressions cost, and a quarter more for their values.
const ALL: u32 = 5_000_000;

/// What it costs to visit an expression: it is resolved, and what it stands for is kept.
const EXPRESSION: u32 = 20;

/// What an operation of the finished program costs: every backend translates it.
const OPERATION: u32 = 10;

/// What a finding costs that leaves the program as it is, of which there may be as many as there are words: its text, and
/// everything that is done with it until it is shown.
const FINDING: u32 = 40;

/// The most expressions that can be visited.
pub(crate) const VISITS: usize = (ALL / EXPRESSION) as usize;

/// Names that may be compared with unknown ones in search of the nearest.
const GUESSES: usize = 200_000;

/// A purse.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    left: Cell<u32>,
    guesses: Cell<usize>,
    /// What is being worked on, and in the end what there was nothing left for.
    place: Cell<Span>,
}

impl Default for Work {
    fn default() -> Self {
        Self { left: Cell::new(ALL), guesses: Cell::new(GUESSES), place: Cell::default() }
    }
}

impl Work {
    /// Pays for one step: a value that is followed, an item of a list that is copied. False where nothing is left.
    pub(crate) fn step(&self) -> bool {
        self.pay(1)
    }

    /// Pays for `n` steps.
    pub(crate) fn steps(&self, n: usize) -> bool {
        self.pay(u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// Pays for a visit of the expression at `span`.
    pub(crate) fn visit(&self, span: Span) -> bool {
        self.at(span);
        self.pay(EXPRESSION)
    }

    /// Pays for a finding that stops nothing.
    pub(crate) fn finding(&self) -> bool {
        self.pay(FINDING)
    }

    /// Pays for `n` operations of the finished program.
    pub(crate) fn operations(&self, n: usize) -> bool {
        self.pay(u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(OPERATION))
    }

    /// Gives up: what follows would take something that nothing is left of, such as stack.
    pub(crate) fn spend_all(&self) {
        self.left.set(0);
    }

    /// Says what is being worked on.
    pub(crate) fn at(&self, span: Span) {
        if !self.is_spent() {
            self.place.set(span);
        }
    }

    /// Whether a word may still be compared with `known` others. Suggestions are not worth a refusal.
    pub(crate) fn guess(&self, known: usize) -> bool {
        let left = self.guesses.get();
        self.guesses.set(left.saturating_sub(known));
        left >= known
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// What to say where nothing is left.
    pub(crate) fn refusal(&self) -> Option<Diagnostic> {
        self.is_spent().then(|| {
            let most = ALL / EXPRESSION / 1000;
            let message = format!("the program grows to more work than {most} 000 expressions are");
            Diagnostic::new(&limits::EXPANSION, self.place.get(), message).help(
                "names, calls of functions and growing cycles are written out wherever they stand; use fewer of them",
            )
        })
    }

    fn pay(&self, cost: u32) -> bool {
        let left = self.left.get().saturating_sub(cost);
        self.left.set(left);
        left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_where_it_ran_out_is_kept() {
        let work = Work::default();
        let visits = (0..).take_while(|&k| work.visit(Span::new(k, k + 1))).count();
        assert_eq!(visits, (ALL / EXPRESSION) as usize - 1);
        assert!(!work.visit(Span::new(7, 9)) && !work.step());
        let told = work.refusal().expect("nothing is left");
        assert_eq!(told.span, Span::new(visits, visits + 1));
        assert!(Work::default().refusal().is_none());
    }
}
