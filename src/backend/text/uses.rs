//! How often the registers of a block are read: what is read once needs no name.

use crate::ir::{Block, Inst, Int, Val};

/// For each instruction of `block`, whose registers start at `first`: how often it is read, in arms as well.
pub(super) fn of(block: &Block, first: usize) -> Vec<usize> {
    let mut counts = Counts { block, first, uses: vec![0; block.code.len()] };
    counts.add(block, first, usize::MAX);
    counts.uses
}

struct Counts<'a> {
    block: &'a Block,
    first: usize,
    uses: Vec<usize>,
}

impl Counts<'_> {
    /// What `within` reads, whose registers start at `start`; those from `own` on are an arm's own.
    fn add(&mut self, within: &Block, start: usize, own: usize) {
        for (k, inst) in within.code.iter().enumerate() {
            match inst {
                Inst::Input(_) => {}
                Inst::Unary(_, a) => self.vals(&[*a], own),
                Inst::Binary(_, a, b) => self.vals(&[*a, *b], own),
                Inst::Ramp(_, a, c, p) => self.vals(&[*a, *c, val(p.ticks.x)], own),
                Inst::Done(p) => self.vals(&[val(p.ticks.x)], own),
                Inst::Span(t, _) | Inst::Count(t) => self.vals(&[val(t.x)], own),
                Inst::Float(x) | Inst::Quotient(x, _) | Inst::Scale(x, ..) | Inst::Noise(x, _) | Inst::Lookup(x, _) => {
                    self.vals(&[val(*x)], own);
                }
                Inst::Remainder(x, q, d) => {
                    self.vals(&[val(*x)], own);
                    if !is_quotient(self.block, self.first, *q, *x, *d) {
                        self.vals(&[val(*q)], own);
                    }
                }
                Inst::Bezier(u, handles) => {
                    self.vals(&[*u], own);
                    self.vals(handles, own);
                }
                Inst::Choose { on, arms, .. } => {
                    self.vals(&[val(*on)], own);
                    let here = start + k;
                    arms.iter().for_each(|arm| self.add(arm, here, own.min(here)));
                }
            }
        }
        self.vals(&[within.result], own);
    }

    fn vals(&mut self, all: &[Val], own: usize) {
        for v in all {
            if let Val::Reg(r) = *v
                && (r as usize) < own
                && let Some(uses) = (r as usize).checked_sub(self.first).and_then(|k| self.uses.get_mut(k))
            {
                *uses += 1;
            }
        }
    }
}

/// Only the register counts.
fn val(x: Int) -> Val {
    match x {
        Int::Reg(r) => Val::Reg(r),
        Int::Const(_) => Val::Const(0.0),
    }
}

/// Whether `q` is ⌊x / d⌋: the remainder is then `x % d`, which does not read it.
fn is_quotient(block: &Block, first: usize, q: Int, x: Int, d: i64) -> bool {
    let Int::Reg(q) = q else { return false };
    let inst = (q as usize).checked_sub(first).and_then(|k| block.code.get(k));
    matches!(inst, Some(Inst::Quotient(y, e)) if *y == x && *e == d)
}
