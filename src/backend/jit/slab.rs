//! Memory for many small functions, without a page for each and writable through no mapping, ever: it is private to
//! the process, mapped to be read and run, and the kernel writes into it, as it does for a debugger.
//!
//! Guarantees: blocks (code, then its constants) are 64-byte aligned and are reused once freed; a chunk without blocks
//! is unmapped, but for one that is kept for the next program. After `fork` each process has its own copy of every page, as with
//! any private memory, and no lock that another thread held: a child starts bookkeeping of its own, and unmaps what
//! it inherited with the last block there.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

/// Bytes of one line, the unit of allocation: a cache line.
const LINE: usize = 64;
/// Bytes of a usual chunk.
const CHUNK: usize = 256 << 10;
const PAGE: usize = 4096;

/// Placed code; dropping it frees its lines.
pub(super) struct Block {
    chunk: Arc<Chunk>,
    first: usize,
    lines: usize,
}

impl Block {
    pub(super) fn start(&self) -> *const u8 {
        self.chunk.start.as_ptr().wrapping_add(self.first * LINE)
    }

    /// The constants behind `code` bytes of code.
    pub(super) fn constants(&self, code: usize) -> *const u8 {
        self.start().wrapping_add(behind(code))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // A parent's lines are in books that may be locked; its chunk goes with the last block that lies there.
        if self.chunk.heap.is_here() {
            self.chunk.heap.free(self);
        }
    }
}

/// Where the constants start that follow `code` bytes of code.
fn behind(code: usize) -> usize {
    code.next_multiple_of(size_of::<u64>())
}

/// Copies `code` to where it can run, and its constants behind it; `None` where the system gives no such memory.
pub(super) fn place(code: &[u8], constants: &[u64]) -> Option<Block> {
    let mut bytes = Vec::with_capacity(behind(code.len()) + size_of_val(constants));
    bytes.extend(code);
    bytes.resize(behind(code.len()), 0);
    for word in constants {
        bytes.extend(word.to_ne_bytes());
    }
    let block = Heap::here()?.reserve(bytes.len().div_ceil(LINE).max(1))?;
    write(block.start(), &bytes)?;
    Some(block)
}

/// Puts `bytes` where only the kernel can write. A file that stays open would be a door to this memory for every
/// child, and its number may be closed and given away by the host; so it is opened for each program.
fn write(start: *const u8, bytes: &[u8]) -> Option<()> {
    #[allow(clippy::disallowed_methods, reason = "the kernel's door to our own memory")]
    let memory = File::options().write(true).open("/proc/self/mem").ok()?;
    memory.write_all_at(bytes, start as u64).ok()?;
    // SAFETY: the block is readable, as long as `bytes` and nobody else's.
    #[allow(unsafe_code)]
    let there = unsafe { slice::from_raw_parts(start, bytes.len()) };
    // An emulator may take the write and put it elsewhere.
    (there == bytes).then_some(())
}

/// Private pages that can be read and run.
struct Chunk {
    start: NonNull<u8>,
    len: usize,
    /// Who counts its lines.
    heap: &'static Heap,
}

#[allow(unsafe_code)]
// SAFETY: the pages belong to the process; blocks are written once, by who reserved them, before anyone else has them.
unsafe impl Send for Chunk {}
#[allow(unsafe_code)]
// SAFETY: as above.
unsafe impl Sync for Chunk {}

impl Chunk {
    fn new(len: usize, heap: &'static Heap) -> Option<Self> {
        let len = len.checked_next_multiple_of(PAGE)?;
        let start = map(len, ProtFlags::READ | ProtFlags::EXEC)?;
        Some(Self { start, len, heap })
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: no block is left in the chunk, so nobody runs or writes here.
        #[allow(unsafe_code)]
        unsafe {
            let _ = munmap(self.start.as_ptr().cast(), self.len);
        }
    }
}

/// Fresh pages, all zero.
fn map(len: usize, prot: ProtFlags) -> Option<NonNull<u8>> {
    // SAFETY: a fresh mapping at an address that the kernel chooses.
    #[allow(unsafe_code)]
    let start = unsafe { mmap_anonymous(ptr::null_mut(), len, prot, MapFlags::PRIVATE) };
    NonNull::new(start.ok()?.cast())
}

/// The bookkeeping of one process. It is never freed: a child cannot know who held its lock or how far they were.
struct Heap {
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    all: Vec<Room>,
    /// The chunk that was the last to lose all its blocks.
    kept: Option<Arc<Chunk>>,
}

/// What is free in a chunk.
struct Room {
    chunk: Weak<Chunk>,
    /// One truth value for each line.
    used: Vec<bool>,
    live: usize,
    /// Where the search for room starts.
    hint: usize,
}

impl Heap {
    /// The heap of this process.
    fn here() -> Option<&'static Self> {
        let current = current()?;
        let known = current.load(Ordering::Acquire);
        // SAFETY: heaps are never freed.
        #[allow(unsafe_code)]
        if let Some(heap) = unsafe { known.as_ref() } {
            return Some(heap);
        }
        let fresh = Box::leak(Box::new(Self { rooms: Mutex::default() }));
        match current.compare_exchange(known, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(fresh),
            // SAFETY: as above; another thread of this process has just written it.
            #[allow(unsafe_code)]
            Err(other) => unsafe { other.as_ref() },
        }
    }

    fn is_here(&self) -> bool {
        current().is_some_and(|current| ptr::eq(current.load(Ordering::Acquire), self))
    }

    fn reserve(&'static self, lines: usize) -> Option<Block> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rooms.all.iter_mut().find_map(|room| {
            let first = room.find(lines)?;
            let chunk = room.chunk.upgrade()?;
            room.mark(first, lines, true);
            Some(Block { chunk, first, lines })
        });
        if found.is_some() {
            return found;
        }
        let chunk = Arc::new(Chunk::new(CHUNK.max(lines.checked_mul(LINE)?), self)?);
        let mut room = Room { chunk: Arc::downgrade(&chunk), used: vec![false; chunk.len / LINE], live: 0, hint: 0 };
        room.mark(0, lines, true);
        rooms.all.push(room);
        Some(Block { chunk, first: 0, lines })
    }

    fn free(&self, block: &Block) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |chunk: &Arc<Chunk>, rooms: &Rooms| {
            rooms.all.iter().position(|room| ptr::eq(room.chunk.as_ptr(), Arc::as_ptr(chunk)))
        };
        let Some(i) = of(&block.chunk, &rooms) else { return };
        rooms.all[i].mark(block.first, block.lines, false);
        if rooms.all[i].live > 0 {
            return;
        }
        let empty = match block.chunk.len {
            CHUNK => rooms.kept.replace(block.chunk.clone()).filter(|before| !Arc::ptr_eq(before, &block.chunk)),
            _ => Some(block.chunk.clone()),
        };
        if let Some(i) = empty.and_then(|chunk| of(&chunk, &rooms))
            && rooms.all[i].live == 0
        {
            rooms.all.swap_remove(i);
        }
    }
}

impl Room {
    /// The first of `lines` free lines.
    fn find(&self, lines: usize) -> Option<usize> {
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

/// Where the heap of this process stands: in a page that the kernel empties in a child, however that was made.
fn current() -> Option<&'static AtomicPtr<Heap>> {
    static PLACE: AtomicPtr<AtomicPtr<Heap>> = AtomicPtr::new(ptr::null_mut());
    let known = PLACE.load(Ordering::Acquire);
    // SAFETY: a place is never unmapped once it is known, and a page of zeros holds a null pointer.
    #[allow(unsafe_code)]
    unsafe {
        if let Some(place) = known.as_ref() {
            return Some(place);
        }
        let page = map(PAGE, ProtFlags::READ | ProtFlags::WRITE)?;
        let fresh = page.as_ptr().cast();
        let known = match madvise(fresh, PAGE, Advice::LinuxWipeOnFork) {
            Ok(()) => PLACE.compare_exchange(known, fresh.cast(), Ordering::AcqRel, Ordering::Acquire),
            Err(_) => Err(ptr::null_mut()),
        };
        match known {
            Ok(_) => Some(&*fresh.cast()),
            Err(other) => {
                let _ = munmap(fresh, PAGE);
                other.as_ref()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_what_was_placed_and_are_reused() {
        let block = |k: u8| place(&[k; 100], &[u64::from(k); 5]).expect("memory for code");
        let all: Vec<Block> = (0..=255).map(block).collect();
        for (k, block) in all.iter().enumerate() {
            assert_eq!(block.start() as usize % LINE, 0);
            // SAFETY: so much was placed.
            #[allow(unsafe_code)]
            let (code, constant) =
                unsafe { (slice::from_raw_parts(block.start(), 100), *block.constants(100).cast::<u64>()) };
            assert!(code.iter().all(|&byte| usize::from(byte) == k) && constant == k as u64);
        }
        // Other tests place and drop meanwhile.
        let chunk = |k: u32| block(k as u8).chunk.start.as_ptr() as usize;
        let chunks: std::collections::HashSet<usize> = (0..100_000).map(chunk).collect();
        assert!(chunks.len() < 16, "{} chunks", chunks.len());
    }

    #[test]
    fn a_large_chunk_goes_with_its_block() {
        let large = place(&vec![0xc3; 4 * CHUNK], &[]).expect("memory for code");
        let (heap, chunk) = (large.chunk.heap, Arc::downgrade(&large.chunk));
        assert!(heap.is_here());
        drop(large);
        assert_eq!(chunk.strong_count(), 0);
    }
}
