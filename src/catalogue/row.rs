//! A row of the catalogue: everything that the rest of the crate knows about a phase or a modifier.

use std::sync::Arc;

use super::{Args, Kind, Param};
use crate::check::build::{Given, Modified};
use crate::diag::{Diagnostic, Span};
use crate::ir::{Builder, Local, Val};
use crate::plan::Sig;

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
    /// Whether a ramp's value at its start is its first end to the bit, with these arguments.
    pub(crate) starts_exactly: fn(&Args<Arc<Sig>>) -> bool,
    /// What is wrong with arguments each of which is what its parameter accepts.
    pub(crate) incoherent: fn(&Given) -> Option<Diagnostic>,
    /// Why a ramp, written there, cannot join these two ends.
    pub(crate) impossible: fn(f64, f64, Span) -> Option<Diagnostic>,
}

/// What holds of an entry that says nothing else.
pub(super) const PLAIN: Entry = Entry {
    name: "",
    summary: "",
    formula: "",
    source: "",
    example: "",
    params: &[],
    form: Form::Curve(|_, _, _| Val::Const(0.0)),
    starts_exactly: |_| true,
    incoherent: |_| None,
    impossible: |_, _, _| None,
};

/// What an entry is.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A ramp: how a becomes b. Its limit at the phase's end is b, exactly.
    Ramp(LowerRamp),
    /// A ramp from the value of one of these parameters to that of the other; without it, to where the next phase starts.
    Into {
        /// Its operations.
        lower: LowerRamp,
        /// The parameter of its first end.
        from: &'static str,
        /// The parameter of its last end.
        to: &'static str,
    },
    /// Any other curve over the phase's own time.
    Curve(LowerCurve),
    /// A ramp where the argument for [`Kind::RampOrValue`] is `a -> b`, a curve where it is one value.
    Either(LowerRamp, LowerCurve),
    /// A modifier: what `|` does to what stands before it.
    Modifier(Modifier),
}

/// Writes a ramp's operations: its time, a, b and the other arguments.
pub type LowerRamp = fn(&mut Builder, Local, Val, Val, &Args) -> Val;

/// Writes a curve's operations: its time and its arguments.
pub type LowerCurve = fn(&mut Builder, Local, &Args) -> Val;

/// What a modifier does.
#[derive(Clone, Copy, Debug)]
pub struct Modifier {
    /// What it does to the time of what it modifies.
    pub time: Time,
    /// Its value over time.
    pub(crate) build: fn(Modified) -> Option<Arc<Sig>>,
}

/// What a modifier does to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Phases keep their places.
    Kept,
    /// They come again and again, so that their lengths say nothing of the whole.
    Repeated,
    /// The last one comes first.
    Turned,
}

impl Entry {
    /// A call with its parameters: required ones by their names, others with their defaults.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self.params.iter().map(Param::signature).collect();
        format!("{}({})", self.name, params.join(", "))
    }

    /// What it does to what stands before it, where it is a modifier.
    pub fn modifier(&self) -> Option<&Modifier> {
        match &self.form {
            Form::Modifier(modifier) => Some(modifier),
            _ => None,
        }
    }

    /// The parameter of its last end, without which it leads to where the next phase starts.
    pub fn target(&self) -> Option<&'static str> {
        match self.form {
            Form::Into { to, .. } => Some(to),
            _ => None,
        }
    }

    /// Where its parameters have one of a kind.
    pub(crate) fn slot(&self, is: impl Fn(Kind) -> bool) -> Option<usize> {
        self.params.iter().position(|param| is(param.kind))
    }

    /// Whether it can replay what was recorded.
    pub(crate) fn replays(&self) -> bool {
        self.slot(|kind| kind == Kind::Numbers).is_some()
    }

    /// Whether `for` and `until` among its arguments say how long it lasts.
    pub(crate) fn takes_time(&self) -> bool {
        self.modifier().is_none() && self.slot(|kind| kind == Kind::Length).is_none()
    }
}
