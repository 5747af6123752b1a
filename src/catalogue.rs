//! The registry of phases and modifiers: one row each, from which checking, help, completion, the README's
//! table and the suggestions for mistyped names all come.
//!
//! Guarantee: an entry knows [`ir`](crate::ir) and [`clock`](crate::clock) only; it sees neither syntax nor a backend.

use std::fmt;
use std::sync::Arc;

use num_traits::{CheckedDiv, One};

use crate::clock::Ratio;
use crate::ir::{Builder, Local, Val};

mod constant;
mod linear;
mod cosine;
mod poly;
mod exp;
mod sqrt;
mod rsqrt;
mod inv;
mod tanh;
mod sigmoid;
mod rex;
mod bezier;
mod warmup;
mod decay;
mod product;
mod table;
mod cycle;
mod clamp;
mod staircase;
mod overlay;
mod plateau;
mod adapt;
mod reverse;
mod jitter;

pub use linear::LINEAR;

/// Every phase and modifier, in the order in which help lists them.
pub const ALL: &[&Entry] = &[
    &constant::CONST,
    &linear::LINEAR,
    &cosine::COSINE,
    &poly::POLY,
    &exp::EXP,
    &sqrt::SQRT,
    &rsqrt::RSQRT,
    &inv::INV,
    &tanh::TANH,
    &sigmoid::SIGMOID,
    &rex::REX,
    &bezier::BEZIER,
    &warmup::WARMUP,
    &decay::DECAY,
    &product::PRODUCT,
    &table::TABLE,
    &cycle::CYCLE,
    &clamp::CLAMP,
    &staircase::STAIRCASE,
    &overlay::OVERLAY,
    &plateau::PLATEAU,
    &adapt::ADAPT,
    &reverse::REVERSE,
    &jitter::JITTER,
];

/// The entry called `name`.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|e| e.name == name).copied()
}

impl Entry {
    /// A call with its parameters: required ones by their names, others with their defaults.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(Param::signature).collect();
        format!("{}({})", self.name, params.join(", "))
    }
}

impl Param {
    fn signature(&self) -> String {
        match (self.kind, self.default) {
            (Kind::Ramp, _) => "a -> b".into(),
            (_, None) => self.name.into(),
            (Kind::Value | Kind::Duration | Kind::Durations, Some(words))
                if !words.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                format!("{}:", self.name)
            }
            (_, Some(default)) => format!("{}: {default}", self.name),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ramp => "a -> b",
            Self::RampOrValue => "a -> b, or value",
            Self::Value => "value",
            Self::Number(low, high) if high.is_infinite() => return write!(f, "number above {low}"),
            Self::Number(low, high) => return write!(f, "number in ({low}, {high}]"),
            Self::AtLeast(low) => return write!(f, "number from {low}"),
            Self::Share => "number in (0, 1)",
            Self::Count(low) => return write!(f, "whole number from {low}"),
            Self::Metric => "metric",
            Self::Duration => "duration",
            Self::Durations => "[durations]",
            Self::CountOrDuration => "count or duration",
            Self::Choice(words) => return f.write_str(&words.join(" | ")),
            Self::Flag => "true | false",
            Self::Phase => "phase",
            Self::Factors => "expression",
            Self::Numbers => "[values]",
        })
    }
}

/// One row of the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// What programs call it.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Its value over u = i/n, the share of the phase that has passed.
    pub formula: &'static str,
    /// The paper or library that it comes from.
    pub source: &'static str,
    /// A program that shows it.
    pub example: &'static str,
    /// What it takes; positional parameters first.
    pub params: &'static [Param],
    /// What it is and how it is computed.
    pub form: Form,
}

/// A parameter of an entry.
#[derive(Debug)]
pub struct Param {
    /// The name before the `:`.
    pub name: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// The default as text; `None` where the argument is required.
    pub default: Option<&'static str>,
    /// What it means.
    pub doc: &'static str,
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `a -> b`: the ends of the phase.
    Ramp,
    /// `a -> b`, or a value that does not change in time: see [`Form::Either`].
    RampOrValue,
    /// A value that does not change in time; may use `base`.
    Value,
    /// A constant number above the first and up to the second bound.
    Number(f64, f64),
    /// A constant number, at least this.
    AtLeast(f64),
    /// A constant number between 0 and 1, both excluded.
    Share,
    /// A constant whole number, at least this.
    Count(u64),
    /// The name of a metric: a plain word that needs no `let`.
    Metric,
    /// A time with a unit.
    Duration,
    /// A list of times with units, ascending.
    Durations,
    /// A count of cycles, or the length of one.
    CountOrDuration,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A phase.
    Phase,
    /// Factors: an expression in which `step` is the number of the factor, from 1.
    Factors,
    /// A list of numbers.
    Numbers,
}

/// What an entry is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A ramp: how a becomes b. Its limit at the phase's end is b, exactly.
    Ramp(LowerRamp),
    /// Any other curve over the phase's own time.
    Curve(LowerCurve),
    /// A ramp where the first argument is `a -> b`, a curve where it is one value.
    Either(LowerRamp, LowerCurve),
    /// A modifier; what it does to time is the checker's and lowering's business.
    Modifier(Modifier),
}

/// Writes a ramp's operations: its time, a, b and the other arguments.
pub type LowerRamp = fn(&mut Builder, Local, Val, Val, &Args) -> Val;

/// Writes a curve's operations: its time and its arguments.
pub type LowerCurve = fn(&mut Builder, Local, &Args) -> Val;

/// The modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// Repeats the span.
    Cycle,
    /// Bounds the value.
    Clamp,
    /// Samples time.
    Staircase,
    /// Replaces the first or last part.
    Overlay,
    /// Cuts the value when a metric stops getting better.
    Plateau,
    /// Raises and cuts the value as a metric gets better or not.
    Adapt,
    /// Adds noise.
    Jitter,
    /// Runs the span backwards.
    Reverse,
}

/// An entry's arguments as lowering sees them, in the order of its parameters.
#[derive(Debug)]
pub struct Args<'a> {
    /// The row that they are for.
    pub entry: &'static Entry,
    /// One for each parameter.
    pub values: &'a [Arg],
}

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Not given, and no default.
    Missing,
    /// A value.
    Val(Val),
    /// A time in steps.
    Time(Ratio),
    /// Times in steps, ascending.
    Times(Vec<Ratio>),
    /// A word.
    Word(&'static str),
    /// A truth value.
    Flag(bool),
    /// Numbers, at least one.
    Table(Arc<[f64]>),
}

impl Args<'_> {
    fn get(&self, name: &str) -> &Arg {
        let index = self.entry.params.iter().position(|p| p.name == name);
        index.and_then(|i| self.values.get(i)).unwrap_or(&Arg::Missing)
    }

    /// The value of parameter `name`; 0 where it is missing.
    pub fn val(&self, name: &str) -> Val {
        match self.get(name) {
            Arg::Val(v) => *v,
            _ => Val::Const(0.0),
        }
    }

    /// The time of parameter `name`.
    pub fn time(&self, name: &str) -> Option<Ratio> {
        match self.get(name) {
            Arg::Time(t) => Some(*t),
            _ => None,
        }
    }

    /// The times of parameter `name`.
    pub fn times(&self, name: &str) -> Option<&[Ratio]> {
        match self.get(name) {
            Arg::Times(t) => Some(t),
            _ => None,
        }
    }

    /// The word of parameter `name`.
    pub fn word(&self, name: &str) -> &'static str {
        match self.get(name) {
            Arg::Word(w) => w,
            _ => "",
        }
    }

    /// The numbers of parameter `name`.
    pub fn table(&self, name: &str) -> Option<&Arc<[f64]>> {
        match self.get(name) {
            Arg::Table(t) => Some(t),
            _ => None,
        }
    }

    /// Whether parameter `name` is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name) == &Arg::Flag(true)
    }
}

/// A ramp whose halves are computed from the end that is nearer: what is left of a difference of nearly equal
/// numbers would lose its digits where the value goes to 0. `half` is told whether it is the first one, and gets
/// the nearer end and the other.
fn halves(
    b: &mut Builder,
    time: Local,
    from: Val,
    to: Val,
    mut half: impl FnMut(&mut Builder, bool, Val, Val) -> Val,
) -> Val {
    let two = Ratio::from_integer(2);
    let middle = time.len.and_then(|len| len.checked_div(&two)).unwrap_or_else(Ratio::one);
    time.reached(b, &[middle], |b, passed| if passed == 0 { half(b, true, from, to) } else { half(b, false, to, from) })
}

/// The ends that every ramp takes.
const RAMP: Param =
    Param { name: "ends", kind: Kind::Ramp, default: None, doc: "the ramp `a -> b` (or a chain of keypoints)" };
