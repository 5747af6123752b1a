//! Runs a kernel: each thread of a block until it comes to a barrier or ends, one after the other, then the next round.
//!
//! Guarantee: what the ISA leaves open is not relied upon. Registers and shared memory begin as noise, threads and blocks
//! run in either order, and memory outside of a variable, a barrier that only some threads come to, and a loop that does
//! not end are errors, each with the instruction.

use etude::cuda::Arg as Argument;

use super::memory::{Memory, number};
use super::parse::{Arg, Inst, Kernel, Space, Special, What};

/// What nobody has written.
const NOISE: u64 = 0xdead_beef_a5c3_9f71;
/// More than a thread of ours ever does.
const LONGEST: u64 = 10_000_000;

/// How a kernel is launched.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub blocks: [u32; 2],
    pub threads: u32,
    /// From the last block and thread to the first.
    pub backwards: bool,
}

struct Thread {
    number: u32,
    registers: Vec<u64>,
    /// The instruction that comes next.
    at: usize,
    ended: bool,
}

/// What the threads of a block have in common.
struct Block<'a> {
    kernel: &'a Kernel,
    params: &'a [u64],
    shape: Shape,
    index: [u32; 2],
    shared: Vec<u8>,
    memory: &'a mut Memory,
    /// Instructions that were done.
    done: u64,
}

/// Runs all of it; how many instructions that took.
pub fn launch(kernel: &Kernel, memory: &mut Memory, shape: Shape, args: &[Argument]) -> Result<u64, String> {
    let name = &kernel.name;
    if shape.threads > kernel.threads {
        return Err(format!("{name} takes {} threads, not {}", kernel.threads, shape.threads));
    }
    let sizes = |arg: &Argument| match arg {
        Argument::Wide(number) => (64, *number),
        Argument::Narrow(number) => (32, u64::from(*number)),
    };
    let (bits, params): (Vec<u32>, Vec<u64>) = args.iter().map(sizes).unzip();
    if !bits.iter().eq(kernel.params.iter().map(|ty| &ty.bits)) {
        return Err(format!("{name} takes other arguments"));
    }
    let mut done = 0;
    let count = shape.blocks[0] * shape.blocks[1];
    for k in order(count as usize, shape.backwards) {
        let index = [k as u32 % shape.blocks[0], k as u32 / shape.blocks[0]];
        let bytes = kernel.shared.last().map_or(0, |(_, end)| *end as usize);
        let shared = NOISE.to_le_bytes().into_iter().cycle().take(bytes).collect();
        let mut block = Block { kernel, params: &params, shape, index, shared, memory, done: 0 };
        block.run()?;
        done += block.done;
    }
    Ok(done)
}

fn order(count: usize, backwards: bool) -> impl Iterator<Item = usize> {
    (0..count).map(move |k| if backwards { count - 1 - k } else { k })
}

impl Block<'_> {
    fn run(&mut self) -> Result<(), String> {
        let registers: Vec<u64> = self.kernel.registers.iter().map(|ty| ty.truncated(NOISE.into())).collect();
        let mut threads: Vec<Thread> = (0..self.shape.threads)
            .map(|number| Thread { number, registers: registers.clone(), at: 0, ended: false })
            .collect();
        loop {
            for k in order(threads.len(), self.shape.backwards) {
                self.advance(&mut threads[k])?;
            }
            if threads.iter().all(|thread| thread.ended) {
                return Ok(());
            }
            if threads.iter().any(|thread| thread.ended || thread.at != threads[0].at) {
                return Err(format!("{}: not every thread comes to a barrier", self.kernel.name));
            }
        }
    }

    /// Runs a thread until it has passed a barrier or ended.
    fn advance(&mut self, thread: &mut Thread) -> Result<(), String> {
        let kernel = self.kernel;
        let first = self.done;
        loop {
            let inst = kernel.code.get(thread.at).ok_or_else(|| format!("{} ends without `ret`", kernel.name))?;
            thread.at += 1;
            self.done += 1;
            if self.done - first > LONGEST {
                return Err(format!("{}: {}: it does not end", kernel.name, inst.text));
            }
            if inst.guard.is_some_and(|(register, value)| thread.registers[register] != value) {
                continue;
            }
            match inst.what {
                What::Branch(to) => thread.at = to,
                What::Barrier => return Ok(()),
                What::Return => {
                    thread.ended = true;
                    return Ok(());
                }
                _ => self.step(inst, thread).map_err(|e| format!("{}: {}: {e}", kernel.name, inst.text))?,
            }
        }
    }

    fn step(&mut self, inst: &Inst, thread: &mut Thread) -> Result<(), String> {
        match &inst.what {
            What::Compute { op, out, args } => {
                let args = [0, 1, 2].map(|k| self.value(args[k], thread));
                thread.registers[*out] = op.apply(args)?;
            }
            What::Param { out, index } => thread.registers[*out] = self.params[*index],
            What::Load { space, ty, out, at } => {
                let address = self.value(at.0, thread).wrapping_add(at.1);
                let bytes = self.bytes(*space, address, ty.bytes() as usize * out.len())?;
                for (bytes, (out, own)) in bytes.chunks_exact(ty.bytes() as usize).zip(out) {
                    // What is narrower than its register is extended as its type says.
                    thread.registers[*out] = own.truncated(ty.value(number(bytes)));
                }
            }
            What::Store { space, ty, from, at } => {
                let address = self.value(at.0, thread).wrapping_add(at.1);
                let size = ty.bytes() as usize;
                let values: Vec<u64> = from.iter().map(|from| self.value(*from, thread)).collect();
                let bytes = self.bytes(*space, address, size * values.len())?;
                for (bytes, value) in bytes.chunks_exact_mut(size).zip(values) {
                    bytes.copy_from_slice(&value.to_le_bytes()[..size]);
                }
            }
            What::Branch(_) | What::Barrier | What::Return => {}
        }
        Ok(())
    }

    fn value(&self, arg: Arg, thread: &Thread) -> u64 {
        match arg {
            Arg::Register(index) => thread.registers[index],
            Arg::Number(bits) => bits,
            Arg::Special(special) => u64::from(match special {
                Special::Thread => thread.number,
                Special::Threads => self.shape.threads,
                Special::Block(axis) => self.index[axis],
                Special::Blocks(axis) => self.shape.blocks[axis],
            }),
        }
    }

    /// The memory of one access, which is aligned to its size.
    fn bytes(&mut self, space: Space, address: u64, size: usize) -> Result<&mut [u8], String> {
        if !address.is_multiple_of(size as u64) {
            return Err(format!("{size} bytes at {address:#x} are not aligned"));
        }
        if space == Space::Global {
            return self.memory.slice(address, size);
        }
        let end = address.saturating_add(size as u64);
        if !self.kernel.shared.iter().any(|(from, to)| *from <= address && end <= *to) {
            return Err(format!("{size} bytes at {address:#x} of shared memory are in no variable"));
        }
        Ok(&mut self.shared[address as usize..end as usize])
    }
}
