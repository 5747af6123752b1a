//! [`Ir`] → f64: the interpreter. It is the oracle that every other backend must equal bit for bit, and what
//! runs where nothing may be compiled.
//!
//! Guarantee: total and pure; any step gives the value that the program means, without allocation for
//! programs of up to 64 registers.

use std::ffi::c_void;

use crate::ir::{Binary, Block, Inst, Int, Ir, Ticks, Unary, Val, Value, ops};
use crate::math::{self, Native, host};

/// Registers that cost nothing to clear.
const FEW: usize = 8;

/// Runs every output at `step`; `out` takes one value for each.
#[inline]
pub fn eval(ir: &Ir, step: u64, inputs: &[f64], out: &mut [f64]) {
    // Clearing registers costs more than running a small program.
    match ir.registers {
        n if n <= FEW => run(ir, step, &mut [0; FEW], inputs, out),
        ..=64 => run(ir, step, &mut [0; 64], inputs, out),
        n => run(ir, step, &mut vec![0; n], inputs, out),
    }
}

/// Runs every output at `step` for one base value, with nothing observed: every scale is 1.
pub fn open_loop(ir: &Ir, step: u64, base: f64, out: &mut [f64]) {
    if ir.inputs == 1 {
        return eval(ir, step, &[base], out);
    }
    let mut inputs = vec![1.0; ir.inputs];
    inputs[0] = base;
    eval(ir, step, &inputs, out);
}

/// The value of a program with one output, as a compiled one is called.
///
/// # Safety
/// `ir` and the inputs that it reads are alive.
#[allow(unsafe_code)]
pub(crate) unsafe extern "C" fn one(step: u64, inputs: *const f64, _out: *mut f64, ir: *const c_void) -> f64 {
    // SAFETY: the caller's.
    unsafe { first(step, inputs, &*ir.cast(), portable) }
}

/// [`one`] for machines with a fused multiply-add.
///
/// # Safety
/// As for [`one`], and the machine has the features.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma,avx2")]
#[allow(unsafe_code)]
pub(crate) unsafe extern "C" fn one_fast(step: u64, inputs: *const f64, _out: *mut f64, ir: *const c_void) -> f64 {
    // SAFETY: the caller's.
    unsafe { first(step, inputs, &*ir.cast(), |frame, block, first| fast(frame, block, first)) }
}

/// Every value of a program, as a compiled one is called.
///
/// # Safety
/// `ir`, the inputs that it reads and a place in `out` for each output are alive.
#[allow(unsafe_code)]
pub(crate) unsafe extern "C" fn all(step: u64, inputs: *const f64, out: *mut f64, ir: *const c_void) -> f64 {
    // SAFETY: the caller's.
    let (ir, inputs, out) = unsafe {
        let ir = &*ir.cast::<Ir>();
        (ir, std::slice::from_raw_parts(inputs, ir.inputs), std::slice::from_raw_parts_mut(out, ir.outputs.len()))
    };
    eval(ir, step, inputs, out);
    out.first().copied().unwrap_or(0.0)
}

#[inline(always)]
#[allow(unsafe_code)]
unsafe fn first(step: u64, inputs: *const f64, ir: &Ir, nested: impl Fn(&mut Frame, &Block, usize) -> f64) -> f64 {
    // SAFETY: the caller's.
    let inputs = unsafe { std::slice::from_raw_parts(inputs, ir.inputs) };
    let block = &ir.outputs[0].block;
    if ir.registers > FEW {
        let mut out = [0.0];
        eval(ir, step, inputs, &mut out);
        return out[0];
    }
    let mut registers = [0; FEW];
    registers[0] = step;
    interpret(&mut Frame { registers: &mut registers, inputs }, block, 1, nested)
}

#[inline(always)]
fn run(ir: &Ir, step: u64, registers: &mut [u64], inputs: &[f64], out: &mut [f64]) {
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
    #[inline(always)]
    fn run(&mut self, block: &Block) -> f64 {
        #[cfg(target_arch = "x86_64")]
        if host::has_fma() {
            #[allow(unsafe_code)]
            // SAFETY: the machine has the features that the function needs.
            return unsafe { fast(self, block, 1) };
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
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma,avx2")]
fn fast(frame: &mut Frame, block: &Block, first: usize) -> f64 {
    interpret(frame, block, first, |frame, block, first| fast(frame, block, first))
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
    nested: impl Fn(&mut Frame, &Block, usize) -> f64,
) -> f64 {
    let o = &mut Native;
    'block: loop {
        for (k, inst) in block.code.iter().enumerate() {
            let here = first + k;
            let value = match inst {
                Inst::Input(n) => frame.inputs[*n as usize],
                Inst::Unary(op, a) => unary(*op, frame.val(*a)),
                Inst::Binary(Binary::Pow, a, b) => host::pow(frame.val(*a), frame.val(*b)),
                Inst::Binary(op, a, b) => ops::binary(o, *op, frame.val(*a), frame.val(*b)),
                Inst::Ramp(curve, a, c, p) => {
                    ops::ramp(o, *curve, frame.val(*a), frame.val(*c), frame.ticks(p.ticks), p.len as f64)
                }
                Inst::Done(p) => ops::ratio(o, frame.ticks(p.ticks), p.len as f64),
                Inst::Span(t, d) => ops::ratio(o, frame.ticks(*t), *d as f64),
                Inst::Float(x) => frame.int(*x) as f64,
                Inst::Count(t) => f64::from_bits(frame.ticks(*t) as u64),
                Inst::Quotient(x, d) => f64::from_bits(frame.int(*x) as u64 / *d as u64),
                Inst::Remainder(x, q, d) => {
                    f64::from_bits(frame.int(*x).wrapping_sub(frame.int(*q).wrapping_mul(*d)) as u64)
                }
                Inst::Scale(x, a, b) => f64::from_bits(frame.int(*x).wrapping_mul(*a).wrapping_add(*b) as u64),
                Inst::Noise(x, seed) => math::noise(o, *seed as i64, frame.int(*x)),
                Inst::Bezier(u, handles) => {
                    let [x1, y1, x2, y2] = handles.map(|v| frame.val(v));
                    host::bezier(frame.val(*u), x1, y1, x2, y2)
                }
                Inst::Lookup(x, table) => ops::lookup(table, frame.int(*x) as u64),
                Inst::Choose { on, bounds, arms } => {
                    let on = frame.int(*on) as u64;
                    let arm = &arms[choice(bounds, on)];
                    // The usual case, a choice that ends the block, needs no second frame.
                    if block.result == Val::Reg(here as u32) {
                        (block, first) = (arm, here);
                        continue 'block;
                    }
                    nested(frame, arm, here)
                }
            };
            // A value that ends its block has no register to wait in.
            if k + 1 == block.code.len() && block.result == Val::Reg(here as u32) {
                return value;
            }
            frame.registers[here] = value.to_bits();
        }
        return frame.val(block.result);
    }
}

/// Out of line: the long functions would only spill the short ones' registers.
#[inline(never)]
fn unary(op: Unary, a: f64) -> f64 {
    match op.function() {
        Some(function) => function.run(&[Value::Float(a)]),
        None => ops::unary(&mut Native, op, a),
    }
}

/// How many of the ascending `bounds` have been reached.
#[inline(always)]
fn choice(bounds: &[i64], on: u64) -> usize {
    if bounds.len() <= 8 {
        let mut reached = 0;
        // A plain loop: vector code would cost more than it compares.
        while reached < bounds.len() && bounds[reached] as u64 <= on {
            reached += 1;
        }
        reached
    } else {
        bounds.partition_point(|&b| b as u64 <= on)
    }
}
