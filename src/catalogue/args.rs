//! The arguments of a call, by the names of their parameters.

use std::sync::Arc;

use super::Entry;
use crate::clock::Ratio;
use crate::ir::Val;

/// A call's arguments, in the order of its entry's parameters: as lowering sees them, or as a plan does, whose values are
/// signals.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a, V = Val> {
    /// The row that they are for.
    pub entry: &'static Entry,
    /// One for each parameter.
    pub values: &'a [Arg<V>],
}

/// One argument; its value is a `V`.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<V> {
    /// Not given, and no default.
    Missing,
    /// A value that does not change in time.
    Value(V),
    /// A time in steps.
    Time(Ratio),
    /// Times in steps, ascending.
    Times(Vec<Ratio>),
    /// A word.
    Word(&'static str),
    /// A truth value.
    Flag(bool),
    /// A metric's name.
    Metric(String),
    /// Numbers, at least one.
    Table(Arc<[f64]>),
}

impl<V> Arg<V> {
    /// The same argument with another value.
    pub fn map<W>(&self, value: impl FnOnce(&V) -> W) -> Arg<W> {
        match self {
            Self::Missing => Arg::Missing,
            Self::Value(v) => Arg::Value(value(v)),
            Self::Time(t) => Arg::Time(*t),
            Self::Times(t) => Arg::Times(t.clone()),
            Self::Word(w) => Arg::Word(w),
            Self::Flag(f) => Arg::Flag(*f),
            Self::Metric(m) => Arg::Metric(m.clone()),
            Self::Table(t) => Arg::Table(t.clone()),
        }
    }
}

impl<'a, V> Args<'a, V> {
    fn get(&self, name: &str) -> Option<&'a Arg<V>> {
        let index = self.entry.params.iter().position(|p| p.name == name)?;
        self.values.get(index)
    }

    /// The value of parameter `name`.
    pub fn value(&self, name: &str) -> Option<&'a V> {
        match self.get(name)? {
            Arg::Value(v) => Some(v),
            _ => None,
        }
    }

    /// The time of parameter `name`.
    pub fn time(&self, name: &str) -> Option<Ratio> {
        match self.get(name)? {
            Arg::Time(t) => Some(*t),
            _ => None,
        }
    }

    /// The times of parameter `name`.
    pub fn times(&self, name: &str) -> Option<&'a [Ratio]> {
        match self.get(name)? {
            Arg::Times(t) => Some(t),
            _ => None,
        }
    }

    /// The word of parameter `name`.
    pub fn word(&self, name: &str) -> &'static str {
        match self.get(name) {
            Some(Arg::Word(w)) => w,
            _ => "",
        }
    }

    /// The metric that parameter `name` names.
    pub fn metric(&self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Arg::Metric(m) => Some(m),
            _ => None,
        }
    }

    /// The numbers of parameter `name`.
    pub fn table(&self, name: &str) -> Option<&'a Arc<[f64]>> {
        match self.get(name)? {
            Arg::Table(t) => Some(t),
            _ => None,
        }
    }

    /// Whether parameter `name` is `true`.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Arg::Flag(true)))
    }
}

impl Args<'_> {
    /// The value of parameter `name`; 0 where it is missing.
    pub fn val(&self, name: &str) -> Val {
        self.value(name).copied().unwrap_or(Val::Const(0.0))
    }
}
