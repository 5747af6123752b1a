//! [`Ir`] → Python: functions of the step that need nothing but the standard library.
//!
//! Guarantee: the interpreter's bits wherever Python's operations are exact; where one of [`INEXACT`] stands, which the text
//! names, a value that the tests find at most 4 units in the last place off. Nothing is raised where the interpreter goes on.

use super::file::{Written, file};
use super::{Bounds, Choice, Dialect, Expression, F, Facts, I, Level, Names, Shared, Text, literal};
use crate::backend::walk::{self, Target};
use crate::interval::{Ints, Range, range};
use crate::ir::{Binary, Block, Function, Ir, Ticks, Unary, Value};

/// The functions that Python's `math` has, and those that follow from them: their last bits are the platform's.
const INEXACT: &[(Function, &str)] = &[
    (Function::Cos, "cos"),
    (Function::Exp, "exp"),
    (Function::Exp2, "2.0 ** x"),
    (Function::Ln, "log"),
    (Function::Log10, "log10"),
    (Function::Log2, "log2"),
    (Function::Sigmoid, "sigmoid"),
    (Function::Sin, "sin"),
    (Function::Tanh, "tanh"),
    (Function::Pow, "x ** y"),
    (Function::Hav, "the half cosine, sin(pi / 2 * u) ** 2"),
];

/// Python's integers have no end, but étude's have.
const STEPS: Ints = Ints { lo: 0, hi: i64::MAX as i128 };

/// Integers that an f64 holds exactly.
const EXACT: i128 = 1 << 53;

/// Arms that are asked for one after the other.
const FEW: usize = 12;

/// The program as a file of Python.
pub(crate) fn python(ir: &Ir, facts: Facts) -> String {
    let (mut shared, mut names) = (Shared::default(), Names::default());
    let mut functions = vec![];
    for output in &ir.outputs {
        let name = names.fresh(&output.name);
        let mut text = Text::new(ir, STEPS, std::mem::take(&mut shared), Python);
        text.last(&output.block, 1);
        let base = if text.reads_base { format!(", base: float = {}", literal(facts.base)) } else { String::new() };
        let head = format!("def {name}(step: int{base}) -> float:");
        functions.push(Written { name, output: output.name.clone(), head, body: text.lines });
        shared = text.shared;
    }
    let inexact: Vec<&str> =
        INEXACT.iter().filter(|(f, _)| shared.functions.contains(f)).map(|(_, word)| *word).collect();
    let mut says = "The values are etude's own, bit for bit".to_owned();
    if !inexact.is_empty() {
        says += &format!(
            ", but for what this platform computes, a few units in the last place off: {}",
            inexact.join(", ")
        );
    }
    file(&(says + "."), &[("math.", "import math")], include_str!("helpers.py"), &functions, &shared, facts)
}

struct Python;

impl Dialect for Python {
    fn unary(t: &mut Text<Self>, op: Unary, a: F) -> F {
        let range = range::unary(op, t.range(a));
        let one = t.constant(1.0);
        match op {
            Unary::Floor if !t.range(a).is_finite() => t.help("_floor", &[a], range),
            // `math.floor` would lose the sign of a zero.
            Unary::Floor => t.infix(a, "//", one, Level::Product, range),
            Unary::Ceil => {
                let minus = Target::unary(t, Unary::Neg, a);
                let floor = Self::unary(t, Unary::Floor, minus);
                Target::unary(t, Unary::Neg, floor)
            }
            Unary::Round => {
                let call = Expression::call("round", &[t.text(a), "0"], Bounds::Float(range));
                t.f(call)
            }
            Unary::Abs => t.call("abs", &[a], range),
            _ => t.call("math.sqrt", &[a], range),
        }
    }

    fn binary(t: &mut Text<Self>, op: Binary, a: F, b: F) -> F {
        let (x, y) = (t.range(a), t.range(b));
        let range = range::binary(op, x, y);
        match op {
            Binary::Min => t.call("min", &[a, b], range),
            Binary::Max => t.call("max", &[a, b], range),
            Binary::Div if y.lo > 0.0 || y.hi < 0.0 => t.infix(a, "/", b, Level::Product, range),
            Binary::Div => t.help("_div", &[a, b], range),
            _ => {
                t.shared.functions.insert(Function::Pow);
                match range.is_finite() {
                    true if x.lo >= 0.0 => {
                        let power = Expression::power(t.of(a), t.of(b), Bounds::Float(range));
                        t.f(power)
                    }
                    true => t.call("math.pow", &[a, b], range),
                    false => t.help("_pow", &[a, b], range),
                }
            }
        }
    }

    fn hav(t: &mut Text<Self>, u: F) -> F {
        half_cosine(t, u, "math")
    }

    fn function(t: &mut Text<Self>, f: Function, args: &[Value<F, I>]) -> F {
        let floats: Vec<F> = args.iter().filter_map(|arg| arg.as_float()).collect();
        let x = floats.first().map_or(Range::ANY, |x| t.range(*x));
        let finite = |op| range::unary(op, x).is_finite();
        let log = |t: &mut Text<Self>, name: &str| {
            if x.lo > 0.0 {
                return t.call(name, &floats, Range::ANY);
            }
            t.shared.helpers.insert("_log");
            let call = Expression::call("_log", &[name, t.text(floats[0])], Bounds::Float(Range::ANY));
            t.f(call)
        };
        match f {
            Function::Cos => t.call("math.cos", &floats, Range::ANY),
            Function::Sin => t.call("math.sin", &floats, Range::ANY),
            Function::Tanh => t.call("math.tanh", &floats, Range::ANY),
            Function::Sigmoid => t.help("_sigmoid", &floats, Range::ANY),
            Function::Exp if finite(Unary::Exp) => t.call("math.exp", &floats, Range::ANY),
            Function::Exp => t.help("_exp", &floats, Range::ANY),
            Function::Exp2 if finite(Unary::Exp2) => {
                let two = t.constant(2.0);
                let power = Expression::power(t.of(two), t.of(floats[0]), Bounds::Float(Range::ANY));
                t.f(power)
            }
            Function::Exp2 => t.help("_exp2", &floats, Range::ANY),
            Function::Ln => log(t, "math.log"),
            Function::Log2 => log(t, "math.log2"),
            Function::Log10 => log(t, "math.log10"),
            Function::Pow => Self::binary(t, Binary::Pow, floats[0], floats[1]),
            Function::Hav => Self::hav(t, floats[0]),
            Function::Bezier => {
                let handles = [1, 2, 3, 4].map(|k| t.range(floats[k]));
                let range = range::bezier(x, handles);
                t.help("_bezier", &floats, range)
            }
            Function::Noise => noise(t, args),
        }
    }

    fn float(t: &mut Text<Self>, x: I) -> F {
        let bounds = Bounds::Float(t.ints(x).float());
        let call = Expression::call("float", &[&t.of_int(x).text], bounds);
        t.f(call)
    }

    fn share(t: &mut Text<Self>, x: I, ticks: Ticks, len: i64) -> F {
        let count = Self::ticks(t, x, ticks);
        if len == 1 {
            return Self::float(t, count);
        }
        let ints = t.ints(count);
        let bounds = range::binary(Binary::Div, ints.float(), Range::point(len as f64));
        // The quotient of integers is rounded once, étude's count and length before it, too: the same while they are exact.
        let exact = i128::from(len) <= EXACT && ticks.mul.unsigned_abs() <= 1 << 13;
        if exact {
            let len = t.whole(len);
            let e = Expression::infix(t.of_int(count), "/", t.of_int(len), Level::Product, Bounds::Float(bounds));
            return t.f(e.called("share"));
        }
        let (count, len) = (Self::float(t, count), t.constant(len as f64));
        t.infix(count, "/", len, Level::Product, bounds)
    }

    /// With one constant instead of two: Python's integers have room.
    fn ticks(t: &mut Text<Self>, x: I, Ticks { off, mul, sub, .. }: Ticks) -> I {
        let rest = i128::from(off) * i128::from(mul) + i128::from(sub);
        counted(t, x, mul, rest)
    }

    fn lookup(t: &mut Text<Self>, name: &str, index: I, last: usize) -> F {
        let inside = t.ints(index).hi <= last as i128;
        let index = &t.of_int(index).text;
        let index = if inside { index.clone() } else { format!("min({index}, {last})") };
        let e = Expression::new(format!("{name}[{index}]"), Level::Atom, Bounds::Float(t.entries(name)));
        t.f(e)
    }

    fn choose(t: &mut Text<Self>, on: I, choice: Choice) -> F {
        let arms = t.reachable(on, choice);
        if let [only] = &arms[..] {
            return t.assuming(on, only, |t| t.block(only.block, choice.here));
        }
        let name = t.names.fresh("value");
        let mut all: Option<Range> = None;
        let mut set = |t: &mut Text<Self>, arm: &Block| {
            let range = t.scoped(|t| {
                let value = t.block(arm, choice.here);
                let line = format!("{name} = {}", t.text(value));
                t.line(&line);
                t.range(value)
            });
            all = Some(all.map_or(range, |all| all.or(range)));
        };
        if arms.len() > FEW {
            walk::halve(t, on, choice, &mut |t, arm| set(t, arm));
        } else {
            for (k, arm) in arms.iter().enumerate() {
                let asked = arm.to.map_or("else:".into(), |to| format!("if {} < {to}:", t.of_int(on).text));
                let line = if k > 0 && arm.to.is_some() { format!("el{asked}") } else { asked };
                t.line(&line);
                t.depth += 1;
                t.assuming(on, arm, |t| set(t, arm.block));
                t.depth -= 1;
            }
        }
        t.f(Expression::new(name, Level::Atom, Bounds::Float(all.unwrap_or(Range::ANY))))
    }

    fn choose_last(t: &mut Text<Self>, on: I, choice: Choice) {
        let arms = t.reachable(on, choice);
        if arms.len() > FEW {
            return walk::halve(t, on, choice, &mut |t, arm| t.scoped(|t| t.last(arm, choice.here)));
        }
        for arm in &arms {
            if let Some(to) = arm.to {
                let line = format!("if {} < {to}:", t.of_int(on).text);
                t.line(&line);
            }
            t.depth += usize::from(arm.to.is_some());
            t.assuming(on, arm, |t| t.scoped(|t| t.last(arm.block, choice.here)));
            t.depth -= usize::from(arm.to.is_some());
        }
    }

    fn give(t: &mut Text<Self>, value: F) {
        let line = format!("return {}", t.text(value));
        t.line(&line);
    }
}

/// x·mul − rest
pub(super) fn counted<D: Dialect>(t: &mut Text<D>, x: I, mul: i64, rest: i128) -> I {
    let bounds = Bounds::Int(t.ints(x).scaled(mul.into(), -rest));
    let x = t.of_int(x).clone();
    let number = |n: i128| Expression::new(n.to_string(), Level::Atom, Bounds::Int(Ints::point(n)));
    let scaled = match mul.unsigned_abs() {
        1 => x,
        mul => Expression::infix(&number(mul.into()), "*", &x, Level::Product, bounds),
    };
    let e = match (mul < 0, rest) {
        (false, 0) => scaled,
        (false, 1..) => Expression::infix(&scaled, "-", &number(rest), Level::Sum, bounds),
        (false, _) => Expression::infix(&scaled, "+", &number(-rest), Level::Sum, bounds),
        (true, 0) => Expression::minus(&scaled, bounds),
        (true, _) => {
            let from = Expression::new((-rest).to_string(), Level::Atom, bounds);
            Expression::infix(&from, "-", &scaled, Level::Sum, bounds)
        }
    };
    t.i(Expression { bounds, ..e }.called("ticks"))
}

/// (1 − cos πu)/2, without its cancellation at 0.
pub(super) fn half_cosine<D: Dialect>(t: &mut Text<D>, u: F, module: &str) -> F {
    t.shared.functions.insert(Function::Hav);
    let range = range::hav(t.range(u));
    let turn = Expression::new(format!("{module}.pi / 2"), Level::Product, Bounds::Float(Range::ANY));
    let turn = Expression::infix(&turn, "*", t.of(u), Level::Product, Bounds::Float(Range::ANY));
    let sine = Expression::call(&format!("{module}.sin"), &[&turn.text], Bounds::Float(Range::ANY));
    let two = Expression::new("2".into(), Level::Atom, Bounds::Float(Range::ANY));
    t.f(Expression::power(&sine, &two, Bounds::Float(range)))
}

/// `_noise(seed, count)`
pub(super) fn noise<D: Dialect>(t: &mut Text<D>, args: &[Value<F, I>]) -> F {
    t.shared.helpers.insert("_noise");
    let number = |arg: &Value<F, I>| match *arg {
        Value::Float(F(e)) | Value::Int(I(e)) => e,
    };
    let args: Vec<&str> = args.iter().map(|arg| t.all[number(arg)].text.as_str()).collect();
    let call = Expression::call("_noise", &args, Bounds::Float(Range::new(-1.0, 1.0)));
    t.f(call)
}
