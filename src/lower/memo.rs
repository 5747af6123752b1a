//! Values that were written already, by what they are of.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ir::{Time, Val};
use crate::plan::Sig;

/// A signal at a place in time. It is told from others by where it lies, so it must live as long as the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    sig: *const Sig,
    axis: Time,
    run: Time,
}

impl Key {
    pub(super) fn new(sig: &Arc<Sig>, axis: Time, run: Time) -> Self {
        Self { sig: Arc::as_ptr(sig), axis, run }
    }
}

/// What can be used again.
#[derive(Debug, Default)]
pub(super) struct Memo {
    known: HashMap<Key, Val>,
    /// The keys of registers, in the order in which they were written.
    written: Vec<Key>,
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
