//! What jumps beside its jumps: the rounding functions and `0 ** x` where a limit is asked for.
//!
//! Their argument is computed twice, at the moment and a little beside it on the side of the limit. Where it is on a
//! jump, the second value says from where it came; elsewhere it makes no difference. What is decided by time alone is
//! decided as at the moment, so that no phase, stair or cycle but the right one is looked at.

use std::sync::Arc;

use super::Lowering;
use super::memo::Key;
use crate::ir::{Binary, Builder, Side, Time, Unary, Val};
use crate::plan::Sig;

/// How far beside it the argument is looked at, as powers of two of the steps to there: far enough for the last digits to
/// show a slope, then for the flat end of a ramp, then for one as long as a run can be whose start it is, where that costs
/// nothing at run time.
const BESIDE: [i32; 6] = [-46, -28, -10, 8, 26, 44];

/// Each rounding function that waits in an arm of its own within another's argument doubles the work: so many may.
const MOST_TURNS: u32 = 8;

impl Lowering<'_> {
    /// `op a`
    pub(super) fn unary(&mut self, op: Unary, a: &Arc<Sig>) -> Val {
        let jumps = matches!(op, Unary::Floor | Unary::Ceil | Unary::Round);
        if !jumps || self.axis.side() == Side::At || a.is_stepped() || self.goes_on(a) {
            let a = self.part(a);
            return self.b.unary(op, a);
        }
        let (axis, run) = (self.axis.exact(), self.run.exact());
        let key = Key::new(a, Some(op), (axis, run, self.turned));
        if let Some(known) = self.memo.get(&key) {
            return known;
        }
        let value = self.with(axis, run, a);
        let turn = if self.turning < MOST_TURNS { self.turn(value, a) } else { Val::Const(0.0) };
        let rounded = rounded(&mut self.b, op, value, turn);
        self.memo.keep(key, rounded);
        rounded
    }

    /// Whether `a` is of the run alone, which goes on forwards where time is turned round: it jumps as it always does.
    fn goes_on(&self, a: &Sig) -> bool {
        self.run.side() == Side::Right && !a.names_axis(self.work)
    }

    /// a ** b: where both go to 0 it is 1 at the moment itself, and for a that stays 0 it is 0 beside it.
    pub(super) fn power(&mut self, a: &Arc<Sig>, b: &Arc<Sig>) -> Val {
        let (x, y) = (self.part(a), self.part(b));
        let power = self.b.binary(Binary::Pow, x, y);
        let may = x == Val::Const(0.0) && !matches!(y, Val::Const(y) if y != 0.0);
        if !may || self.axis.side() == Side::At || self.axis.exact() != self.axis || b.is_stepped() || self.goes_on(b) {
            return power;
        }
        let turn = self.turn(y, b);
        let rises = self.b.binary(Binary::Max, turn, Val::Const(0.0));
        let stays = self.b.sub(Val::Const(1.0), rises);
        self.b.mul(power, stays)
    }

    /// Whether `a`, which is `value` at the moment, is above it beside the moment, 1, or below it, −1, or neither, 0.
    fn turn(&mut self, value: Val, a: &Arc<Sig>) -> Val {
        let (axis, run) = (self.axis, self.run);
        let clocks = if self.names_run(a) { [axis, run] } else { [axis, axis] };
        let known = clocks.iter().all(|time| matches!(time, Time::Fixed { .. }));
        let tries = if known { &BESIDE[..] } else { &BESIDE[..1] };
        let bits = clocks.map(Time::bits).into_iter().fold(0, i32::max);
        let mut turn = Val::Const(0.0);
        self.turning += 1;
        for power in tries {
            if matches!(turn, Val::Const(t) if t != 0.0) {
                break;
            }
            let near = Some(bits + power);
            let beside = self.with(axis.beside(near), run.beside(near), a);
            let sign = sign(&mut self.b, beside, value);
            let size = self.b.unary(Unary::Abs, turn);
            let open = self.b.sub(Val::Const(1.0), size);
            let more = self.b.mul(open, sign);
            turn = self.b.add(turn, more);
        }
        self.turning -= 1;
        turn
    }
}

/// The sign of a − b.
fn sign(b: &mut Builder, a: Val, c: Val) -> Val {
    // Twice, so that the least of all differences is 1 as well.
    const HUGE: Val = Val::Const(1e300);
    let gap = b.sub(a, c);
    let large = b.mul(gap, HUGE);
    let larger = b.mul(large, HUGE);
    let below = b.binary(Binary::Min, larger, Val::Const(1.0));
    b.binary(Binary::Max, below, Val::Const(-1.0))
}

/// `op value` just before or after a moment where the argument is `value`, on the side on which it has gone to `turn`.
fn rounded(b: &mut Builder, op: Unary, value: Val, turn: Val) -> Val {
    let zero = Val::Const(0.0);
    let plain = b.unary(op, value);
    if turn == zero {
        return plain;
    }
    let (above, below) = (b.binary(Binary::Max, turn, zero), b.binary(Binary::Min, turn, zero));
    match op {
        // Of whole numbers the one below; of others both roundings stay as they are.
        Unary::Floor => {
            let (up, one) = (b.unary(Unary::Ceil, value), Val::Const(1.0));
            let gap = b.sub(up, plain);
            let on = b.sub(one, gap);
            let down = b.mul(below, on);
            b.add(plain, down)
        }
        Unary::Ceil => {
            let (down, one) = (b.unary(Unary::Floor, value), Val::Const(1.0));
            let gap = b.sub(plain, down);
            let on = b.sub(one, gap);
            let up = b.mul(above, on);
            b.add(plain, up)
        }
        // Of the middle between two the other one.
        _ => {
            let rest = b.sub(value, plain);
            let twice = b.mul(Val::Const(2.0), rest);
            let (low, high) = (b.unary(Unary::Ceil, twice), b.unary(Unary::Floor, twice));
            let (low, high) = (b.binary(Binary::Min, low, zero), b.binary(Binary::Max, high, zero));
            let (up, minus) = (b.mul(above, high), b.mul(below, low));
            let down = b.sub(plain, minus);
            b.add(down, up)
        }
    }
}
