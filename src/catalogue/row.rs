//! A row of the catalogue: everything that the rest of the crate knows about a phase or a modifier.

use super::{Args, Param};
use crate::ir::{Builder, Local, Val};

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

impl Entry {
    /// A call with its parameters: required ones by their names, others with their defaults.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(Param::signature).collect();
        format!("{}({})", self.name, params.join(", "))
    }
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
