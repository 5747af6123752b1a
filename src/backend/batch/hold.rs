//! One value at every step.

use crate::simd::{Isa, Pass, dispatch};

/// Fills `out` with `value`.
pub(super) fn hold(isa: Isa, value: f64, out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if out.len() >= LONG {
        return strings(value, out);
    }
    dispatch(isa, Hold { value, out });
}

/// Values from which on the processor's own loop is faster: it reads no line of the cache that it overwrites.
#[cfg(target_arch = "x86_64")]
const LONG: usize = 8192;

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
fn strings(value: f64, out: &mut [f64]) {
    // SAFETY: it writes as many values as `out` has, from its start; the ABI has the direction flag clear.
    unsafe {
        std::arch::asm!(
            "rep stosq",
            inout("rcx") out.len() => _,
            inout("rdi") out.as_mut_ptr() => _,
            in("rax") value.to_bits(),
            options(nostack, preserves_flags),
        );
    }
}

struct Hold<'a> {
    value: f64,
    out: &'a mut [f64],
}

impl Pass for Hold<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for out in self.out {
            *out = self.value;
        }
    }
}
