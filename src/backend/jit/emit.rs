//! [`Ir`] → Cranelift IR: blocks, phases and calls.

use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{AbiParam, BlockArg, InstBuilder, MemFlagsData, SigRef, Signature, Type, Value, types};
use cranelift::codegen::isa::CallConv;
use cranelift::frontend::FunctionBuilder;
use rustc_hash::FxHashMap;

use crate::ir::{Binary, Block, Curve, Inst, Int, Ir, Progress, Ticks, Unary, Val, ops};
use crate::math::{self, COEFFICIENTS, Ops, host};

mod operations;
mod pool;

use pool::{Pool, bytes};

type ClifBlock = cranelift::codegen::ir::Block;

/// Uses of a long operation that are written out; more of them share one copy.
const MOST_INLINE: usize = 2;

/// Writes the whole function: one output is returned, several are stored and the first is returned. The result
/// is what the function expects behind its last parameter: its constants; `None` where those are more than code
/// can reach.
pub(super) fn program(b: &mut FunctionBuilder, ir: &Ir, convention: CallConv, pointer: Type) -> Option<Vec<u64>> {
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let &[step, inputs, out, constants] = b.block_params(entry) else {
        unreachable!("the signature has four parameters")
    };
    let table = b.ins().iconst(pointer, COEFFICIENTS.as_ptr() as i64);
    let exponentials =
        ir.outputs.iter().map(|o| count(&o.block, &|i| matches!(i, Inst::Unary(Unary::Exp | Unary::Exp2, _)))).sum();
    let registers = vec![step; ir.registers];
    let calls = FxHashMap::default();
    let pool = Pool::new(constants);
    let mut emit = Emit { b, inputs, table, pool, registers, convention, pointer, calls, exponentials };
    if let [only] = &ir.outputs[..] {
        emit.block(&only.block, 1, &mut End::new(None, std::iter::once(&only.block)));
        return emit.pool.finish();
    }
    let mut first = None;
    for (k, output) in ir.outputs.iter().enumerate() {
        let value = emit.joined(&output.block, 1);
        emit.b.ins().store(MemFlagsData::trusted(), value, out, bytes(k)?);
        first.get_or_insert(value);
    }
    let value = match first {
        Some(value) => value,
        None => emit.f(0.0),
    };
    emit.b.ins().return_(&[value]);
    emit.pool.finish()
}

/// Where a block's value goes.
struct End {
    /// The block that takes it; `None` returns it.
    to: Option<ClifBlock>,
    /// Each curve that several phases with this end share.
    shared: Vec<Shared>,
}

/// A curve that is written once for several phases; its block takes the axis's count and the address of a row.
struct Shared {
    curve: Curve,
    block: Option<ClifBlock>,
}

impl End {
    fn new<'b>(to: Option<ClifBlock>, blocks: impl Iterator<Item = &'b Block> + Clone) -> Self {
        let several = |curve: &Curve| blocks.clone().map(|b| ramps(b, *curve)).sum::<usize>() > MOST_INLINE;
        let curves = [Curve::Linear, Curve::Cosine, Curve::Exp];
        Self { to, shared: curves.into_iter().filter(several).map(|curve| Shared { curve, block: None }).collect() }
    }
}

struct Emit<'a, 'f> {
    b: &'a mut FunctionBuilder<'f>,
    inputs: Value,
    /// The address of [`COEFFICIENTS`].
    table: Value,
    pool: Pool,
    registers: Vec<Value>,
    convention: CallConv,
    pointer: Type,
    calls: FxHashMap<usize, SigRef>,
    exponentials: usize,
}

impl Emit<'_, '_> {
    /// Writes `block` and everything after it: its value goes to `end`.
    fn block(&mut self, block: &Block, first: usize, end: &mut End) {
        for (k, inst) in block.code.iter().enumerate() {
            let here = first + k;
            let is_result = block.result == Val::Reg(here as u32);
            match inst {
                Inst::Choose { on, bounds, arms } if is_result => {
                    let on = self.int(*on);
                    return self.choose(on, bounds, arms, here, end);
                }
                Inst::Ramp(curve, Val::Const(a), Val::Const(c), p) if is_result => {
                    if let Some(k) = end.shared.iter().position(|s| s.curve == *curve) {
                        let Ticks { off, mul, sub, .. } = p.ticks;
                        let (a, c, len) = (a.to_bits(), c.to_bits(), (p.len as f64).to_bits());
                        let row = self.pool.row([a, c, len, off as u64, mul as u64, sub as u64].into_iter());
                        let (x, row) = (self.int(p.ticks.x), self.i(row.into()));
                        return self.shared_ramp(k, x, row, end);
                    }
                    self.registers[here] = self.inst(inst, here);
                }
                _ => self.registers[here] = self.inst(inst, here),
            }
        }
        let value = self.val(block.result);
        self.finish(value, end);
    }

    /// Writes `block` and goes on with its value.
    fn joined(&mut self, block: &Block, first: usize) -> Value {
        let join = self.b.create_block();
        let value = self.b.append_block_param(join, types::F64);
        self.block(block, first, &mut End::new(Some(join), std::iter::once(block)));
        self.b.switch_to_block(join);
        value
    }

    fn finish(&mut self, value: Value, end: &End) {
        match end.to {
            Some(to) => drop(self.b.ins().jump(to, &[BlockArg::Value(value)])),
            None => drop(self.b.ins().return_(&[value])),
        }
    }

    /// Goes to the one ramp of several phases, which is written when the first of them comes. A row holds its
    /// a, c and length, then its ticks.
    fn shared_ramp(&mut self, k: usize, x: Value, row: Value, end: &mut End) {
        let args = [x, row].map(BlockArg::Value);
        let Shared { curve, block } = end.shared[k];
        if let Some(shared) = block {
            self.b.ins().jump(shared, &args);
            return;
        }
        let shared = self.b.create_block();
        end.shared[k].block = Some(shared);
        self.b.ins().jump(shared, &args);
        let [x, row] = [types::I64, types::I64].map(|ty| self.b.append_block_param(shared, ty));
        self.b.switch_to_block(shared);
        let row = self.b.ins().iadd(self.pool.base, row);
        let mut word =
            |ty, index: i32| self.b.ins().load(ty, MemFlagsData::trusted(), row, index * size_of::<u64>() as i32);
        let [a, c, len] = [0, 1, 2].map(|index| word(types::F64, index));
        let [off, mul, sub] = [3, 4, 5].map(|index| word(types::I64, index));
        let count = self.isub(x, off);
        let count = self.b.ins().imul(count, mul);
        let count = self.isub(count, sub);
        let value = ops::ramp(self, curve, a, c, count, len);
        self.finish(value, end);
    }

    /// A binary search for the arm, then the arms.
    fn choose(&mut self, on: Value, bounds: &[i64], arms: &[Block], first: usize, end: &mut End) {
        let [only] = arms else {
            let middle = arms.len() / 2;
            let (below, above) = (self.b.create_block(), self.b.create_block());
            let bound = self.i(bounds[middle - 1]);
            let is_below = self.b.ins().icmp(IntCC::UnsignedLessThan, on, bound);
            self.b.ins().brif(is_below, below, &[], above, &[]);
            self.b.switch_to_block(below);
            self.choose(on, &bounds[..middle - 1], &arms[..middle], first, end);
            self.b.switch_to_block(above);
            return self.choose(on, &bounds[middle..], &arms[middle..], first, end);
        };
        self.block(only, first, end);
    }

    fn inst(&mut self, inst: &Inst, here: usize) -> Value {
        match inst {
            Inst::Input(n) => {
                let offset = i32::from(*n) * size_of::<f64>() as i32;
                self.b.ins().load(types::F64, MemFlagsData::trusted(), self.inputs, offset)
            }
            Inst::Unary(op, a) => {
                let a = self.val(*a);
                self.unary(*op, a)
            }
            Inst::Binary(Binary::Pow, a, b) => {
                let args = [self.val(*a), self.val(*b)];
                self.call(pow as *const () as usize, &args)
            }
            Inst::Binary(op, a, b) => {
                let (a, b) = (self.val(*a), self.val(*b));
                ops::binary(self, *op, a, b)
            }
            Inst::Ramp(curve, a, c, p) => {
                let (a, c) = (self.val(*a), self.val(*c));
                let (count, len) = self.progress(*p);
                ops::ramp(self, *curve, a, c, count, len)
            }
            Inst::Done(p) => {
                let (count, len) = self.progress(*p);
                ops::ratio(self, count, len)
            }
            Inst::Span(t, d) => {
                let (count, d) = (self.ticks(*t), self.f(*d as f64));
                ops::ratio(self, count, d)
            }
            Inst::Float(x) => {
                let x = self.int(*x);
                self.to_float(x)
            }
            Inst::Count(t) => self.ticks(*t),
            Inst::Quotient(x, d) => {
                let x = self.int(*x);
                self.quotient(x, *d)
            }
            Inst::Remainder(x, q, d) => {
                let (x, q, d) = (self.int(*x), self.int(*q), self.i(*d));
                let whole = self.b.ins().imul(q, d);
                self.isub(x, whole)
            }
            Inst::Scale(x, a, c) => {
                let (x, a, c) = (self.int(*x), self.i(*a), self.i(*c));
                let product = self.b.ins().imul(x, a);
                self.iadd(product, c)
            }
            Inst::Noise(x, seed) => {
                let (x, seed) = (self.int(*x), self.i(*seed as i64));
                math::noise(self, seed, x)
            }
            Inst::Bezier(u, [x1, y1, x2, y2]) => {
                let args = [*u, *x1, *y1, *x2, *y2].map(|v| self.val(v));
                self.call(bezier as *const () as usize, &args)
            }
            Inst::Lookup(x, table) => {
                let (x, last) = (self.int(*x), self.i(table.len() as i64 - 1));
                let inside = self.ult(x, last);
                let index = self.iselect(inside, x, last);
                let offset = self.shl(index, size_of::<f64>().trailing_zeros());
                let row = self.pool.table(table);
                let address = self.b.ins().iadd(self.pool.base, offset);
                self.b.ins().load(types::F64, MemFlagsData::trusted(), address, row)
            }
            Inst::Choose { on, bounds, arms } => {
                let on = self.int(*on);
                let join = self.b.create_block();
                let value = self.b.append_block_param(join, types::F64);
                self.choose(on, bounds, arms, here, &mut End::new(Some(join), arms.iter()));
                self.b.switch_to_block(join);
                value
            }
        }
    }

    /// Cheap operations in place, the others as calls of the same functions that the interpreter runs.
    fn unary(&mut self, op: Unary, a: Value) -> Value {
        let few = self.exponentials <= MOST_INLINE;
        let function: extern "C" fn(f64) -> f64 = match op {
            Unary::Neg | Unary::Abs | Unary::Floor | Unary::Ceil | Unary::Round | Unary::Sqrt => {
                return ops::unary(self, op, a);
            }
            Unary::Exp | Unary::Exp2 if few => return ops::unary(self, op, a),
            Unary::Exp => exp,
            Unary::Exp2 => exp2,
            Unary::Ln => ln,
            Unary::Log2 => log2,
            Unary::Log10 => log10,
            Unary::Sin => sin,
            Unary::Cos => cos,
            Unary::Tanh => tanh,
            Unary::Sigmoid => sigmoid,
        };
        self.call(function as *const () as usize, &[a])
    }

    fn call(&mut self, function: usize, args: &[Value]) -> Value {
        let signature = *self.calls.entry(args.len()).or_insert_with(|| {
            let mut signature = Signature::new(self.convention);
            signature.params.extend(args.iter().map(|_| AbiParam::new(types::F64)));
            signature.returns.push(AbiParam::new(types::F64));
            self.b.import_signature(signature)
        });
        let callee = self.b.ins().iconst(self.pointer, function as i64);
        let call = self.b.ins().call_indirect(signature, callee, args);
        self.b.inst_results(call)[0]
    }

    /// ⌊x / d⌋ for 0 ≤ x < 2^63 by a multiplication (Granlund & Montgomery 1994, theorem 4.2): with
    /// 2^(l−1) < d ≤ 2^l and m = ⌊2^(63+l) / d⌋ + 1 it is ⌊m·x / 2^(63+l)⌋.
    fn quotient(&mut self, x: Value, d: i64) -> Value {
        let d = d as u64;
        if d.is_power_of_two() {
            let shift = self.i(d.trailing_zeros().into());
            return self.b.ins().ushr(x, shift);
        }
        let l = 64 - d.leading_zeros();
        let m = ((1u128 << (63 + l)) / u128::from(d) + 1) as u64;
        let (m, shift) = (self.i(m as i64), self.i((l - 1).into()));
        let high = self.b.ins().umulhi(x, m);
        self.b.ins().ushr(high, shift)
    }

    fn val(&mut self, v: Val) -> Value {
        match v {
            Val::Const(c) => self.f(c),
            Val::Reg(r) => self.registers[r as usize],
        }
    }

    fn int(&mut self, v: Int) -> Value {
        match v {
            Int::Const(c) => self.i(c),
            Int::Reg(r) => self.registers[r as usize],
        }
    }

    fn ticks(&mut self, t: Ticks) -> Value {
        let mut x = self.int(t.x);
        if t.off != 0 {
            let off = self.i(t.off);
            x = self.isub(x, off);
        }
        if t.mul == -1 {
            let from = self.i(-t.sub);
            return self.isub(from, x);
        }
        if t.mul != 1 {
            let mul = self.i(t.mul);
            x = self.b.ins().imul(x, mul);
        }
        if t.sub != 0 {
            let sub = self.i(t.sub);
            x = self.isub(x, sub);
        }
        x
    }

    fn progress(&mut self, p: Progress) -> (Value, Value) {
        (self.ticks(p.ticks), self.f(p.len as f64))
    }
}

impl ops::Calls for Emit<'_, '_> {}

/// Ramps with this curve and constant ends whose value is the value of the block.
fn ramps(block: &Block, curve: Curve) -> usize {
    let result = |inst: &Inst| match inst {
        Inst::Ramp(c, Val::Const(_), Val::Const(_), _) => usize::from(*c == curve),
        Inst::Choose { arms, .. } => arms.iter().map(|arm| ramps(arm, curve)).sum(),
        _ => 0,
    };
    match block.result {
        Val::Reg(_) => block.code.last().map_or(0, result),
        Val::Const(_) => 0,
    }
}

/// Instructions of a kind.
fn count(block: &Block, is: &dyn Fn(&Inst) -> bool) -> usize {
    let nested = |inst: &Inst| match inst {
        Inst::Choose { arms, .. } => arms.iter().map(|a| count(a, is)).sum(),
        _ => usize::from(is(inst)),
    };
    block.code.iter().map(nested).sum()
}

macro_rules! called {
    ($($name:ident),*) => {$(
        extern "C" fn $name(x: f64) -> f64 {
            host::$name(x)
        }
    )*};
}

called!(exp, exp2, ln, log2, log10, sin, cos, tanh, sigmoid);

extern "C" fn bezier(u: f64, x1: f64, y1: f64, x2: f64, y2: f64) -> f64 {
    host::bezier(u, x1, y1, x2, y2)
}

extern "C" fn pow(x: f64, y: f64) -> f64 {
    host::pow(x, y)
}
