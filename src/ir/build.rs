//! Writes blocks, computing at once whatever is constant.

use super::{Binary, Block, Inst, Int, Progress, Ticks, Unary, Val, ops};
use crate::math::Native;

/// Builds one output's block; constant operands give constants, with the bits that a run would give.
#[derive(Debug)]
pub struct Builder {
    code: Vec<Inst>,
    next: u32,
    most: u32,
}

impl Builder {
    /// An empty block, whose register 0 is the step.
    pub fn new() -> Self {
        Self { code: vec![], next: 1, most: 1 }
    }

    /// The finished block and the registers that running it needs.
    pub fn finish(self, result: Val) -> (Block, usize) {
        (Block { code: self.code, result }, self.most as usize)
    }

    fn push(&mut self, inst: Inst) -> u32 {
        self.code.push(inst);
        self.next += 1;
        self.most = self.most.max(self.next);
        self.next - 1
    }

    fn val(&mut self, inst: Inst) -> Val {
        Val::Reg(self.push(inst))
    }

    fn int(&mut self, inst: Inst) -> Int {
        Int::Reg(self.push(inst))
    }

    /// The trainer's input number `n`.
    pub fn input(&mut self, n: u16) -> Val {
        self.val(Inst::Input(n))
    }

    /// op a
    pub fn unary(&mut self, op: Unary, a: Val) -> Val {
        match a {
            Val::Const(a) => Val::Const(ops::unary(&mut Native, op, a)),
            Val::Reg(_) => self.val(Inst::Unary(op, a)),
        }
    }

    /// a op b
    pub fn binary(&mut self, op: Binary, a: Val, b: Val) -> Val {
        match (a, b) {
            (Val::Const(a), Val::Const(b)) => Val::Const(ops::binary(&mut Native, op, a, b)),
            _ => self.val(Inst::Binary(op, a, b)),
        }
    }

    /// a + b
    pub fn add(&mut self, a: Val, b: Val) -> Val {
        self.binary(Binary::Add, a, b)
    }

    /// a − b
    pub fn sub(&mut self, a: Val, b: Val) -> Val {
        self.binary(Binary::Sub, a, b)
    }

    /// a · b
    pub fn mul(&mut self, a: Val, b: Val) -> Val {
        self.binary(Binary::Mul, a, b)
    }

    /// a / b
    pub fn div(&mut self, a: Val, b: Val) -> Val {
        self.binary(Binary::Div, a, b)
    }

    /// a to the power b
    pub fn pow(&mut self, a: Val, b: Val) -> Val {
        self.binary(Binary::Pow, a, b)
    }

    /// a + (b − a)·shape, for a shape between 0 and 1
    pub fn mix(&mut self, a: Val, b: Val, shape: Val) -> Val {
        let rise = self.sub(b, a);
        let risen = self.mul(rise, shape);
        self.add(a, risen)
    }

    /// The straight ramp.
    pub fn linear(&mut self, a: Val, b: Val, p: Progress) -> Val {
        match (a, b, p.ticks.constant()) {
            (Val::Const(a), Val::Const(b), Some(n)) => Val::Const(ops::linear(&mut Native, a, b, n, p.len as f64)),
            _ => self.val(Inst::Linear(a, b, p)),
        }
    }

    /// The half-cosine ramp.
    pub fn cosine(&mut self, a: Val, b: Val, p: Progress) -> Val {
        match (a, b, p.ticks.constant()) {
            (Val::Const(a), Val::Const(b), Some(n)) => Val::Const(ops::cosine(&mut Native, a, b, n, ops::len(p.len))),
            _ => self.val(Inst::Cosine(a, b, p)),
        }
    }

    /// u
    pub fn done(&mut self, p: Progress) -> Val {
        match p.ticks.constant() {
            Some(n) => Val::Const(ops::ratio(&mut Native, n, p.len as f64)),
            None => self.val(Inst::Done(p)),
        }
    }

    /// 1 − u
    pub fn left(&mut self, p: Progress) -> Val {
        match p.ticks.constant() {
            Some(n) => Val::Const(ops::left(&mut Native, n, ops::len(p.len))),
            None => self.val(Inst::Left(p)),
        }
    }

    /// ticks / d
    pub fn span(&mut self, ticks: Ticks, d: i64) -> Val {
        match ticks.constant() {
            Some(n) => Val::Const(ops::ratio(&mut Native, n, d as f64)),
            None => self.val(Inst::Span(ticks, d)),
        }
    }

    /// The integer as f64.
    pub fn float(&mut self, x: Int) -> Val {
        match x {
            Int::Const(x) => Val::Const(x as f64),
            Int::Reg(_) => self.val(Inst::Float(x)),
        }
    }

    /// The ticks as an integer.
    pub fn count(&mut self, ticks: Ticks) -> Int {
        match (ticks.constant(), ticks) {
            (Some(n), _) => Int::Const(n),
            (None, Ticks { x, off: 0, mul: 1, sub: 0 }) => x,
            (None, _) => self.int(Inst::Count(ticks)),
        }
    }

    /// ⌊x / d⌋
    pub fn quotient(&mut self, x: Int, d: i64) -> Int {
        match x {
            Int::Const(x) => Int::Const(x / d),
            Int::Reg(_) if d == 1 => x,
            Int::Reg(_) => self.int(Inst::Quotient(x, d)),
        }
    }

    /// x − q·d
    pub fn remainder(&mut self, x: Int, q: Int, d: i64) -> Int {
        match (x, q) {
            (Int::Const(x), Int::Const(q)) => Int::Const(x - q * d),
            _ => self.int(Inst::Remainder(x, q, d)),
        }
    }

    /// x·a + b
    pub fn scale(&mut self, x: Int, a: i64, b: i64) -> Int {
        match x {
            Int::Const(x) => Int::Const(x * a + b),
            Int::Reg(_) if (a, b) == (1, 0) => x,
            Int::Reg(_) => self.int(Inst::Scale(x, a, b)),
        }
    }

    /// The value of `arm(k)` where `bounds[k−1] ≤ on < bounds[k]`; `bounds` ascends, empty arms are dropped.
    pub fn choose(&mut self, on: Int, bounds: &[i64], mut arm: impl FnMut(&mut Self, usize) -> Val) -> Val {
        let live: Vec<usize> = (0..=bounds.len())
            .filter(|&k| bounds.get(k).is_none_or(|&end| end > 0 && (k == 0 || end > bounds[k - 1])))
            .collect();
        if let Int::Const(on) = on {
            return arm(self, bounds.partition_point(|&b| b <= on));
        }
        if let [only] = live[..] {
            return arm(self, only);
        }
        let first = self.next;
        let arms: Vec<Block> = live
            .iter()
            .map(|&k| {
                let outer = std::mem::take(&mut self.code);
                let result = arm(self, k);
                self.next = first;
                Block { code: std::mem::replace(&mut self.code, outer), result }
            })
            .collect();
        let bounds = live[1..].iter().map(|&k| bounds[k - 1]).collect();
        self.val(Inst::Choose { on, bounds, arms })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Ticks {
    /// The count, where it does not depend on time.
    pub fn constant(self) -> Option<i64> {
        match self.x {
            Int::Const(x) => Some((x - self.off) * self.mul - self.sub),
            Int::Reg(_) => None,
        }
    }
}
