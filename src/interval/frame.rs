//! The registers of a run over many steps at once, each bounded.

use std::ptr;

use super::Budget;
use super::ints::Ints;
use super::range::{self, Range};
use crate::ir::{Binary, Block, Curve, Inst, Int, Progress, Ticks, Unary, Val, ops};
use crate::math::{self, Native};

/// What is known of a register.
#[derive(Clone, Copy, Debug)]
enum Known {
    Float(Range),
    Int(Ints),
}

/// Registers with their bounds, and the instructions that set them.
#[derive(Debug)]
pub(super) struct Frame<'a, 'b> {
    step: Known,
    registers: Vec<Known>,
    defined: Vec<Option<&'a Inst>>,
    result: Option<u32>,
    inputs: &'b [Range],
    budget: &'b mut Budget,
}

impl<'a, 'b> Frame<'a, 'b> {
    pub(super) fn new((first, last): (u64, u64), inputs: &'b [Range], budget: &'b mut Budget) -> Self {
        let step = Known::Int(Ints { lo: first.into(), hi: last.into() });
        Self { step, registers: vec![step], defined: vec![None], result: None, inputs, budget }
    }

    /// The register that holds the result of the last block that ran.
    pub(super) fn result(&self) -> Option<u32> {
        self.result
    }

    /// The instruction that set register `r`.
    pub(super) fn defined(&self, r: u32) -> Option<&'a Inst> {
        self.defined.get(r as usize).copied().flatten()
    }

    /// Whether `inst` set a register that it still holds.
    pub(super) fn reaches(&self, inst: &Inst) -> bool {
        self.defined.iter().flatten().any(|d| ptr::eq(*d, inst))
    }

    pub(super) fn val(&self, v: Val) -> Range {
        match v {
            Val::Const(c) => Range::point(c),
            Val::Reg(r) => match self.registers[r as usize] {
                Known::Float(range) => range,
                Known::Int(_) => Range::ANY,
            },
        }
    }

    fn int(&self, x: Int) -> Ints {
        match x {
            Int::Const(c) => Ints::point(c.into()),
            Int::Reg(r) => match self.registers[r as usize] {
                Known::Int(range) => range,
                Known::Float(_) => Ints::ANY,
            },
        }
    }

    fn ticks(&self, t: Ticks) -> Ints {
        let Ints { lo, hi } = self.int(t.x).fitting();
        let since = Ints { lo: lo - i128::from(t.off), hi: hi - i128::from(t.off) }.fitting();
        since.scaled(t.mul.into(), -i128::from(t.sub))
    }

    fn progress(&self, p: Progress) -> Range {
        self.share(self.ticks(p.ticks), p.len)
    }

    /// count / len, rounded as every count and quotient is.
    fn share(&self, count: Ints, len: i64) -> Range {
        let count = count.float();
        range::binary(Binary::Div, count, Range::point(len as f64))
    }

    /// The bounds of `block`, whose instructions set the registers from `first` on.
    pub(super) fn block(&mut self, block: &'a Block, first: usize) -> Range {
        // As many as are needed here: another output may need far more.
        let end = first + block.code.len();
        if self.registers.len() < end {
            self.registers.resize(end, self.step);
            self.defined.resize(end, None);
        }
        for (k, inst) in block.code.iter().enumerate() {
            let here = first + k;
            if !self.budget.spend(1) {
                return Range::ANY;
            }
            self.defined[here] = None;
            let known = match inst {
                Inst::Choose { on, bounds, arms } => {
                    let chosen = self.choose(*on, bounds, arms, here);
                    if block.result == Val::Reg(here as u32) {
                        return chosen;
                    }
                    Known::Float(chosen)
                }
                _ => self.inst(inst),
            };
            self.registers[here] = known;
            self.defined[here] = Some(inst);
        }
        self.result = match block.result {
            Val::Reg(r) => Some(r),
            Val::Const(_) => None,
        };
        self.val(block.result)
    }

    fn inst(&mut self, inst: &Inst) -> Known {
        let float = Known::Float;
        match inst {
            Inst::Input(n) => float(self.inputs.get(usize::from(*n)).copied().unwrap_or(Range::ANY)),
            Inst::Unary(op, a) => float(range::unary(*op, self.val(*a))),
            Inst::Binary(Binary::Add, a, b) => float(match self.mixed(*a, *b) {
                Some(to) => range::mix(self.val(*a), to),
                None => range::binary(Binary::Add, self.val(*a), self.val(*b)),
            }),
            Inst::Binary(op, a, b) => float(range::binary(*op, self.val(*a), self.val(*b))),
            Inst::Ramp(curve, a, c, p) => float(self.ramp(*curve, self.val(*a), self.val(*c), *p)),
            Inst::Done(p) => float(self.progress(*p)),
            Inst::Span(t, d) => float(self.share(self.ticks(*t), *d)),
            Inst::Float(x) => float(self.int(*x).fitting().float()),
            Inst::Count(t) => Known::Int(self.ticks(*t)),
            Inst::Quotient(x, d) => Known::Int(self.int(*x).quotient(i128::from(*d))),
            Inst::Remainder(x, q, d) => Known::Int(self.remainder(*x, *q, *d)),
            Inst::Scale(x, a, b) => Known::Int(self.int(*x).fitting().scaled((*a).into(), (*b).into())),
            Inst::Noise(x, seed) => float(match self.int(*x) {
                Ints { lo, hi } if lo == hi => Range::point(math::noise(&mut Native, *seed as i64, lo as i64)),
                _ => Range::new(-1.0, 1.0),
            }),
            Inst::Bezier(u, handles) => float(range::bezier(self.val(*u), handles.map(|v| self.val(v)))),
            Inst::Lookup(x, table) => {
                let x = self.int(*x);
                let index = |x: i128| x.clamp(0, table.len() as i128 - 1) as usize;
                let (first, last) = if x.lo < 0 { (0, table.len() - 1) } else { (index(x.lo), index(x.hi)) };
                float(match self.budget.spend(last - first) {
                    true => {
                        table[first..=last].iter().map(|&v| Range::point(v)).reduce(Range::or).unwrap_or(Range::ANY)
                    }
                    false => Range::ANY,
                })
            }
            // Its arms need their own registers: see `block`.
            Inst::Choose { .. } => float(Range::ANY),
        }
    }

    fn ramp(&self, curve: Curve, a: Range, c: Range, p: Progress) -> Range {
        let ticks = self.ticks(p.ticks);
        if let (Some(a), Some(c), true) = (a.known(), c.known(), ticks.lo == ticks.hi) {
            return Range::point(ops::ramp(&mut Native, curve, a, c, ticks.lo as i64, p.len as f64));
        }
        let u = self.share(ticks, p.len);
        match curve {
            Curve::Linear => range::binary(Binary::Add, a, range::binary(Binary::Mul, c, u)),
            Curve::Cosine => range::fma(c, range::hav(u), a),
            Curve::Exp => {
                let factor = range::unary(Unary::Exp2, range::binary(Binary::Mul, c, u));
                range::binary(Binary::Mul, a, factor)
            }
        }
    }

    /// The bounds of b where `rise` is (b − a) times a share between 0 and 1.
    fn mixed(&self, a: Val, rise: Val) -> Option<Range> {
        let of = |v: Val| match v {
            Val::Reg(r) => self.defined(r),
            Val::Const(_) => None,
        };
        let Inst::Binary(Binary::Mul, gap, share) = of(rise)? else { return None };
        let Inst::Binary(Binary::Sub, b, from) = of(*gap)? else { return None };
        let (gap, share) = (self.val(*gap), self.val(*share));
        let (from, to) = (*from == a, self.val(*b));
        (from
            && gap.is_finite()
            && self.val(a).is_finite()
            && to.is_finite()
            && share.is_finite()
            && share.lo >= 0.0
            && share.hi <= 1.0)
            .then_some(to)
            .filter(|_| self.val(rise).known().is_none())
    }

    /// x − q·d; less than d where q is how many whole d there are in x, and at most d where x itself counts no more.
    fn remainder(&self, x: Int, q: Int, d: i64) -> Ints {
        let (whole, count) = (self.int(x).fitting(), self.int(q).fitting());
        let d = i128::from(d);
        let (less, more) = (count.hi * d, count.lo * d);
        let plain = Ints { lo: whole.lo - less.max(more), hi: whole.hi - less.min(more) }.fitting();
        let of = |x: Int| match x {
            Int::Reg(r) => self.defined(r),
            Int::Const(_) => None,
        };
        let most = match of(q) {
            Some(Inst::Quotient(y, e)) if i128::from(*e) == d => match of(*y) {
                _ if *y == x => Some(d - 1),
                Some(Inst::Scale(y, 1, -1)) if *y == x => Some(d),
                _ => None,
            },
            _ => None,
        };
        match most {
            // Both readings hold; together they are tight within one cycle.
            Some(most) if whole.lo >= 0 => plain.and(Ints { lo: 0, hi: most }),
            _ => plain,
        }
    }

    /// The bounds of the arms that `on` may reach, each with `on` within its own bounds.
    fn choose(&mut self, on: Int, bounds: &[i64], arms: &'a [Block], here: usize) -> Range {
        let all = self.int(on);
        // A negative number reads as one beyond all bounds.
        let last = if all.lo < 0 { arms.len() - 1 } else { reached(bounds, all.hi) };
        let first = if all.lo < 0 && all.hi < 0 { last } else { reached(bounds, all.lo.max(0)) };
        let mut found: Option<Range> = None;
        for (k, arm) in arms.iter().enumerate().take(last + 1).skip(first) {
            let from = k.checked_sub(1).map_or(0, |k| bounds[k].into());
            let to = bounds.get(k).map_or(i128::MAX, |&b| i128::from(b) - 1);
            if let Int::Reg(r) = on {
                let within = if all.lo < 0 { all } else { all.and(Ints { lo: from, hi: to }) };
                self.registers[r as usize] = Known::Int(within);
            }
            let value = self.block(arm, here);
            found = Some(found.map_or(value, |found| found.or(value)));
        }
        if let Int::Reg(r) = on {
            self.registers[r as usize] = Known::Int(all);
        }
        found.unwrap_or(Range::ANY)
    }
}

/// How many of `bounds` have come at `x`.
fn reached(bounds: &[i64], x: i128) -> usize {
    bounds.partition_point(|&b| i128::from(b) <= x)
}
