//! What runs a program. Every backend gives the same bits; they differ in speed and in where they can run.

use std::ffi::c_void;
use std::sync::Arc;

use crate::eval;
use crate::ir::Ir;
#[cfg(target_arch = "x86_64")]
use crate::math::host;

#[cfg(any(feature = "jit", feature = "cuda"))]
mod symbol;
mod walk;
#[cfg(feature = "jit")]
mod jit;
#[cfg(feature = "cuda")]
pub mod c;
pub(crate) mod text;
mod phases;
mod batch;

pub(crate) use batch::{Batch, Range};
pub(crate) use phases::{Phase, table as phases};

/// How programs are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// The interpreter.
    Eval,
    /// Native code, compiled in memory. Falls back to the interpreter where the machine cannot.
    Jit,
}

impl Backend {
    /// The fastest one that this build has.
    pub const fn best() -> Self {
        if cfg!(feature = "jit") { Self::Jit } else { Self::Eval }
    }
}

/// The Cranelift IR of a program as text; empty where this machine cannot be compiled for.
#[cfg(feature = "jit")]
pub fn clif(ir: &Ir) -> String {
    jit::clif(ir)
}

/// `fn(step, inputs, out, data)`: the value of a program with one output; for several, the first, and all in
/// `out`. The data is the program's own: its IR, or its constants.
type Entry = unsafe extern "C" fn(u64, *const f64, *mut f64, *const c_void) -> f64;

/// What to call, and with what. It is alive as long as its [`Owner`].
#[derive(Clone, Copy)]
pub(crate) struct Code {
    entry: Entry,
    data: *const c_void,
    outputs: usize,
}

/// A program that reads scales: called as one that reads only `base`, every scale is 1.
pub(crate) struct Open {
    code: Code,
    inputs: usize,
}

/// Scales that an open-loop call finds room for on its stack.
const MOST_SCALES: usize = 16;

/// Fills in the scales.
///
/// # Safety
/// `open` is an [`Open`] that is alive, `inputs` holds one value; `out` as for the program itself.
#[allow(unsafe_code)]
unsafe extern "C" fn open_loop(step: u64, inputs: *const f64, out: *mut f64, open: *const c_void) -> f64 {
    // SAFETY: the caller's.
    let (open, base) = unsafe { (&*open.cast::<Open>(), *inputs) };
    let Code { entry, data, .. } = open.code;
    if open.inputs <= MOST_SCALES {
        let mut all = [1.0; MOST_SCALES];
        all[0] = base;
        // SAFETY: there are as many inputs as the program reads.
        return unsafe { entry(step, all.as_ptr(), out, data) };
    }
    let mut all = vec![1.0; open.inputs];
    all[0] = base;
    // SAFETY: as above.
    unsafe { entry(step, all.as_ptr(), out, data) }
}

/// Keeps a program's code alive. What [`Code`] points to is behind an [`Arc`]: a box claims to be the only way to its
/// value wherever it is moved.
pub(crate) enum Owner {
    Eval {
        ir: Arc<Ir>,
    },
    Phases {
        table: Arc<[phases::Phase]>,
    },
    #[cfg(feature = "jit")]
    Jit(jit::Function),
}

#[allow(unsafe_code)]
// SAFETY: `data` and `entry` point to what the owner holds, which is never changed; a call writes nothing but
// its own stack and `out`.
unsafe impl Send for Code {}
#[allow(unsafe_code)]
// SAFETY: as for Send: every access is a read.
unsafe impl Sync for Code {}

impl Code {
    /// Makes `ir` runnable.
    pub(crate) fn new(ir: Ir, backend: Backend) -> (Self, Owner) {
        let outputs = ir.outputs.len();
        #[cfg(feature = "jit")]
        if backend == Backend::Jit
            && let Some(function) = jit::compile(&ir)
        {
            return (Self { entry: function.entry(), data: function.data(), outputs }, Owner::Jit(function));
        }
        let _ = backend;
        if let Some(table) = phases::table(&ir) {
            #[cfg(target_arch = "x86_64")]
            let entry: Entry = if host::has_fma() { phases::fast } else { phases::portable };
            #[cfg(not(target_arch = "x86_64"))]
            let entry: Entry = phases::portable;
            return (Self { entry, data: table.as_ptr().cast(), outputs }, Owner::Phases { table });
        }
        let ir = Arc::new(ir);
        let entry: Entry = match outputs {
            #[cfg(target_arch = "x86_64")]
            1 if host::has_fma() => eval::one_fast,
            1 => eval::one,
            _ => eval::all,
        };
        (Self { entry, data: Arc::as_ptr(&ir).cast(), outputs }, Owner::Eval { ir })
    }

    /// What runs the program with every scale at 1, for an `open` that lives as long as the owner.
    pub(crate) fn open(open: &Arc<Open>) -> Self {
        Self { entry: open_loop, data: Arc::as_ptr(open).cast(), outputs: open.code.outputs }
    }

    /// The value of a program with one output.
    ///
    /// # Safety
    /// The owner is alive, and there are as many inputs as the program reads.
    #[inline]
    #[allow(unsafe_code)]
    pub(crate) unsafe fn first(&self, step: u64, inputs: &[f64]) -> f64 {
        debug_assert_eq!(self.outputs, 1);
        // SAFETY: the caller's; a program with one output writes nothing.
        unsafe { (self.entry)(step, inputs.as_ptr(), std::ptr::null_mut(), self.data) }
    }

    /// Every value.
    ///
    /// # Safety
    /// The owner is alive, and there are as many inputs as the program reads.
    #[inline]
    #[allow(unsafe_code)]
    pub(crate) unsafe fn all(&self, step: u64, inputs: &[f64], out: &mut [f64]) {
        assert!(out.len() >= self.outputs, "one place for each value");
        // SAFETY: the caller's; `out` has room for every output.
        let first = unsafe { (self.entry)(step, inputs.as_ptr(), out.as_mut_ptr(), self.data) };
        if self.outputs == 1 {
            out[0] = first;
        }
    }
}

impl Open {
    pub(crate) fn new(code: Code, inputs: usize) -> Self {
        Self { code, inputs }
    }

    /// The program itself, which takes every input.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// How many inputs it reads.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }
}

impl Owner {
    /// What runs the program.
    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::Eval { .. } | Self::Phases { .. } => Backend::Eval,
            #[cfg(feature = "jit")]
            Self::Jit(_) => Backend::Jit,
        }
    }

    /// What ranges are filled from; `None` for native code, which keeps nothing of its program.
    pub(crate) fn batch(&self) -> Option<Batch<'_>> {
        match self {
            Self::Eval { ir } => Some(Batch::Ir(ir)),
            Self::Phases { table } => Some(Batch::Phases(table)),
            #[cfg(feature = "jit")]
            Self::Jit(function) => function.value().map(Batch::Constant),
        }
    }

    /// Bytes of native code and constants; 0 for the interpreter.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Eval { .. } | Self::Phases { .. } => 0,
            #[cfg(feature = "jit")]
            Self::Jit(function) => function.size(),
        }
    }
}
