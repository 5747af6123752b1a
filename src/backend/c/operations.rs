//! The operations of [`math`](crate::math), one line of C for each.

use std::collections::BTreeSet;
use std::fmt;

use crate::backend::symbol::Symbol;
use crate::backend::walk::Registers;
use crate::ir::Function;
use crate::math::Ops;

/// An f64: a constant, or the name of what holds it.
#[derive(Clone, Copy, Debug)]
pub(super) enum F {
    Const(f64),
    Temp(u32),
    Param(u32),
}

/// A 64-bit integer.
#[derive(Clone, Copy, Debug)]
pub(super) enum I {
    Const(i64),
    Temp(u32),
    Param(u32),
    Step,
}

/// A truth value.
#[derive(Clone, Copy, Debug)]
pub(super) struct B(u32);

impl fmt::Display for F {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The shortest text that reads back to the same bits.
            Self::Const(c) if c.is_finite() && c.is_sign_positive() => write!(f, "{c:?}"),
            Self::Const(c) => write!(f, "ETUDE_F64({}ll)", Signed(c.to_bits() as i64)),
            Self::Temp(n) => write!(f, "t{n}"),
            Self::Param(n) => write!(f, "p{n}"),
        }
    }
}

impl fmt::Display for I {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Const(c) => write!(f, "{}ll", Signed(*c)),
            Self::Temp(n) => write!(f, "t{n}"),
            Self::Param(n) => write!(f, "p{n}"),
            Self::Step => f.write_str("(etude_i64)step"),
        }
    }
}

impl fmt::Display for B {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// A literal: C has none for the least integer.
struct Signed(i64);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            i64::MIN => write!(f, "(-{}ll - 1)+0", i64::MAX),
            c => write!(f, "{c}"),
        }
    }
}

/// A function's body, the constant tables that it reads and the functions that it calls.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) tables: Vec<&'static [i64]>,
    pub(super) calls: BTreeSet<Function>,
    pub(super) registers: Registers<F, I>,
    temps: u32,
    depth: usize,
}

impl Text {
    pub(super) fn new(registers: Registers<F, I>, tables: Vec<&'static [i64]>) -> Self {
        Self { text: String::new(), tables, calls: BTreeSet::new(), registers, temps: 0, depth: 1 }
    }

    /// What lies outside of the function has a name, and is written before it.
    pub(super) fn symbol(&mut self, symbol: Symbol) -> String {
        match symbol {
            Symbol::Function(function) => {
                self.calls.insert(function);
                format!("etude_{}", function.name())
            }
            Symbol::Table(table) => {
                let known = self.tables.iter().position(|t| std::ptr::eq(*t, table));
                let k = known.unwrap_or_else(|| {
                    self.tables.push(table);
                    self.tables.len() - 1
                });
                format!("etude_table{k}")
            }
        }
    }

    /// How many values have names.
    pub(super) fn temps(&self) -> u32 {
        self.temps
    }

    pub(super) fn line(&mut self, text: fmt::Arguments) {
        self.text += &format!("{:1$}{text}\n", "", self.depth * 4);
    }

    /// A line that begins a block.
    pub(super) fn open(&mut self, text: fmt::Arguments) {
        self.line(text);
        self.depth += 1;
    }

    /// A line between two blocks.
    pub(super) fn between(&mut self, text: &str) {
        self.depth -= 1;
        self.line(format_args!("{text}"));
        self.depth += 1;
    }

    /// The line that ends a block.
    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.line(format_args!("}}"));
    }

    /// An f64 that is set later.
    pub(super) fn declare(&mut self) -> F {
        let n = self.temps;
        self.temps += 1;
        self.line(format_args!("double t{n};"));
        F::Temp(n)
    }

    fn define(&mut self, kind: &str, value: fmt::Arguments) -> u32 {
        let n = self.temps;
        self.temps += 1;
        self.line(format_args!("const {kind} t{n} = {value};"));
        n
    }

    pub(super) fn float(&mut self, value: fmt::Arguments) -> F {
        F::Temp(self.define("double", value))
    }

    pub(super) fn int(&mut self, value: fmt::Arguments) -> I {
        I::Temp(self.define("etude_i64", value))
    }

    fn truth(&mut self, value: fmt::Arguments) -> B {
        B(self.define("bool", value))
    }

    /// An operation on unsigned integers, which wrap.
    fn wrapping(&mut self, a: I, op: &str, b: I) -> I {
        self.int(format_args!("(etude_i64)((etude_u64)({a}) {op} (etude_u64)({b}))"))
    }
}

impl Ops for Text {
    type F = F;
    type I = I;
    type B = B;

    fn f(&mut self, c: f64) -> F {
        F::Const(c)
    }
    fn i(&mut self, c: i64) -> I {
        I::Const(c)
    }
    fn add(&mut self, a: F, b: F) -> F {
        self.float(format_args!("{a} + {b}"))
    }
    fn sub(&mut self, a: F, b: F) -> F {
        self.float(format_args!("{a} - {b}"))
    }
    fn mul(&mut self, a: F, b: F) -> F {
        self.float(format_args!("{a} * {b}"))
    }
    fn div(&mut self, a: F, b: F) -> F {
        self.float(format_args!("{a} / {b}"))
    }
    fn fma(&mut self, a: F, b: F, c: F) -> F {
        self.float(format_args!("fma({a}, {b}, {c})"))
    }
    fn sqrt(&mut self, a: F) -> F {
        self.float(format_args!("sqrt({a})"))
    }
    fn neg(&mut self, a: F) -> F {
        self.float(format_args!("-{a}"))
    }
    fn abs(&mut self, a: F) -> F {
        self.float(format_args!("fabs({a})"))
    }
    fn floor(&mut self, a: F) -> F {
        self.float(format_args!("floor({a})"))
    }
    fn nearest(&mut self, a: F) -> F {
        self.float(format_args!("rint({a})"))
    }
    fn lt(&mut self, a: F, b: F) -> B {
        self.truth(format_args!("{a} < {b}"))
    }
    fn eq(&mut self, a: F, b: F) -> B {
        self.truth(format_args!("{a} == {b}"))
    }
    fn ult(&mut self, a: I, b: I) -> B {
        self.truth(format_args!("(etude_u64)({a}) < (etude_u64)({b})"))
    }
    fn select(&mut self, c: B, a: F, b: F) -> F {
        self.float(format_args!("{c} ? {a} : {b}"))
    }
    fn iselect(&mut self, c: B, a: I, b: I) -> I {
        self.int(format_args!("{c} ? {a} : {b}"))
    }
    fn bits(&mut self, a: F) -> I {
        self.int(format_args!("ETUDE_BITS({a})"))
    }
    fn from_bits(&mut self, a: I) -> F {
        self.float(format_args!("ETUDE_F64({a})"))
    }
    fn to_int(&mut self, a: F) -> I {
        // What is out of range is never used; C leaves it open, so it is kept from happening.
        self.int(format_args!("fabs({a}) < 9.2e18 ? (etude_i64){a} : 0ll"))
    }
    fn to_float(&mut self, a: I) -> F {
        self.float(format_args!("(double){a}"))
    }
    fn iadd(&mut self, a: I, b: I) -> I {
        self.wrapping(a, "+", b)
    }
    fn isub(&mut self, a: I, b: I) -> I {
        self.wrapping(a, "-", b)
    }
    fn imul(&mut self, a: I, b: I) -> I {
        self.wrapping(a, "*", b)
    }
    fn iand(&mut self, a: I, b: I) -> I {
        self.wrapping(a, "&", b)
    }
    fn ior(&mut self, a: I, b: I) -> I {
        self.wrapping(a, "|", b)
    }
    fn shl(&mut self, a: I, n: u32) -> I {
        self.int(format_args!("(etude_i64)((etude_u64)({a}) << {n})"))
    }
    fn sar(&mut self, a: I, n: u32) -> I {
        self.int(format_args!("({a}) >> {n}"))
    }
    fn lookup(&mut self, table: &'static [i64], index: I) -> I {
        let name = self.symbol(Symbol::Table(table));
        self.int(format_args!("(etude_i64){name}[{index}]"))
    }
}
