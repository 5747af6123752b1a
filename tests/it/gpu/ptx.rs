//! NVRTC's own output computes the host's bits: its PTX runs on an interpreter (`parse`, `ops`, `machine`), instruction by
//! instruction as the ISA defines them. Needs NVIDIA's compiler (the Python package `nvidia-cuda-nvrtc` has it), and no
//! GPU.
//!
//! What is left to NVIDIA is the way from PTX to a GPU's instructions, where nothing may be rounded otherwise.

use etude::cuda::{Arg, Version, compile};

use machine::Shape;
use memory::{Memory, Number};
use parse::Module;

mod lines;
mod machine;
mod memory;
mod model;
mod ops;
mod parse;
mod programs;
mod types;
mod updates;

/// What is compiled for: two GPUs that one generation of the compiler writes for, in other orders of the threads, and one
/// of the next generation, if it knows it.
const TARGETS: [Target; 3] = [
    Target { capability: (8, 0), backwards: false },
    Target { capability: (9, 0), backwards: true },
    Target { capability: (10, 0), backwards: false },
];

#[derive(Clone, Copy, Debug)]
struct Target {
    capability: (i32, i32),
    backwards: bool,
}

/// The compilers whose instructions the interpreter knows.
const COMPILERS: [Version; 2] = [Version { major: 12, minor: 9 }, Version { major: 13, minor: 0 }];

/// Whether there is a compiler that the interpreter knows; otherwise says so.
fn compiler() -> bool {
    let there = super::compiler();
    let version = compile::version().ok().filter(|version| !COMPILERS.contains(version));
    if let Some(version) = version {
        println!("skipped: the interpreter has not been tried with what NVRTC {version} writes");
    }
    there && version.is_none()
}

/// A compiled text with memory.
struct Device {
    module: Module,
    memory: Memory,
    backwards: bool,
    /// Instructions that were done.
    done: u64,
}

impl Device {
    fn load(text: &str, target: Target) -> Self {
        let ptx = compile::ptx(text, target.capability).unwrap_or_else(|e| panic!("{e}"));
        Self::read(&ptx, target.backwards).unwrap_or_else(|e| panic!("{target:?}: {e}"))
    }

    fn read(ptx: &str, backwards: bool) -> Result<Self, String> {
        let module = parse::module(ptx)?;
        Ok(Self { memory: Memory::of(&module), module, backwards, done: 0 })
    }

    fn try_launch(&mut self, name: &str, blocks: [u32; 2], threads: u32, args: &[Arg]) -> Result<(), String> {
        let kernel = self.module.kernels.iter().find(|kernel| kernel.name == name);
        let kernel = kernel.ok_or_else(|| format!("there is no kernel {name}"))?;
        let shape = Shape { blocks, threads, backwards: self.backwards };
        self.done += machine::launch(kernel, &mut self.memory, shape, args)?;
        Ok(())
    }

    fn launch(&mut self, name: &str, blocks: [u32; 2], threads: u32, args: &[Arg]) {
        self.try_launch(name, blocks, threads, args).unwrap_or_else(|e| panic!("{e}"));
    }

    /// An array with these numbers.
    fn copy<T: Number>(&mut self, numbers: &[T]) -> u64 {
        self.memory.place(numbers)
    }

    fn read_back<T: Number>(&mut self, address: u64, count: usize) -> Vec<T> {
        self.memory.read(address, count)
    }
}
