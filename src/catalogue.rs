//! The registry of phases and modifiers: one row each, from which checking, help, completion, the README's
//! table and the suggestions for mistyped names all come.
//!
//! Guarantee: an entry knows [`ir`](crate::ir) and [`clock`](crate::clock) only; it sees neither syntax nor a backend.

use crate::clock::Ratio;
use crate::ir::{Builder, Local, Val};

mod constant;
mod linear;
mod cosine;
mod poly;
mod exp;
mod sqrt;
mod rsqrt;
mod warmup;
mod decay;
mod cycle;
mod clamp;
mod staircase;
mod overlay;
mod plateau;
mod adapt;

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
    &warmup::WARMUP,
    &decay::DECAY,
    &cycle::CYCLE,
    &clamp::CLAMP,
    &staircase::STAIRCASE,
    &overlay::OVERLAY,
    &plateau::PLATEAU,
    &adapt::ADAPT,
];

/// The entry called `name`.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|e| e.name == name).copied()
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
}

/// What an entry is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A ramp: how a becomes b. Its limit at the phase's end is b, exactly.
    Ramp(LowerRamp),
    /// Any other curve over the phase's own time.
    Curve(LowerCurve),
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

    /// Whether parameter `name` is `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name) == &Arg::Flag(true)
    }
}

/// The ends that every ramp takes.
const RAMP: Param =
    Param { name: "ends", kind: Kind::Ramp, default: None, doc: "the ramp `a -> b` (or a chain of keypoints)" };
