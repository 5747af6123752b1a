//! Bounds of an f64, and what each operation makes of them.
//!
//! Rounding never falls where its argument rises, so the bounds of a sum, product, quotient, root or fused operation
//! are those of its corners, rounded as the operation itself rounds: nothing needs to be widened, and `1 - t` for t up
//! to 1 is at least 0. The long functions are good to 1.5 ulp and need not be monotone to the bit: their bounds are
//! widened. Two equal bounds are the exact value.

use crate::ir::{Binary, Unary, ops};
use crate::math::{Native, host};

/// All values that a number may have: from `lo` to `hi`, both included, and NaN if `nan`. Of the two zeros −0 is
/// below +0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least value, perhaps −∞.
    pub lo: f64,
    /// The greatest value, perhaps ∞.
    pub hi: f64,
    /// Whether it may be no number.
    pub nan: bool,
}

/// How far the bounds of a long function are widened, in ulp: twice the largest error, and a little.
const WIDER: u32 = 4;

/// The arguments of sine and cosine whose quarter turns are told apart; beyond them any value is possible.
const TURNS: f64 = 1e6;

impl Range {
    /// Anything at all.
    pub const ANY: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY, nan: true };

    /// The one value `v`.
    pub fn point(v: f64) -> Self {
        if v.is_nan() { Self::ANY } else { Self { lo: v, hi: v, nan: false } }
    }

    /// The numbers between.
    pub const fn new(lo: f64, hi: f64) -> Self {
        Self { lo, hi, nan: false }
    }

    /// Whether it is known to be a finite number.
    pub fn is_finite(self) -> bool {
        !self.nan && self.lo.is_finite() && self.hi.is_finite()
    }

    /// Whether `v` may be the value.
    pub fn contains(self, v: f64) -> bool {
        if v.is_nan() { self.nan } else { self.lo <= v && v <= self.hi }
    }

    /// The one value that it is known to have.
    pub fn known(self) -> Option<f64> {
        (!self.nan && self.lo.to_bits() == self.hi.to_bits()).then_some(self.lo)
    }

    /// What either may be.
    pub fn or(self, other: Self) -> Self {
        Self { lo: least(self.lo, other.lo), hi: most(self.hi, other.hi), nan: self.nan | other.nan }
    }

    fn or_nan(self, nan: bool) -> Self {
        Self { nan: self.nan | nan, ..self }
    }

    fn within(self, lo: f64, hi: f64) -> Self {
        Self { lo: most(self.lo, lo), hi: least(self.hi, hi), ..self }
    }

    fn has_zero(self) -> bool {
        self.lo <= 0.0 && 0.0 <= self.hi
    }

    fn has_infinity(self) -> bool {
        self.lo.is_infinite() || self.hi.is_infinite()
    }

    /// Of |x|.
    fn size(self) -> Self {
        let (a, b) = (self.lo.abs(), self.hi.abs());
        let crosses = self.lo.is_sign_negative() && self.hi.is_sign_positive();
        Self { lo: if crosses { 0.0 } else { least(a, b) }, hi: most(a, b), nan: self.nan }
    }

    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, nan: self.nan }
    }

    /// Of a function that never falls and whose results are exactly rounded.
    fn rising(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lo: f(self.lo), hi: f(self.hi), nan: self.nan }
    }

    /// Of a long function that never falls but by its errors.
    fn nearly_rising(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lo: down(f(self.lo)), hi: up(f(self.hi)), nan: self.nan }
    }

    /// Of the corners of a box in which each variable alone never turns; what is no number there says nothing.
    fn corners(all: [f64; 4]) -> Self {
        let numbers = || all.into_iter().filter(|v| !v.is_nan());
        match (numbers().reduce(least), numbers().reduce(most)) {
            (Some(lo), Some(hi)) => Self::new(lo, hi),
            _ => Self::ANY,
        }
    }
}

/// The bounds of `op a`.
pub fn unary(op: Unary, a: Range) -> Range {
    if let Some(a) = a.known() {
        return Range::point(ops::unary(&mut Native, op, a));
    }
    let exact = |f: fn(f64) -> f64| a.rising(f);
    match op {
        Unary::Neg => a.neg(),
        Unary::Abs => a.size(),
        Unary::Floor | Unary::Ceil | Unary::Round => a.rising(|x| ops::unary(&mut Native, op, x)),
        // The root of −0 is −0.
        Unary::Sqrt if a.lo >= 0.0 => exact(f64::sqrt),
        Unary::Sqrt if a.hi >= 0.0 => Range { lo: -0.0, hi: a.hi.sqrt(), nan: true },
        Unary::Exp => a.nearly_rising(host::exp).within(0.0, f64::INFINITY),
        Unary::Exp2 => a.nearly_rising(host::exp2).within(0.0, f64::INFINITY),
        Unary::Ln | Unary::Log2 | Unary::Log10 if a.hi >= 0.0 => {
            let f = if op == Unary::Ln {
                host::ln
            } else if op == Unary::Log2 {
                host::log2
            } else {
                host::log10
            };
            a.within(0.0, f64::INFINITY).nearly_rising(f).or_nan(a.lo < 0.0)
        }
        Unary::Sin => wave(a, 0.5, host::sin),
        Unary::Cos => wave(a, 0.0, host::cos),
        Unary::Tanh => a.nearly_rising(host::tanh).within(-1.0, 1.0),
        Unary::Sigmoid => a.nearly_rising(host::sigmoid).within(0.0, 1.0),
        Unary::Sqrt | Unary::Ln | Unary::Log2 | Unary::Log10 => Range::ANY,
    }
}

/// The bounds of `a op b`.
pub fn binary(op: Binary, a: Range, b: Range) -> Range {
    if let (Some(a), Some(b)) = (a.known(), b.known()) {
        return Range::point(ops::binary(&mut Native, op, a, b));
    }
    let nan = a.nan | b.nan;
    match op {
        Binary::Add => sum(a, b),
        Binary::Sub => sum(a, b.neg()),
        Binary::Mul => {
            // 0 · ∞ is no number, and what is near it is anything.
            let odd = a.has_zero() && b.has_infinity() || a.has_infinity() && b.has_zero();
            let all = || Range::corners([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]);
            if odd { Range::ANY } else { all().or_nan(nan) }
        }
        Binary::Div => {
            let odd = a.has_zero() && b.has_zero() || a.has_infinity() && b.has_infinity();
            // Next to a zero of which the sign is known the quotient goes to one infinity, else to both.
            let both = b.lo.is_sign_negative() && b.hi.is_sign_positive();
            let all = || Range::corners([a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi]);
            match (odd, both) {
                (true, _) => Range::ANY,
                (_, true) => Range { nan, ..Range::ANY },
                _ => all().or_nan(nan),
            }
        }
        Binary::Min => Range { lo: least(a.lo, b.lo), hi: if a.hi <= b.hi { a.hi } else { b.hi }, nan }.either_zero(),
        Binary::Max => Range { lo: if a.lo >= b.lo { a.lo } else { b.lo }, hi: most(a.hi, b.hi), nan }.either_zero(),
        Binary::Pow => pow(a, b).or_nan(nan),
    }
}

impl Range {
    /// The same where a zero may have either sign: of two zeros `min` and `max` take the first.
    fn either_zero(self) -> Self {
        Self {
            lo: if self.lo == 0.0 { -0.0 } else { self.lo },
            hi: if self.hi == 0.0 { 0.0 } else { self.hi },
            nan: self.nan,
        }
    }
}

/// The bounds of a·b + c, rounded once.
pub fn fma(a: Range, b: Range, c: Range) -> Range {
    let low = Range::corners([(a.lo, b.lo), (a.lo, b.hi), (a.hi, b.lo), (a.hi, b.hi)].map(|(a, b)| a.mul_add(b, c.lo)));
    let high =
        Range::corners([(a.lo, b.lo), (a.lo, b.hi), (a.hi, b.lo), (a.hi, b.hi)].map(|(a, b)| a.mul_add(b, c.hi)));
    let odd = [a, b, c].iter().any(|r| r.nan || r.has_infinity());
    if odd { Range::ANY } else { Range::new(low.lo, high.hi) }
}

/// The bounds of (1 − cos πv)/2 on its first half.
pub fn hav(v: Range) -> Range {
    match v.known() {
        Some(v) => Range::point(host::hav(v)),
        None if !v.nan && 0.0 <= v.lo && v.hi <= 0.5 => v.nearly_rising(host::hav).within(0.0, 1.0),
        None => Range::ANY,
    }
}

/// The bounds of the easing curve with these handles.
pub fn bezier(u: Range, handles: [Range; 4]) -> Range {
    /// Of the curve's height: its coefficients and Horner's three steps round.
    const ERROR: f64 = 2e-14;
    let [Some(x1), Some(y1), Some(x2), Some(y2)] = handles.map(Range::known) else { return Range::ANY };
    if let Some(u) = u.known() {
        return Range::point(host::bezier(u, x1, y1, x2, y2));
    }
    if u.nan {
        return Range::ANY;
    }
    let error = ERROR * y1.abs().max(y2.abs()).max(1.0);
    // With both handles between the ends the curve rises all the way; else it stays among its four points.
    let rises = [y1, y2].iter().all(|y| (0.0..=1.0).contains(y));
    let (lo, hi) = match rises {
        true => (host::bezier(u.lo, x1, y1, x2, y2), host::bezier(u.hi, x1, y1, x2, y2)),
        false => (y1.min(y2).min(0.0), y1.max(y2).max(1.0)),
    };
    Range::new(lo - error, hi + error)
}

/// The bounds of a + (b − a)·share for a share between 0 and 1: between a and b but for rounding, which never
/// takes it below 0 where neither is.
pub fn mix(a: Range, b: Range) -> Range {
    let all = a.or(b);
    let size = all.size().hi * 8.0 * f64::EPSILON;
    let wider = Range { lo: all.lo - size, hi: all.hi + size, nan: all.nan };
    match (all.lo >= 0.0, all.hi <= 0.0) {
        (true, _) => wider.within(0.0, f64::INFINITY),
        (_, true) => wider.within(f64::NEG_INFINITY, 0.0),
        _ => wider,
    }
}

fn sum(a: Range, b: Range) -> Range {
    let (lo, hi) = (a.lo + b.lo, a.hi + b.hi);
    let against = |x: f64, y: f64| x.is_infinite() && y == -x;
    let odd = against(a.lo, b.hi) || against(a.hi, b.lo) || lo.is_nan() || hi.is_nan();
    let lo = if lo.is_nan() { f64::NEG_INFINITY } else { lo };
    let hi = if hi.is_nan() { f64::INFINITY } else { hi };
    // A sum that cancels is +0 whatever its terms' order.
    Range { lo, hi, nan: a.nan | b.nan | odd }
}

/// Sine (`phase` ½: its crests lie half a turn of π after 0) or cosine (`phase` 0).
fn wave(a: Range, phase: f64, f: impl Fn(f64) -> f64) -> Range {
    const NEAR: f64 = 1e-8;
    let all = Range { nan: a.nan | a.has_infinity(), ..Range::new(-1.0, 1.0) };
    if a.nan || a.lo.abs().max(a.hi.abs()) > TURNS {
        return all;
    }
    let half_turns = |x: f64| x / std::f64::consts::PI - phase;
    let (first, last) = (half_turns(a.lo - NEAR).ceil(), half_turns(a.hi + NEAR).floor());
    if last > first {
        return all;
    }
    let (x, y) = (f(a.lo), f(a.hi));
    let ends = Range::new(down(x.min(y)), up(x.max(y))).within(-1.0, 1.0);
    // One turning point: a crest where it is even.
    match first == last {
        true if first % 2.0 == 0.0 => Range { hi: 1.0, ..ends },
        true => Range { lo: -1.0, ..ends },
        false => ends,
    }
}

fn pow(a: Range, b: Range) -> Range {
    if a.nan || b.nan || a.has_infinity() || b.has_infinity() {
        return Range::ANY;
    }
    if a.lo.is_sign_positive() {
        // y·log x turns nowhere in either variable, so the corners bound it.
        let all = [(a.lo, b.lo), (a.lo, b.hi), (a.hi, b.lo), (a.hi, b.hi)].map(|(x, y)| host::pow(x, y));
        let corners = Range::corners(all);
        return Range::new(down(corners.lo), up(corners.hi)).within(0.0, f64::INFINITY);
    }
    let Some(power) = b.known().filter(|p| p.fract() == 0.0) else { return Range::ANY };
    let sizes = |r: Range| pow(r.size(), b);
    if power % 2.0 == 0.0 {
        return sizes(a);
    }
    let crosses = a.hi.is_sign_positive();
    match (crosses, power < 0.0) {
        (false, _) => sizes(a).neg(),
        (true, true) => Range { nan: false, ..Range::ANY },
        (true, false) => Range::new(-sizes(Range::point(a.lo)).hi, sizes(Range::point(a.hi)).hi).wider(),
    }
}

impl Range {
    fn wider(self) -> Self {
        Self { lo: down(self.lo), hi: up(self.hi), nan: self.nan }
    }
}

fn least(a: f64, b: f64) -> f64 {
    if a.total_cmp(&b).is_le() { a } else { b }
}

fn most(a: f64, b: f64) -> f64 {
    if a.total_cmp(&b).is_ge() { a } else { b }
}

fn down(v: f64) -> f64 {
    (0..WIDER).fold(v, |v, _| v.next_down())
}

fn up(v: f64) -> f64 {
    (0..WIDER).fold(v, |v, _| v.next_up())
}
