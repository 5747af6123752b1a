//! Arrays on a GPU.

use std::marker::PhantomData;
use std::ops::Range;

use cudarc::driver::{CudaSlice, CudaStream, DevicePtr, DeviceRepr, ValidAsZeroBits};

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
    /// The stream that orders all access to it.
    home: Home,
    alive: PhantomData<&'a T>,
}

/// A stream, and with it a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Home(usize);

impl Home {
    pub(super) fn of(stream: &CudaStream) -> Self {
        Self(stream.cu_stream() as usize)
    }
}

impl<T: Number> Buffer<T> {
    pub(super) fn new(slice: CudaSlice<T>, stream: &CudaStream) -> Self {
        let pointer = slice.device_ptr(stream).0;
        Self { slice, pointer }
    }

    pub(super) fn slice(&self) -> &CudaSlice<T> {
        &self.slice
    }

    pub(super) fn slice_mut(&mut self) -> &mut CudaSlice<T> {
        &mut self.slice
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
        let home = Home::of(self.slice.stream());
        View { pointer: self.pointer, len: self.len(), home, alive: PhantomData }
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

    pub(super) fn home(self) -> Home {
        self.home
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
        let pointer = self.pointer + (range.start * size_of::<T>()) as u64;
        View { pointer, len: range.len(), ..self }
    }
}
