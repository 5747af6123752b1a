//! Ticks as time in units of some length, for the registers that count them.

use num_traits::{CheckedMul, Zero};

use super::Side;
use crate::clock::{Ratio, to_f64};
use crate::ir::{Builder, Int, Ticks, Val};

/// `ticks` / `len` where not every count is an f64: whole lengths and the rest of one, so that a whole number comes out as one.
pub(super) fn long(b: &mut Builder, ticks: Ticks, len: i64) -> Val {
    let count = b.count(ticks);
    let whole = b.quotient(count, len);
    let rest = b.remainder(count, whole, len);
    let (whole, rest) = (b.float(whole), b.float(rest));
    let rest = b.div(rest, Val::Const(len as f64));
    b.add(whole, rest)
}

/// Whole ticks and a part of one in units of `unit` steps.
pub(super) fn parts(b: &mut Builder, ticks: Int, part: Ratio, unit: Ratio, rate: i128) -> Val {
    let mut all = b.float(ticks);
    if !part.is_zero() {
        all = b.add(all, Val::Const(to_f64(part)));
    }
    let unit = unit.checked_mul(&Ratio::from_integer(rate)).map_or(to_f64(unit) * rate as f64, to_f64);
    b.div(all, Val::Const(unit))
}

/// Whole `len` in x, or its limit from the left.
pub(super) fn whole(b: &mut Builder, x: Int, len: i64, side: Side) -> Int {
    let x = if side == Side::Left { b.scale(x, 1, -1) } else { x };
    b.quotient(x, len)
}
