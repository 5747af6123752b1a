//! Moments, and what a phase knows of its surroundings.

use std::rc::Rc;

use num_traits::Zero;

use super::layout::Place;
use super::program::{Node, Q};

/// What a phase stands in.
#[derive(Clone)]
pub struct Span<'a> {
    /// Its length.
    pub len: Q,
    /// What `%` is of.
    pub whole: Q,
    pub prev: Option<Rc<Near<'a>>>,
    pub next: Option<Rc<Near<'a>>>,
}

/// The end of what comes before, or the start of what comes after.
pub struct Near<'a> {
    pub site: Site<'a>,
    /// When it is, from the start of the phase that asks.
    pub offset: Q,
    /// Whether the run's time passes there as it does here.
    pub forwards: bool,
}

#[derive(Clone)]
pub enum Site<'a> {
    /// A phase of a sequence, at its end or start.
    Phase(Rc<Laid<'a>>, usize, bool),
    /// What an overlay lies on, at a time of its own.
    Under(&'a Node, Rc<Span<'a>>, Q),
}

/// A sequence whose phases have their places.
pub struct Laid<'a> {
    pub places: Vec<Place<'a>>,
    pub span: Rc<Span<'a>>,
}

/// A moment, in the time of a phase and of the run.
#[derive(Clone, Debug)]
pub struct Moment {
    pub local: Q,
    pub run: Q,
    /// How much of `local` only says from which side the moment is looked at, and is no time.
    pub side: Q,
    /// Whether both pass in the same direction.
    pub forwards: bool,
    /// How far the phase's time and the run's may be off.
    pub slack: f64,
    pub run_slack: f64,
}

impl Moment {
    /// The run's time when the phase's is `local`.
    pub fn run_at(&self, local: &Q) -> Q {
        let by = local - &self.local + &self.side;
        if self.forwards { &self.run + by } else { &self.run - by }
    }

    /// Another moment of the same phase.
    pub fn moved(&self, local: Q) -> Self {
        let run = self.run_at(&local);
        Self { local, run, side: Q::zero(), run_slack: self.run_slack + self.slack, ..self.clone() }
    }

    /// The same moment, found by counting so many lengths.
    pub fn counted(self, count: f64) -> Self {
        Self { slack: self.slack * (1.0 + count), ..self }
    }

    /// The same moment in the time of something that starts at `start`.
    pub fn since(&self, start: &Q) -> Self {
        Self { local: &self.local - start, ..self.clone() }
    }
}

/// A neighbour as something that starts `by` later sees it.
pub fn later<'a>(near: &Near<'a>, by: &Q) -> Rc<Near<'a>> {
    Rc::new(Near { site: near.site.clone(), offset: &near.offset - by, forwards: near.forwards })
}
