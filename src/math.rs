//! The one f64 math kernel. Each function is written once, as a fixed order of IEEE operations over [`Ops`];
//! [`Native`] runs it, the compiler backends emit it. So every backend gives the same bits.
//!
//! No function here calls the platform's libm. Accuracy is at most 1.5 ulp over the whole domain; `tests` has the
//! measured bound of each. There are no branches, only selections, so that the functions vectorise.
//!
//! A NaN that a function makes is the one NaN 0x7ff8_0000_0000_0000, whatever the machine's own would be. The bare
//! operations and [`min`], [`max`], [`ceil`] make or keep the machine's; [`canonical`] is for their results.

mod exp;
pub mod host;
mod log;
mod native;
mod ease;
mod noise;
mod poly;
mod pow;
mod reduce;
mod table;
mod trig;

#[cfg(test)]
pub(crate) mod tests;

pub use ease::bezier;
pub use exp::{exp, exp2, sigmoid, tanh};
pub use log::{ln, log2, log10};
pub use noise::noise;
pub use pow::pow;
pub use reduce::{cos, sin};
pub use trig::{cospi, hav, sinpi};

/// The operations that a backend must provide: IEEE f64 with round-to-nearest-even, and 64-bit integers.
#[allow(clippy::wrong_self_convention, reason = "`from_bits` is f64's name for it")]
pub trait Ops {
    /// An f64.
    type F: Copy;
    /// A 64-bit integer.
    type I: Copy;
    /// A truth value.
    type B: Copy;

    /// The constant `c`.
    fn f(&mut self, c: f64) -> Self::F;
    /// The constant `c`.
    fn i(&mut self, c: i64) -> Self::I;

    /// a + b
    fn add(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// a − b
    fn sub(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b
    fn mul(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// a / b
    fn div(&mut self, a: Self::F, b: Self::F) -> Self::F;
    /// a · b + c, rounded once
    fn fma(&mut self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    /// √a
    fn sqrt(&mut self, a: Self::F) -> Self::F;
    /// −a (flips the sign bit)
    fn neg(&mut self, a: Self::F) -> Self::F;
    /// |a| (clears the sign bit)
    fn abs(&mut self, a: Self::F) -> Self::F;
    /// the greatest integer not above a
    fn floor(&mut self, a: Self::F) -> Self::F;
    /// the nearest integer, ties to even
    fn nearest(&mut self, a: Self::F) -> Self::F;

    /// a < b; false for NaN
    fn lt(&mut self, a: Self::F, b: Self::F) -> Self::B;
    /// a = b; false for NaN
    fn eq(&mut self, a: Self::F, b: Self::F) -> Self::B;
    /// a < b as unsigned integers
    fn ult(&mut self, a: Self::I, b: Self::I) -> Self::B;
    /// `c ? a : b`
    fn select(&mut self, c: Self::B, a: Self::F, b: Self::F) -> Self::F;
    /// `c ? a : b`
    fn iselect(&mut self, c: Self::B, a: Self::I, b: Self::I) -> Self::I;

    /// The bits of a.
    fn bits(&mut self, a: Self::F) -> Self::I;
    /// The f64 with these bits.
    fn from_bits(&mut self, a: Self::I) -> Self::F;
    /// The integer a, which is integral and below 2^63 in magnitude.
    fn to_int(&mut self, a: Self::F) -> Self::I;
    /// The f64 nearest to a, as a signed integer.
    fn to_float(&mut self, a: Self::I) -> Self::F;
    /// a + b, wrapping
    fn iadd(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// a − b, wrapping
    fn isub(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// a · b, wrapping
    fn imul(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// bitwise and
    fn iand(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// bitwise or
    fn ior(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// a << n, n constant
    fn shl(&mut self, a: Self::I, n: u32) -> Self::I;
    /// a >> n, arithmetic, n constant
    fn sar(&mut self, a: Self::I, n: u32) -> Self::I;
    /// `table[index]`. The functions here only ask for an index inside the table, whatever their argument.
    fn lookup(&mut self, table: &'static [i64], index: Self::I) -> Self::I;
}

/// Runs the operations at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;

/// The lesser of a and b: a on ties (so of two zeros, the first), NaN if either is NaN.
#[inline(always)]
pub fn min<O: Ops>(o: &mut O, a: O::F, b: O::F) -> O::F {
    let less = o.lt(b, a);
    pick(o, less, a, b)
}

/// The greater of a and b: a on ties (so of two zeros, the first), NaN if either is NaN.
#[inline(always)]
pub fn max<O: Ops>(o: &mut O, a: O::F, b: O::F) -> O::F {
    let greater = o.lt(a, b);
    pick(o, greater, a, b)
}

/// b if it is `better` or a NaN; else a, which may be one itself.
#[inline(always)]
fn pick<O: Ops>(o: &mut O, better: O::B, a: O::F, b: O::F) -> O::F {
    let number = o.eq(b, b);
    let a = o.select(number, a, b);
    o.select(better, b, a)
}

/// The least integer not below a.
#[inline(always)]
pub fn ceil<O: Ops>(o: &mut O, a: O::F) -> O::F {
    let minus = o.neg(a);
    let floor = o.floor(minus);
    o.neg(floor)
}

/// `a`, any NaN made the one NaN.
#[inline(always)]
pub fn canonical<O: Ops>(o: &mut O, a: O::F) -> O::F {
    let number = o.eq(a, a);
    nan_unless(o, number, a)
}

#[inline(always)]
fn nan_unless<O: Ops>(o: &mut O, defined: O::B, value: O::F) -> O::F {
    let nan = o.f(table::NAN);
    o.select(defined, value, nan)
}

#[inline(always)]
fn finite_or_nan<O: Ops>(o: &mut O, x: O::F, value: O::F) -> O::F {
    let (size, inf) = (o.abs(x), o.f(table::INF));
    let finite = o.lt(size, inf);
    nan_unless(o, finite, value)
}
