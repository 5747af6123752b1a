//! Exact time inside a program: an axis counts whole ticks, a phase asks how far it has come on it.

use num_traits::{CheckedMul, CheckedSub, One, Signed, Zero};

use super::{Builder, Int, Progress, Ticks, Val};
use crate::clock::{Ratio, to_f64};

/// The largest count that a register may hold.
pub const MOST: i128 = 1 << 62;

/// Where on an axis we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Time {
    /// At run time: `x` whole ticks, `rate` of them per step.
    Running {
        /// Ticks since the axis's zero.
        x: Int,
        /// Ticks per step.
        rate: i128,
        /// Whether values are limits from the left, as they are where time runs backwards.
        left: bool,
    },
    /// At one known moment, in steps since the axis's zero; `left` takes the limit from before it.
    Fixed {
        /// The moment.
        at: Ratio,
        /// Whether values are limits from the left, as at the end of a run.
        left: bool,
    },
}

/// A phase's own clock: time since `start`, over `len` where the phase has an end.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    /// The axis.
    pub time: Time,
    /// The phase's start on it, in steps.
    pub start: Ratio,
    /// The phase's length in steps.
    pub len: Option<Ratio>,
}

impl Local {
    /// Whether the value asked for is the limit at the phase's end.
    pub fn at_end(&self) -> bool {
        matches!((self.time, self.len), (Time::Fixed { at, .. }, Some(len)) if minus(at, self.start) >= len)
    }

    /// How far the phase has come; it has a length.
    pub fn progress(&self) -> Progress {
        let len = self.len.unwrap_or_else(Ratio::one);
        match self.time {
            Time::Fixed { at, .. } => {
                let since = minus(at, self.start);
                let fine = len.denom().checked_mul(since.denom()).unwrap_or(i128::MAX);
                let (count, whole) = commensurate(since, len, fine);
                Progress { ticks: Ticks::constant_of(count), len: whole }
            }
            Time::Running { x, rate, .. } => {
                let (off, rest) = floor_rest(self.start * rate);
                let len = len * rate;
                let fine = rest.denom().checked_mul(len.denom()).unwrap_or(i128::MAX);
                let fine = fine / num_gcd(*rest.denom(), *len.denom());
                let mul = if fits(len, fine) { fine } else { coarse(len) };
                let (sub, len) = (round(rest, mul), round(len, mul).max(1));
                Progress { ticks: Ticks { x, off: off as i64, mul: mul as i64, sub }, len }
            }
        }
    }

    /// How much of the phase is left; it has a length.
    pub fn remaining(&self) -> Progress {
        let Progress { ticks: Ticks { x, off, mul, sub }, len } = self.progress();
        Progress { ticks: Ticks { x, off, mul: -mul, sub: -sub - len }, len }
    }

    /// The same clock with time counted from one step earlier: (i + 1) of (n + 1).
    pub fn skip_zero(&self) -> Self {
        Self { start: self.start - 1, len: self.len.map(|n| n + 1), ..*self }
    }

    /// u, from 0 to 1 over the phase.
    pub fn done(&self, b: &mut Builder) -> Val {
        b.done(self.progress())
    }

    /// 1 − u, exact where the subtraction would round
    pub fn left(&self, b: &mut Builder) -> Val {
        b.done(self.remaining())
    }

    /// Time since the phase's start, in units of `unit` steps.
    pub fn since(&self, b: &mut Builder, unit: Ratio) -> Val {
        let p = Self { len: Some(unit), ..*self }.progress();
        b.span(p.ticks, p.len)
    }

    /// How many whole `every` have passed, and the clock that counts from the last one. `every` must
    /// be countable on the axis (`countable`).
    pub fn cycles(&self, b: &mut Builder, every: Ratio) -> (Int, Time) {
        match self.time {
            Time::Fixed { at, left } => {
                let index = passed(minus(at, self.start), every, left);
                let at = minus(minus(at, self.start), every * index);
                (Int::Const(index as i64), Time::Fixed { at, left })
            }
            Time::Running { rate, left, .. } => {
                let p = Self { len: Some(every), ..*self }.progress();
                let x = b.count(p.ticks);
                let index = whole(b, x, p.len, left);
                let x = b.remainder(x, index, p.len);
                (index, Time::Running { x, rate: rate * p.ticks.mul as i128, left })
            }
        }
    }

    /// The axis as it was at the last whole `every`.
    pub fn held(&self, b: &mut Builder, every: Ratio) -> Time {
        match self.time {
            Time::Fixed { at, left } => {
                let index = passed(minus(at, self.start), every, left);
                Time::Fixed { at: self.start + every * index, left: false }
            }
            Time::Running { rate, left, .. } => {
                let p = Self { len: Some(every), ..*self }.progress();
                let x = b.count(p.ticks);
                let index = whole(b, x, p.len, left);
                let rate = rate * p.ticks.mul as i128;
                let start = (self.start * rate).to_integer() as i64;
                Time::Running { x: b.scale(index, p.len, start), rate, left: false }
            }
        }
    }

    /// The axis that runs from the phase's end, at 0, back to its start; the phase has a length that is
    /// countable on the axis. A limit from one side becomes one from the other.
    pub fn mirrored(&self, b: &mut Builder) -> Time {
        match self.time {
            Time::Fixed { at, left } => {
                let since = minus(at, self.start);
                Time::Fixed { at: minus(self.len.unwrap_or(since), since), left: !left }
            }
            Time::Running { rate, left, .. } => {
                let p = self.remaining();
                Time::Running { x: b.count(p.ticks), rate: rate * -(p.ticks.mul as i128), left: !left }
            }
        }
    }

    /// How many of the ascending moments `at` (in steps since the phase's start) have come.
    pub fn reached(&self, b: &mut Builder, at: &[Ratio], mut arm: impl FnMut(&mut Builder, usize) -> Val) -> Val {
        match self.time {
            Time::Fixed { at: now, left } => {
                let i = minus(now, self.start);
                arm(b, at.iter().filter(|&&d| if left { d < i } else { d <= i }).count())
            }
            Time::Running { x, rate, left } => {
                let bounds: Vec<i64> = at.iter().map(|&d| tick_at(self.start + d, rate, left)).collect();
                b.choose(x, &bounds, arm)
            }
        }
    }
}

impl Time {
    /// Time `back` steps earlier, from the right, where time is a known limit from the left.
    pub fn just_before(self) -> Option<Self> {
        match self {
            Self::Fixed { at, left: true } => {
                Some(Self::Fixed { at: minus(at, Ratio::new(1, 1 << 20)).max(Ratio::zero()), left: false })
            }
            _ => None,
        }
    }
}

impl Ticks {
    fn constant_of(count: i64) -> Self {
        Self { x: Int::Const(count), off: 0, mul: 1, sub: 0 }
    }
}

/// The first tick that is not before `moment`; for limits from the left, the first one after it.
pub fn tick_at(moment: Ratio, rate: i128, left: bool) -> i64 {
    let tick = |t: Ratio| if left { t.floor().to_integer() + 1 } else { t.ceil().to_integer() };
    moment.checked_mul(&Ratio::from_integer(rate)).map_or(MOST, |t| tick(t).clamp(0, MOST)) as i64
}

/// Whole `len` in x, or its limit from the left.
fn whole(b: &mut Builder, x: Int, len: i64, left: bool) -> Int {
    let x = if left { b.scale(x, 1, -1) } else { x };
    b.quotient(x, len)
}

/// The ticks per step that an axis needs so that `start` and `every` fall on whole ticks, if a run of
/// `end` steps can be counted in them.
pub fn countable(rate: i128, start: Ratio, every: Ratio, end: Ratio) -> Option<i128> {
    let rate_ratio = Ratio::from_integer(rate);
    let (s, e) = (start.checked_mul(&rate_ratio)?, every.checked_mul(&rate_ratio)?);
    let mul = s.denom().checked_mul(e.denom())? / num_gcd(*s.denom(), *e.denom());
    let rate = rate.checked_mul(mul)?;
    let last = end.checked_mul(&Ratio::from_integer(rate))?;
    (last < Ratio::from_integer(MOST)).then_some(rate)
}

/// Whole `every` passed after `since`: ⌊since / every⌋, or its limit from the left.
fn passed(since: Ratio, every: Ratio, left: bool) -> i128 {
    let (Some(a), Some(b)) = (since.numer().checked_mul(every.denom()), since.denom().checked_mul(every.numer()))
    else {
        return (to_f64(since) / to_f64(every)).floor().max(0.0) as i128;
    };
    let n = Ratio::new(a, b);
    let index = if left { n.ceil().to_integer() - 1 } else { n.floor().to_integer() };
    index.max(0)
}

/// a − b; where that has more digits than 128 bits hold, the nearest multiple of 2^-40.
fn minus(a: Ratio, b: Ratio) -> Ratio {
    a.checked_sub(&b).unwrap_or_else(|| {
        let fine = (1i128 << 40) as f64;
        Ratio::new(((to_f64(a) - to_f64(b)) * fine) as i128, 1 << 40)
    })
}

/// `part` and `whole` counted in the same unit, at most `fine` to a step.
fn commensurate(part: Ratio, whole: Ratio, fine: i128) -> (i64, i64) {
    let most = part.abs().max(whole);
    let mul = if fine != i128::MAX && fits(most, fine) { fine } else { coarse(most) };
    (round(part, mul), round(whole, mul).max(1))
}

/// Whether `len` can be counted in `1/mul`.
fn fits(len: Ratio, mul: i128) -> bool {
    mul < MOST && len.checked_mul(&Ratio::from_integer(mul)).is_some_and(|n| n < Ratio::from_integer(MOST))
}

/// The finest power of two that `len` can still be counted in: 2^-61 of the phase is lost at most.
fn coarse(len: Ratio) -> i128 {
    let mut mul = 1i128 << 61;
    while mul > 1 && !fits(len, mul) {
        mul >>= 1;
    }
    mul
}

fn round(x: Ratio, mul: i128) -> i64 {
    match x.checked_mul(&Ratio::from_integer(mul)) {
        Some(n) => n.round().to_integer() as i64,
        // More digits than 128 bits hold: the nearest double is as close as the result can be.
        None => (to_f64(x) * mul as f64) as i64,
    }
}

fn floor_rest(x: Ratio) -> (i128, Ratio) {
    let floor = x.floor();
    (floor.to_integer(), x - floor)
}

fn num_gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { num_gcd(b, a % b) }
}
