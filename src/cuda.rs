//! An NVIDIA GPU: opening it, compiling for it, its memory and its kernels.
//!
//! Guarantees:
//! * building needs no toolkit and starting needs no driver: the libraries are looked for when a GPU is asked for;
//! * what is missing or refused is an [`Error`] in plain words, never a panic;
//! * all work goes through one stream, in the order in which it was asked for;
//! * only this module and those below it name cudarc.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use cudarc::driver::{
    CudaContext, CudaFunction, CudaGraph, CudaModule, CudaSlice, CudaStream, DeviceRepr, DriverError, LaunchConfig,
    PushKernelArg, ValidAsZeroBits, result, sys,
};
use cudarc::nvrtc::Ptx;

pub mod blas;
mod cache;
pub mod compile;
pub mod error;
mod libraries;

pub use error::{Error, Version};

/// An open GPU with one stream of work, which clones share.
#[derive(Clone, Debug)]
pub struct Device {
    stream: Arc<CudaStream>,
    name: String,
    compute: (i32, i32),
    driver: Version,
}

/// What an array on the GPU may hold.
pub trait Number: DeviceRepr + ValidAsZeroBits + Copy + Default {}

impl<T: DeviceRepr + ValidAsZeroBits + Copy + Default> Number for T {}

/// An array on the GPU, never empty. Kernels may write to it through a shared reference: the stream orders all access.
#[derive(Debug)]
pub struct Buffer<T> {
    slice: CudaSlice<T>,
    pointer: u64,
}

/// A part of a [`Buffer`].
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    pointer: u64,
    len: usize,
    alive: PhantomData<&'a T>,
}

/// A compiled text on the GPU.
#[derive(Debug)]
pub struct Module {
    module: Arc<CudaModule>,
    stream: Arc<CudaStream>,
}

/// A kernel of a [`Module`].
#[derive(Debug)]
pub struct Kernel {
    function: CudaFunction,
    stream: Arc<CudaStream>,
}

/// An argument of a kernel.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// A pointer, or an `etude_u64`.
    Wide(u64),
    /// An `unsigned`.
    Narrow(u32),
}

/// Work that has been recorded once and is replayed with one call.
pub struct Graph(CudaGraph);

impl Device {
    /// Opens GPU number `ordinal`, from 0.
    ///
    /// # Errors
    /// No driver, one that is too old, no such GPU.
    pub fn open(ordinal: usize) -> Result<Self, Error> {
        // SAFETY: it only tries to open the library; asking is what keeps cudarc from a panic.
        #[allow(unsafe_code)]
        if !unsafe { sys::is_culib_present() } {
            return Err(Error::NoDriver);
        }
        let mut number = 0;
        // SAFETY: the number points to what the call fills.
        #[allow(unsafe_code)]
        let asked = unsafe { sys::cuDriverGetVersion(&mut number) };
        asked.result().map_err(|e| failed("tell its driver's version", e))?;
        let driver = Version::numbered(number);
        if driver < Version::OLDEST {
            return Err(Error::Driver { version: driver });
        }
        match result::init() {
            Err(DriverError(sys::CUresult::CUDA_ERROR_NO_DEVICE)) => return Err(Error::NoDevice { ordinal, count: 0 }),
            other => other.map_err(|e| failed("start", e))?,
        }
        let count = CudaContext::device_count().map_err(|e| failed("be counted", e))?;
        let count = usize::try_from(count).unwrap_or(0);
        if ordinal >= count {
            return Err(Error::NoDevice { ordinal, count });
        }
        let open = || -> Result<Self, DriverError> {
            let context = CudaContext::new(ordinal)?;
            // SAFETY: there is one stream, which orders all work; events would only break the capture of graphs.
            #[allow(unsafe_code)]
            unsafe {
                context.disable_event_tracking();
            }
            // Work on the default stream cannot be captured.
            let stream = context.new_stream()?;
            Ok(Self { stream, name: context.name()?, compute: context.compute_capability()?, driver })
        };
        open().map_err(|e| failed("be opened", e))
    }

    /// The GPU's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The CUDA version that its driver supports.
    pub fn driver(&self) -> Version {
        self.driver
    }

    /// Compiles a text, or finds it compiled, and loads it.
    ///
    /// # Errors
    /// No compiler, a text that does not compile, a driver too old for what the compiler writes.
    pub fn load(&self, text: &str) -> Result<Module, Error> {
        let ptx = compile::ptx(text, self.compute)?;
        let module = self.stream.context().load_module(Ptx::from_src(ptx)).map_err(|e| match e.0 {
            sys::CUresult::CUDA_ERROR_UNSUPPORTED_PTX_VERSION => match compile::version() {
                Ok(compiler) => Error::Unread { driver: self.driver, compiler },
                Err(e) => e,
            },
            _ => self.refused("load a program", 0, e),
        })?;
        Ok(Module { module, stream: self.stream.clone() })
    }

    /// `len` zeros, at least one.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn zeros<T: Number>(&self, len: usize) -> Result<Buffer<T>, Error> {
        let bytes = len.saturating_mul(size_of::<T>());
        let slice = self.stream.alloc_zeros(len.max(1)).map_err(|e| self.refused("be given memory", bytes, e))?;
        Ok(Buffer::new(slice, &self.stream))
    }

    /// A copy of `data`.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn copy<T: Number>(&self, data: &[T]) -> Result<Buffer<T>, Error> {
        let mut buffer = self.zeros(data.len())?;
        self.write(&mut buffer, data)?;
        Ok(buffer)
    }

    /// Replaces the first elements by `data`.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn write<T: Number>(&self, buffer: &mut Buffer<T>, data: &[T]) -> Result<(), Error> {
        assert!(data.len() <= buffer.len(), "there is room for all of it");
        if data.is_empty() {
            return Ok(());
        }
        self.stream.memcpy_htod(data, &mut buffer.slice).map_err(|e| failed("be written to", e))
    }

    /// Fills `out` with the first elements, when all work asked for so far is done.
    ///
    /// # Errors
    /// [`Error::Call`]: that of the copy, or of work before it.
    pub fn read<T: Number>(&self, buffer: &Buffer<T>, out: &mut [T]) -> Result<(), Error> {
        let part =
            buffer.slice.try_slice(..out.len()).ok_or_else(|| call("be read", "there is less than was asked for"))?;
        if out.is_empty() {
            return Ok(());
        }
        self.stream.memcpy_dtoh(&part, out).map_err(|e| failed("be read", e))?;
        self.finish()
    }

    /// Waits until all work asked for so far is done.
    ///
    /// # Errors
    /// [`Error::Call`]: that of the work.
    pub fn finish(&self) -> Result<(), Error> {
        self.stream.synchronize().map_err(|e| failed("finish its work", e))
    }

    /// Records what `work` asks for, instead of doing it.
    ///
    /// # Safety
    /// All memory that `work` asks to be read or written stays alive as long as the graph.
    ///
    /// # Errors
    /// Those of `work`, or [`Error::Call`].
    #[allow(unsafe_code)]
    pub unsafe fn capture(&self, work: impl FnOnce() -> Result<(), Error>) -> Result<Graph, Error> {
        let mode = sys::CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        self.stream.begin_capture(mode).map_err(|e| failed("record a graph", e))?;
        let done = work();
        // Whatever has happened, the stream must do its work again.
        let graph = self.stream.end_capture(sys::CUgraphInstantiate_flags(0));
        done?;
        let graph = graph.map_err(|e| failed("record a graph", e))?;
        let graph = graph.ok_or_else(|| call("record a graph", "there is nothing to record"))?;
        graph.upload().map_err(|e| failed("take a graph", e))?;
        Ok(Graph(graph))
    }

    fn refused(&self, what: &'static str, bytes: usize, e: DriverError) -> Error {
        if e.0 != sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY {
            return failed(what, e);
        }
        let (free, total) = self.stream.context().mem_get_info().unwrap_or((0, 0));
        Error::Memory { bytes, free, total }
    }
}

impl<T: Number> Buffer<T> {
    fn new(slice: CudaSlice<T>, stream: &CudaStream) -> Self {
        let pointer = cudarc::driver::DevicePtr::device_ptr(&slice, stream).0;
        Self { slice, pointer }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.slice.len()
    }

    /// Never.
    pub fn is_empty(&self) -> bool {
        self.slice.is_empty()
    }

    /// All of it.
    pub fn all(&self) -> View<'_, T> {
        View { pointer: self.pointer, len: self.len(), alive: PhantomData }
    }

    /// Some of it.
    ///
    /// # Panics
    /// When the range does not lie within.
    pub fn part(&self, range: Range<usize>) -> View<'_, T> {
        self.all().part(range)
    }
}

impl<'a, T> View<'a, T> {
    /// How many elements there are.
    pub fn len(self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Where they are.
    pub fn pointer(self) -> u64 {
        self.pointer
    }

    /// Some of it.
    ///
    /// # Panics
    /// When the range does not lie within.
    pub fn part(self, range: Range<usize>) -> View<'a, T> {
        assert!(range.start <= range.end && range.end <= self.len, "a part lies within the whole");
        View { pointer: self.pointer + (range.start * size_of::<T>()) as u64, len: range.len(), alive: PhantomData }
    }
}

impl<T> From<View<'_, T>> for Arg {
    fn from(view: View<'_, T>) -> Self {
        Self::Wide(view.pointer)
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Wide(number)
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Narrow(number)
    }
}

impl Module {
    /// The kernel of this name.
    ///
    /// # Errors
    /// [`Error::Call`]: there is none.
    pub fn kernel(&self, name: &str) -> Result<Kernel, Error> {
        let function = self.module.load_function(name).map_err(|e| failed("find a kernel", e))?;
        Ok(Kernel { function, stream: self.stream.clone() })
    }
}

impl Kernel {
    /// Asks for `blocks` (in x and y) of `threads` threads.
    ///
    /// # Safety
    /// `args` are what the kernel takes, in its order; every pointer is to memory as long as the kernel reads or writes,
    /// alive until the work is done.
    ///
    /// # Errors
    /// [`Error::Call`].
    #[allow(unsafe_code)]
    pub unsafe fn launch(&self, blocks: [u32; 2], threads: u32, args: &[Arg]) -> Result<(), Error> {
        let shape =
            LaunchConfig { grid_dim: (blocks[0], blocks[1], 1), block_dim: (threads, 1, 1), shared_mem_bytes: 0 };
        let mut launch = self.stream.launch_builder(&self.function);
        for arg in args {
            match arg {
                Arg::Wide(number) => launch.arg(number),
                Arg::Narrow(number) => launch.arg(number),
            };
        }
        // SAFETY: the caller's.
        unsafe { launch.launch(shape) }.map_err(|e| failed("start a kernel", e))?;
        Ok(())
    }
}

impl Graph {
    /// Asks for all of it.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn launch(&self) -> Result<(), Error> {
        self.0.launch().map_err(|e| failed("replay a graph", e))
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Graph")
    }
}

fn call(what: &'static str, reason: impl Into<String>) -> Error {
    Error::Call { what, reason: reason.into() }
}

fn failed(what: &'static str, e: DriverError) -> Error {
    let text = e.error_string().map_or_else(|_| format!("{:?}", e.0), |text| text.to_string_lossy().into_owned());
    call(what, text)
}
