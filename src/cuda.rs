//! An NVIDIA GPU: opening it, compiling for it, its memory and its kernels.
//!
//! Guarantees:
//! * building needs no toolkit and starting needs no driver: the libraries are looked for when a GPU is asked for;
//! * what is missing or refused is an [`Error`] in plain words, never a panic;
//! * all work goes through one stream, in the order in which it was asked for;
//! * only this module and those below it name cudarc.

use std::sync::Arc;

use cudarc::driver::{CudaContext, CudaStream, DriverError, result, sys};
use cudarc::nvrtc::Ptx;

#[doc(hidden)]
pub mod blas;
mod cache;
#[doc(hidden)]
pub mod compile;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod kernel;
mod libraries;
#[doc(hidden)]
pub mod memory;

pub use error::{Error, Version};
#[doc(hidden)]
pub use kernel::{Arg, Graph, Kernel, Module};
use memory::Home;
#[doc(hidden)]
pub use memory::{Buffer, Number, View};

/// An open GPU with one stream of work, which clones share.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Device {
    stream: Arc<CudaStream>,
    name: String,
    compute: (i32, i32),
    driver: Version,
}

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

    /// Whether `view` is memory of this device, to which this device's stream orders all access: another stream, of another
    /// GPU or of the same one opened again, knows nothing of it.
    ///
    /// # Errors
    /// [`Error::Call`]: it is not, and could not be used to do `what`.
    pub fn owns<T>(&self, view: View<'_, T>, what: &'static str) -> Result<(), Error> {
        let ours = view.home() == Home::of(&self.stream);
        if ours {
            Ok(())
        } else {
            Err(call(what, "the memory belongs to another device, or to another opening of this one"))
        }
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
        Ok(Module::new(module, &self.stream))
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
        if data.is_empty() {
            return self.zeros(0);
        }
        let slice = self.stream.clone_htod(data).map_err(|e| self.refused("be given memory", size_of_val(data), e))?;
        Ok(Buffer::new(slice, &self.stream))
    }

    /// Replaces the first elements by `data`.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn write<T: Number>(&self, buffer: &mut Buffer<T>, data: &[T]) -> Result<(), Error> {
        assert!(data.len() <= buffer.len(), "there is room for all of it");
        self.owns(buffer.all(), "be written to")?;
        if data.is_empty() {
            return Ok(());
        }
        self.stream.memcpy_htod(data, buffer.slice_mut()).map_err(|e| failed("be written to", e))
    }

    /// Fills `out` with the first elements, when all work asked for so far is done.
    ///
    /// # Errors
    /// [`Error::Call`]: that of the copy, or of work before it.
    pub fn read<T: Number>(&self, buffer: &Buffer<T>, out: &mut [T]) -> Result<(), Error> {
        self.owns(buffer.all(), "be read")?;
        let part =
            buffer.slice().try_slice(..out.len()).ok_or_else(|| call("be read", "there is less than was asked for"))?;
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
        Ok(Graph::new(graph))
    }

    fn refused(&self, what: &'static str, bytes: usize, e: DriverError) -> Error {
        if e.0 != sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY {
            return failed(what, e);
        }
        let (free, total) = self.stream.context().mem_get_info().unwrap_or((0, 0));
        Error::Memory { bytes, free, total }
    }
}

fn call(what: &'static str, reason: impl Into<String>) -> Error {
    Error::Call { what, reason: reason.into() }
}

fn failed(what: &'static str, e: DriverError) -> Error {
    let text = e.error_string().map_or_else(|_| format!("{:?}", e.0), |text| text.to_string_lossy().into_owned());
    call(what, text)
}
