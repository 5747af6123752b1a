//! [`Ir`] → functions that people read: what the texts in Python's syntax share. A [`Dialect`] says how operations,
//! choices and the time are written.
//!
//! Guarantees: a value that is read once stands where it is read, any other has a name; constants read back to the same
//! bits; operations keep their order, so that they round as the interpreter's do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use super::walk::{self, Choice, Registers, Target};
use crate::interval::{Ints, Range};
use crate::ir::{Binary, Block, Function, Inst, Int, Ir, Ticks, Unary, Val, Value};

mod expression;
mod file;
mod jax;
mod names;
mod python;
mod target;
mod uses;

use expression::{Bounds, Expression, Level, literal};
use names::Names;

pub(crate) use jax::jax;
pub(crate) use python::python;

/// What stands around a program's functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// What the file is, a line each.
    pub(crate) about: &'a str,
    /// What `base` is where it is not given.
    pub(crate) base: f64,
    /// The last step of the run, where that is known.
    pub(crate) last: Option<u64>,
}

/// How a text is written.
trait Dialect: Sized {
    /// A constant is about to be written.
    fn constant(&mut self, _: f64) {}
    /// A divisor of integers is.
    fn divisor(&mut self, _: i64) {}
    /// op a
    fn unary(t: &mut Text<Self>, op: Unary, a: F) -> F;
    /// a · b
    fn product(t: &mut Text<Self>, a: F, b: F, range: Range) -> F {
        t.infix(a, "*", b, Level::Product, range)
    }
    /// Another a op b but sums.
    fn binary(t: &mut Text<Self>, op: Binary, a: F, b: F) -> F;
    /// (1 − cos πu)/2
    fn hav(t: &mut Text<Self>, u: F) -> F;
    /// A function's value.
    fn function(t: &mut Text<Self>, f: Function, args: &[Value<F, I>]) -> F;
    /// The integer as f64.
    fn float(t: &mut Text<Self>, x: I) -> F;
    /// ((x − off) · mul − sub) / len
    fn share(t: &mut Text<Self>, x: I, ticks: Ticks, len: i64) -> F;
    /// (x − off) · mul − sub
    fn ticks(t: &mut Text<Self>, x: I, ticks: Ticks) -> I;
    /// The number of the table `name` at `index`, which has not been cut to the table's length.
    fn lookup(t: &mut Text<Self>, name: &str, index: I, last: usize) -> F;
    /// The arm's value that a choice takes.
    fn choose(t: &mut Text<Self>, on: I, choice: Choice) -> F;
    /// A choice that is the function's own value.
    fn choose_last(t: &mut Text<Self>, on: I, choice: Choice);
    /// The function's value.
    fn give(t: &mut Text<Self>, value: F);
}

/// An arm of a choice.
struct Arm<'a> {
    /// The bound from which on it does not hold, if there is one.
    to: Option<i64>,
    /// What decides, where it holds.
    within: Ints,
    block: &'a Block,
}

/// An f64 expression, by its number.
#[derive(Clone, Copy, Debug)]
struct F(usize);

/// An integer expression.
#[derive(Clone, Copy, Debug)]
struct I(usize);

/// One function's text as it is written, and what the file needs for it.
struct Text<D> {
    lines: String,
    depth: usize,
    all: Vec<Expression>,
    registers: Registers<F, I>,
    /// How often the registers of the open block are read, the first of them, and its value.
    uses: (Vec<usize>, usize, Val),
    names: Names,
    /// What is divided by what, by the quotient.
    quotients: BTreeMap<usize, (usize, i64)>,
    /// What is one more, by the lesser.
    lesser: BTreeMap<usize, usize>,
    reads_base: bool,
    shared: Shared,
    dialect: D,
}

/// What all functions of a file share.
#[derive(Default)]
struct Shared {
    functions: BTreeSet<Function>,
    /// Helpers that the text calls.
    helpers: BTreeSet<&'static str>,
    tables: Vec<(String, Arc<[f64]>)>,
}

impl<D: Dialect> Text<D> {
    fn new(ir: &Ir, steps: Ints, shared: Shared, dialect: D) -> Self {
        let step = Expression::new("step".into(), Level::Atom, Bounds::Int(steps));
        Self {
            lines: String::new(),
            depth: 1,
            all: vec![step],
            registers: Registers::new(ir.registers, I(0)),
            uses: (vec![], 0, Val::Const(0.0)),
            names: Names::default(),
            quotients: BTreeMap::new(),
            lesser: BTreeMap::new(),
            reads_base: false,
            shared,
            dialect,
        }
    }

    fn line(&mut self, text: &str) {
        _ = writeln!(self.lines, "{:1$}{text}", "", self.depth * 4);
    }

    fn f(&mut self, e: Expression) -> F {
        self.all.push(e);
        F(self.all.len() - 1)
    }

    fn i(&mut self, e: Expression) -> I {
        self.all.push(e);
        I(self.all.len() - 1)
    }

    fn of(&self, x: F) -> &Expression {
        &self.all[x.0]
    }

    fn of_int(&self, x: I) -> &Expression {
        &self.all[x.0]
    }

    fn text(&self, x: F) -> &str {
        &self.all[x.0].text
    }

    fn range(&self, x: F) -> Range {
        match self.all[x.0].bounds {
            Bounds::Float(range) => range,
            Bounds::Int(_) => Range::ANY,
        }
    }

    fn ints(&self, x: I) -> Ints {
        match self.all[x.0].bounds {
            Bounds::Int(ints) => ints,
            Bounds::Float(_) => Ints::ANY,
        }
    }

    /// `lines`, the first after `start`.
    fn lines_after(&mut self, start: &str, lines: &[String]) {
        let mut start = start;
        for line in lines {
            self.line(&format!("{start}{line}"));
            start = "";
        }
    }

    /// What a constant table is called; it is written once.
    fn table_named(&mut self, table: Arc<[f64]>) -> String {
        let tables = &mut self.shared.tables;
        let known = tables.iter().position(|(_, t)| *t == table);
        let k = known.unwrap_or(tables.len());
        if known.is_none() {
            tables.push((format!("_TABLE{}", k + 1), table));
        }
        tables[k].0.clone()
    }

    /// What the numbers of a table are.
    fn entries(&self, name: &str) -> Range {
        let table = self.shared.tables.iter().find(|(n, _)| n == name);
        let all = table.and_then(|(_, t)| t.iter().map(|c| Range::point(*c)).reduce(Range::or));
        all.unwrap_or(Range::ANY)
    }

    /// `name(a)` with these bounds.
    fn call(&mut self, name: &str, args: &[F], range: Range) -> F {
        let args: Vec<&str> = args.iter().map(|a| self.text(*a)).collect();
        let call = Expression::call(name, &args, Bounds::Float(range));
        self.f(call)
    }

    /// A helper's value.
    fn help(&mut self, name: &'static str, args: &[F], range: Range) -> F {
        self.shared.helpers.insert(name);
        self.call(name, args, range)
    }

    fn infix(&mut self, a: F, op: &str, b: F, level: Level, range: Range) -> F {
        let e = Expression::infix(self.of(a), op, self.of(b), level, Bounds::Float(range));
        self.f(e)
    }

    fn minus(&mut self, a: F, range: Range) -> F {
        let minus = Expression::minus(self.of(a), Bounds::Float(range));
        self.f(minus)
    }

    /// `x` without its sign, where it is written with one that goes through all of it.
    fn opposite(&mut self, x: F) -> Option<F> {
        let Expression { text, level, bounds, hint } = self.of(x).clone();
        let whole = matches!(level, Level::Product | Level::Sign) && !text.contains(['%', '(']) && !text.contains("//");
        let text = text.strip_prefix('-').filter(|_| whole || level == Level::Sign)?.to_owned();
        Some(self.f(Expression { text, level, bounds, hint }))
    }

    /// The variable `name = …` for an expression that is more than a name.
    fn named(&mut self, e: usize) {
        if self.all[e].level == Level::Atom && !self.all[e].text.contains('(') {
            return;
        }
        let name = self.names.fresh(self.all[e].hint);
        let line = format!("{name} = {}", self.all[e].text);
        self.line(&line);
        self.all[e].text = name;
        self.all[e].level = Level::Atom;
    }

    /// Whether c·u is added or, as its c is known to be negative, −c·u subtracted: that rounds the same.
    fn signed(&mut self, c: F) -> (F, Binary) {
        match self.range(c).known().filter(|c| *c < 0.0) {
            Some(known) => (self.constant(-known), Binary::Sub),
            None => (c, Binary::Add),
        }
    }

    /// Runs `write` with the uses of `block` at hand.
    fn within<R>(&mut self, block: &Block, first: usize, write: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.uses, (uses::of(block, first), first, block.result));
        let result = write(self);
        self.uses = outer;
        result
    }

    /// Runs `write`, whose names are no one else's.
    fn scoped<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.names.clone();
        let result = write(self);
        self.names = outer;
        result
    }

    /// The value of `block`.
    fn block(&mut self, block: &Block, first: usize) -> F {
        self.within(block, first, |t| walk::block(t, block, first))
    }

    /// `block` as the function's own value.
    fn last(&mut self, block: &Block, first: usize) {
        self.within(block, first, |t| {
            for (k, inst) in block.code.iter().enumerate() {
                let here = first + k;
                match inst {
                    Inst::Choose { on, bounds, arms } if block.result == Val::Reg(here as u32) => {
                        let on = t.chooser(*on);
                        return D::choose_last(t, on, Choice { bounds, arms, here });
                    }
                    _ => walk::step(t, inst, here),
                }
            }
            let value = walk::val(t, block.result);
            D::give(t, value);
        });
    }

    /// What a choice asks for, by a name.
    fn chooser(&mut self, on: Int) -> I {
        let on = walk::int(self, on);
        self.named(on.0);
        on
    }

    /// The arms that can be come to, neighbours that are the same as one.
    fn reachable<'b>(&self, on: I, choice: Choice<'b>) -> Vec<Arm<'b>> {
        let Choice { bounds, arms, .. } = choice;
        let all = self.ints(on);
        let last = bounds.partition_point(|&b| i128::from(b) <= all.hi);
        let (mut from, mut reachable) = (0, vec![]);
        for (k, block) in arms.iter().enumerate().take(last + 1) {
            let to = bounds.get(k).copied().filter(|_| k < last);
            if to.is_some_and(|to| i128::from(to) <= all.lo || arms[k + 1] == *block) {
                continue;
            }
            let hi = to.map_or(i128::MAX, |to| i128::from(to) - 1);
            reachable.push(Arm { to, within: all.and(Ints { lo: from, hi }), block });
            from = hi.saturating_add(1);
        }
        reachable
    }

    /// Runs `write` where `on` is known to be within an arm's bounds.
    fn assuming<R>(&mut self, on: I, arm: &Arm, write: impl FnOnce(&mut Self) -> R) -> R {
        let all = std::mem::replace(&mut self.all[on.0].bounds, Bounds::Int(arm.within));
        let result = write(self);
        self.all[on.0].bounds = all;
        result
    }
}
