//! [`Native`]: the operations run at once, by the machine that runs this program.
//!
//! Every method is one IEEE operation (or one exact bit operation), so the results do not depend on the machine.

use super::{Native, Ops};

impl Ops for Native {
    type F = f64;
    type I = i64;
    type B = bool;

    #[inline(always)]
    fn f(&mut self, c: f64) -> f64 {
        c
    }
    #[inline(always)]
    fn i(&mut self, c: i64) -> i64 {
        c
    }
    #[inline(always)]
    fn add(&mut self, a: f64, b: f64) -> f64 {
        a + b
    }
    #[inline(always)]
    fn sub(&mut self, a: f64, b: f64) -> f64 {
        a - b
    }
    #[inline(always)]
    fn mul(&mut self, a: f64, b: f64) -> f64 {
        a * b
    }
    #[inline(always)]
    fn div(&mut self, a: f64, b: f64) -> f64 {
        a / b
    }
    #[inline(always)]
    fn fma(&mut self, a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn sqrt(&mut self, a: f64) -> f64 {
        a.sqrt()
    }
    #[inline(always)]
    fn neg(&mut self, a: f64) -> f64 {
        -a
    }
    #[inline(always)]
    fn abs(&mut self, a: f64) -> f64 {
        a.abs()
    }
    #[inline(always)]
    fn floor(&mut self, a: f64) -> f64 {
        a.floor()
    }
    #[inline(always)]
    fn nearest(&mut self, a: f64) -> f64 {
        a.round_ties_even()
    }
    #[inline(always)]
    fn lt(&mut self, a: f64, b: f64) -> bool {
        a < b
    }
    #[inline(always)]
    fn eq(&mut self, a: f64, b: f64) -> bool {
        a == b
    }
    #[inline(always)]
    fn ult(&mut self, a: i64, b: i64) -> bool {
        (a as u64) < (b as u64)
    }
    #[inline(always)]
    fn select(&mut self, c: bool, a: f64, b: f64) -> f64 {
        if c { a } else { b }
    }
    #[inline(always)]
    fn iselect(&mut self, c: bool, a: i64, b: i64) -> i64 {
        if c { a } else { b }
    }
    #[inline(always)]
    fn bits(&mut self, a: f64) -> i64 {
        a.to_bits() as i64
    }
    #[inline(always)]
    fn from_bits(&mut self, a: i64) -> f64 {
        f64::from_bits(a as u64)
    }
    #[inline(always)]
    fn to_int(&mut self, a: f64) -> i64 {
        a as i64
    }
    #[inline(always)]
    fn to_float(&mut self, a: i64) -> f64 {
        a as f64
    }
    #[inline(always)]
    fn imul(&mut self, a: i64, b: i64) -> i64 {
        a.wrapping_mul(b)
    }
    #[inline(always)]
    fn iadd(&mut self, a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn isub(&mut self, a: i64, b: i64) -> i64 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    fn iand(&mut self, a: i64, b: i64) -> i64 {
        a & b
    }
    #[inline(always)]
    fn ior(&mut self, a: i64, b: i64) -> i64 {
        a | b
    }
    #[inline(always)]
    fn shl(&mut self, a: i64, n: u32) -> i64 {
        a << n
    }
    #[inline(always)]
    fn sar(&mut self, a: i64, n: u32) -> i64 {
        a >> n
    }
    #[inline(always)]
    fn lookup(&mut self, table: &'static [i64], index: i64) -> i64 {
        // The index is inside; a selection, unlike a check that may fail, leaves loops free to be vectorised.
        table[(index as usize).min(table.len() - 1)]
    }
}
