//! Values that were written already, by what they are of.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ir::{Time, Unary, Val};
use crate::plan::Sig;

/// A signal, or what a function rounds it to, at a place in time: the axis, the run, and whether they run against each
/// other. It is told from others by where it lies, so it must live as long as the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    sig: *const Sig,
    rounded: Option<Unary>,
    place: (Time, Time, bool),
}

impl Key {
    pub(super) fn new(sig: &Arc<Sig>, rounded: Option<Unary>, place: (Time, Time, bool)) -> Self {
        Self { sig: Arc::as_ptr(sig), rounded, place }
    }
}

/// What can be used again.
#[derive(Debug, Default)]
pub(super) struct Memo {
    known: HashMap<Key, Val>,
    /// The keys of registers, in the order in which they were written.
    written: Vec<Key>,
    /// Which signals depend on where the run is.
    name_run: HashMap<*const Sig, bool>,
}

impl Memo {
    pub(super) fn get(&self, key: &Key) -> Option<Val> {
        self.known.get(key).copied()
    }

    pub(super) fn keep(&mut self, key: Key, value: Val) {
        self.known.insert(key, value);
        if let Val::Reg(_) = value {
            self.written.push(key);
        }
    }

    /// Whether `sig` depends on where the run is, which is found out once.
    pub(super) fn names_run(&mut self, sig: &Arc<Sig>, find: impl FnOnce() -> bool) -> bool {
        *self.name_run.entry(Arc::as_ptr(sig)).or_insert_with(find)
    }

    /// How much was written so far.
    pub(super) fn mark(&self) -> usize {
        self.written.len()
    }

    /// Forgets the registers that were written since `mark`. A constant is the same everywhere.
    pub(super) fn forget(&mut self, mark: usize) {
        for key in self.written.drain(mark..) {
            self.known.remove(&key);
        }
    }
}
