//! The run's clock where the axis is sampled: a moment that is so far from now on the axis is as far from now in the
//! run, backwards where time is turned round.

use num_traits::{CheckedAdd, CheckedMul, CheckedSub};

use super::Lowering;
use crate::clock::Ratio;
use crate::ir::{Int, MOST, Side, Time, lcm};

impl Lowering {
    /// The moment of the run at the moment `to` of the axis.
    pub(super) fn moved(&mut self, to: Time) -> Time {
        if self.run == self.axis && !self.turned {
            return to;
        }
        let side = match to.side() {
            Side::At => Side::At,
            side if self.turned => side.mirrored(),
            side => side,
        };
        match self.run {
            Time::Fixed { at, .. } => Time::fixed(self.shifted(at, to).unwrap_or(at), side),
            Time::Running { x, rate, most, .. } => match self.common(rate, most, to) {
                Some(fine) => {
                    let x = self.ticks(x, rate, fine, to);
                    Time::Running { x, rate: fine, most: most / rate * fine, side, near: None }
                }
                None => {
                    self.inexact = true;
                    self.run
                }
            },
        }
    }

    /// `at`, moved as far as from now to `to`, where all of them are known.
    fn shifted(&self, at: Ratio, to: Time) -> Option<Ratio> {
        let (Time::Fixed { at: now, .. }, Time::Fixed { at: then, .. }) = (self.axis, to) else { return None };
        let (from, to) = if self.turned { (then, now) } else { (now, then) };
        at.checked_sub(&from)?.checked_add(&to)
    }

    /// Ticks per step in which the run's clock, the axis and the moment `to` on it are all counted.
    fn common(&self, rate: i128, most: i128, to: Time) -> Option<i128> {
        let parts = |time: Time| match time {
            Time::Running { rate, .. } => rate,
            Time::Fixed { at, .. } => *at.denom(),
        };
        let fine = lcm(lcm(rate, parts(self.axis))?, parts(to))?;
        most.checked_mul(fine / rate).filter(|&last| last < MOST).map(|_| fine)
    }

    /// The run's `x` ticks, `rate` a step, moved by as many as from now to `to`, in ticks of which a step has `fine`.
    fn ticks(&mut self, x: Int, rate: i128, fine: i128, to: Time) -> Int {
        let (from, to) = if self.turned { (to, self.axis) } else { (self.axis, to) };
        let known = |time: Time| match time {
            Time::Fixed { at, .. } => at.checked_mul(&Ratio::from_integer(fine)).map_or(0, |n| n.to_integer()),
            Time::Running { .. } => 0,
        };
        let x = self.b.scale(x, (fine / rate) as i64, (known(to) - known(from)) as i64);
        // First forwards, so that no count on the way is below 0.
        let forward = self.add(x, to, -fine);
        self.add(forward, from, fine)
    }

    /// `x` less the ticks of `time`, where they are counted at run time; `fine` of them are a step, those of `x` too.
    fn add(&mut self, x: Int, time: Time, fine: i128) -> Int {
        match time {
            Time::Running { x: ticks, rate, .. } => self.b.remainder(x, ticks, (fine / rate) as i64),
            Time::Fixed { .. } => x,
        }
    }
}
