//! An f64 with a bound of how far another correct order of rounding may be from it.

use num_traits::{Signed, ToPrimitive, Zero};

use super::program::{Q, ratio};

/// What a rounding or a good kernel may be off by, as a share of the result.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// A value and its error bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Num {
    pub x: f64,
    pub e: f64,
}

impl Num {
    /// A value that has no other.
    pub const fn exact(x: f64) -> Self {
        Self { x, e: 0.0 }
    }

    /// A time that is known to `slack`.
    pub fn time(q: &Q, slack: f64) -> Self {
        let x = float(q);
        Self { x, e: slack + if is_whole(q) { 0.0 } else { ROUNDING * x.abs() } }
    }
}

/// The f64 nearest to `q`.
pub fn float(q: &Q) -> f64 {
    q.to_f64().unwrap_or(f64::NAN)
}

/// The less of two values; none where one of them is none.
pub fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() {
        a
    } else if a > b || b.is_nan() {
        b
    } else {
        a
    }
}

/// The greater of two values; none where one of them is none.
pub fn most(a: f64, b: f64) -> f64 {
    -least(-a, -b)
}

/// Whether f64 has `q` as it is.
fn is_whole(q: &Q) -> bool {
    q.is_integer() && q.numer().bits() <= 53
}

/// So little that it only says on which side of a moment another one lies.
pub fn is_tiny(q: &Q) -> bool {
    q.abs() < ratio(1, 1u128 << 100)
}

/// A function of several values: its value, how far it moves where one of them moves by its error, and a rounding
/// of what `scale` says was added up.
pub fn combine<const N: usize>(args: [Num; N], scale: f64, f: impl Fn([f64; N]) -> f64) -> Num {
    let at = args.map(|a| a.x);
    let x = f(at);
    let mut e = ROUNDING * x.abs().max(scale);
    for k in 0..N {
        if args[k].e > 0.0 {
            let moved = [-args[k].e, args[k].e].map(|by| {
                let mut at = at;
                at[k] += by;
                (f(at) - x).abs()
            });
            e += moved.into_iter().filter(|m| !m.is_nan()).fold(0.0, f64::max);
        }
    }
    Num { x, e }
}

/// A share of a phase: what has passed and what is left, of 1.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub u: Num,
    pub w: Num,
}

impl Share {
    /// `passed` of `whole`, known to `slack`.
    pub fn of(passed: &Q, whole: &Q, slack: f64) -> Self {
        let off = slack / float(whole);
        let one = ratio(1, 1);
        let u = passed / whole;
        // At either end it is the end, from whichever side it is looked at.
        let u = if is_tiny(&u) { Q::zero() } else { u };
        let u = if is_tiny(&(&one - &u)) { one.clone() } else { u };
        let w = one - &u;
        // An end that is held is exact, however well its time is known.
        let off = if w.is_zero() { 0.0 } else { off };
        let rounding = if u.is_zero() || w.is_zero() { 0.0 } else { ROUNDING };
        let (u, w) = (float(&u), float(&w));
        Self { u: Num { x: u, e: off + rounding * u }, w: Num { x: w, e: off + rounding } }
    }
}
