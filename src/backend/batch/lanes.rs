//! [`Ir`] over many steps at once: the interpreter of [`eval`](crate::eval) with what a register holds for all of them.
//!
//! Integers come from the step alone, by operations that keep a progression one, but for quotients: where one would
//! change, and where a choice would take another arm, the steps end, and the rest are another turn's.

use super::counts::Counts;
use super::{each, shape};
use crate::ir::{Block, Inst, Int, Ir, Progress, Val};
use crate::simd::Isa;

/// The most steps at a time.
const WIDEST: usize = 1024;

/// The fewest that are tried.
const NARROWEST: usize = 16;

/// Values of all columns together that fit into the nearest cache.
const ROOM: usize = 3072;

/// The most registers of a program that is run this way; the columns of more would be long in coming.
pub(super) const MOST_REGISTERS: usize = 1024;

/// Values that an operation takes.
const OPERANDS: usize = 5;

/// What a register holds.
#[derive(Clone, Copy)]
enum Held {
    Int(Counts),
    /// The same f64 at every step.
    Same(f64),
    /// An f64 for each step, in the register's column.
    Each,
}

/// A program and what its registers hold.
pub(super) struct Lanes<'a> {
    isa: Isa,
    ir: &'a Ir,
    inputs: &'a [f64],
    widest: usize,
    held: Vec<Held>,
    columns: Vec<f64>,
    /// Columns of operands that are the same at every step.
    same: Vec<f64>,
    /// Steps that are tried next.
    tried: usize,
    /// Steps of this turn.
    n: usize,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(isa: Isa, ir: &'a Ir, inputs: &'a [f64]) -> Self {
        let registers = ir.registers.max(1);
        let widest = (ROOM / registers).clamp(NARROWEST, WIDEST);
        let (columns, same) = (vec![0.0; widest * registers], vec![0.0; widest * OPERANDS]);
        Self { isa, ir, inputs, widest, held: vec![Held::Same(0.0); registers], columns, same, tried: widest, n: 0 }
    }

    /// The values at `step` and some of those after it, a row for each, from the start of `out`; how many steps, at least 1.
    pub(super) fn turn(&mut self, step: u64, out: &mut [f64]) -> usize {
        let ir = self.ir;
        let outputs = ir.outputs.len();
        let rows = out.len() / outputs;
        self.n = rows.min(self.tried);
        self.held[0] = Held::Int(Counts { first: step as i64, step: 1 });
        for (k, output) in ir.outputs.iter().enumerate() {
            self.block(&output.block, 1);
            let places = out[k..].iter_mut().step_by(outputs).take(self.n);
            match self.float(output.block.result) {
                Ok(same) => places.for_each(|out| *out = same),
                Err(r) => places.zip(&self.columns[r * self.widest..]).for_each(|(out, value)| *out = *value),
            }
        }
        // What a later end would compute for nothing is no more than what it takes.
        self.tried = if self.n < self.tried.min(rows) { (2 * self.n).max(NARROWEST) } else { 2 * self.tried };
        self.tried = self.tried.min(self.widest);
        self.n
    }

    /// The instructions of `block`, which define the registers from `first` on.
    fn block(&mut self, block: &Block, first: usize) {
        for (k, inst) in block.code.iter().enumerate() {
            let here = first + k;
            self.held[here] = match inst {
                Inst::Choose { on, bounds, arms } => self.choose(*on, bounds, arms, here),
                _ => self.inst(inst, here),
            };
        }
    }

    fn choose(&mut self, on: Int, bounds: &[i64], arms: &[Block], here: usize) -> Held {
        let on = self.int(on);
        let reached = bounds.partition_point(|&b| b as u64 <= on.first as u64);
        let least = reached.checked_sub(1).map_or(0, |k| bounds[k] as u64);
        let most = bounds.get(reached).map_or(u64::MAX, |&b| b as u64 - 1);
        self.until(on.within(least, most));
        let arm = &arms[reached];
        self.block(arm, here);
        match self.float(arm.result) {
            Ok(same) => Held::Same(same),
            Err(from) => {
                let from = from * self.widest;
                self.columns.copy_within(from..from + self.n, here * self.widest);
                Held::Each
            }
        }
    }

    /// No more steps than `n` in this turn.
    fn until(&mut self, n: u64) {
        self.n = self.n.min(usize::try_from(n).unwrap_or(usize::MAX));
    }

    fn int(&self, v: Int) -> Counts {
        match v {
            Int::Const(c) => Counts::every(c),
            Int::Reg(r) => match self.held[r as usize] {
                Held::Int(counts) => counts,
                Held::Same(_) | Held::Each => unreachable!("an integer stands where one is expected"),
            },
        }
    }

    /// The f64 that it is at every step, or the column.
    fn float(&self, v: Val) -> Result<f64, usize> {
        match v {
            Val::Const(c) => Ok(c),
            Val::Reg(r) => match self.held[r as usize] {
                Held::Same(same) => Ok(same),
                Held::Each => Err(r as usize),
                Held::Int(_) => unreachable!("an f64 stands where one is expected"),
            },
        }
    }

    fn inst(&mut self, inst: &Inst, here: usize) -> Held {
        let isa = self.isa;
        let counted = match inst {
            Inst::Count(t) => Some(self.int(t.x).ticks(*t)),
            Inst::Scale(x, a, b) => Some(self.int(*x).scaled(*a, *b)),
            Inst::Remainder(x, q, d) => Some(self.int(*x).minus(self.int(*q).scaled(*d, 0))),
            Inst::Quotient(x, d) => {
                let (x, d) = (self.int(*x), *d as u64);
                let q = x.first as u64 / d;
                let least = q * d;
                self.until(x.within(least, least.saturating_add(d - 1)));
                Some(Counts::every(q as i64))
            }
            _ => None,
        };
        if let Some(counts) = counted {
            return Held::Int(counts);
        }
        match inst {
            Inst::Input(n) => Held::Same(self.inputs[*n as usize]),
            Inst::Unary(op, a) => self.of([*a], here, |[a], out| each::one(isa, *op, a, out)),
            Inst::Binary(op, a, b) => self.of([*a, *b], here, |[a, b], out| each::two(isa, *op, a, b, out)),
            Inst::Ramp(curve, a, c, Progress { ticks, len }) => {
                let (counts, len) = (self.int(ticks.x).ticks(*ticks), *len as f64);
                if let (Ok(a), Ok(c)) = (self.float(*a), self.float(*c)) {
                    return self.counted(here, |out| shape::ramp(isa, *curve, (a, c), counts, len, out));
                }
                self.counted(here, |out| shape::ratio(isa, counts, len, out));
                self.of([*a, *c], here, |[a, c], u| each::ramp(isa, *curve, a, c, u))
            }
            Inst::Done(Progress { ticks, len }) | Inst::Span(ticks, len) => {
                let (counts, len) = (self.int(ticks.x).ticks(*ticks), *len as f64);
                self.counted(here, |out| shape::ratio(isa, counts, len, out))
            }
            Inst::Float(x) => {
                let counts = self.int(*x);
                self.counted(here, |out| shape::ratio(isa, counts, 1.0, out))
            }
            Inst::Noise(x, seed) => {
                let counts = self.int(*x);
                self.counted(here, |out| shape::noise(isa, *seed as i64, counts, out))
            }
            Inst::Lookup(x, table) => {
                let counts = self.int(*x);
                self.counted(here, |out| shape::table(table, counts, out))
            }
            Inst::Bezier(u, [x1, y1, x2, y2]) => {
                self.of([*u, *x1, *y1, *x2, *y2], here, |args, out| each::bezier(isa, args, out))
            }
            _ => unreachable!("the others are no f64, or a choice"),
        }
    }

    /// What `fill` makes of counts.
    fn counted(&mut self, here: usize, fill: impl FnOnce(&mut [f64])) -> Held {
        fill(&mut self.columns[here * self.widest..][..self.n]);
        Held::Each
    }

    /// What `fill` makes of the columns of `args`; of operands that are the same at every step, once.
    fn of<const N: usize>(&mut self, args: [Val; N], here: usize, fill: impl FnOnce([&[f64]; N], &mut [f64])) -> Held {
        let args = args.map(|v| self.float(v));
        let every = args.iter().all(Result::is_ok);
        let n = if every { 1 } else { self.n };
        let (below, from_here) = self.columns.split_at_mut(here * self.widest);
        let mut places = self.same.chunks_exact_mut(self.widest);
        let columns = args.map(|arg| match (arg, places.next()) {
            (Err(r), _) => &below[r * self.widest..][..n],
            (Ok(same), Some(place)) => {
                place[..n].fill(same);
                &place[..n]
            }
            (Ok(_), None) => unreachable!("there are as many places as operands"),
        });
        fill(columns, &mut from_here[..n]);
        if every { Held::Same(from_here[0]) } else { Held::Each }
    }
}
