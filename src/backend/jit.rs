//! [`Ir`] → native function, in memory.
//!
//! Guarantees: the code has no relocations, traps nowhere, calls only this crate's own math and gives the
//! interpreter's bits; it lives in private memory that cannot be written once it can run, and is freed with its
//! [`Function`]. With the files beside it, the only place that names Cranelift.

use std::cell::Cell;
use std::ffi::c_void;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use cranelift::codegen::Context;
use cranelift::codegen::control::ControlPlane;
use cranelift::codegen::ir::{AbiParam, Signature, UserFuncName, types};
use cranelift::codegen::isa::OwnedTargetIsa;
use cranelift::codegen::settings::{self, Configurable};
use cranelift::frontend::{FunctionBuilder, FunctionBuilderContext};
use once_cell::race::OnceBox;

use super::Entry;
use crate::ir::Ir;

mod emit;
mod module;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod slab;

/// A compiled program and the memory that holds it.
pub(crate) struct Function {
    entry: Entry,
    data: *const c_void,
    size: usize,
    memory: Memory,
}

#[allow(unsafe_code)]
// SAFETY: code and constants belong to `memory` and are never written again.
unsafe impl Send for Function {}
#[allow(unsafe_code)]
// SAFETY: as above.
unsafe impl Sync for Function {}

// Nothing can be seen half changed: nothing changes.
impl UnwindSafe for Function {}
impl RefUnwindSafe for Function {}

/// Where code and constants live; dropping it frees them.
enum Memory {
    Constant {
        value: Arc<f64>,
    },
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    Slab {
        _block: slab::Block,
    },
    Module {
        _module: Box<module::Module>,
        _constants: Arc<[u64]>,
    },
}

impl Function {
    fn constant(value: f64) -> Self {
        let value = Arc::new(value);
        let (data, size) = (Arc::as_ptr(&value).cast(), size_of::<f64>());
        Self { entry: constant, data, size, memory: Memory::Constant { value } }
    }

    pub(crate) fn entry(&self) -> Entry {
        self.entry
    }

    /// The number that is all of the program, where it is one.
    pub(crate) fn value(&self) -> Option<f64> {
        match &self.memory {
            Memory::Constant { value } => Some(**value),
            _ => None,
        }
    }

    /// What the code expects as its last argument.
    pub(crate) fn data(&self) -> *const c_void {
        self.data
    }

    /// Bytes of code and constants.
    pub(crate) fn size(&self) -> usize {
        self.size
    }
}

struct Compiler {
    context: Context,
    builder: FunctionBuilderContext,
}

impl Default for Compiler {
    fn default() -> Self {
        Self { context: Context::new(), builder: FunctionBuilderContext::new() }
    }
}

/// The most operations that are compiled. The costliest, sums of cosines, take 7 kB and 70 µs each to translate, so that the
/// largest program takes 1 s and 100 MB; interpreting each takes some nanoseconds.
const MOST: usize = 12_000;

/// Operations of a program that leaves its thread's compiler no larger than is worth keeping: some 3 KiB for each phase
/// that it has seen.
const KEPT: usize = 500;

thread_local! {
    /// What the last compilation on this thread left to the next one.
    static COMPILER: Cell<Option<Box<Compiler>>> = const { Cell::new(None) };
}

/// Compiles `ir`; `None` where it is too long, where this machine cannot run what would come out, or gives no memory.
pub(crate) fn compile(ir: &Ir) -> Option<Function> {
    if let Some(value) = ir.constant() {
        return Some(Function::constant(value));
    }
    let operations: usize = ir.outputs.iter().map(|output| 1 + output.block.operations()).sum();
    if operations > MOST {
        return None;
    }
    let isa = isa()?;
    // A thread that ends has none to lend.
    let mut compiler = COMPILER.try_with(Cell::take).ok().flatten().unwrap_or_default();
    let function = compile_with(&mut compiler, ir, isa);
    if operations <= KEPT {
        let _ = COMPILER.try_with(|place| place.set(Some(compiler)));
    }
    function
}

/// What runs a program that is one number: what compiling it would give.
///
/// # Safety
/// `value` points to the number, which is alive.
#[allow(unsafe_code)]
unsafe extern "C" fn constant(_: u64, _: *const f64, _: *mut f64, value: *const c_void) -> f64 {
    // SAFETY: the caller's.
    unsafe { *value.cast() }
}

fn compile_with(compiler: &mut Compiler, ir: &Ir, isa: &OwnedTargetIsa) -> Option<Function> {
    let constants = write(ir, isa, compiler)?;
    let code = compiler.context.compile(&**isa, &mut ControlPlane::default()).ok()?;
    if !code.buffer.relocs().is_empty() {
        return None;
    }
    let code = code.code_buffer();
    let size = code.len() + size_of_val(&constants[..]);
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    if let Some(block) = slab::place(code, &constants) {
        // SAFETY: the block holds a function that `write` gave this signature.
        #[allow(unsafe_code)]
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(block.start()) };
        let data = block.constants(code.len()).cast();
        return Some(Function { entry, data, size, memory: Memory::Slab { _block: block } });
    }
    let module = module::Module::new(isa, &mut compiler.context)?;
    // SAFETY: as above.
    #[allow(unsafe_code)]
    let entry = unsafe { std::mem::transmute::<*const u8, Entry>(module.start()) };
    let constants: Arc<[u64]> = constants.into();
    let data = constants.as_ptr().cast();
    Some(Function { entry, data, size, memory: Memory::Module { _module: Box::new(module), _constants: constants } })
}

/// The Cranelift IR of `ir` as text; empty where this machine cannot be compiled for.
pub fn clif(ir: &Ir) -> String {
    let Some(isa) = isa() else { return String::new() };
    let mut compiler = Compiler::default();
    if write(ir, isa, &mut compiler).is_none() {
        return String::new();
    }
    compiler.context.func.display().to_string()
}

/// Writes the function and gives its constants; `None` where those are more than code can reach.
fn write(ir: &Ir, isa: &OwnedTargetIsa, compiler: &mut Compiler) -> Option<Vec<u64>> {
    compiler.context.clear();
    let func = &mut compiler.context.func;
    func.name = UserFuncName::user(0, 0);
    let pointer = isa.pointer_type();
    func.signature = Signature::new(isa.default_call_conv());
    func.signature.params.extend([types::I64, pointer, pointer, pointer].map(AbiParam::new));
    func.signature.returns.push(AbiParam::new(types::F64));
    let mut builder = FunctionBuilder::new(func, &mut compiler.builder);
    let constants = emit::program(&mut builder, ir, isa.default_call_conv(), pointer);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    constants
}

/// The machine's own instruction set, made once. `None` without a fused multiply-add in hardware: the
/// interpreter is then as fast as code that calls a library for each.
fn isa() -> Option<&'static OwnedTargetIsa> {
    static ISA: OnceBox<Option<OwnedTargetIsa>> = OnceBox::new();
    ISA.get_or_init(|| Box::new(native())).as_ref()
}

fn native() -> Option<OwnedTargetIsa> {
    #[cfg(target_arch = "x86_64")]
    if !crate::math::host::has_fma() {
        return None;
    }
    let mut flags = settings::builder();
    let verifier = if cfg!(debug_assertions) { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", "none"),
        ("enable_verifier", verifier),
        ("enable_probestack", "false"),
        ("unwind_info", "false"),
        ("is_pic", "false"),
    ] {
        flags.set(name, value).ok()?;
    }
    cranelift::native::builder().ok()?.finish(settings::Flags::new(flags)).ok()
}
