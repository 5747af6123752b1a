//! Code in a module of its own: where the slab cannot be had (other systems, hardened kernels).

use std::mem::ManuallyDrop;
use std::ptr;

use cranelift::codegen::Context;
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::module::{Module as _, default_libcall_names};
use cranelift_jit::{JITBuilder, JITModule};

/// One function in its own pages.
pub(super) struct Module {
    module: ManuallyDrop<JITModule>,
    start: *const u8,
}

#[allow(unsafe_code)]
// SAFETY: after `new` the module is never touched again until it is dropped, and its code is read-only.
unsafe impl Send for Module {}
#[allow(unsafe_code)]
// SAFETY: as above.
unsafe impl Sync for Module {}

impl Module {
    /// Compiles the function in `context` into fresh memory.
    pub(super) fn new(isa: &OwnedTargetIsa, context: &mut Context) -> Option<Self> {
        let mut module = Self {
            module: ManuallyDrop::new(JITModule::new(JITBuilder::with_isa(isa.clone(), default_libcall_names()))),
            start: ptr::null(),
        };
        let id = module.module.declare_anonymous_function(&context.func.signature).ok()?;
        module.module.define_function(id, context).ok()?;
        module.module.finalize_definitions().ok()?;
        module.start = module.module.get_finalized_function(id);
        Some(module)
    }

    pub(super) fn start(&self) -> *const u8 {
        self.start
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // SAFETY: the module is taken once, here; nobody holds its code any more, because every handle keeps
        // this value alive.
        #[allow(unsafe_code)]
        unsafe {
            ManuallyDrop::take(&mut self.module).free_memory();
        }
    }
}
