//! Exact time inside a program: an axis counts whole ticks, a phase asks how far it has come on it.

mod units;

use std::f64::consts::FRAC_PI_2;

use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, One, Signed, Zero};

use super::exact::{coarse, commensurate, fits, floor_rest, lcm, minus, passed, round, times};
use super::{Builder, Curve, Int, Progress, Ticks, Unary, Val};
use crate::clock::{Ratio, to_f64};
use units::{long, parts, whole};

/// The largest count that a register may hold.
pub const MOST: i128 = 1 << 62;

/// Which value is meant where one jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The value at the moment itself.
    At,
    /// The limit from before it, as at the end of a run, and where time runs backwards.
    Left,
    /// The limit from after it: what the one from before it is where time runs backwards.
    Right,
}

/// Where on an axis we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Time {
    /// At run time: `x` whole ticks and a part of one, `rate` of them per step.
    Running {
        /// Whole ticks since the axis's zero.
        x: Int,
        /// The part of a tick since then, below 1: an axis may begin within one.
        part: Ratio,
        /// Ticks per step.
        rate: i128,
        /// The last tick of the axis.
        most: i128,
        /// Which value is meant.
        side: Side,
        /// Values that do not jump are those of a moment on that side, 2 to this power steps away.
        near: Option<i32>,
    },
    /// At one known moment, in steps since the axis's zero.
    Fixed {
        /// The moment.
        at: Ratio,
        /// Which value is meant.
        side: Side,
        /// The same.
        near: Option<i32>,
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
        matches!((self.time, self.len), (Time::Fixed { at, near: None, .. }, Some(len)) if minus(at, self.start) >= len)
    }

    /// Whether the values asked for are limits from before the moment, so that the phase's end is met.
    pub fn is_left(&self) -> bool {
        self.time.side() == Side::Left
    }

    /// How far the phase has come; it has a length.
    pub fn progress(&self) -> Progress {
        let len = self.len.unwrap_or_else(Ratio::one);
        match (self.time, self.shift()) {
            (Time::Fixed { at, .. }, None) => {
                let (count, whole) = commensurate(minus(at, self.start), len);
                Progress { ticks: Ticks::constant_of(count), len: whole }
            }
            (Time::Fixed { at, .. }, Some(shift)) => {
                let since = minus(at, self.start);
                let mul = coarse(since.abs().max(len));
                let count = round(since, mul) + round(shift, mul);
                Progress { ticks: Ticks::constant_of(count), len: round(len, mul).max(1) }
            }
            (Time::Running { x, part, rate, .. }, shift) => {
                let (off, rest) = floor_rest(minus(times(self.start, rate), part));
                let len = times(len, rate);
                let fine = lcm(*rest.denom(), *len.denom()).filter(|&fine| shift.is_none() && fits(len, fine));
                let mul = fine.unwrap_or_else(|| coarse(len));
                let shift = shift.map_or(0, |shift| round(times(shift, rate), mul));
                let (sub, len) = (round(rest, mul) - shift, round(len, mul).max(1));
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
        let one = Ratio::one();
        Self { start: minus(self.start, one), len: self.len.map(|n| n.checked_add(&one).unwrap_or(n)), ..*self }
    }

    /// u, from 0 to 1 over the phase.
    pub fn done(&self, b: &mut Builder) -> Val {
        let whole = self.len.unwrap_or_else(Ratio::one);
        let exact = self.exact();
        let done = if exact.counts(whole) { b.done(exact.progress()) } else { exact.far(b, whole) };
        self.moved(b, done, whole)
    }

    /// 1 − u, exact where the subtraction would round
    pub fn left(&self, b: &mut Builder) -> Val {
        let whole = self.len.unwrap_or_else(Ratio::one);
        let exact = self.exact();
        let left = if exact.counts(whole) { b.done(exact.remaining()) } else { exact.far_left(b, whole) };
        self.moved(b, left, minus(Ratio::zero(), whole))
    }

    /// A ramp from `a` by `c` over the phase, or over what is left of it.
    pub fn ramp(&self, b: &mut Builder, curve: Curve, a: Val, c: Val, back: bool) -> Val {
        if self.exact().counts(self.len.unwrap_or_else(Ratio::one)) {
            return b.ramp(curve, a, c, if back { self.remaining() } else { self.progress() });
        }
        // In parts: see `far`.
        let u = if back { self.left(b) } else { self.done(b) };
        match curve {
            Curve::Linear => {
                let risen = b.mul(c, u);
                b.add(a, risen)
            }
            Curve::Cosine => {
                let turn = b.mul(Val::Const(FRAC_PI_2), u);
                let sine = b.unary(Unary::Sin, turn);
                let share = b.mul(sine, sine);
                let risen = b.mul(c, share);
                b.add(a, risen)
            }
            Curve::Exp => {
                let octaves = b.mul(c, u);
                let factor = b.unary(Unary::Exp2, octaves);
                b.mul(a, factor)
            }
        }
    }

    /// Time since the phase's start, in units of `unit` steps.
    pub fn since(&self, b: &mut Builder, unit: Ratio) -> Val {
        let exact = self.exact();
        let since = match exact.most(unit) {
            Some(most) => {
                let Progress { ticks, len } = Self { len: Some(unit), ..exact }.progress();
                if most <= Ratio::from_integer(1 << f64::MANTISSA_DIGITS) {
                    b.span(ticks, len)
                } else {
                    long(b, ticks, len)
                }
            }
            None => exact.far(b, unit),
        };
        self.moved(b, since, unit)
    }

    fn exact(&self) -> Self {
        Self { time: self.time.exact(), ..*self }
    }

    /// `time` in units of `unit` steps, as far beside the moment as values are taken there.
    fn moved(&self, b: &mut Builder, time: Val, unit: Ratio) -> Val {
        match self.shift() {
            None => time,
            Some(shift) => b.add(time, Val::Const(to_f64(shift) / to_f64(unit))),
        }
    }

    /// Whether the time since the start can be counted in 62 bits to the end of the phase, or of its axis, in parts of
    /// which `unit` has a whole number.
    fn counts(&self, unit: Ratio) -> bool {
        self.most(unit).is_some()
    }

    /// The most of those parts that there are, where they can be counted.
    fn most(&self, unit: Ratio) -> Option<Ratio> {
        let parts = |most: Ratio, fine: i128| fits(most, fine).then(|| times(most, fine));
        let (part, rate, most) = match self.time {
            Time::Running { part, rate, most, .. } => (part, rate, most),
            Time::Fixed { at, .. } => {
                let since = minus(at, self.start);
                return lcm(*since.denom(), *unit.denom()).and_then(|fine| parts(since.abs().max(unit), fine));
            }
        };
        let most = Ratio::from_integer(most);
        let most = self.len.map_or(most, |len| times(len, rate).min(most)).max(Ratio::one());
        let (_, rest) = floor_rest(minus(times(self.start, rate), part));
        let unit = times(unit, rate);
        lcm(*rest.denom(), *unit.denom()).filter(|&fine| fits(unit, fine)).and_then(|fine| parts(most, fine))
    }

    /// The time since the start in units of `unit` steps where it cannot be counted: whole ticks, and the part of one
    /// before the first of them. Neither is negative, so that their sum loses nothing.
    fn far(&self, b: &mut Builder, unit: Ratio) -> Val {
        let (x, part, rate) = match self.time {
            Time::Running { x, part, rate, .. } => (x, part, rate),
            Time::Fixed { at, .. } => return Val::Const(to_f64(minus(at, self.start)) / to_f64(unit)),
        };
        let start = minus(times(self.start, rate), part);
        let first = start.ceil();
        let ticks = b.count(Ticks { x, off: first.to_integer() as i64, mul: 1, sub: 0 });
        parts(b, ticks, minus(first, start), unit, rate)
    }

    /// The same for the time that is left.
    fn far_left(&self, b: &mut Builder, whole: Ratio) -> Val {
        let (x, part, rate) = match self.time {
            Time::Running { x, part, rate, .. } => (x, part, rate),
            Time::Fixed { at, .. } => {
                let left = minus(whole, minus(at, self.start));
                return Val::Const(to_f64(left) / to_f64(whole));
            }
        };
        let end = self.start.checked_add(&whole).map_or(Ratio::from_integer(MOST), |end| times(end, rate));
        let end = minus(end, part);
        let last = end.floor();
        let ticks = b.count(Ticks { x, off: last.to_integer() as i64, mul: -1, sub: 0 });
        parts(b, ticks, minus(end, last), whole, rate)
    }

    /// How many steps later than its moment the values are taken that do not jump; a part of the phase at most.
    fn shift(&self) -> Option<Ratio> {
        let (power, side) = match self.time {
            Time::Running { near, side, .. } | Time::Fixed { near, side, .. } => (near?, side),
        };
        let steps = 1i128 << power.unsigned_abs().min(60);
        let steps = if power < 0 { Ratio::new(1, steps) } else { Ratio::from_integer(steps) };
        let part = self.len.and_then(|len| len.checked_div(&Ratio::from_integer(16)));
        let steps = part.map_or(steps, |part| part.min(steps));
        Some(if side == Side::Left { minus(Ratio::zero(), steps) } else { steps })
    }

    /// How many whole `every` have passed, and the clock that counts from the last one. `every` must
    /// be countable on the axis (`countable`).
    pub fn cycles(&self, b: &mut Builder, every: Ratio) -> (Int, Time) {
        match self.time {
            Time::Fixed { at, side, near } => {
                let index = passed(minus(at, self.start), every, side == Side::Left);
                let at = minus(minus(at, self.start), times(every, index));
                (Int::Const(index as i64), Time::Fixed { at, side, near })
            }
            Time::Running { side, near, .. } => {
                let Counted { x, part, rate, len, index } = self.counted(b, every);
                let x = b.remainder(x, index, len);
                (index, Time::Running { x, part, rate, most: len.into(), side, near })
            }
        }
    }

    /// The axis as it was at the last whole `every`.
    pub fn held(&self, b: &mut Builder, every: Ratio) -> Time {
        match self.time {
            Time::Fixed { at, side, .. } => {
                let index = passed(minus(at, self.start), every, side == Side::Left);
                let passed = times(every, index);
                let at = self.start.checked_add(&passed).unwrap_or(at);
                Time::Fixed { at, side: Side::At, near: None }
            }
            Time::Running { rate: outer, most, .. } => {
                let Counted { rate, len, index, .. } = self.counted(b, every);
                let most = most.saturating_mul(rate / outer);
                let (start, part) = floor_rest(times(self.start, rate));
                let x = b.scale(index, len, start as i64);
                Time::Running { x, part, rate, most, side: Side::At, near: None }
            }
        }
    }

    /// Whole `every` on an axis that is counted at run time. What is more than whole ticks is the same at every step
    /// and less than one of them, so that it is never decided by.
    fn counted(&self, b: &mut Builder, every: Ratio) -> Counted {
        let Time::Running { x, part, rate, side, .. } = self.time else {
            return Counted { x: Int::Const(0), part: Ratio::zero(), rate: 1, len: 1, index: Int::Const(0) };
        };
        let len = times(every, rate);
        let mul = *len.denom();
        let (off, _) = floor_rest(minus(times(self.start, rate), part));
        // x·mul less this is what has passed, in new ticks.
        let before = times(minus(times(self.start, rate), part), mul);
        let (more, part) = floor_rest(minus(times(Ratio::from_integer(off), mul), before));
        let x = b.count(Ticks { x, off: off as i64, mul: mul as i64, sub: -more as i64 });
        let len = round(len, mul).max(1);
        let side = if part.is_zero() { side } else { Side::At };
        let index = whole(b, x, len, side);
        Counted { x, part, rate: rate * mul, len, index }
    }

    /// The axis that runs from the phase's end, at 0, back to its start; the phase has a length. A limit from one side
    /// becomes one from the other.
    pub fn mirrored(&self, b: &mut Builder) -> Time {
        match self.time {
            Time::Fixed { at, side, near } => {
                let since = minus(at, self.start);
                Time::Fixed { at: minus(self.len.unwrap_or(since), since), side: side.mirrored(), near }
            }
            Time::Running { x, part, rate, side, near, .. } => {
                let len = self.len.unwrap_or_else(Ratio::one);
                let end = self.start.checked_add(&len).map_or(Ratio::from_integer(MOST), |end| times(end, rate));
                let (last, part) = floor_rest(minus(end, part));
                let x = b.count(Ticks { x, off: 0, mul: -1, sub: -last as i64 });
                let most = times(len, rate).ceil().to_integer();
                Time::Running { x, part, rate, most, side: side.mirrored(), near }
            }
        }
    }

    /// How many of the ascending moments `at` (in steps since the phase's start) have come.
    pub fn reached(&self, b: &mut Builder, at: &[Ratio], mut arm: impl FnMut(&mut Builder, usize) -> Val) -> Val {
        match self.time {
            Time::Fixed { at: now, side, .. } => {
                let i = minus(now, self.start);
                arm(b, at.iter().filter(|&&d| if side == Side::Left { d < i } else { d <= i }).count())
            }
            Time::Running { x, part, rate, side, .. } => {
                let tick =
                    |d: &Ratio| self.start.checked_add(d).map_or(MOST as i64, |at| tick_at(at, part, rate, side));
                let bounds: Vec<i64> = at.iter().map(tick).collect();
                b.choose(x, &bounds, arm)
            }
        }
    }
}

/// See [`Local::counted`].
struct Counted {
    /// Whole ticks since the start, and the part of one.
    x: Int,
    part: Ratio,
    /// Ticks per step.
    rate: i128,
    /// Ticks of one `every`.
    len: i64,
    /// How many have passed.
    index: Int,
}

impl Side {
    /// The same side of a clock that runs the other way. Where a jump itself is met, what is before it in the mirror
    /// holds: a phase then lasts up to the next one's first step, forwards and backwards.
    pub fn mirrored(self) -> Self {
        match self {
            Self::At | Self::Right => Self::Left,
            Self::Left => Self::Right,
        }
    }
}

impl Time {
    /// A known moment.
    pub fn fixed(at: Ratio, side: Side) -> Self {
        Self::Fixed { at, side, near: None }
    }

    /// Which value is meant.
    pub fn side(self) -> Side {
        match self {
            Self::Running { side, .. } | Self::Fixed { side, .. } => side,
        }
    }

    /// The same moment from another side.
    pub fn on(self, to: Side) -> Self {
        match self {
            Self::Running { x, part, rate, most, near, .. } => Self::Running { x, part, rate, most, side: to, near },
            Self::Fixed { at, near, .. } => Self::Fixed { at, side: to, near },
        }
    }

    /// The moment itself.
    pub fn exact(self) -> Self {
        self.beside(None)
    }

    /// With the values that do not jump taken so far away; what is decided is decided as at the moment itself.
    pub fn beside(self, to: Option<i32>) -> Self {
        match self {
            Self::Running { x, part, rate, most, side, .. } => Self::Running { x, part, rate, most, side, near: to },
            Self::Fixed { at, side, .. } => Self::Fixed { at, side, near: to },
        }
    }

    /// The power of two that bounds the steps to here, or to the last moment where that is not known.
    pub fn bits(self) -> i32 {
        let steps = match self {
            Self::Running { rate, most, .. } => most / rate,
            Self::Fixed { at, .. } => at.to_integer(),
        };
        128 - steps.max(0).leading_zeros() as i32
    }
}

impl Ticks {
    fn constant_of(count: i64) -> Self {
        Self { x: Int::Const(count), off: 0, mul: 1, sub: 0 }
    }
}

/// The first tick that is not before `moment`, `part` of a tick after it; for limits from the left, the first one after it.
pub fn tick_at(moment: Ratio, part: Ratio, rate: i128, side: Side) -> i64 {
    let tick = |t: Ratio| if side == Side::Left { t.floor().to_integer() + 1 } else { t.ceil().to_integer() };
    tick(minus(times(moment, rate), part)).clamp(0, MOST) as i64
}

/// The ticks per step that an axis needs so that `every` is a whole number of ticks, if a run of `end` steps can be
/// counted in them.
pub fn countable(rate: i128, every: Ratio, end: Ratio) -> Option<i128> {
    let every = every.checked_mul(&Ratio::from_integer(rate))?;
    let rate = rate.checked_mul(*every.denom())?;
    let last = end.checked_mul(&Ratio::from_integer(rate))?;
    (last < Ratio::from_integer(MOST)).then_some(rate)
}
