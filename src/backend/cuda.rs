//! [`Ir`] → CUDA C: a device function for kernels of one's own.
//!
//! Guarantee: compiled without contraction (`--fmad=false`; for C++ `-ffp-contract=off`) the function gives the
//! interpreter's bits. The text is C++ as well, so that this can be tested where there is no GPU.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::ir::{Binary, Block, Inst, Int, Ir, Ticks, Unary, Val, ops};
use crate::math;

mod operations;

use operations::{F, I, Text};

/// What every text begins with: the types, and the names that CUDA and C++ have for the same operations.
pub const HEAD: &str = r"#ifdef __CUDACC__
#define ETUDE_BITS(x) __double_as_longlong(x)
#define ETUDE_F64(x) __longlong_as_double(x)
#else
#include <math.h>
#include <string.h>
#define __device__
static inline long long ETUDE_BITS(double x) { long long i; memcpy(&i, &x, 8); return i; }
static inline double ETUDE_F64(long long i) { double x; memcpy(&x, &i, 8); return x; }
#endif
typedef long long etude_i64;
typedef unsigned long long etude_u64;
";

/// A text of its own: [`HEAD`] and [`program`].
pub fn text(ir: &Ir, name: &str) -> String {
    HEAD.to_owned() + &program(ir, name)
}

/// An f64 as a literal.
pub fn number(x: f64) -> String {
    F::Const(x).to_string()
}

/// The program as one function, `name(step, inputs, out)`: `inputs[0]` is the base value, the others are the
/// scales of metric-driven modifiers, 1 while nothing was observed; `out` takes a value for each output.
pub fn program(ir: &Ir, name: &str) -> String {
    let mut emit =
        Emit { text: Text::with_tables(vec![]), registers: vec![None; ir.registers.max(1)], calls: BTreeSet::new() };
    emit.registers[0] = Some(Register::Int(I::Step));
    for (k, output) in ir.outputs.iter().enumerate() {
        let value = emit.block(&output.block, 1);
        emit.text.line(format_args!("out[{k}] = {value};"));
    }
    let Emit { text: Text { text: body, mut tables, .. }, calls, .. } = emit;
    let mut functions = String::new();
    for call in calls {
        let function = call.define(Text::with_tables(tables));
        functions += &function.0;
        tables = function.1;
    }
    let mut all = String::new();
    for (k, table) in tables.iter().enumerate() {
        let numbers: Vec<String> = table.iter().map(|n| format!("{}", *n as u64)).collect();
        _ = write!(all, "static __device__ const etude_u64 etude_table{k}[] = {{");
        for line in numbers.chunks(4) {
            _ = write!(all, "\n    {}ull,", line.join("ull, "));
        }
        all += "\n};\n";
    }
    all += &functions;
    let outputs: Vec<&str> = ir.outputs.iter().map(|o| o.name.as_str()).collect();
    // Names of groups are any text; a backslash at the end of a line would make the next one a comment, too.
    let listed = outputs.join(", ").replace(|c: char| c.is_control() || c == '\\', " ");
    _ = writeln!(all, "\n// {listed}");
    let head = "etude_u64 step, const double *inputs, double *out";
    _ = writeln!(all, "static __device__ void {name}({head}) {{\n{}}}", body);
    all
}

/// A function that is long enough to be written once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Unary(&'static str),
    Pow,
    Hav,
    Noise,
    Bezier,
}

impl Call {
    fn name(self) -> &'static str {
        match self {
            Self::Unary(word) => word,
            Self::Pow => "pow",
            Self::Hav => "hav",
            Self::Noise => "noise",
            Self::Bezier => "bezier",
        }
    }

    /// The function's text, and the tables with those that it reads.
    fn define(self, mut t: Text) -> (String, Vec<&'static [i64]>) {
        let arity = match self {
            Self::Unary(_) | Self::Hav => 1,
            Self::Pow | Self::Noise => 2,
            Self::Bezier => 5,
        };
        let kind = if self == Self::Noise { "etude_i64" } else { "double" };
        let params: Vec<String> = (0..arity).map(|k| format!("{kind} p{k}")).collect();
        let value = match self {
            Self::Unary(word) => match Unary::named(word) {
                Some(op) => ops::unary(&mut t, op, F::Param(0)),
                None => F::Param(0),
            },
            Self::Pow => math::pow(&mut t, F::Param(0), F::Param(1)),
            Self::Hav => math::hav(&mut t, F::Param(0)),
            Self::Noise => math::noise(&mut t, I::Param(0), I::Param(1)),
            Self::Bezier => math::bezier(&mut t, F::Param(0), F::Param(1), F::Param(2), F::Param(3), F::Param(4)),
        };
        t.line(format_args!("return {value};"));
        let head = format!("static __device__ double etude_{}({})", self.name(), params.join(", "));
        (format!("\n{head} {{\n{}}}\n", t.text), t.tables)
    }
}

#[derive(Clone, Copy, Debug)]
enum Register {
    Float(F),
    Int(I),
}

struct Emit {
    text: Text,
    registers: Vec<Option<Register>>,
    calls: BTreeSet<Call>,
}

impl Emit {
    fn val(&self, v: Val) -> F {
        match v {
            Val::Const(c) => F::Const(c),
            Val::Reg(r) => match self.registers[r as usize] {
                Some(Register::Float(f)) => f,
                _ => unreachable!("an f64 operand is an f64 register that is defined"),
            },
        }
    }

    fn int(&self, v: Int) -> I {
        match v {
            Int::Const(c) => I::Const(c),
            Int::Reg(r) => match self.registers[r as usize] {
                Some(Register::Int(i)) => i,
                _ => unreachable!("an integer operand is an integer register that is defined"),
            },
        }
    }

    fn ticks(&mut self, t: Ticks) -> I {
        use math::Ops;
        let mut x = self.int(t.x);
        let o = &mut self.text;
        if t.off != 0 {
            let off = o.i(t.off);
            x = o.isub(x, off);
        }
        if t.mul != 1 {
            let mul = o.i(t.mul);
            x = o.imul(x, mul);
        }
        if t.sub != 0 {
            let sub = o.i(t.sub);
            x = o.isub(x, sub);
        }
        x
    }

    fn call(&mut self, call: Call, args: &[F]) -> F {
        self.calls.insert(call);
        let args: Vec<String> = args.iter().map(F::to_string).collect();
        self.text.float(format_args!("etude_{}({})", call.name(), args.join(", ")))
    }

    /// The instructions of `block`, which define the registers from `first` on, and its value.
    fn block(&mut self, block: &Block, first: usize) -> F {
        for (k, inst) in block.code.iter().enumerate() {
            let value = self.inst(inst, first + k);
            self.registers[first + k] = Some(value);
        }
        self.val(block.result)
    }

    fn inst(&mut self, inst: &Inst, here: usize) -> Register {
        use math::Ops;
        Register::Float(match inst {
            Inst::Input(n) => self.text.float(format_args!("inputs[{n}]")),
            Inst::Unary(op, a) => {
                let a = self.val(*a);
                match op {
                    Unary::Neg | Unary::Abs | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Sqrt => {
                        ops::unary(&mut self.text, *op, a)
                    }
                    _ => self.call(Call::Unary(op.word()), &[a]),
                }
            }
            Inst::Binary(Binary::Pow, a, b) => {
                let args = [self.val(*a), self.val(*b)];
                self.call(Call::Pow, &args)
            }
            Inst::Binary(op, a, b) => {
                let (a, b) = (self.val(*a), self.val(*b));
                ops::binary(&mut self.text, *op, a, b)
            }
            Inst::Ramp(curve, a, c, p) => {
                let (a, c, count) = (self.val(*a), self.val(*c), self.ticks(p.ticks));
                let u = ops::ratio(&mut self.text, count, F::Const(p.len as f64));
                match curve {
                    crate::ir::Curve::Linear => {
                        let risen = self.text.mul(c, u);
                        self.text.add(a, risen)
                    }
                    crate::ir::Curve::Cosine => {
                        let h = self.call(Call::Hav, &[u]);
                        self.text.fma(c, h, a)
                    }
                    crate::ir::Curve::Exp => {
                        let octaves = self.text.mul(c, u);
                        let factor = self.call(Call::Unary(Unary::Exp2.word()), &[octaves]);
                        self.text.mul(a, factor)
                    }
                }
            }
            Inst::Done(p) => {
                let count = self.ticks(p.ticks);
                ops::ratio(&mut self.text, count, F::Const(p.len as f64))
            }
            Inst::Span(t, d) => {
                let count = self.ticks(*t);
                ops::ratio(&mut self.text, count, F::Const(*d as f64))
            }
            Inst::Float(x) => {
                let x = self.int(*x);
                self.text.to_float(x)
            }
            Inst::Noise(x, seed) => {
                self.calls.insert(Call::Noise);
                let (seed, x) = (I::Const(*seed as i64), self.int(*x));
                self.text.float(format_args!("etude_noise({seed}, {x})"))
            }
            Inst::Bezier(u, [x1, y1, x2, y2]) => {
                let args = [u, x1, y1, x2, y2].map(|v| self.val(*v));
                self.call(Call::Bezier, &args)
            }
            Inst::Lookup(x, table) => {
                let x = self.int(*x);
                let name = format!("values{here}_{}", self.text.temps());
                let bits: Vec<String> = table.iter().map(|v| format!("{}ull", v.to_bits())).collect();
                self.text.line(format_args!("static const etude_u64 {name}[] = {{{}}};", bits.join(", ")));
                let last = table.len() - 1;
                let index = self.text.int(format_args!("(etude_u64){x} < {last}ull ? {x} : {last}ll"));
                self.text.float(format_args!("ETUDE_F64((etude_i64){name}[{index}])"))
            }
            Inst::Choose { on, bounds, arms } => {
                let on = self.int(*on);
                let value = self.text.declare();
                self.choose(on, bounds, arms, value, here);
                value
            }
            Inst::Count(t) => return Register::Int(self.ticks(*t)),
            Inst::Quotient(x, d) => {
                let x = self.int(*x);
                return Register::Int(self.text.int(format_args!("(etude_i64)((etude_u64){x} / {d}ull)")));
            }
            Inst::Remainder(x, q, d) => {
                let (x, q, d) = (self.int(*x), self.int(*q), I::Const(*d));
                let whole = self.text.imul(q, d);
                return Register::Int(self.text.isub(x, whole));
            }
            Inst::Scale(x, a, b) => {
                let (x, a, b) = (self.int(*x), I::Const(*a), I::Const(*b));
                let scaled = self.text.imul(x, a);
                return Register::Int(self.text.iadd(scaled, b));
            }
        })
    }

    /// The arm for `on`, found by halving: compilers stop at long chains of `else if`.
    fn choose(&mut self, on: I, bounds: &[i64], arms: &[Block], value: F, here: usize) {
        let half = bounds.len() / 2;
        match bounds.get(half) {
            None => {
                let result = self.block(&arms[0], here);
                self.text.line(format_args!("{value} = {result};"));
            }
            Some(bound) => {
                self.text.open(format_args!("if ((etude_u64){on} < {bound}ull) {{"));
                self.choose(on, &bounds[..half], &arms[..=half], value, here);
                self.text.between("} else {");
                self.choose(on, &bounds[half + 1..], &arms[half + 1..], value, here);
                self.text.close();
            }
        }
    }
}
