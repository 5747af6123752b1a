//! The runner on a GPU.
//!
//! Without one: where NVIDIA's compiler is installed, the kernels are compiled and assembled for real GPUs (`assembled`),
//! and what it writes runs on an interpreter, where it must give the host's bits (`ptx`). What `device` does on a GPU runs
//! on an emulated one (`emulated`, `refusals`).
//!
//! With one: `cargo test --release --features cuda -- --ignored gpu` runs `device`. The binary needs nothing of the
//! repository: it can be built on one machine and run on another.

mod assembled;
mod device;
mod emulated;
mod emulator;
mod numbers;
mod ptx;
mod refusals;
mod texts;

/// Whether NVIDIA's compiler is there; otherwise says so.
fn compiler() -> bool {
    let there = etude::cuda::compile::version().is_ok();
    if !there {
        println!("skipped: NVRTC is not installed (pip install nvidia-cuda-nvrtc in the active Python environment)");
    }
    there
}
