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
