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
            Time::Running { .. } => self.running(to, side).unwrap_or_else(|| {
                self.inexact = true;
                self.run
            }),
        }
    }

    /// `at`, moved as far as from now to `to`, where all of them are known.
    fn shifted(&self, at: Ratio, to: Time) -> Option<Ratio> {
        let (Time::Fixed { at: now, .. }, Time::Fixed { at: then, .. }) = (self.axis, to) else { return None };
        let (from, to) = if self.turned { (then, now) } else { (now, then) };
        at.checked_sub(&from)?.checked_add(&to)
    }

    /// The run's clock, moved as far as from now to `to`, where it is counted at run time.
    fn running(&mut self, to: Time, side: Side) -> Option<Time> {
        let Time::Running { x, rate, most, .. } = self.run else { return None };
        let ticks = |time: Time| if let Time::Running { rate, .. } = time { rate } else { 1 };
        let fine = lcm(lcm(rate, ticks(self.axis))?, ticks(to))?;
        let last = most.checked_mul(fine / rate).filter(|&last| last < MOST)?;
        let (from, to) = if self.turned { (to, self.axis) } else { (self.axis, to) };
        // What is known of it: all of a known moment, of another one the part of a tick.
        let known = |time: Time| match time {
            Time::Fixed { at, .. } => at.checked_mul(&Ratio::from_integer(fine)),
            Time::Running { part, rate, .. } => part.checked_mul(&Ratio::from_integer(fine / rate)),
        };
        let more = known(self.run)?.checked_sub(&known(from)?)?.checked_add(&known(to)?)?;
        let whole = more.floor();
        let part = more.checked_sub(&whole)?;
        let more = i64::try_from(whole.to_integer()).ok()?;
        let x = self.b.scale(x, (fine / rate) as i64, more);
        // First forwards, so that no count on the way is below 0.
        let forward = self.less(x, to, -fine);
        let x = self.less(forward, from, fine);
        Some(Time::Running { x, part, rate: fine, most: last, side, near: None })
    }

    /// `x` less the ticks of `time`, where they are counted at run time; `fine` of them are a step, those of `x` too.
    fn less(&mut self, x: Int, time: Time, fine: i128) -> Int {
        match time {
            Time::Running { x: ticks, rate, .. } => self.b.remainder(x, ticks, (fine / rate) as i64),
            Time::Fixed { .. } => x,
        }
    }
}
