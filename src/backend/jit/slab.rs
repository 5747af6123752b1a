//! Memory for many small functions, without a page for each and without ever being writable where it is
//! executable: one file in memory is mapped twice, here to write and there to run.
//!
//! Guarantees: blocks (code, then its constants) are 64-byte aligned and are reused once freed; a chunk without blocks is unmapped,
//! but for one that is kept for the next program.

use std::ptr;
use std::sync::{Mutex, PoisonError};

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// Bytes of one line, the unit of allocation: a cache line.
const LINE: usize = 64;
/// Bytes of a usual chunk.
const CHUNK: usize = 256 << 10;

static CHUNKS: Mutex<Vec<Chunk>> = Mutex::new(vec![]);

/// Placed code; dropping it frees its lines.
pub(super) struct Block {
    start: *const u8,
    lines: usize,
}

#[allow(unsafe_code)]
// SAFETY: the code is never written after `place`, and the chunks are behind a lock.
unsafe impl Send for Block {}
#[allow(unsafe_code)]
// SAFETY: as above.
unsafe impl Sync for Block {}

impl Block {
    pub(super) fn start(&self) -> *const u8 {
        self.start
    }

    /// The constants behind `code` bytes of code.
    pub(super) fn constants(&self, code: usize) -> *const u8 {
        self.start.wrapping_add(code.next_multiple_of(size_of::<u64>()))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let mut chunks = CHUNKS.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(i) = chunks.iter().position(|c| c.holds(self.start)) else { return };
        let first = (self.start as usize - chunks[i].run as usize) / LINE;
        chunks[i].mark(first, self.lines, false);
        if chunks[i].live == 0 && chunks.len() > 1 {
            chunks.swap_remove(i);
        }
    }
}

/// Copies `code` to where it can run, and its constants behind it; `None` where the system gives no such memory.
pub(super) fn place(code: &[u8], constants: &[u64]) -> Option<Block> {
    let behind = code.len().next_multiple_of(size_of::<u64>());
    let lines = (behind + size_of_val(constants)).div_ceil(LINE).max(1);
    let mut chunks = CHUNKS.lock().unwrap_or_else(PoisonError::into_inner);
    let found = chunks.iter().enumerate().find_map(|(i, c)| Some((i, c.room(lines)?)));
    let (i, first) = match found {
        Some(found) => found,
        None => {
            chunks.push(Chunk::new(CHUNK.max(lines * LINE))?);
            (chunks.len() - 1, 0)
        }
    };
    let chunk = &mut chunks[i];
    chunk.mark(first, lines, true);
    // SAFETY: the lines lie inside both mappings and belong to nobody else.
    #[allow(unsafe_code)]
    unsafe {
        let write = chunk.write.add(first * LINE);
        ptr::copy_nonoverlapping(code.as_ptr(), write, code.len());
        ptr::copy_nonoverlapping(constants.as_ptr(), write.add(behind).cast(), constants.len());
        Some(Block { start: chunk.run.add(first * LINE), lines })
    }
}

/// One file in memory, mapped twice.
struct Chunk {
    write: *mut u8,
    run: *mut u8,
    len: usize,
    /// One truth value for each line.
    used: Vec<bool>,
    live: usize,
    /// Where the search for room starts.
    hint: usize,
}

#[allow(unsafe_code)]
// SAFETY: the mappings belong to the process; access is behind the lock.
unsafe impl Send for Chunk {}

impl Chunk {
    fn new(len: usize) -> Option<Self> {
        let len = len.next_multiple_of(4096);
        let file = memfd_create("etude-code", MemfdFlags::CLOEXEC | MemfdFlags::EXEC)
            .or_else(|_| memfd_create("etude-code", MemfdFlags::CLOEXEC))
            .ok()?;
        ftruncate(&file, len as u64).ok()?;
        // SAFETY: fresh mappings at addresses that the kernel chooses.
        #[allow(unsafe_code)]
        unsafe {
            let map = |prot| mmap(ptr::null_mut(), len, prot, MapFlags::SHARED, &file, 0);
            let write = map(ProtFlags::READ | ProtFlags::WRITE).ok()?;
            let Ok(run) = map(ProtFlags::READ | ProtFlags::EXEC) else {
                let _ = munmap(write, len);
                return None;
            };
            Some(Self { write: write.cast(), run: run.cast(), len, used: vec![false; len / LINE], live: 0, hint: 0 })
        }
    }

    fn holds(&self, start: *const u8) -> bool {
        (self.run as usize..self.run as usize + self.len).contains(&(start as usize))
    }

    /// The first of `lines` free lines.
    fn room(&self, lines: usize) -> Option<usize> {
        if self.used.len() - self.live < lines {
            return None;
        }
        let search = |from: usize| {
            let mut free = 0;
            for (i, used) in self.used.iter().enumerate().skip(from) {
                free = if *used { 0 } else { free + 1 };
                if free == lines {
                    return Some(i + 1 - lines);
                }
            }
            None
        };
        search(self.hint).or_else(|| search(0))
    }

    fn mark(&mut self, first: usize, lines: usize, used: bool) {
        self.used[first..first + lines].fill(used);
        if used {
            self.live += lines;
            self.hint = first + lines;
        } else {
            self.live -= lines;
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: no block is left in the chunk, so nobody runs or writes here.
        #[allow(unsafe_code)]
        unsafe {
            let _ = munmap(self.write.cast(), self.len);
            let _ = munmap(self.run.cast(), self.len);
        }
    }
}
