//! What must hold on a GPU. Ignored where there is none; `emulated` runs all of it on an emulated one.

mod model;
mod runs;
mod schedules;
mod updates;

use etude::cuda::Device;

fn device() -> Device {
    let device = Device::open(0).unwrap_or_else(|e| panic!("{e}"));
    println!("{}, CUDA {}", device.name(), device.driver());
    device
}

/// A pseudo-random number in [−0.5, 0.5) for each place and step.
fn noise(step: u64, i: usize) -> f32 {
    let mut x = (step << 32 | i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((x >> 40) as f32) / (1u64 << 24) as f32 - 0.5
}
