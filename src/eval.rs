//! [`Ir`] → f64: the interpreter. It is the oracle that every other backend must equal bit for bit, and what
//! runs where nothing may be compiled.
//!
//! Guarantee: total and pure; any step gives the value that the program means, without allocation for
//! programs of up to 64 registers.

use crate::ir::ops::{self, Len};
use crate::ir::{Block, Inst, Int, Ir, Progress, Ticks, Val};
use crate::math::Native;

/// Runs every output at `step`; `out` takes one value for each.
pub fn eval(ir: &Ir, step: u64, inputs: &[f64], out: &mut [f64]) {
    const SMALL: usize = 64;
    let mut small = [0u64; SMALL];
    let mut large = vec![];
    let registers = if ir.registers <= SMALL {
        &mut small[..]
    } else {
        large.resize(ir.registers, 0);
        &mut large[..]
    };
    registers[0] = step;
    let mut frame = Frame { registers, inputs };
    for (out, output) in out.iter_mut().zip(&ir.outputs) {
        *out = frame.run(&output.block);
    }
}

struct Frame<'a> {
    registers: &'a mut [u64],
    inputs: &'a [f64],
}

impl Frame<'_> {
    /// Runs `block` with fused multiply-add in one instruction where the machine has it: without, each is a
    /// call with the same result, ten times slower.
    #[inline]
    fn run(&mut self, block: &Block) -> f64 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("fma") {
            #[allow(unsafe_code)]
            // SAFETY: the machine has the feature that the function needs.
            return unsafe { fma(self, block, 1) };
        }
        portable(self, block, 1)
    }

    #[inline(always)]
    fn val(&self, v: Val) -> f64 {
        match v {
            Val::Const(c) => c,
            Val::Reg(r) => f64::from_bits(self.registers[r as usize]),
        }
    }

    #[inline(always)]
    fn int(&self, v: Int) -> i64 {
        match v {
            Int::Const(c) => c,
            Int::Reg(r) => self.registers[r as usize] as i64,
        }
    }

    #[inline(always)]
    fn ticks(&self, t: Ticks) -> i64 {
        (self.int(t.x).wrapping_sub(t.off)).wrapping_mul(t.mul).wrapping_sub(t.sub)
    }

    #[inline(always)]
    fn progress(&self, p: Progress) -> (i64, Len<i64, f64>) {
        (self.ticks(p.ticks), ops::len(p.len))
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma,avx2,bmi2")]
fn fma(frame: &mut Frame, block: &Block, first: usize) -> f64 {
    interpret(frame, block, first, |frame, block, first| fma(frame, block, first))
}

fn portable(frame: &mut Frame, block: &Block, first: usize) -> f64 {
    interpret(frame, block, first, portable)
}

/// Runs `block`, whose instructions define the registers from `first` on.
#[inline(always)]
fn interpret(
    frame: &mut Frame,
    mut block: &Block,
    mut first: usize,
    arm_value: impl Fn(&mut Frame, &Block, usize) -> f64,
) -> f64 {
    let o = &mut Native;
    'block: loop {
        for (k, inst) in block.code.iter().enumerate() {
            let here = first + k;
            let value = match inst {
                Inst::Input(n) => frame.inputs[*n as usize],
                Inst::Unary(op, a) => ops::unary(o, *op, frame.val(*a)),
                Inst::Binary(op, a, b) => ops::binary(o, *op, frame.val(*a), frame.val(*b)),
                Inst::Linear(a, b, p) => {
                    let (count, len) = frame.progress(*p);
                    ops::linear(o, frame.val(*a), frame.val(*b), count, len.float)
                }
                Inst::Cosine(a, b, p) => {
                    let (count, len) = frame.progress(*p);
                    ops::cosine(o, frame.val(*a), frame.val(*b), count, len)
                }
                Inst::Done(p) => {
                    let (count, len) = frame.progress(*p);
                    ops::ratio(o, count, len.float)
                }
                Inst::Left(p) => {
                    let (count, len) = frame.progress(*p);
                    ops::left(o, count, len)
                }
                Inst::Span(t, d) => ops::ratio(o, frame.ticks(*t), *d as f64),
                Inst::Float(x) => frame.int(*x) as f64,
                Inst::Count(t) => f64::from_bits(frame.ticks(*t) as u64),
                Inst::Quotient(x, d) => f64::from_bits(frame.int(*x) as u64 / *d as u64),
                Inst::Remainder(x, q, d) => {
                    f64::from_bits(frame.int(*x).wrapping_sub(frame.int(*q).wrapping_mul(*d)) as u64)
                }
                Inst::Scale(x, a, b) => f64::from_bits(frame.int(*x).wrapping_mul(*a).wrapping_add(*b) as u64),
                Inst::Choose { on, bounds, arms } => {
                    let on = frame.int(*on) as u64;
                    let arm = &arms[choice(bounds, on)];
                    // The usual case, a choice that ends the block, needs no second frame.
                    if block.result == Val::Reg(here as u32) {
                        (block, first) = (arm, here);
                        continue 'block;
                    }
                    arm_value(frame, arm, here)
                }
            };
            frame.registers[here] = value.to_bits();
        }
        return frame.val(block.result);
    }
}

/// How many of the ascending `bounds` have been reached.
#[inline(always)]
fn choice(bounds: &[i64], on: u64) -> usize {
    if bounds.len() <= 8 {
        bounds.iter().take_while(|&&b| b as u64 <= on).count()
    } else {
        bounds.partition_point(|&b| b as u64 <= on)
    }
}
