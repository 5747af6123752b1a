//! The oracle's own tree of a program, and its text. It has nothing in common with the compiler's.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;

/// An exact number: of steps, of cycles, a share.
pub type Q = BigRational;

/// `n / d`
pub fn ratio(n: impl Into<BigInt>, d: impl Into<BigInt>) -> Q {
    Q::new(n.into(), d.into())
}

/// What a run knows about itself, and the base value that it brings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    pub steps: u64,
    pub epoch: u64,
    pub batch: u64,
    pub tokens: u64,
    pub base: f64,
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { steps, epoch, batch, tokens, base } = self;
        write!(f, "{steps} steps, {epoch} steps/epoch, batch {batch}, {tokens} tokens/sample, base {base}")
    }
}

/// A number as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Number(pub String);

impl Number {
    /// Its exact decimal value.
    pub fn exact(&self) -> Q {
        let (text, mut power) = match self.0.chars().last() {
            Some('k') => (&self.0[..self.0.len() - 1], 3),
            Some('M') => (&self.0[..self.0.len() - 1], 6),
            Some('B') => (&self.0[..self.0.len() - 1], 9),
            _ => (&self.0[..], 0i32),
        };
        let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
        power += exponent.parse::<i32>().expect("an exponent");
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        power -= part.len() as i32;
        let mantissa: BigInt = format!("{whole}{part}").replace('_', "").parse().expect("digits");
        let scale = BigInt::from(10).pow(power.unsigned_abs());
        if power < 0 { Q::new(mantissa, scale) } else { Q::from_integer(mantissa * scale) }
    }

    /// The f64 nearest to it.
    pub fn value(&self) -> f64 {
        let scale = match self.0.chars().last() {
            Some('k') => "e3",
            Some('M') => "e6",
            Some('B') => "e9",
            _ => return self.0.replace('_', "").parse().expect("a number"),
        };
        format!("{}{scale}", &self.0[..self.0.len() - 1]).replace('_', "").parse().expect("a number")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    Percent,
    Step,
    Epoch,
    Sample,
    Token,
}

/// A duration.
#[derive(Clone, Debug, PartialEq)]
pub enum Time {
    Of(Number, Unit),
    Sum(Box<Time>, Box<Time>),
    Less(Box<Time>, Box<Time>),
    /// `(k * d)`
    Times(Number, Box<Time>),
    /// `(d / k)`
    Over(Box<Time>, Number),
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // `for` and `until` take a number with its unit, or parentheses.
            Self::Of(n, unit) if n.0.starts_with('-') => write!(f, "(-{})", Self::Of(Number(n.0[1..].into()), *unit)),
            Self::Of(n, Unit::Percent) => write!(f, "{n}%"),
            Self::Of(n, Unit::Step) => write!(f, "{n} steps"),
            Self::Of(n, Unit::Epoch) => write!(f, "{n} epochs"),
            Self::Of(n, Unit::Sample) => write!(f, "{n} samples"),
            Self::Of(n, Unit::Token) => write!(f, "{n} tokens"),
            Self::Sum(a, b) => write!(f, "({a} + {b})"),
            Self::Less(a, b) => write!(f, "({a} - {b})"),
            Self::Times(k, d) => write!(f, "({k} * {d})"),
            Self::Over(d, k) => write!(f, "({d} / {k})"),
        }
    }
}

/// A ramp's shape, with the parameters that are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `a -> b`
    Arrow,
    Linear,
    Cosine,
    Poly(Number),
    Exp,
    Sqrt,
    Inv,
    Tanh(Number, Number),
    Sigmoid(Number),
    Rex,
}

/// A function or operator of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum One {
    Neg,
    Abs,
    Floor,
    Ceil,
    Round,
    Sqrt,
    Exp,
    Ln,
    Sin,
    Cos,
    Tanh,
    Sigmoid,
}

impl One {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neg => "-",
            Self::Abs => "abs",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round => "round",
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
        }
    }
}

/// A function or operator of two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Two {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
}

/// A name in an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Name {
    T,
    Step,
    Epoch,
    RunT,
    RunStep,
    RunEpoch,
    Base,
}

/// How a phase's time is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Lasts {
    Share,
    For(Time),
    Until(Time),
}

/// One phase of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    pub node: Node,
    pub lasts: Lasts,
}

/// What `|` does.
#[derive(Clone, Debug, PartialEq)]
pub enum Modifier {
    /// So many cycles, or the length of the first; `grow` and `decay`.
    Cycle(Cycles, Option<Number>, Option<Number>),
    Clamp(Option<Number>, Option<Number>),
    Staircase(Time),
    /// What is laid over it; at the end, or at the start.
    Overlay(Box<Node>, bool),
    Reverse,
    /// The amount and the seed.
    Jitter(Number, u64),
}

/// How cycles are given.
#[derive(Clone, Debug, PartialEq)]
pub enum Cycles {
    Count(u64),
    Length(Time),
}

/// What a decay counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Drops {
    Every(Time),
    At(Vec<Time>),
}

/// A program, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Number(Number),
    /// `2x`
    Times(Number),
    Name(Name),
    /// Keypoints; a ramp without a start has one less than it needs.
    Ramp(Shape, bool, Vec<Node>),
    /// Length, start, end where it is written, shape, `skip_zero`.
    Warmup(Time, Number, Option<Number>, Shape, bool),
    Rsqrt(Number, Time),
    /// Value, `every`, `rate`, `power`.
    Inverse(Number, Time, Number, Number),
    /// Value, `by`, when.
    Decay(Number, Number, Drops),
    One(One, Box<Node>),
    Two(Two, Box<Node>, Box<Node>),
    Sequence(Vec<Phase>),
    Modified(Box<Node>, Modifier),
    /// A `let`, which is written before the program.
    Let(String, Box<Node>),
}

impl Node {
    /// What it is without the names that it has.
    pub fn bare(&self) -> &Node {
        match self {
            Self::Let(_, inner) => inner.bare(),
            _ => self,
        }
    }

    /// Whether it needs no parentheses anywhere.
    fn is_primary(&self) -> bool {
        match self {
            Self::Ramp(Shape::Arrow, ..) | Self::Sequence(_) | Self::Modified(..) | Self::One(One::Neg, _) => false,
            Self::Two(two, ..) => matches!(two, Two::Min | Two::Max),
            _ => true,
        }
    }

    /// The names that it uses, inner ones first.
    fn bindings<'a>(&'a self, all: &mut Vec<(&'a str, &'a Node)>) {
        self.children().iter().for_each(|child| child.bindings(all));
        if let Self::Let(name, inner) = self
            && !all.iter().any(|(known, _)| known == name)
        {
            all.push((name, inner));
        }
    }

    /// The parts that are programs themselves.
    pub fn children(&self) -> Vec<&Node> {
        match self {
            Self::Ramp(_, _, ends) => ends.iter().collect(),
            Self::One(_, a) | Self::Let(_, a) => vec![a],
            Self::Two(_, a, b) => vec![a, b],
            Self::Sequence(phases) => phases.iter().map(|p| &p.node).collect(),
            Self::Modified(s, Modifier::Overlay(p, _)) => vec![s, p],
            Self::Modified(s, _) => vec![s],
            _ => vec![],
        }
    }

    /// The whole text of the program, its `let`s first.
    pub fn source(&self) -> String {
        let mut all = vec![];
        self.bindings(&mut all);
        let lets: String = all.iter().map(|(name, node)| format!("let {name} = {node}\n")).collect();
        let text = self.to_string();
        // A line that starts with a minus would go on with the line before.
        if !lets.is_empty() && text.starts_with('-') { format!("{lets}({text})") } else { lets + &text }
    }
}

/// In parentheses where it needs them.
struct Primary<'a>(&'a Node);

impl fmt::Display for Primary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_primary() { write!(f, "{}", self.0) } else { write!(f, "({})", self.0) }
    }
}

/// `a -> b -> c`
struct Keypoints<'a>(bool, &'a [Node]);

impl fmt::Display for Keypoints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 {
            f.write_str("-> ")?;
        }
        for (k, end) in self.1.iter().enumerate() {
            let arrow = if k == 0 { "" } else { " -> " };
            write!(f, "{arrow}{}", Primary(end))?;
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Times(n) => write!(f, "{n}x"),
            Self::Name(name) => f.write_str(match name {
                Name::T => "t",
                Name::Step => "step",
                Name::Epoch => "epoch",
                Name::RunT => "run.t",
                Name::RunStep => "run.step",
                Name::RunEpoch => "run.epoch",
                Name::Base => "base",
            }),
            Self::Ramp(shape, open, ends) => {
                let ends = Keypoints(*open, ends);
                match shape {
                    Shape::Arrow => write!(f, "{ends}"),
                    Shape::Linear => write!(f, "linear({ends})"),
                    Shape::Cosine => write!(f, "cosine({ends})"),
                    Shape::Poly(power) => write!(f, "poly({ends}, power: {power})"),
                    Shape::Exp => write!(f, "exp({ends})"),
                    Shape::Sqrt => write!(f, "sqrt({ends})"),
                    Shape::Inv => write!(f, "inv({ends})"),
                    Shape::Tanh(lo, hi) => write!(f, "tanh({ends}, lo: {lo}, hi: {hi})"),
                    Shape::Sigmoid(steepness) => write!(f, "sigmoid({ends}, steepness: {steepness})"),
                    Shape::Rex => write!(f, "rex({ends})"),
                }
            }
            Self::Warmup(d, from, to, shape, skip) => {
                write!(f, "warmup({d}, from: {from}")?;
                to.iter().try_for_each(|to| write!(f, ", to: {to}"))?;
                match shape {
                    Shape::Poly(power) => write!(f, ", shape: poly, power: {power}")?,
                    Shape::Cosine => f.write_str(", shape: cosine")?,
                    Shape::Sqrt => f.write_str(", shape: sqrt")?,
                    Shape::Exp => f.write_str(", shape: exp")?,
                    _ => {}
                }
                f.write_str(if *skip { ", skip_zero: true)" } else { ")" })
            }
            Self::Rsqrt(a, d) => write!(f, "rsqrt({a}, timescale: {d})"),
            Self::Inverse(a, every, rate, power) => {
                write!(f, "inv({a}, every: {every}, rate: {rate}, power: {power})")
            }
            Self::Decay(a, by, Drops::Every(d)) => write!(f, "decay({a}, by: {by}, every: {d})"),
            Self::Decay(a, by, Drops::At(at)) => {
                let at: Vec<String> = at.iter().map(Time::to_string).collect();
                write!(f, "decay({a}, by: {by}, at: [{}])", at.join(", "))
            }
            Self::One(One::Neg, a) => write!(f, "-{}", Primary(a)),
            Self::One(one, a) => write!(f, "{}({})", one.name(), Primary(a)),
            Self::Two(two, a, b) => {
                let (a, b) = (Primary(a), Primary(b));
                match two {
                    Two::Add => write!(f, "{a} + {b}"),
                    Two::Sub => write!(f, "{a} - {b}"),
                    Two::Mul => write!(f, "{a} * {b}"),
                    Two::Div => write!(f, "{a} / {b}"),
                    Two::Pow => write!(f, "{a} ** {b}"),
                    Two::Min => write!(f, "min({a}, {b})"),
                    Two::Max => write!(f, "max({a}, {b})"),
                }
            }
            Self::Sequence(phases) => phases.iter().enumerate().try_for_each(|(k, phase)| {
                let (join, node) = (if k == 0 { "" } else { " >> " }, Primary(&phase.node));
                match &phase.lasts {
                    Lasts::Share => write!(f, "{join}{node}"),
                    Lasts::For(d) => write!(f, "{join}{node} for {d}"),
                    Lasts::Until(d) => write!(f, "{join}{node} until {d}"),
                }
            }),
            Self::Modified(s, m) => write!(f, "{} | {m}", Primary(s)),
            Self::Let(name, _) => f.write_str(name),
        }
    }
}

impl fmt::Display for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle(cycles, grow, decay) => {
                match cycles {
                    Cycles::Count(k) => write!(f, "cycle({k}")?,
                    Cycles::Length(d) => write!(f, "cycle({d}")?,
                }
                grow.iter().try_for_each(|g| write!(f, ", grow: {g}"))?;
                decay.iter().try_for_each(|d| write!(f, ", decay: {d}"))?;
                f.write_str(")")
            }
            Self::Clamp(min, max) => {
                let bounds = [("min", min), ("max", max)];
                let bounds = bounds.iter().filter_map(|(name, n)| n.as_ref().map(|n| format!("{name}: {n}")));
                write!(f, "clamp({})", bounds.collect::<Vec<_>>().join(", "))
            }
            Self::Staircase(d) => write!(f, "staircase({d})"),
            Self::Overlay(p, true) => write!(f, "overlay({p}, at: end)"),
            Self::Overlay(p, false) => write!(f, "overlay({p})"),
            Self::Reverse => f.write_str("reverse"),
            Self::Jitter(amount, seed) => write!(f, "jitter({amount}, seed: {seed})"),
        }
    }
}
