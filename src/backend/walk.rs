//! The one walk over [`Ir`](crate::ir::Ir) from which code and texts come: operands, registers, blocks and the search for
//! an arm are read here, and nowhere else.
//!
//! Guarantee: a target sees the operands of an instruction before the instruction, from left to right, constants among
//! them, and every arm of a choice once.

use std::sync::Arc;

use crate::ir::Value::{Float, Int as Whole};
use crate::ir::{Binary, Block, Curve, Function, Inst, Int, Progress, Ticks, Unary, Val, Value};

/// What the instructions become: native code, a text.
pub(super) trait Target: Sized {
    /// An f64.
    type F: Copy;
    /// A 64-bit integer.
    type I: Copy;

    /// What the registers hold.
    fn registers(&mut self) -> &mut Registers<Self::F, Self::I>;
    /// Register `here` is to hold `value`: what later instructions find there.
    fn define(&mut self, _here: usize, value: Value<Self::F, Self::I>) -> Value<Self::F, Self::I> {
        value
    }

    /// A constant.
    fn constant(&mut self, c: f64) -> Self::F;
    /// A constant.
    fn whole(&mut self, c: i64) -> Self::I;
    /// The trainer's input number `n`.
    fn input(&mut self, n: u16) -> Self::F;

    /// op a
    fn unary(&mut self, op: Unary, a: Self::F) -> Self::F;
    /// a op b
    fn binary(&mut self, op: Binary, a: Self::F, b: Self::F) -> Self::F;
    /// A ramp from a by c, where u is the ratio.
    fn ramp(&mut self, curve: Curve, a: Self::F, c: Self::F, x: Self::I, ticks: Ticks, len: i64) -> Self::F;
    /// ((x − off) · mul − sub) / len
    fn ratio(&mut self, x: Self::I, ticks: Ticks, len: i64) -> Self::F;
    /// A function's value.
    fn function(&mut self, f: Function, args: &[Value<Self::F, Self::I>]) -> Self::F;
    /// The integer as f64.
    fn float(&mut self, x: Self::I) -> Self::F;
    /// The number of `table` at `index`, the last one beyond it; register `here` will hold it.
    fn table(&mut self, table: &Arc<[f64]>, index: Self::I, here: usize) -> Self::F;

    /// (x − off) · mul − sub
    fn ticks(&mut self, x: Self::I, ticks: Ticks) -> Self::I;
    /// ⌊x / d⌋
    fn quotient(&mut self, x: Self::I, d: i64) -> Self::I;
    /// x − q·d
    fn remainder(&mut self, x: Self::I, q: Self::I, d: i64) -> Self::I;
    /// x·a + b
    fn scale(&mut self, x: Self::I, a: i64, b: i64) -> Self::I;

    /// The arm's value that a choice takes.
    fn choose(&mut self, on: Self::I, choice: Choice) -> Self::F;
    /// Goes one of two ways: `side(self, true)` writes what is done where `on < bound`.
    fn branch(&mut self, on: Self::I, bound: i64, side: &mut dyn FnMut(&mut Self, bool));
    /// Which of several bounds is asked first.
    fn middle(bounds: usize) -> usize {
        bounds / 2
    }
}

/// What is chosen from: arm k is for `bounds[k−1] ≤ on < bounds[k]`, and defines registers from `here` on.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) bounds: &'a [i64],
    pub(super) arms: &'a [Block],
    pub(super) here: usize,
}

/// The registers by their numbers; 0 is the step.
pub(super) struct Registers<F, I>(Vec<Option<Value<F, I>>>);

impl<F: Copy, I: Copy> Registers<F, I> {
    /// As many as a program needs.
    pub(super) fn new(count: usize, step: I) -> Self {
        let mut all = vec![None; count.max(1)];
        all[0] = Some(Whole(step));
        Self(all)
    }

    fn get(&self, r: u32) -> Value<F, I> {
        self.0[r as usize].unwrap_or_else(|| unreachable!("a register is read after it was set"))
    }

    pub(super) fn set(&mut self, here: usize, value: Value<F, I>) {
        self.0[here] = Some(value);
    }
}

/// An f64 operand.
pub(super) fn val<T: Target>(t: &mut T, v: Val) -> T::F {
    match v {
        Val::Const(c) => t.constant(c),
        Val::Reg(r) => t.registers().get(r).float(),
    }
}

/// An integer operand.
pub(super) fn int<T: Target>(t: &mut T, v: Int) -> T::I {
    match v {
        Int::Const(c) => t.whole(c),
        Int::Reg(r) => t.registers().get(r).int(),
    }
}

/// The instructions of `block`, which define the registers from `first` on, and its value.
pub(super) fn block<T: Target>(t: &mut T, block: &Block, first: usize) -> T::F {
    for (k, inst) in block.code.iter().enumerate() {
        step(t, inst, first + k);
    }
    val(t, block.result)
}

/// One instruction, which defines register `here`.
pub(super) fn step<T: Target>(t: &mut T, inst: &Inst, here: usize) {
    let value = value(t, inst, here);
    let value = t.define(here, value);
    t.registers().set(here, value);
}

fn value<T: Target>(t: &mut T, inst: &Inst, here: usize) -> Value<T::F, T::I> {
    Float(match inst {
        Inst::Input(n) => t.input(*n),
        Inst::Unary(op, a) => {
            let a = val(t, *a);
            t.unary(*op, a)
        }
        Inst::Binary(op, a, b) => {
            let (a, b) = (val(t, *a), val(t, *b));
            t.binary(*op, a, b)
        }
        Inst::Ramp(curve, a, c, Progress { ticks, len }) => {
            let (a, c, x) = (val(t, *a), val(t, *c), int(t, ticks.x));
            t.ramp(*curve, a, c, x, *ticks, *len)
        }
        Inst::Done(Progress { ticks, len }) | Inst::Span(ticks, len) => {
            let x = int(t, ticks.x);
            t.ratio(x, *ticks, *len)
        }
        Inst::Float(x) => {
            let x = int(t, *x);
            t.float(x)
        }
        Inst::Noise(x, seed) => {
            let (x, seed) = (int(t, *x), t.whole(*seed as i64));
            t.function(Function::Noise, &[Whole(seed), Whole(x)])
        }
        Inst::Bezier(u, [x1, y1, x2, y2]) => {
            let args = [u, x1, y1, x2, y2].map(|v| Float(val(t, *v)));
            t.function(Function::Bezier, &args)
        }
        Inst::Lookup(x, table) => {
            let x = int(t, *x);
            t.table(table, x, here)
        }
        Inst::Choose { on, bounds, arms } => {
            let on = int(t, *on);
            t.choose(on, Choice { bounds, arms, here })
        }
        Inst::Count(ticks) => {
            let x = int(t, ticks.x);
            return Whole(t.ticks(x, *ticks));
        }
        Inst::Quotient(x, d) => {
            let x = int(t, *x);
            return Whole(t.quotient(x, *d));
        }
        Inst::Remainder(x, q, d) => {
            let (x, q) = (int(t, *x), int(t, *q));
            return Whole(t.remainder(x, q, *d));
        }
        Inst::Scale(x, a, b) => {
            let x = int(t, *x);
            return Whole(t.scale(x, *a, *b));
        }
    })
}

/// Finds the arm by halving: as many questions as the number of arms has digits, and texts whose nesting compilers
/// take. `arm` writes what is done in one.
pub(super) fn halve<T: Target>(t: &mut T, on: T::I, choice: Choice, arm: &mut dyn FnMut(&mut T, &Block)) {
    let Choice { bounds, arms, here } = choice;
    if bounds.is_empty() {
        return arm(t, &arms[0]);
    }
    let middle = T::middle(bounds.len());
    t.branch(on, bounds[middle], &mut |t, below| {
        let (bounds, arms) = match below {
            true => (&bounds[..middle], &arms[..=middle]),
            false => (&bounds[middle + 1..], &arms[middle + 1..]),
        };
        halve(t, on, Choice { bounds, arms, here }, arm);
    });
}
