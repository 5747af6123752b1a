//! Enough stack for every recursion, however small a thread is.
//!
//! Guarantee: what runs in [`enough`] has the stack that the deepest program takes which the limits on nesting let
//! through. A thread that has less gets another stack for as long as it is needed.

/// What the deepest program takes, and twice as much for the caller's own frames: 0.5 MiB, or 2 MiB without optimisation.
const NEEDED: usize = if cfg!(debug_assertions) { 4 << 20 } else { 1 << 20 };

/// Runs `work` with enough stack.
pub(crate) fn enough<T>(work: impl FnOnce() -> T) -> T {
    match stacker::remaining_stack() {
        Some(left) if left < NEEDED => stacker::grow(NEEDED, work),
        // Where it cannot be known, the platform's threads are as large as anybody's.
        _ => work(),
    }
}
