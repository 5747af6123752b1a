//! The runner on a GPU.
//!
//! Without one: the kernels are compiled and assembled for real GPUs where NVIDIA's compiler is installed (`assembled`),
//! and what `device` does on a GPU runs on an emulated one (`emulated`, `refusals`).
//!
//! With one: `cargo test --release --features cuda -- --ignored gpu` runs `device`. The binary needs nothing of the
//! repository: it can be built on one machine and run on another.

mod assembled;
mod device;
mod emulated;
mod emulator;
mod refusals;
mod texts;
