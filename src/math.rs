//! The one f64 math kernel. Each function is written once, as a fixed order of IEEE operations over [`Ops`];
//! [`Native`] runs it, the compiler backends emit it. So every backend gives the same bits.
//!
//! No function here calls the platform's libm. Accuracy is at most 1.5 ulp over the whole domain.

/// The operations that a backend must provide: IEEE f64 with round-to-nearest-even, and 64-bit integers.
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
    /// bitwise and
    fn iand(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// bitwise or
    fn ior(&mut self, a: Self::I, b: Self::I) -> Self::I;
    /// a << n, n constant
    fn shl(&mut self, a: Self::I, n: u32) -> Self::I;
    /// a >> n, arithmetic, n constant
    fn sar(&mut self, a: Self::I, n: u32) -> Self::I;
}

/// Runs the operations at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Native;
