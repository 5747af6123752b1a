//! What instructions become in a text: expressions, simplified where that changes no bit.

use std::sync::Arc;

use super::expression::{Bounds, Expression, Level, literal};
use super::{Dialect, F, I, Text};
use crate::backend::walk::{Choice, Registers, Target};
use crate::interval::{Ints, Range, range};
use crate::ir::{Binary, Curve, Function, Int, Ticks, Unary, Val, Value};

/// The longest expression that stands within another.
const LONGEST: usize = 72;

impl<D: Dialect> Target for Text<D> {
    type F = F;
    type I = I;

    fn registers(&mut self) -> &mut Registers<F, I> {
        &mut self.registers
    }

    fn define(&mut self, here: usize, value: Value<F, I>) -> Value<F, I> {
        let (Value::Float(F(e)) | Value::Int(I(e))) = value;
        let uses = here.checked_sub(self.uses.1).and_then(|k| self.uses.0.get(k)).copied().unwrap_or(0);
        let last = matches!(self.uses.2, Val::Reg(r) if r as usize == here);
        if uses > 1 || uses == 1 && !last && self.all[e].text.len() > LONGEST {
            self.named(e);
        }
        value
    }

    fn constant(&mut self, c: f64) -> F {
        self.dialect.constant(c);
        let level = if c.is_sign_negative() { Level::Sign } else { Level::Atom };
        self.f(Expression::new(literal(c), level, Bounds::Float(Range::point(c))))
    }

    fn whole(&mut self, c: i64) -> I {
        let level = if c < 0 { Level::Sign } else { Level::Atom };
        self.i(Expression::new(c.to_string(), level, Bounds::Int(Ints::point(c.into()))))
    }

    fn input(&mut self, _: u16) -> F {
        self.reads_base = true;
        // See `Program::bases`.
        self.f(Expression::new("base".into(), Level::Atom, Bounds::Float(Range::new(0.0, 1e100))))
    }

    fn unary(&mut self, op: Unary, a: F) -> F {
        let range = range::unary(op, self.range(a));
        match op.function() {
            Some(function) => {
                let value = Target::function(self, function, &[Value::Float(a)]);
                self.all[value.0].bounds = Bounds::Float(range);
                value
            }
            None if op == Unary::Neg => self.minus(a, range),
            None => D::unary(self, op, a),
        }
    }

    fn binary(&mut self, op: Binary, a: F, b: F) -> F {
        let (x, y) = (self.range(a), self.range(b));
        let range = range::binary(op, x, y);
        let is = |range: Range, c: f64| range.known() == Some(c);
        match op {
            // These change no bit.
            Binary::Add if is(x, 0.0) && y.lo >= 0.0 && y.lo.is_sign_positive() => b,
            Binary::Add if is(y, 0.0) && x.lo >= 0.0 && x.lo.is_sign_positive() => a,
            Binary::Sub if is(y, 0.0) && y.lo.is_sign_positive() => a,
            Binary::Mul if is(x, 1.0) => b,
            Binary::Mul | Binary::Div if is(y, 1.0) => a,
            Binary::Mul if is(x, -1.0) => self.minus(b, range),
            Binary::Add | Binary::Sub => {
                let (other, sign) = if op == Binary::Add { ("-", "+") } else { ("+", "-") };
                // Adding what is negative is subtracting what is not, to the bit.
                match self.opposite(b) {
                    Some(positive) => self.infix(a, other, positive, Level::Sum, range),
                    None => self.infix(a, sign, b, Level::Sum, range),
                }
            }
            Binary::Mul => D::product(self, a, b, range),
            _ => {
                let value = D::binary(self, op, a, b);
                self.all[value.0].bounds = Bounds::Float(range);
                value
            }
        }
    }

    fn ramp(&mut self, curve: Curve, a: F, c: F, count: I, ticks: Ticks, len: i64) -> F {
        let u = D::share(self, count, ticks, len);
        if curve == Curve::Exp {
            let octaves = self.binary(Binary::Mul, c, u);
            let factor = self.unary(Unary::Exp2, octaves);
            return self.binary(Binary::Mul, a, factor);
        }
        let share = if curve == Curve::Cosine { D::hav(self, u) } else { u };
        let (c, op) = self.signed(c);
        let risen = self.binary(Binary::Mul, c, share);
        self.binary(op, a, risen)
    }

    fn ratio(&mut self, x: I, ticks: Ticks, len: i64) -> F {
        D::share(self, x, ticks, len)
    }

    fn function(&mut self, f: Function, args: &[Value<F, I>]) -> F {
        self.shared.functions.insert(f);
        D::function(self, f, args)
    }

    fn float(&mut self, x: I) -> F {
        D::float(self, x)
    }

    fn table(&mut self, table: &Arc<[f64]>, index: I, _here: usize) -> F {
        let name = self.table_named(table.clone());
        let value = D::lookup(self, &name, index, table.len() - 1);
        self.all[value.0].hint = "entry";
        value
    }

    fn ticks(&mut self, x: I, ticks: Ticks) -> I {
        D::ticks(self, x, ticks)
    }

    fn quotient(&mut self, x: I, d: i64) -> I {
        self.dialect.divisor(d);
        let divisor = self.whole(d);
        let bounds = Bounds::Int(self.ints(x).quotient(d.into()));
        let e = Expression::infix(self.of_int(x), "//", self.of_int(divisor), Level::Product, bounds);
        let q = self.i(e.called("cycle"));
        self.quotients.insert(q.0, (x.0, d));
        q
    }

    fn remainder(&mut self, x: I, q: I, d: i64) -> I {
        let (whole, cycles, m) = (self.ints(x), self.ints(q), i128::from(d));
        let (less, more) = (cycles.lo.saturating_mul(m), cycles.hi.saturating_mul(m));
        let plain = Ints { lo: whole.lo.saturating_sub(more), hi: whole.hi.saturating_sub(less) }.fitting();
        let of = self.quotients.get(&q.0).filter(|(_, e)| *e == d).map(|(y, _)| *y);
        let same = of == Some(x.0);
        // Limits from the left count a whole cycle as passed one tick later.
        let most = if same { Some(m - 1) } else { of.filter(|y| self.lesser.get(y) == Some(&x.0)).map(|_| m) };
        let bounds = Bounds::Int(most.map_or(plain, |hi| Ints { lo: 0, hi }));
        let divisor = self.whole(d);
        let (x, q, divisor) = (self.of_int(x), self.of_int(q), self.of_int(divisor));
        let e = match same {
            true => Expression::infix(x, "%", divisor, Level::Product, bounds),
            false if d == 1 => Expression::infix(x, "-", q, Level::Sum, bounds),
            false => {
                let passed = Expression::infix(q, "*", divisor, Level::Product, bounds);
                Expression::infix(x, "-", &passed, Level::Sum, bounds)
            }
        };
        self.i(e.called("since"))
    }

    fn scale(&mut self, x: I, a: i64, b: i64) -> I {
        let scaled = D::ticks(self, x, Ticks { x: Int::Const(0), off: 0, mul: a, sub: -b });
        if (a, b) == (1, -1) {
            self.lesser.insert(scaled.0, x.0);
        }
        scaled
    }

    fn choose(&mut self, on: I, choice: Choice) -> F {
        self.named(on.0);
        D::choose(self, on, choice)
    }

    fn branch(&mut self, on: I, bound: i64, side: &mut dyn FnMut(&mut Self, bool)) {
        let line = format!("if {} < {bound}:", self.of_int(on).text);
        self.line(&line);
        self.depth += 1;
        side(self, true);
        self.depth -= 1;
        self.line("else:");
        self.depth += 1;
        side(self, false);
        self.depth -= 1;
    }
}
