//! Kernels, and graphs of them.

use std::sync::Arc;

use cudarc::driver::{CudaFunction, CudaGraph, CudaModule, CudaStream, LaunchConfig, PushKernelArg};

use super::error::Error;
use super::failed;
use super::memory::View;

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

impl<T> From<View<'_, T>> for Arg {
    fn from(view: View<'_, T>) -> Self {
        Self::Wide(view.pointer())
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
    pub(super) fn new(module: Arc<CudaModule>, stream: &Arc<CudaStream>) -> Self {
        Self { module, stream: stream.clone() }
    }

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
    pub(super) fn new(graph: CudaGraph) -> Self {
        Self(graph)
    }

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
