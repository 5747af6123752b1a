//! [`Ir`] → C as CUDA has it: a device function for kernels of one's own.
//!
//! Guarantee: compiled without contraction (`--fmad=false`; for C++ `-ffp-contract=off`) the function gives the
//! interpreter's bits. The text is C++ as well, so that this can be tested where there is no GPU.

use std::fmt::Write;
use std::sync::Arc;

use super::symbol::{Symbol, by_operations};
use super::walk::{self, Choice, Registers, Target};
use crate::ir::ops::{self, Calls};
use crate::ir::{Function, Ir, Kind, Ticks, Unary, Value};
use crate::math::Ops;

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
    let mut text = Text::new(Registers::new(ir.registers, I::Step), vec![]);
    for (k, output) in ir.outputs.iter().enumerate() {
        let value = walk::block(&mut text, &output.block, 1);
        text.line(format_args!("out[{k}] = {value};"));
    }
    let Text { text: body, mut tables, calls, .. } = text;
    let mut functions = String::new();
    for call in calls {
        let function = define(call, tables);
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

/// The text of a function that is long enough to be written once, and the tables with those that it reads.
fn define(function: Function, tables: Vec<&'static [i64]>) -> (String, Vec<&'static [i64]>) {
    let mut t = Text::new(Registers::new(0, I::Step), tables);
    let params: Vec<Value<F, I>> = (0..).zip(function.params()).map(|(n, kind)| param(*kind, n)).collect();
    let value = function.write(&mut t, &params);
    t.line(format_args!("return {value};"));
    let declared: Vec<String> = params.iter().map(|p| format!("{} {}", c_type(p), shown(p))).collect();
    let head = format!("static __device__ double etude_{}({})", function.name(), declared.join(", "));
    (format!("\n{head} {{\n{}}}\n", t.text), t.tables)
}

fn param(kind: Kind, n: u32) -> Value<F, I> {
    match kind {
        Kind::Float => Value::Float(F::Param(n)),
        Kind::Int => Value::Int(I::Param(n)),
    }
}

fn c_type(value: &Value<F, I>) -> &'static str {
    match value {
        Value::Float(_) => "double",
        Value::Int(_) => "etude_i64",
    }
}

fn shown(value: &Value<F, I>) -> String {
    match value {
        Value::Float(x) => x.to_string(),
        Value::Int(x) => x.to_string(),
    }
}

impl Calls for Text {
    fn call(&mut self, function: Function, args: &[Value<F, I>]) -> F {
        let name = self.symbol(Symbol::Function(function));
        let args: Vec<String> = args.iter().map(shown).collect();
        self.float(format_args!("{name}({})", args.join(", ")))
    }
}

impl Target for Text {
    type F = F;
    type I = I;

    by_operations!();

    fn registers(&mut self) -> &mut Registers<F, I> {
        &mut self.registers
    }
    fn input(&mut self, n: u16) -> F {
        self.float(format_args!("inputs[{n}]"))
    }
    fn unary(&mut self, op: Unary, a: F) -> F {
        ops::unary(self, op, a)
    }
    fn ticks(&mut self, x: I, ticks: Ticks) -> I {
        ops::ticks(self, x, ticks)
    }
    fn quotient(&mut self, x: I, d: i64) -> I {
        self.int(format_args!("(etude_i64)((etude_u64){x} / {d}ull)"))
    }
    fn table(&mut self, table: &Arc<[f64]>, x: I, here: usize) -> F {
        let name = format!("values{here}_{}", self.temps());
        let bits: Vec<String> = table.iter().map(|v| format!("{}ull", v.to_bits())).collect();
        self.line(format_args!("static const etude_u64 {name}[] = {{{}}};", bits.join(", ")));
        let last = table.len() - 1;
        let index = self.int(format_args!("(etude_u64){x} < {last}ull ? {x} : {last}ll"));
        self.float(format_args!("ETUDE_F64((etude_i64){name}[{index}])"))
    }
    fn choose(&mut self, on: I, choice: Choice) -> F {
        let value = self.declare();
        walk::halve(self, on, choice, &mut |t, arm| {
            let result = walk::block(t, arm, choice.here);
            t.line(format_args!("{value} = {result};"));
        });
        value
    }
    fn branch(&mut self, on: I, bound: i64, side: &mut dyn FnMut(&mut Self, bool)) {
        self.open(format_args!("if ((etude_u64){on} < {bound}ull) {{"));
        side(self, true);
        self.between("} else {");
        side(self, false);
        self.close();
    }
}
