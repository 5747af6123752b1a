//! The device's memory: arrays with nothing between them. What lies outside of an array, or is not aligned, is an error.

use super::parse::Module;

/// Where arrays begin; tables lie below.
const ARRAYS: u64 = 1 << 40;
/// Bytes between arrays, which nothing may touch.
const GAP: u64 = 4096;
/// What an address of `cudaMalloc` is a multiple of.
const ALIGN: u64 = 256;

#[derive(Debug, Default)]
pub struct Memory {
    /// In the order of their addresses.
    arrays: Vec<Array>,
}

#[derive(Debug)]
struct Array {
    start: u64,
    bytes: Vec<u8>,
}

/// What an array may hold.
pub trait Number: Copy {
    /// Its bytes.
    const SIZE: usize;
    fn bits(self) -> u64;
    fn of(bits: u64) -> Self;
}

macro_rules! numbers {
    ($($ty:ty, $bits:expr, $of:expr;)*) => {$(
        impl Number for $ty {
            const SIZE: usize = size_of::<$ty>();
            fn bits(self) -> u64 {
                ($bits)(self)
            }
            fn of(bits: u64) -> Self {
                ($of)(bits)
            }
        }
    )*};
}

numbers! {
    u8, u64::from, |bits| bits as u8;
    u32, u64::from, |bits| bits as u32;
    u64, u64::from, u64::from;
    f32, |x: f32| u64::from(x.to_bits()), |bits| f32::from_bits(bits as u32);
    f64, f64::to_bits, f64::from_bits;
}

impl Memory {
    /// Memory in which there are only the tables of `module`.
    pub fn of(module: &Module) -> Self {
        let arrays = module.tables.iter().map(|(start, bytes)| Array { start: *start, bytes: bytes.clone() });
        Self { arrays: arrays.collect() }
    }

    /// A new array; its address.
    pub fn place<T: Number>(&mut self, numbers: &[T]) -> u64 {
        let end = self.arrays.last().map_or(0, |last| last.start + last.bytes.len() as u64);
        let start = (end.max(ARRAYS) + GAP).next_multiple_of(ALIGN);
        self.arrays.push(Array { start, bytes: vec![0; numbers.len() * T::SIZE] });
        self.write(start, numbers);
        start
    }

    pub fn write<T: Number>(&mut self, address: u64, numbers: &[T]) {
        let to = self.slice(address, numbers.len() * T::SIZE).unwrap_or_else(|e| panic!("{e}"));
        for (place, number) in to.chunks_exact_mut(T::SIZE).zip(numbers) {
            place.copy_from_slice(&number.bits().to_le_bytes()[..T::SIZE]);
        }
    }

    pub fn read<T: Number>(&mut self, address: u64, count: usize) -> Vec<T> {
        let from = self.slice(address, count * T::SIZE).unwrap_or_else(|e| panic!("{e}"));
        from.chunks_exact(T::SIZE).map(|bytes| T::of(number(bytes))).collect()
    }

    /// The bytes at an address.
    pub fn slice(&mut self, address: u64, size: usize) -> Result<&mut [u8], String> {
        let after = self.arrays.partition_point(|array| array.start <= address);
        let array = after.checked_sub(1).map(|index| &mut self.arrays[index]);
        let found = array.and_then(|array| {
            let from = (address - array.start) as usize;
            array.bytes.get_mut(from..from.checked_add(size)?)
        });
        found.ok_or_else(|| format!("{size} bytes at {address:#x} lie in no array"))
    }
}

/// At most eight bytes as a number.
pub fn number(bytes: &[u8]) -> u64 {
    let mut all = [0; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(all)
}
