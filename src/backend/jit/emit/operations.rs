//! The operations of [`math`](crate::math), one instruction for each.

use cranelift::codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift::codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::Emit;
use crate::backend::symbol::Symbol;
use crate::math::Ops;

impl Ops for Emit<'_, '_> {
    type F = Value;
    type I = Value;
    type B = Value;

    fn f(&mut self, c: f64) -> Value {
        let offset = self.pool.offset(c.to_bits());
        self.b.ins().load(types::F64, MemFlagsData::trusted(), self.pool.base, offset)
    }
    fn i(&mut self, c: i64) -> Value {
        self.b.ins().iconst(types::I64, c)
    }
    fn add(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fadd(a, b)
    }
    fn sub(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fsub(a, b)
    }
    fn mul(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fmul(a, b)
    }
    fn div(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fdiv(a, b)
    }
    fn fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        self.b.ins().fma(a, b, c)
    }
    fn sqrt(&mut self, a: Value) -> Value {
        self.b.ins().sqrt(a)
    }
    fn neg(&mut self, a: Value) -> Value {
        self.b.ins().fneg(a)
    }
    fn abs(&mut self, a: Value) -> Value {
        self.b.ins().fabs(a)
    }
    fn floor(&mut self, a: Value) -> Value {
        self.b.ins().floor(a)
    }
    fn nearest(&mut self, a: Value) -> Value {
        self.b.ins().nearest(a)
    }
    fn lt(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fcmp(FloatCC::LessThan, a, b)
    }
    fn eq(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().fcmp(FloatCC::Equal, a, b)
    }
    fn ult(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().icmp(IntCC::UnsignedLessThan, a, b)
    }
    fn select(&mut self, c: Value, a: Value, b: Value) -> Value {
        self.b.ins().select(c, a, b)
    }
    fn iselect(&mut self, c: Value, a: Value, b: Value) -> Value {
        self.b.ins().select(c, a, b)
    }
    fn bits(&mut self, a: Value) -> Value {
        self.b.ins().bitcast(types::I64, MemFlagsData::new(), a)
    }
    fn from_bits(&mut self, a: Value) -> Value {
        self.b.ins().bitcast(types::F64, MemFlagsData::new(), a)
    }
    fn to_int(&mut self, a: Value) -> Value {
        self.b.ins().fcvt_to_sint_sat(types::I64, a)
    }
    fn to_float(&mut self, a: Value) -> Value {
        self.b.ins().fcvt_from_sint(types::F64, a)
    }
    fn imul(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().imul(a, b)
    }
    fn iadd(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().iadd(a, b)
    }
    fn isub(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().isub(a, b)
    }
    fn iand(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().band(a, b)
    }
    fn ior(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().bor(a, b)
    }
    fn shl(&mut self, a: Value, n: u32) -> Value {
        let n = self.i(n.into());
        self.b.ins().ishl(a, n)
    }
    fn sar(&mut self, a: Value, n: u32) -> Value {
        let n = self.i(n.into());
        self.b.ins().sshr(a, n)
    }
    fn lookup(&mut self, table: &'static [i64], index: Value) -> Value {
        let base = self.symbol(Symbol::Table(table));
        let offset = self.shl(index, 3);
        let address = self.b.ins().iadd(base, offset);
        self.b.ins().load(types::I64, MemFlagsData::trusted(), address, 0)
    }
}
