//! The checked program: names resolved, units turned into exact steps, missing ends filled in.
//!
//! Guarantee: lowering a plan cannot fail. Every time on an axis can be counted in 62 bits, every ramp has
//! two ends, every cycle a length above zero.

use std::collections::HashSet;
use std::sync::Arc;

use num_traits::CheckedAdd;

use crate::catalogue::{self, Args, Entry, LowerCurve, LowerRamp};
use crate::clock::{Clock, Ratio};
use crate::diag::{Diagnostic, Span};
use crate::ir::{Binary, Unary};
use crate::metric::Rule;
use crate::recording::Recording;
use crate::work::Work;

/// A checked program.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The clock it was checked with.
    pub clock: Clock,
    /// What is computed, by name; a single expression is called `lr`.
    pub outputs: Vec<(String, Arc<Sig>)>,
    /// For each the length of its group's label, with which its name begins, where a group sets it.
    pub labels: Vec<Option<usize>>,
    /// Where each output is written.
    pub bodies: Vec<Span>,
    /// The metric-driven modifiers; number k sets [`Sig::Input`] k + 1.
    pub controls: Vec<Control>,
    /// The phases in written order, for people.
    pub phases: Vec<Phase>,
    /// The durations that the program writes with a unit, in steps, by their places. One that holds in several
    /// spans is there as often as it differs.
    pub durations: Vec<(Span, Ratio)>,
    /// The recorded curves that it names, as they were read, by name.
    pub recordings: Vec<(String, Recording)>,
    /// What is legal and worth a word.
    pub warnings: Vec<Diagnostic>,
    /// What is left for the stages that follow.
    pub(crate) work: Work,
}

/// A metric-driven modifier: its scale is an input, which the host sets as the metric is observed.
#[derive(Clone, Debug)]
pub struct Control {
    /// The metric's name.
    pub metric: String,
    /// Where the modifier is written.
    pub span: Span,
    /// How the scale follows it.
    pub rule: Rule,
    /// When it watches.
    pub window: Window,
    /// What is scaled.
    pub subject: Arc<Sig>,
    /// The bounds of the scaled value.
    pub min: Arc<Sig>,
    /// The bounds of the scaled value.
    pub max: Arc<Sig>,
}

/// One phase as people see it.
#[derive(Clone, Debug)]
pub struct Phase {
    /// The output that it belongs to.
    pub output: usize,
    /// How deep it lies in cycles and groups.
    pub depth: usize,
    /// Its start in steps, within the cycle if it lies in one.
    pub start: Ratio,
    /// Its end, where it has one.
    pub end: Option<Ratio>,
    /// Its text.
    pub span: Span,
    /// Its value over time.
    pub sig: Arc<Sig>,
}

/// A value over one time axis (the run's, or one cycle's).
#[derive(Debug)]
pub enum Sig {
    /// A constant.
    Const(f64),
    /// The trainer's input number n: 0 is `base`, k + 1 the scale of control k.
    Input(u16),
    /// Noise in [−1, 1) for each step of the run, by the seed.
    Noise(u64),
    /// A name of time, over `window`; `whole` is 1 for `step`, an epoch's length for `epoch`.
    Time(TimeName, Window),
    /// A pointwise operation.
    Unary(Unary, Arc<Sig>),
    /// A pointwise operation.
    Binary(Binary, Arc<Sig>, Arc<Sig>),
    /// A catalogue ramp.
    Ramp {
        /// Its operations.
        lower: LowerRamp,
        /// Its row.
        entry: &'static Entry,
        /// a and b, the same at every moment.
        ends: [Arc<Sig>; 2],
        /// The other arguments.
        args: Vec<Arg>,
        /// When it runs; it has a length.
        window: Window,
    },
    /// Any other catalogue phase.
    Curve {
        /// Its operations.
        lower: LowerCurve,
        /// Its row.
        entry: &'static Entry,
        /// Its arguments.
        args: Vec<Arg>,
        /// When it runs.
        window: Window,
    },
    /// Pieces of the axis, each from its moment on; the first holds from the start.
    Seq(Vec<(Ratio, Arc<Sig>)>),
    /// `body` again every `every`, on an axis of its own; cycle j is multiplied by `decay` to the j.
    Cycle {
        /// The first cycle's start.
        start: Ratio,
        /// A cycle's length.
        every: Ratio,
        /// What is repeated.
        body: Arc<Sig>,
        /// The factor from cycle to cycle.
        decay: f64,
    },
    /// `body` sampled at `start` + multiples of `every`.
    Stairs {
        /// The first stair's start.
        start: Ratio,
        /// A stair's length.
        every: Ratio,
        /// What is sampled.
        body: Arc<Sig>,
    },
    /// `body`, on an axis of its own, from its end at `start` back to its start.
    Reverse {
        /// Where the mirrored span starts.
        start: Ratio,
        /// Its length.
        len: Ratio,
        /// What is mirrored.
        body: Arc<Sig>,
    },
    /// The value at one moment of the axis; `left` takes the limit from before it.
    At {
        /// The curve.
        sig: Arc<Sig>,
        /// The moment.
        at: Ratio,
        /// Which limit.
        left: bool,
    },
}

/// A name of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TimeName {
    /// The share of the window that has passed.
    Share,
    /// Time since the window's start, in units of so many steps.
    Since(Ratio),
    /// The same for the run's own axis.
    RunShare,
    /// The same for the run's own axis.
    RunSince(Ratio),
}

/// A stretch of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Its start in steps.
    pub start: Ratio,
    /// Its length in steps; `None` where nothing ends it.
    pub len: Option<Ratio>,
}

impl Window {
    /// Its end, where it has one.
    pub fn end(&self) -> Option<Ratio> {
        self.len.and_then(|len| self.start.checked_add(&len))
    }
}

/// An argument of a catalogue call.
pub type Arg = catalogue::Arg<Arc<Sig>>;

impl Plan {
    /// The phases of output `k`.
    pub fn phases_of(&self, k: usize) -> &[Phase] {
        // The outputs are checked one after the other.
        let start = self.phases.partition_point(|p| p.output < k);
        let count = self.phases[start..].partition_point(|p| p.output == k);
        &self.phases[start..start + count]
    }
}

impl Sig {
    /// Whether the value is the same at every moment.
    pub fn is_fixed(&self) -> bool {
        self.holds(&mut HashSet::new())
    }

    /// The same, where the parts in `seen` are known to be.
    fn holds(&self, seen: &mut HashSet<*const Self>) -> bool {
        // A part that many share is looked at once.
        let mut part = |sig: &Arc<Self>| {
            let known = Arc::strong_count(sig) > 1 && !seen.insert(Arc::as_ptr(sig));
            known || sig.holds(seen)
        };
        match self {
            Self::Const(_) | Self::Input(_) | Self::At { .. } => true,
            Self::Unary(_, a) => part(a),
            Self::Binary(_, a, b) => part(a) && part(b),
            Self::Seq(pieces) => matches!(&pieces[..], [(_, only)] if part(only)),
            _ => false,
        }
    }

    /// Whether the value depends on where the run is, and not on its own axis alone.
    pub(crate) fn names_run(&self, work: &Work) -> bool {
        let of_run =
            |sig: &Self| matches!(sig, Self::Noise(_) | Self::Time(TimeName::RunShare | TimeName::RunSince(_), _));
        self.has(&of_run, work, &mut HashSet::new())
    }

    /// Whether the value depends on where its own axis is.
    pub(crate) fn names_axis(&self, work: &Work) -> bool {
        let of_axis = |sig: &Self| match sig {
            Self::Time(name, _) => matches!(name, TimeName::Share | TimeName::Since(_)),
            sig => matches!(sig, Self::Ramp { .. } | Self::Curve { .. } | Self::Seq(_) | Self::Stairs { .. }),
        };
        self.has(&of_axis, work, &mut HashSet::new())
    }

    /// Whether `is` holds for a part of it; for those in `seen` it does not. Every part that is looked at is paid for.
    fn has(&self, is: &dyn Fn(&Self) -> bool, work: &Work, seen: &mut HashSet<*const Self>) -> bool {
        if !work.step() || is(self) {
            return true;
        }
        // A part that many share is looked at once.
        let mut part = |sig: &Arc<Self>| {
            let known = Arc::strong_count(sig) > 1 && !seen.insert(Arc::as_ptr(sig));
            !known && sig.has(is, work, seen)
        };
        match self {
            Self::Const(_) | Self::Input(_) | Self::Noise(_) | Self::Time(..) => false,
            Self::Unary(_, a) => part(a),
            Self::Binary(_, a, b) => part(a) || part(b),
            Self::Ramp { ends, args, .. } => ends.iter().chain(args.iter().filter_map(Arg::sig)).any(part),
            Self::Curve { args, .. } => args.iter().filter_map(Arg::sig).any(part),
            Self::Seq(pieces) => pieces.iter().any(|(_, piece)| part(piece)),
            Self::Cycle { body, .. } | Self::Stairs { body, .. } | Self::Reverse { body, .. } => part(body),
            Self::At { sig, .. } => part(sig),
        }
    }

    /// Whether the value only ever changes by jumps.
    pub fn is_stepped(&self) -> bool {
        self.jumps(&mut HashSet::new())
    }

    /// The same, where the parts in `seen` are known to.
    fn jumps(&self, seen: &mut HashSet<*const Self>) -> bool {
        let mut part = |sig: &Arc<Self>| {
            let known = Arc::strong_count(sig) > 1 && !seen.insert(Arc::as_ptr(sig));
            known || sig.jumps(seen)
        };
        match self {
            Self::Const(_) | Self::Input(_) | Self::Noise(_) | Self::Stairs { .. } | Self::At { .. } => true,
            Self::Unary(Unary::Floor | Unary::Ceil | Unary::Round, _) => true,
            Self::Unary(_, a) => part(a),
            Self::Binary(_, a, b) => part(a) && part(b),
            Self::Seq(pieces) => pieces.iter().all(|(_, piece)| part(piece)),
            Self::Cycle { body, .. } | Self::Reverse { body, .. } => part(body),
            Self::Time(..) | Self::Ramp { .. } | Self::Curve { .. } => false,
        }
    }
}

impl Arg {
    fn sig(&self) -> Option<&Arc<Sig>> {
        if let Self::Value(sig) = self { Some(sig) } else { None }
    }
}

impl Args<'_, Arc<Sig>> {
    /// The value of parameter `name`, where it is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        match **self.value(name)? {
            Sig::Const(c) => Some(c),
            _ => None,
        }
    }
}
