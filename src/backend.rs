//! What runs a program. Every backend gives the same bits; they differ in speed and in where they can run.

use std::ffi::c_void;
use std::sync::Arc;

use crate::eval;
use crate::ir::Ir;
#[cfg(target_arch = "x86_64")]
use crate::math::host;

#[cfg(feature = "jit")]
mod jit;

/// How programs are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A runnable program, with what keeps it alive.
#[derive(Clone)]
pub(crate) struct Code {
    entry: Entry,
    data: *const c_void,
    outputs: usize,
    _owner: Owner,
}

#[derive(Clone)]
enum Owner {
    Eval { _ir: Arc<Ir> },
    #[cfg(feature = "jit")]
    Jit { _function: Arc<jit::Function> },
}

#[allow(unsafe_code)]
// SAFETY: `data` points into `_owner`'s Arc, which is never changed; `entry` is a function or code that its owner
// keeps mapped and that writes nothing but its own stack and `out`.
unsafe impl Send for Code {}
#[allow(unsafe_code)]
// SAFETY: as for Send: every access is a read.
unsafe impl Sync for Code {}

impl Code {
    pub(crate) fn new(ir: Ir, backend: Backend) -> Self {
        let outputs = ir.outputs.len();
        #[cfg(feature = "jit")]
        if backend == Backend::Jit
            && let Some(function) = jit::compile(&ir)
        {
            let function = Arc::new(function);
            let data = function.constants().cast();
            return Self { entry: function.entry(), data, outputs, _owner: Owner::Jit { _function: function } };
        }
        let _ = backend;
        let ir = Arc::new(ir);
        let entry: Entry = match outputs {
            #[cfg(target_arch = "x86_64")]
            1 if host::has_fma() => eval::one_fast,
            1 => eval::one,
            _ => eval::all,
        };
        Self { entry, data: Arc::as_ptr(&ir).cast(), outputs, _owner: Owner::Eval { _ir: ir } }
    }

    /// The value of a program with one output.
    #[inline]
    pub(crate) fn first(&self, step: u64, inputs: &[f64]) -> f64 {
        debug_assert_eq!(self.outputs, 1);
        // SAFETY: `_owner` is alive, and the program reads `inputs` only as far as it has inputs: `base`.
        #[allow(unsafe_code)]
        unsafe {
            (self.entry)(step, inputs.as_ptr(), std::ptr::null_mut(), self.data)
        }
    }

    /// Every value.
    #[inline]
    pub(crate) fn all(&self, step: u64, inputs: &[f64], out: &mut [f64]) {
        assert!(out.len() >= self.outputs, "one place for each value");
        // SAFETY: as above; `out` has room for every output.
        #[allow(unsafe_code)]
        let first = unsafe { (self.entry)(step, inputs.as_ptr(), out.as_mut_ptr(), self.data) };
        if self.outputs == 1 {
            out[0] = first;
        }
    }

    /// Bytes of native code; 0 for the interpreter.
    pub(crate) fn size(&self) -> usize {
        match &self._owner {
            Owner::Eval { .. } => 0,
            #[cfg(feature = "jit")]
            Owner::Jit { _function } => _function.size(),
        }
    }
}
