//! [`Ir`] → JAX: functions of a step that may be traced, mapped and compiled.
//!
//! Guarantees: every choice is a selection, so that a traced step will do; the time is counted in the integers that JAX
//! has, exactly with x64, and without it wherever 32 bits suffice. Where they do not, the text refuses to be traced.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::file::{Written, file};
use super::python::{half_cosine, noise};
use super::{Bounds, Choice, Dialect, Expression, F, Facts, I, Level, Names, Shared, Text, literal};
use crate::backend::walk::Target;
use crate::interval::{Ints, Range, range};
use crate::ir::{Binary, Block, Function, Inst, Ir, Ticks, Unary, Value};

/// What a 32-bit integer holds.
const SHORT: Ints = Ints { lo: i32::MIN as i128, hi: i32::MAX as i128 };

/// Constant arms that are selected one by one; more of them are a table.
const FEW: usize = 8;

/// By which the limits at jumps are told apart: see `lower/jump.rs`.
const HUGE: f64 = 1e300;

/// Columns of a line.
const WIDTH: usize = 100;

/// The program as a file of JAX.
pub(crate) fn jax(ir: &Ir, facts: Facts) -> String {
    let long = ir.outputs.iter().any(|output| passes(&output.block));
    let steps = if long { Ints { lo: 0, hi: i64::MAX.into() } } else { Ints { lo: 0, hi: SHORT.hi } };
    let first = functions(ir, facts, steps, long);
    // Whether 32 bits will do to the end of the run.
    let end = facts.last.map(i128::from).filter(|&end| first.needs.overflows && !long && end <= SHORT.hi);
    let end = end.filter(|&hi| !functions(ir, facts, Ints { lo: 0, hi }, false).needs.overflows);
    let refuses = long || first.needs.overflows && end.is_none();
    let Emitted { functions, shared, needs } = if refuses { functions(ir, facts, steps, true) } else { first };
    let mut says =
        "A schedule as optax takes them: the step may be traced, and an array. With jax_enable_x64 the values are \
        etude's own but for the last bits"
            .to_owned();
    says += &match end {
        _ if refuses => "; float32 and int32 cannot hold them, so that it is needed.".to_owned(),
        Some(end) => format!("; without it they are as good as float32, up to step {end}."),
        None => "; without it they are as good as float32.".to_owned(),
    };
    if needs.jumps {
        says += " What floor, ceil and round make of the time may come a step early or late: XLA rounds quotients in its own way.";
    }
    if needs.steep {
        says += " The slope of a bezier multiplies their rounding.";
    }
    let modules = [("jax.", "import jax"), ("jnp.", "import jax.numpy as jnp")];
    file(&says, &modules, include_str!("helpers_jax.py"), &functions, &shared, facts)
}

struct Emitted {
    functions: Vec<Written>,
    shared: Shared,
    needs: Jax,
}

/// Every function for these steps; those that are `long` refuse 32 bits.
fn functions(ir: &Ir, facts: Facts, steps: Ints, long: bool) -> Emitted {
    let (mut shared, mut names, mut needs) = (Shared::default(), Names::default(), Jax::default());
    let mut functions = vec![];
    for output in &ir.outputs {
        let name = names.fresh(&output.name);
        let mut text = Text::new(ir, steps, std::mem::take(&mut shared), Jax::default());
        text.last(&output.block, 1);
        needs.overflows |= text.dialect.overflows;
        needs.jumps |= text.dialect.jumps;
        needs.steep |= text.dialect.steep;
        let base = if text.reads_base { format!(", base={}", literal(facts.base)) } else { String::new() };
        let mut body = "    step = jnp.asarray(step, int)\n".to_owned();
        if long {
            body += "    if step.dtype != jnp.int64:\n        \
                raise TypeError(\"32 bits cannot hold this schedule: set jax_enable_x64\")\n";
        }
        if text.reads_base {
            body += "    base = jnp.asarray(base, float)\n";
        }
        functions.push(Written {
            head: format!("def {name}(step{base}):"),
            name,
            output: output.name.clone(),
            body: body + &text.lines,
        });
        shared = text.shared;
    }
    Emitted { functions, shared, needs }
}

/// The last step of the longest run.
const LAST: i128 = 1 << 53;

/// Whether `block` decides by steps of a run that 32 bits do not count.
fn passes(block: &Block) -> bool {
    block.code.iter().any(|inst| match inst {
        Inst::Choose { bounds, arms, .. } => {
            let long = |(k, &b): (usize, &i64)| (SHORT.hi + 1..LAST).contains(&b.into()) && arms[k] != arms[k + 1];
            bounds.iter().enumerate().any(long) || arms.iter().any(passes)
        }
        _ => false,
    })
}

/// What a text has to say of itself.
#[derive(Default)]
struct Jax {
    /// 32 bits do not do.
    overflows: bool,
    /// It jumps where a quotient comes to a whole number.
    jumps: bool,
    /// It has a slope without a bound.
    steep: bool,
    /// What is multiplied by `HUGE`, by the product.
    huge: BTreeMap<usize, F>,
}

impl Dialect for Jax {
    fn constant(&mut self, c: f64) {
        self.overflows |= c.is_finite() && (c as f32).is_infinite();
    }

    fn divisor(&mut self, d: i64) {
        self.overflows |= i128::from(d) > SHORT.hi;
    }

    fn unary(t: &mut Text<Self>, op: Unary, a: F) -> F {
        t.dialect.jumps |= matches!(op, Unary::Floor | Unary::Ceil | Unary::Round);
        let name = match op {
            Unary::Floor => "jnp.floor",
            Unary::Ceil => "jnp.ceil",
            Unary::Round => "jnp.round",
            Unary::Abs => "jnp.abs",
            _ => "jnp.sqrt",
        };
        let range = range::unary(op, t.range(a));
        t.call(name, &[a], range)
    }

    /// Twice `HUGE` is the sign. XLA would multiply the constants first, and 0 by infinity then.
    fn product(t: &mut Text<Self>, a: F, b: F, range: Range) -> F {
        if t.range(b).known() != Some(HUGE) {
            return t.infix(a, "*", b, Level::Product, range);
        }
        if let Some(x) = t.dialect.huge.get(&a.0).copied() {
            return t.call("jnp.sign", &[x], range);
        }
        let product = t.infix(a, "*", b, Level::Product, range);
        t.dialect.huge.insert(product.0, a);
        product
    }

    fn binary(t: &mut Text<Self>, op: Binary, a: F, b: F) -> F {
        let range = range::binary(op, t.range(a), t.range(b));
        match op {
            Binary::Min => t.call("jnp.minimum", &[a, b], range),
            Binary::Max => t.call("jnp.maximum", &[a, b], range),
            Binary::Div => t.infix(a, "/", b, Level::Product, range),
            _ => {
                let power = Expression::power(t.of(a), t.of(b), Bounds::Float(range));
                t.f(power)
            }
        }
    }

    fn hav(t: &mut Text<Self>, u: F) -> F {
        half_cosine(t, u, "jnp")
    }

    fn function(t: &mut Text<Self>, f: Function, args: &[Value<F, I>]) -> F {
        let floats: Vec<F> = args.iter().filter_map(|arg| arg.as_float()).collect();
        let name = match f {
            Function::Cos => "jnp.cos",
            Function::Sin => "jnp.sin",
            Function::Tanh => "jnp.tanh",
            Function::Sigmoid => "jax.nn.sigmoid",
            Function::Exp => "jnp.exp",
            Function::Ln => "jnp.log",
            Function::Log2 => "jnp.log2",
            Function::Log10 => "jnp.log10",
            Function::Exp2 => {
                let two = t.constant(2.0);
                return Self::binary(t, Binary::Pow, two, floats[0]);
            }
            Function::Pow => return Self::binary(t, Binary::Pow, floats[0], floats[1]),
            Function::Hav => return Self::hav(t, floats[0]),
            Function::Noise => return noise(t, args),
            Function::Bezier => {
                t.dialect.steep = true;
                let handles = [1, 2, 3, 4].map(|k| t.range(floats[k]));
                let range = range::bezier(t.range(floats[0]), handles);
                return t.help("_bezier", &floats, range);
            }
        };
        t.call(name, &floats, Range::ANY)
    }

    fn float(t: &mut Text<Self>, x: I) -> F {
        let bounds = Bounds::Float(t.ints(x).float());
        let text = format!("{}.astype(float)", t.of_int(x).at_least(Level::Atom));
        t.f(Expression::new(text, Level::Atom, bounds))
    }

    fn share(t: &mut Text<Self>, x: I, ticks: Ticks, len: i64) -> F {
        let outside = t.dialect.overflows;
        let (count, fits) = counted(t, x, ticks);
        let bounds = range::binary(Binary::Div, t.ints(count).float(), Range::point(len as f64));
        if fits && len == 1 {
            return Self::float(t, count);
        }
        if fits || ticks.mul == 1 {
            let len = if i128::from(len) <= SHORT.hi { len.to_string() } else { literal(len as f64) };
            let len = Expression::new(len, Level::Atom, Bounds::Float(bounds));
            let e = Expression::infix(t.of_int(count), "/", &len, Level::Product, Bounds::Float(bounds));
            return t.f(e.called("share"));
        }
        t.dialect.overflows = outside;
        let (since, fits) = counted(t, x, Ticks { mul: 1, sub: 0, ..ticks });
        t.dialect.overflows |= !fits;
        t.shared.helpers.insert("_share");
        let [mul, sub, len] = [ticks.mul, ticks.sub, len].map(|n| n.to_string());
        let call = Expression::call("_share", &[&t.of_int(since).text, &mul, &sub, &len], Bounds::Float(bounds));
        t.f(call.called("share"))
    }

    fn ticks(t: &mut Text<Self>, x: I, ticks: Ticks) -> I {
        counted(t, x, ticks).0
    }

    fn lookup(t: &mut Text<Self>, name: &str, index: I, last: usize) -> F {
        let bounds = Bounds::Float(t.entries(name));
        let inside = t.ints(index).hi <= last as i128;
        let index = &t.of_int(index).text;
        let index = if inside { index.clone() } else { format!("jnp.minimum({index}, {last})") };
        t.f(Expression::new(format!("jnp.array({name})[{index}]"), Level::Atom, bounds))
    }

    fn choose(t: &mut Text<Self>, on: I, choice: Choice) -> F {
        let (lines, range) = selection(t, on, choice);
        let bounds = Bounds::Float(range);
        if let [only] = &lines[..] {
            return t.f(Expression::new(only.clone(), Level::Atom, bounds).called("value"));
        }
        let name = t.names.fresh("value");
        t.lines_after(&format!("{name} = "), &lines);
        t.f(Expression::new(name, Level::Atom, bounds))
    }

    fn choose_last(t: &mut Text<Self>, on: I, choice: Choice) {
        let (lines, _) = selection(t, on, choice);
        t.lines_after("return ", &lines);
    }

    fn give(t: &mut Text<Self>, value: F) {
        let text = t.text(value);
        let line = match t.range(value).known() {
            Some(_) => format!("return jnp.full_like(step, {text}, dtype=float)"),
            None => format!("return {text}"),
        };
        t.line(&line);
    }
}

/// (x − off) · mul − sub, and whether 32 bits hold it and what it is made of.
fn counted(t: &mut Text<Jax>, x: I, ticks: Ticks) -> (I, bool) {
    let Ticks { off, mul, sub, .. } = ticks;
    let mut fits = t.ints(x).within(SHORT);
    let mut number = |n: i128| {
        fits &= Ints::point(n).within(SHORT);
        Expression::new(n.to_string(), Level::Atom, Bounds::Int(Ints::point(n)))
    };
    let sum = |a: &Expression, b: i128, number: &mut dyn FnMut(i128) -> Expression| {
        let bounds = Bounds::Int(a.ints().scaled(1, b));
        match b {
            0 => a.clone(),
            1.. => Expression::infix(a, "+", &number(b), Level::Sum, bounds),
            _ => Expression::infix(a, "-", &number(-b), Level::Sum, bounds),
        }
    };
    let (off, sub, m) = (i128::from(off), i128::from(sub), i128::from(mul));
    let x = t.of_int(x).clone();
    let e = match mul {
        1 => sum(&x, -off - sub, &mut number),
        -1 => {
            let bounds = Bounds::Int(x.ints().scaled(-1, off - sub));
            Expression::infix(&number(off - sub), "-", &x, Level::Sum, bounds)
        }
        _ => {
            let since = sum(&x, -off, &mut number);
            let bounds = since.ints().scaled(m, 0);
            let times = Expression::infix(&since, "*", &number(m), Level::Product, Bounds::Int(bounds));
            let e = sum(&times, -sub, &mut number);
            fits &= bounds.within(SHORT);
            e
        }
    };
    fits &= e.ints().within(SHORT);
    t.dialect.overflows |= !fits;
    (t.i(e.called("ticks")), fits)
}

/// The value of the arm that holds, in one line or several.
fn selection(t: &mut Text<Jax>, on: I, choice: Choice) -> (Vec<String>, Range) {
    let name = t.of_int(on).text.clone();
    let (mut bounds, mut values, mut all) = (vec![], vec![], None::<Range>);
    let mut constant = true;
    for arm in t.reachable(on, choice) {
        let value = t.assuming(on, &arm, |t| t.block(arm.block, choice.here));
        let range = t.range(value);
        constant &= range.known().is_some();
        all = Some(all.map_or(range, |all| all.or(range)));
        bounds.extend(arm.to);
        values.push(t.text(value).to_owned());
    }
    let range = all.unwrap_or(Range::ANY);
    let Some(last) = values.pop() else { return (vec!["0.0".into()], range) };
    if values.is_empty() {
        return (vec![last], range);
    }
    if constant && values.len() > FEW {
        let entries = values.iter().chain([&last]).map(|v| v.parse().unwrap_or(f64::NAN)).collect();
        let table = t.table_named(entries);
        let bounds: Vec<String> = bounds.iter().map(i64::to_string).collect();
        let mut lines =
            vec![format!("jnp.array({table})["), "    jnp.searchsorted(".into(), "        jnp.array([".into()];
        lines.extend(
            super::file::wrapped(&format!("{},", bounds.join(", ")), WIDTH - 24)
                .into_iter()
                .map(|l| format!("            {l}")),
        );
        lines.extend([format!("        ]), {name}, side=\"right\""), "    )".into(), "]".into()]);
        return (lines, range);
    }
    let asked: Vec<String> = bounds.iter().map(|bound| format!("{name} < {bound}")).collect();
    if let ([asked], [value]) = (&asked[..], &values[..]) {
        let line = format!("jnp.where({asked}, {value}, {last})");
        if line.len() < WIDTH - 24 {
            return (vec![line], range);
        }
        let args = [asked, value, &last].map(|arg| format!("    {arg},"));
        return ([&["jnp.where(".to_owned()][..], &args, &[")".to_owned()]].concat(), range);
    }
    let mut text = String::new();
    _ = write!(text, "jnp.select(\n    [{}],\n    [", asked.join(", "));
    for value in &values {
        _ = write!(text, "\n        {value},");
    }
    _ = write!(text, "\n    ],\n    {last},\n)");
    (text.lines().map(str::to_owned).collect(), range)
}
