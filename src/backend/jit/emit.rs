//! [`Ir`] → Cranelift IR: blocks, phases and calls.

use std::sync::Arc;

use cranelift::codegen::ir::condcodes::IntCC;
use cranelift::codegen::ir::{AbiParam, BlockArg, InstBuilder, MemFlagsData, SigRef, Signature, Type, Value, types};
use cranelift::codegen::isa::CallConv;
use cranelift::frontend::FunctionBuilder;
use rustc_hash::FxHashMap;

use crate::backend::symbol::{Symbol, by_operations};
use crate::backend::walk::{self, Choice, Registers, Target};
use crate::ir::ops::{self, Calls};
use crate::ir::{self, Block, Curve, Function, Inst, Ir, Kind, Progress, Ticks, Unary, Val};
use crate::math::Ops;

mod operations;
mod pool;

use pool::{Pool, bytes};

type ClifBlock = cranelift::codegen::ir::Block;

/// Uses of an operation that are written out; more of them share one copy.
const MOST_INLINE: usize = 2;
/// Phases of a shared curve that count for themselves: faster than a copy that reads how, and longer.
const MOST_COUNTING: usize = 2;

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
    let exponentials =
        ir.outputs.iter().map(|o| count(&o.block, &|i| matches!(i, Inst::Unary(Unary::Exp | Unary::Exp2, _)))).sum();
    let registers = Registers::new(ir.registers, step);
    let calls = FxHashMap::default();
    let pool = Pool::new(constants);
    let mut emit = Emit { b, inputs, pool, registers, convention, pointer, calls, exponentials };
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

/// A curve that is written once for several phases.
struct Shared {
    curve: Curve,
    /// Whether the copy counts: then it takes the axis's count, and each row ends with how to count.
    counts: bool,
    block: Option<ClifBlock>,
}

impl End {
    fn new<'b>(to: Option<ClifBlock>, blocks: impl Iterator<Item = &'b Block> + Clone) -> Self {
        let shared = |curve| {
            let uses: usize = blocks.clone().map(|b| ramps(b, curve)).sum();
            let most = if curve == Curve::Linear { MOST_INLINE } else { 1 };
            (uses > most).then_some(Shared { curve, counts: uses > MOST_COUNTING, block: None })
        };
        Self { to, shared: [Curve::Linear, Curve::Cosine, Curve::Exp].into_iter().filter_map(shared).collect() }
    }
}

struct Emit<'a, 'f> {
    b: &'a mut FunctionBuilder<'f>,
    inputs: Value,
    pool: Pool,
    registers: Registers<Value, Value>,
    convention: CallConv,
    pointer: Type,
    /// The signatures of the functions that are called, by what they take.
    calls: FxHashMap<&'static [Kind], SigRef>,
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
                    let on = walk::int(self, *on);
                    return self.arms(on, Choice { bounds, arms, here }, end);
                }
                Inst::Ramp(curve, Val::Const(a), Val::Const(c), p) if is_result => {
                    if let Some(k) = end.shared.iter().position(|s| s.curve == *curve) {
                        return self.shared_ramp(k, [*a, *c], *p, end);
                    }
                    walk::step(self, inst, here);
                }
                _ => walk::step(self, inst, here),
            }
        }
        let value = walk::val(self, block.result);
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

    /// Goes to the one ramp of several phases, which is written when the first of them comes. It takes a count and the
    /// address of a row: a, c and the length, then what the count is multiplied with and how much less it is.
    fn shared_ramp(&mut self, k: usize, [a, c]: [f64; 2], p: Progress, end: &mut End) {
        let Shared { curve, counts, block } = end.shared[k];
        let words = [a.to_bits(), c.to_bits(), (p.len as f64).to_bits(), p.ticks.mul as u64, less(p.ticks) as u64];
        let row = self.pool.row(words.into_iter().take(if counts { 5 } else { 3 }));
        let row = self.i(row.into());
        let row = self.b.ins().iadd(self.pool.base, row);
        let x = walk::int(self, p.ticks.x);
        let count = if counts { x } else { self.ticks(x, p.ticks) };
        let args = [count, row].map(BlockArg::Value);
        if let Some(shared) = block {
            self.b.ins().jump(shared, &args);
            return;
        }
        let shared = self.b.create_block();
        end.shared[k].block = Some(shared);
        self.b.ins().jump(shared, &args);
        let [mut count, row] = [types::I64, types::I64].map(|ty| self.b.append_block_param(shared, ty));
        self.b.switch_to_block(shared);
        let mut word =
            |ty, index: i32| self.b.ins().load(ty, MemFlagsData::trusted(), row, index * size_of::<u64>() as i32);
        let [a, c, len] = [0, 1, 2].map(|index| word(types::F64, index));
        if counts {
            let [mul, less] = [3, 4].map(|index| word(types::I64, index));
            count = self.b.ins().imul(count, mul);
            count = self.isub(count, less);
        }
        let value = ops::ramp(self, curve, a, c, count, len);
        self.finish(value, end);
    }

    /// The arms, and the search for the one that runs; their values go to `end`.
    fn arms(&mut self, on: Value, choice: Choice, end: &mut End) {
        walk::halve(self, on, choice, &mut |emit, arm| emit.block(arm, choice.here, end));
    }

    fn symbol(&mut self, symbol: Symbol) -> Value {
        self.b.ins().iconst(self.pointer, symbol.address() as i64)
    }

    /// The same function that the interpreter runs.
    fn call_out(&mut self, function: Function, args: &[ir::Value<Value, Value>]) -> Value {
        let signature = *self.calls.entry(function.params()).or_insert_with(|| {
            let mut signature = Signature::new(self.convention);
            signature.params.extend(function.params().iter().map(|kind| AbiParam::new(clif_type(*kind))));
            signature.returns.push(AbiParam::new(types::F64));
            self.b.import_signature(signature)
        });
        let callee = self.symbol(Symbol::Function(function));
        let args: Vec<Value> = args.iter().map(|arg| arg.either()).collect();
        let call = self.b.ins().call_indirect(signature, callee, &args);
        self.b.inst_results(call)[0]
    }
}

fn clif_type(kind: Kind) -> Type {
    match kind {
        Kind::Float => types::F64,
        Kind::Int => types::I64,
    }
}

impl Calls for Emit<'_, '_> {
    /// What ramps and noise are made of in place, the others as calls.
    fn call(&mut self, function: Function, args: &[ir::Value<Value, Value>]) -> Value {
        match function {
            Function::Hav | Function::Exp | Function::Exp2 | Function::Noise => function.write(self, args),
            _ => self.call_out(function, args),
        }
    }
}

impl Target for Emit<'_, '_> {
    type F = Value;
    type I = Value;

    by_operations!();

    fn registers(&mut self) -> &mut Registers<Value, Value> {
        &mut self.registers
    }

    fn input(&mut self, n: u16) -> Value {
        let offset = i32::from(n) * size_of::<f64>() as i32;
        self.b.ins().load(types::F64, MemFlagsData::trusted(), self.inputs, offset)
    }

    fn unary(&mut self, op: Unary, a: Value) -> Value {
        match op.function() {
            Some(function @ (Function::Exp | Function::Exp2)) if self.exponentials > MOST_INLINE => {
                self.call_out(function, &[ir::Value::Float(a)])
            }
            _ => ops::unary(self, op, a),
        }
    }

    fn ticks(&mut self, x: Value, t: Ticks) -> Value {
        let less = less(t);
        if t.mul == -1 {
            let from = self.i(less.wrapping_neg());
            return self.isub(from, x);
        }
        let mut count = x;
        if t.mul != 1 {
            let mul = self.i(t.mul);
            count = self.b.ins().imul(count, mul);
        }
        if less != 0 {
            let less = self.i(less);
            count = self.isub(count, less);
        }
        count
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

    fn table(&mut self, table: &Arc<[f64]>, x: Value, _here: usize) -> Value {
        let last = self.i(table.len() as i64 - 1);
        let inside = self.ult(x, last);
        let index = self.iselect(inside, x, last);
        let offset = self.shl(index, size_of::<f64>().trailing_zeros());
        let row = self.pool.table(table);
        let address = self.b.ins().iadd(self.pool.base, offset);
        self.b.ins().load(types::F64, MemFlagsData::trusted(), address, row)
    }

    fn choose(&mut self, on: Value, choice: Choice) -> Value {
        let join = self.b.create_block();
        let value = self.b.append_block_param(join, types::F64);
        self.arms(on, choice, &mut End::new(Some(join), choice.arms.iter()));
        self.b.switch_to_block(join);
        value
    }

    fn branch(&mut self, on: Value, bound: i64, side: &mut dyn FnMut(&mut Self, bool)) {
        let (below, above) = (self.b.create_block(), self.b.create_block());
        let bound = self.i(bound);
        let is_below = self.b.ins().icmp(IntCC::UnsignedLessThan, on, bound);
        self.b.ins().brif(is_below, below, &[], above, &[]);
        self.b.switch_to_block(below);
        side(self, true);
        self.b.switch_to_block(above);
        side(self, false);
    }

    fn middle(bounds: usize) -> usize {
        (bounds - 1) / 2
    }
}

/// How much less than x·mul the ticks are: (x − off)·mul − sub, modulo 2^64 as all integers here.
fn less(t: Ticks) -> i64 {
    t.off.wrapping_mul(t.mul).wrapping_add(t.sub)
}

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
