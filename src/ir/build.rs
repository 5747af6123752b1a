//! Writes blocks, computing at once whatever is constant.

use std::sync::Arc;

use super::{Binary, Block, Curve, Inst, Int, Progress, Ticks, Unary, Val, ops};
use crate::math::{self, Native, host};

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

    /// a / b; where both are multiples of one input, of the multiples: a base of 0 is no reason to have no ratio.
    pub fn ratio(&mut self, a: Val, b: Val) -> Val {
        match (self.multiple(a), self.multiple(b)) {
            (Some((a, of)), Some((b, same))) if of == same => self.div(Val::Const(a), Val::Const(b)),
            _ => self.div(a, b),
        }
    }

    /// The input that `value` is a multiple of, and how many times it is that.
    fn multiple(&self, mut value: Val) -> Option<(f64, u16)> {
        /// Factors that are followed.
        const MOST: usize = 8;
        let mut times = 1.0;
        for _ in 0..MOST {
            let Val::Reg(r) = value else { return None };
            // The registers of the open block end with the newest.
            let back = (self.next - r) as usize;
            value = match self.code.len().checked_sub(back).map(|at| &self.code[at])? {
                Inst::Input(n) => return Some((times, *n)),
                Inst::Binary(Binary::Mul, Val::Const(k), v) | Inst::Binary(Binary::Mul, v, Val::Const(k)) => {
                    times *= k;
                    *v
                }
                Inst::Binary(Binary::Div, v, Val::Const(k)) => {
                    times /= k;
                    *v
                }
                _ => return None,
            };
        }
        None
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

    /// A ramp from a by c.
    pub fn ramp(&mut self, curve: Curve, a: Val, c: Val, p: Progress) -> Val {
        match (a, c, p.ticks.constant()) {
            (Val::Const(a), Val::Const(c), Some(n)) => Val::Const(ops::ramp(&mut Native, curve, a, c, n, p.len as f64)),
            _ => self.val(Inst::Ramp(curve, a, c, p)),
        }
    }

    /// u
    pub fn done(&mut self, p: Progress) -> Val {
        match p.ticks.constant() {
            Some(n) => Val::Const(ops::ratio(&mut Native, n, p.len as f64)),
            None => self.val(Inst::Done(p)),
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
            (Int::Const(x), Int::Const(q)) => Int::Const(x.wrapping_sub(q.wrapping_mul(d))),
            _ => self.int(Inst::Remainder(x, q, d)),
        }
    }

    /// x·a + b
    pub fn scale(&mut self, x: Int, a: i64, b: i64) -> Int {
        match x {
            Int::Const(x) => Int::Const(x.wrapping_mul(a).wrapping_add(b)),
            Int::Reg(_) if (a, b) == (1, 0) => x,
            Int::Reg(_) => self.int(Inst::Scale(x, a, b)),
        }
    }

    /// Noise in [−1, 1) for `count`, by `seed`.
    pub fn noise(&mut self, count: Int, seed: u64) -> Val {
        match count {
            Int::Const(count) => Val::Const(math::noise(&mut Native, seed as i64, count)),
            Int::Reg(_) => self.val(Inst::Noise(count, seed)),
        }
    }

    /// y at x = u on the easing curve with the handles x1, y1, x2, y2.
    pub fn bezier(&mut self, u: Val, handles: [Val; 4]) -> Val {
        match (u, handles) {
            (Val::Const(u), [Val::Const(x1), Val::Const(y1), Val::Const(x2), Val::Const(y2)]) => {
                Val::Const(host::bezier(u, x1, y1, x2, y2))
            }
            _ => self.val(Inst::Bezier(u, handles)),
        }
    }

    /// The number of `table` at `index`; the last one beyond it.
    pub fn lookup(&mut self, index: Int, table: &Arc<[f64]>) -> Val {
        match index {
            Int::Const(index) => Val::Const(ops::lookup(table, index as u64)),
            Int::Reg(_) => self.val(Inst::Lookup(index, table.clone())),
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
        let (mut starts, mut arms) = (vec![], vec![]);
        for &k in &live {
            let outer = std::mem::take(&mut self.code);
            let result = arm(self, k);
            self.next = first;
            let block = Block { code: std::mem::replace(&mut self.code, outer), result };
            let (start, end) = (k.checked_sub(1).map_or(0, |k| bounds[k]), bounds.get(k).copied().unwrap_or(i64::MAX));
            flatten(on, first, block, start, end, &mut |start, block| {
                starts.push(start);
                arms.push(block);
            });
        }
        let bounds = starts[1..].to_vec();
        self.val(Inst::Choose { on, bounds, arms })
    }
}

/// Hands over `block`, the arm for `start ≤ on < end`; if it only chooses by the same integer, its arms instead.
fn flatten(on: Int, first: u32, block: Block, start: i64, end: i64, arm: &mut impl FnMut(i64, Block)) {
    match block {
        Block { mut code, result: Val::Reg(r) }
            if r == first && code.len() == 1 && matches!(&code[0], Inst::Choose { on: inner, .. } if *inner == on) =>
        {
            if let Some(Inst::Choose { bounds, arms, .. }) = code.pop() {
                for (k, inner) in arms.into_iter().enumerate() {
                    let from = k.checked_sub(1).map_or(start, |k| bounds[k].max(start));
                    let to = bounds.get(k).map_or(end, |&b| b.min(end));
                    if from < to {
                        arm(from, inner);
                    }
                }
            }
        }
        block => arm(start, block),
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
            Int::Const(x) => Some(x.wrapping_sub(self.off).wrapping_mul(self.mul).wrapping_sub(self.sub)),
            Int::Reg(_) => None,
        }
    }
}
