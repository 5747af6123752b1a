//! What targets share that have the operations of [`math`](crate::math): native code, and C.

use crate::ir::Function;

/// What code refers to that lies outside of it: an address where it runs at once, a relocation in an object file, a
/// name in a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbol {
    /// A function of the language's own math.
    Function(Function),
    /// A constant table that one of them reads.
    Table(&'static [i64]),
}

#[cfg(feature = "jit")]
impl Symbol {
    /// Where it lies in this process.
    pub(super) fn address(self) -> usize {
        match self {
            Self::Function(function) => function.address() as usize,
            Self::Table(table) => table.as_ptr() as usize,
        }
    }
}

/// The methods of a [`Target`](super::walk::Target) that follow from its operations. What an instruction computes is said
/// by [`ops`](crate::ir::ops) alone, as for the interpreter: so all give its bits.
macro_rules! by_operations {
    () => {
        fn constant(&mut self, c: f64) -> Self::F {
            self.f(c)
        }
        fn whole(&mut self, c: i64) -> Self::I {
            self.i(c)
        }
        fn binary(&mut self, op: crate::ir::Binary, a: Self::F, b: Self::F) -> Self::F {
            crate::ir::ops::binary(self, op, a, b)
        }
        fn ramp(
            &mut self,
            curve: crate::ir::Curve,
            a: Self::F,
            c: Self::F,
            x: Self::I,
            ticks: crate::ir::Ticks,
            len: i64,
        ) -> Self::F {
            let (count, len) = (self.ticks(x, ticks), self.f(len as f64));
            crate::ir::ops::ramp(self, curve, a, c, count, len)
        }
        fn ratio(&mut self, x: Self::I, ticks: crate::ir::Ticks, len: i64) -> Self::F {
            let (count, len) = (self.ticks(x, ticks), self.f(len as f64));
            crate::ir::ops::ratio(self, count, len)
        }
        fn function(&mut self, f: crate::ir::Function, args: &[crate::ir::Value<Self::F, Self::I>]) -> Self::F {
            self.call(f, args)
        }
        fn float(&mut self, x: Self::I) -> Self::F {
            self.to_float(x)
        }
        fn remainder(&mut self, x: Self::I, q: Self::I, d: i64) -> Self::I {
            let d = self.i(d);
            let whole = self.imul(q, d);
            self.isub(x, whole)
        }
        fn scale(&mut self, x: Self::I, a: i64, b: i64) -> Self::I {
            let (a, b) = (self.i(a), self.i(b));
            let scaled = self.imul(x, a);
            self.iadd(scaled, b)
        }
    };
}

pub(super) use by_operations;
