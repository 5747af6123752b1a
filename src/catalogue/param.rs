//! What an entry takes: parameters, and what each of them accepts.

use std::fmt;

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
    /// `a -> b`, or a value that does not change in time: see [`Form::Either`](super::Form::Either).
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
    /// A time with a unit: how long the phase lasts.
    Length,
    /// A time with a unit: from one change to the next.
    Period,
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
    /// Factors, one at the end of each [`Kind::Period`]: an expression in which `step` is the number of the factor, from 1.
    Factors,
    /// A list of numbers, or the name of a recorded curve, which lasts as long as it did then.
    Numbers,
}

impl Kind {
    /// Whether it accepts the ends of a ramp.
    pub fn has_ends(self) -> bool {
        matches!(self, Self::Ramp | Self::RampOrValue)
    }

    /// Whether it is one time.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Duration | Self::Length | Self::Period)
    }
}

impl Param {
    /// As it stands in a signature.
    pub(super) fn signature(&self) -> String {
        match (self.kind, self.default) {
            (Kind::Ramp, _) => "a -> b".into(),
            (_, None) => self.name.into(),
            (Kind::Value | Kind::Duration | Kind::Period | Kind::Durations, Some(words))
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
            Self::Duration | Self::Length | Self::Period => "duration",
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
