//! A function's own constants, in memory: a load is shorter than the instructions that make an f64, and from behind the
//! code, where a register points anyway, shorter than from a table that all functions share.
//!
//! Guarantee: every constant lies where the offset in an instruction, 32 bits with a sign, reaches it; a function
//! with more of them is none.

use cranelift::codegen::ir::Value;
use rustc_hash::FxHashMap;

/// The constants of one function.
pub(super) struct Pool {
    pub(super) base: Value,
    words: Vec<u64>,
    offsets: FxHashMap<u64, i32>,
    /// Where each table starts, by its address.
    tables: FxHashMap<*const f64, i32>,
    /// Words that there may be.
    most: usize,
    full: bool,
}

/// Where the word with this index lies, in bytes, if an offset can say it.
pub(super) fn bytes(index: usize) -> Option<i32> {
    i32::try_from(index.checked_mul(size_of::<u64>())?).ok()
}

impl Pool {
    pub(super) fn new(base: Value) -> Self {
        let most = i32::MAX as usize / size_of::<u64>();
        Self { base, words: vec![], offsets: FxHashMap::default(), tables: FxHashMap::default(), most, full: false }
    }

    /// Every word, unless there were too many.
    pub(super) fn finish(self) -> Option<Vec<u64>> {
        (!self.full).then_some(self.words)
    }

    /// Appends `words` and gives where they start, in bytes.
    pub(super) fn row(&mut self, words: impl ExactSizeIterator<Item = u64>) -> i32 {
        match bytes(self.words.len()) {
            Some(start) if words.len() <= self.most - self.words.len() => {
                self.words.extend(words);
                start
            }
            _ => {
                self.full = true;
                0
            }
        }
    }

    /// Where a table lies; it is written once.
    pub(super) fn table(&mut self, table: &[f64]) -> i32 {
        match self.tables.get(&table.as_ptr()) {
            Some(&offset) => offset,
            None => {
                let offset = self.row(table.iter().map(|v| v.to_bits()));
                self.tables.insert(table.as_ptr(), offset);
                offset
            }
        }
    }

    /// Where one constant lies.
    pub(super) fn offset(&mut self, word: u64) -> i32 {
        match self.offsets.get(&word) {
            Some(&offset) => offset,
            None => {
                let offset = self.row([word].into_iter());
                self.offsets.insert(word, offset);
                offset
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_end_where_an_instruction_cannot_say_them() {
        assert_eq!(bytes(0), Some(0));
        assert_eq!(bytes((1 << 28) - 1), Some(i32::MAX - 7));
        for index in [1 << 28, 1 << 29, 1 << 32, usize::MAX / 8 + 1, usize::MAX] {
            assert_eq!(bytes(index), None, "{index}");
        }
        let pool = Pool::new(Value::from_u32(0));
        assert!(bytes(pool.most).is_some() && bytes(pool.most + 1).is_none());
    }

    #[test]
    fn a_pool_with_too_many_words_is_none() {
        let pool = || Pool { most: 5, ..Pool::new(Value::from_u32(0)) };
        let mut fits = pool();
        assert_eq!((fits.table(&[1.0; 4]), fits.offset(7)), (0, 32));
        assert_eq!(fits.offset(7), 32);
        assert_eq!(fits.finish().map(|words| words.len()), Some(5));
        let mut over = pool();
        assert_eq!((over.offset(7), over.table(&[1.0; 5])), (0, 0));
        assert_eq!(over.words.len(), 1, "what does not fit is not copied");
        assert_eq!(over.finish(), None);
    }
}
