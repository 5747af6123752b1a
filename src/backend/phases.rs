//! A program that is nothing but phases with constant ends, as a table: a third of the interpreter's time, the
//! same operations, the same bits.

use std::ffi::c_void;
use std::sync::Arc;

use crate::ir::{Block, Curve, Inst, Int, Ir, Ticks, Val, ops};
use crate::math::Native;

/// One phase, in one cache line.
#[repr(C, align(64))]
pub(crate) struct Phase {
    /// The last step that belongs to it.
    pub(super) last: u64,
    pub(super) off: i64,
    pub(super) mul: i64,
    pub(super) sub: i64,
    pub(super) len: f64,
    pub(super) a: f64,
    pub(super) c: f64,
    /// `None` holds `a`.
    pub(super) curve: Option<Curve>,
}

/// Phases that are searched one by one; more of them are found faster by the interpreter's bisection.
const MOST: usize = 16;

/// The table of `ir`; `None` for anything but a few phases of the run itself.
pub(crate) fn table(ir: &Ir) -> Option<Arc<[Phase]>> {
    let [output] = &ir.outputs[..] else { return None };
    let whole = std::slice::from_ref(&output.block);
    let (bounds, arms) = match &output.block.code[..] {
        [Inst::Choose { on: Int::Reg(0), bounds, arms }] if output.block.result == Val::Reg(1) => {
            (&bounds[..], &arms[..])
        }
        _ => (&[][..], whole),
    };
    if arms.len() > MOST {
        return None;
    }
    let ends = bounds.iter().map(|&b| b as u64 - 1).chain([u64::MAX]);
    arms.iter().zip(ends).map(|(arm, last)| phase(arm, last)).collect()
}

fn phase(block: &Block, last: u64) -> Option<Phase> {
    match (&block.code[..], block.result) {
        ([], Val::Const(a)) => Some(Phase { last, off: 0, mul: 0, sub: 0, len: 1.0, a, c: 0.0, curve: None }),
        ([Inst::Ramp(curve, Val::Const(a), Val::Const(c), p)], Val::Reg(1)) => {
            let Ticks { x: Int::Reg(0), off, mul, sub } = p.ticks else { return None };
            Some(Phase { last, off, mul, sub, len: p.len as f64, a: *a, c: *c, curve: Some(*curve) })
        }
        _ => None,
    }
}

#[inline(always)]
fn value(step: u64, phases: *const Phase) -> f64 {
    let mut phase = phases;
    // SAFETY: the last phase of every table lasts to the last step there is.
    #[allow(unsafe_code)]
    let phase = unsafe {
        while step > (*phase).last {
            phase = phase.add(1);
        }
        &*phase
    };
    match phase.curve {
        None => phase.a,
        Some(curve) => {
            let count = (step as i64).wrapping_sub(phase.off).wrapping_mul(phase.mul).wrapping_sub(phase.sub);
            ops::ramp(&mut Native, curve, phase.a, phase.c, count, phase.len)
        }
    }
}

/// The value at `step`, as a compiled program is called.
///
/// # Safety
/// `phases` is the start of a [`table`] that is alive.
#[allow(unsafe_code)]
pub(super) unsafe extern "C" fn portable(step: u64, _: *const f64, _: *mut f64, phases: *const c_void) -> f64 {
    value(step, phases.cast())
}

/// [`portable`] for machines with a fused multiply-add.
///
/// # Safety
/// As for [`portable`], and the machine has the features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma,avx2")]
#[allow(unsafe_code)]
pub(super) unsafe extern "C" fn fast(step: u64, _: *const f64, _: *mut f64, phases: *const c_void) -> f64 {
    value(step, phases.cast())
}
