//! The flat arena: one anonymous memory map per role (parameters, gradients, each state slot), all of one length.
//!
//! Every array starts on a cache line. Large arrays start on a 2 MiB boundary and ask for huge pages, which raises the
//! bandwidth of an update by a third or more; arrays are shifted by 1088 bytes against each other, so that equal
//! elements of different arrays do not compete for the same cache sets.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

use super::error::Error;
use super::layout::Layout;
use super::rule::{MAX_STATE, RuleRow, Slices};

const HUGE_PAGE: usize = 2 << 20;
/// 17 cache lines.
const STAGGER: usize = 1088;

/// A zero-initialised array of f32 in its own memory map.
#[derive(Debug)]
pub struct Buffer {
    map: MmapMut,
    start: usize,
    len: usize,
}

impl Buffer {
    /// `len` zeros. `role` numbers the arrays that are read together; each gets another shift.
    ///
    /// # Errors
    /// [`Error::Memory`] when the operating system refuses.
    pub fn zeroed(len: usize, role: usize) -> Result<Self, Error> {
        let shift = role % 64 * STAGGER;
        let bytes = len.saturating_mul(4).saturating_add(shift).max(1);
        // Small arrays are not worth the clearing of a huge page.
        let huge = bytes >= HUGE_PAGE;
        let total = if huge { bytes.saturating_add(HUGE_PAGE) } else { bytes };
        let map = MmapMut::map_anon(total).map_err(|e| Error::Memory { bytes: total, reason: e.to_string() })?;
        let mut start = shift;
        if huge {
            start += map.as_ptr().align_offset(HUGE_PAGE);
            // A refusal only means smaller pages.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        if start.saturating_add(len.saturating_mul(4)) > map.len() {
            return Err(Error::Memory { bytes: total, reason: "the map cannot be aligned".to_owned() });
        }
        Ok(Self { map, start, len })
    }
}

impl Deref for Buffer {
    type Target = [f32];

    #[allow(unsafe_code)]
    fn deref(&self) -> &[f32] {
        // SAFETY: `start + 4·len` is within the map (checked in `zeroed`) and never changes. A map starts on a page and
        // `start` is a multiple of 64, so f32 is aligned. The kernel zeroed the pages, and all bits are valid f32s.
        // The map is private to `self`, which is borrowed.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().add(self.start).cast(), self.len) }
    }
}

impl DerefMut for Buffer {
    #[allow(unsafe_code)]
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`; `self` is borrowed mutably, so this is the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.map.as_mut_ptr().add(self.start).cast(), self.len) }
    }
}

/// All arrays of a model under one update rule.
#[derive(Debug)]
pub struct Arena {
    layout: Layout,
    /// The parameters.
    pub param: Buffer,
    /// Their gradients. Padding must stay zero.
    pub grad: Buffer,
    /// The rule's state slots, in the order of [`Rule::state`](crate::config::Rule::state).
    pub state: Vec<Buffer>,
}

impl Arena {
    /// Maps zeroed arrays for `layout` under `rule`.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn new(layout: Layout, rule: &RuleRow) -> Result<Self, Error> {
        let len = layout.padded_len();
        let state = (0..rule.words.state.len()).map(|i| Buffer::zeroed(len, 2 + i)).collect::<Result<_, _>>()?;
        Ok(Self { param: Buffer::zeroed(len, 0)?, grad: Buffer::zeroed(len, 1)?, state, layout })
    }

    /// Where the tensors are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The layout, and all of every array for an update.
    pub fn slices(&mut self) -> (&Layout, Slices<'_>) {
        let mut state: [&mut [f32]; MAX_STATE] = Default::default();
        for (slot, buffer) in state.iter_mut().zip(&mut self.state) {
            *slot = buffer;
        }
        (&self.layout, Slices { param: &mut self.param, grad: &self.grad, state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_zeroed_aligned_and_writable() {
        for len in [0, 1, 1000, (3 << 20) + 5] {
            for role in 0..3 {
                let mut buffer = Buffer::zeroed(len, role).unwrap();
                assert_eq!(buffer.len(), len);
                assert!(buffer.iter().all(|&x| x == 0.0));
                assert_eq!(buffer.as_ptr() as usize % 64, 0);
                if len > 1 << 20 {
                    assert_eq!((buffer.as_ptr() as usize - role * STAGGER) % HUGE_PAGE, 0);
                }
                buffer.fill(1.0);
            }
        }
        assert!(matches!(Buffer::zeroed(usize::MAX / 8, 0), Err(Error::Memory { .. })));
    }
}
