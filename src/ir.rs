//! The program as a small closed set of f64 and i64 operations: what every backend runs or emits.
//!
//! Guarantees: integers stay in 0 .. 2^63, so signed and unsigned readings agree; divisors are non-zero
//! constants; the only control flow is a choice between blocks by an integer's range; every f64 operation
//! is one that [`math`](crate::math) defines, so all backends give the same bits.

use std::fmt;
use std::sync::Arc;

mod build;
mod exact;
mod function;
pub mod ops;
mod time;

pub use build::Builder;
pub(crate) use exact::{lcm, minus};
pub use function::{Function, Kind, Value};
pub use time::{Local, Side, Time};
pub(crate) use time::{MOST, countable, tick_at};

/// A compiled program: one block per output, run in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Ir {
    /// What is computed.
    pub outputs: Vec<Output>,
    /// How many registers a run needs.
    pub registers: usize,
    /// How many inputs it may read, at least `base`.
    pub inputs: usize,
}

impl Ir {
    /// A program of these outputs.
    pub fn new(outputs: Vec<Output>, registers: usize) -> Self {
        let inputs = outputs.iter().map(|o| inputs(&o.block)).max().unwrap_or(0).max(1);
        Self { outputs, registers, inputs }
    }

    /// The number that is all the program computes, where it is one.
    pub fn constant(&self) -> Option<f64> {
        match &self.outputs[..] {
            [Output { block: Block { code, result: Val::Const(value) }, .. }] if code.is_empty() => Some(*value),
            _ => None,
        }
    }
}

impl Block {
    /// How many instructions and arms there are in it, at any depth.
    pub fn operations(&self) -> usize {
        let of = |inst: &Inst| match inst {
            Inst::Choose { arms, .. } => 1 + arms.iter().map(|arm| 1 + arm.operations()).sum::<usize>(),
            _ => 1,
        };
        self.code.iter().map(of).sum()
    }

    /// How many instructions one run of it takes at most.
    pub fn longest(&self) -> usize {
        let of = |inst: &Inst| match inst {
            Inst::Choose { arms, .. } => 1 + arms.iter().map(Self::longest).max().unwrap_or(0),
            _ => 1,
        };
        self.code.iter().map(of).sum()
    }
}

/// One more than the number of the last input that `block` reads.
pub(crate) fn inputs(block: &Block) -> usize {
    let of = |inst: &Inst| match inst {
        Inst::Input(n) => usize::from(*n) + 1,
        Inst::Choose { arms, .. } => arms.iter().map(inputs).max().unwrap_or(0),
        _ => 0,
    };
    block.code.iter().map(of).max().unwrap_or(0)
}

/// One named result.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The hyperparameter's name, `lr` where there is only one.
    pub name: String,
    /// How it is computed.
    pub block: Block,
}

/// Straight-line code. The k-th instruction defines register `first + k`, where `first` is 1 for an output's
/// block (register 0 is the step) and the choice's own register for the block of an arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The instructions.
    pub code: Vec<Inst>,
    /// The value of the block.
    pub result: Val,
}

/// An f64 operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val {
    /// A constant.
    Const(f64),
    /// A register.
    Reg(u32),
}

/// An i64 operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// A constant.
    Const(i64),
    /// A register.
    Reg(u32),
}

/// A count of ticks since some moment: `(x − off) · mul − sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// The axis's own count.
    pub x: Int,
    /// Subtracted first, so that the product stays small.
    pub off: i64,
    /// New ticks per old one.
    pub mul: i64,
    /// The rest of the moment, in new ticks.
    pub sub: i64,
}

/// How far a phase has come: `ticks` of `len`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Ticks since the phase's start.
    pub ticks: Ticks,
    /// Ticks of the whole phase, at least 1.
    pub len: i64,
}

/// One operation; the f64 ones are those of [`math`](crate::math).
#[derive(Clone, Debug, PartialEq)]
pub enum Inst {
    /// The trainer's input number n: 0 is `base`, the others are the scales of metric-driven modifiers.
    Input(u16),
    /// One operand.
    Unary(Unary, Val),
    /// Two operands.
    Binary(Binary, Val, Val),
    /// A ramp from a, by c.
    Ramp(Curve, Val, Val, Progress),
    /// u = ticks / len
    Done(Progress),
    /// ticks / d as f64
    Span(Ticks, i64),
    /// The integer as f64.
    Float(Int),
    /// The ticks as an integer.
    Count(Ticks),
    /// ⌊x / d⌋, an integer.
    Quotient(Int, i64),
    /// x − q·d, an integer.
    Remainder(Int, Int, i64),
    /// x·a + b, an integer.
    Scale(Int, i64, i64),
    /// Noise in [−1, 1) for the integer, by the seed.
    Noise(Int, u64),
    /// y at x = u on the easing curve with the handles x1, y1, x2, y2.
    Bezier(Val, [Val; 4]),
    /// The table's number at x, the last one beyond it; a table is never empty.
    Lookup(Int, Arc<[f64]>),
    /// The arm whose range holds `on`: arm k is for `bounds[k−1] ≤ on < bounds[k]`.
    Choose {
        /// What decides.
        on: Int,
        /// Ascending.
        bounds: Vec<i64>,
        /// One more than bounds.
        arms: Vec<Block>,
    },
}

macro_rules! operations {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = concat!("`", $word, "`")] $(#[$what])* $variant,)* }

        impl $name {
            /// The operation's name in the language.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The operation that the language calls `word`.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }

            /// Every operation's name.
            pub const WORDS: &[&str] = &[$($word,)*];
        }
    };
}

operations! {
    /// The ramps that are one operation, over the progress u.
    Curve {
        /// a + c·u
        Linear = "linear",
        /// a + c·(1 − cos πu)/2, for u ≤ 1/2: a half cosine from its nearer end
        Cosine = "cosine",
        /// a·2^(c·u)
        Exp = "exp",
    }
}

operations! {
    /// Operations on one f64.
    Unary {
        Neg = "-", Abs = "abs", Floor = "floor", Ceil = "ceil", Round = "round", Sqrt = "sqrt",
        Exp = "exp", Exp2 = "exp2", Ln = "ln", Log2 = "log2", Log10 = "log10", Sin = "sin", Cos = "cos",
        Tanh = "tanh", Sigmoid = "sigmoid",
    }
}

operations! {
    /// Operations on two f64.
    Binary {
        Add = "+", Sub = "-", Mul = "*", Div = "/", Min = "min", Max = "max", Pow = "pow",
    }
}

/// The language's name of a function of three values, which are two operations: the value, its least and its greatest.
pub const CLAMP: &str = "clamp";

impl fmt::Display for Ir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for output in &self.outputs {
            writeln!(f, "{}:", output.name)?;
            block(f, &output.block, 1, 1)?;
        }
        Ok(())
    }
}

fn block(f: &mut fmt::Formatter<'_>, b: &Block, first: usize, depth: usize) -> fmt::Result {
    for (k, inst) in b.code.iter().enumerate() {
        write!(f, "{:1$}r{2} = ", "", depth * 2, first + k)?;
        let Inst::Choose { on, bounds, arms } = inst else {
            writeln!(f, "{inst}")?;
            continue;
        };
        writeln!(f, "choose {on}")?;
        for (i, arm) in arms.iter().enumerate() {
            match i.checked_sub(1).map(|i| bounds[i]) {
                None => writeln!(f, "{:1$}from the start:", "", depth * 2 + 2)?,
                Some(from) => writeln!(f, "{:1$}from {from}:", "", depth * 2 + 2)?,
            }
            block(f, arm, first + k, depth + 2)?;
        }
    }
    writeln!(f, "{:1$}{2}", "", depth * 2, b.result)
}

impl fmt::Display for Inst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(n) => write!(f, "input {n}"),
            Self::Unary(op, a) => write!(f, "{} {a}", op.word()),
            Self::Binary(op, a, b) => write!(f, "{} {a} {b}", op.word()),
            Self::Ramp(curve, a, c, p) => write!(f, "{} {a} by {c} at {p}", curve.word()),
            Self::Done(p) => write!(f, "done {p}"),
            Self::Span(t, d) => write!(f, "span {t} / {d}"),
            Self::Float(x) => write!(f, "float {x}"),
            Self::Count(t) => write!(f, "count {t}"),
            Self::Quotient(x, d) => write!(f, "quotient {x} / {d}"),
            Self::Remainder(x, q, d) => write!(f, "remainder {x} - {q} * {d}"),
            Self::Scale(x, a, b) => write!(f, "scale {x} * {a} + {b}"),
            Self::Noise(x, seed) => write!(f, "noise {x} seed {seed}"),
            Self::Bezier(u, [x1, y1, x2, y2]) => write!(f, "bezier {u} by {x1} {y1} {x2} {y2}"),
            Self::Lookup(x, table) => write!(f, "lookup {x} of {}", table.len()),
            Self::Choose { on, arms, .. } => write!(f, "choose {on} of {}", arms.len()),
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.ticks, self.len)
    }
}

impl fmt::Display for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.off, self.mul, self.sub) {
            (0, 1, 0) => write!(f, "{}", self.x),
            (off, 1, 0) => write!(f, "({} - {off})", self.x),
            (off, mul, sub) => write!(f, "(({} - {off}) * {mul} - {sub})", self.x),
        }
    }
}

impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Const(c) => write!(f, "{c:?}"),
            Self::Reg(r) => write!(f, "r{r}"),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Const(c) => write!(f, "{c}"),
            Self::Reg(0) => f.write_str("step"),
            Self::Reg(r) => write!(f, "r{r}"),
        }
    }
}
