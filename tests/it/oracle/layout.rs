//! Who stands where: lengths of phases, shares, cycles. All of it in exact fractions.

use num_traits::{One as Unity, Signed, Zero};

use super::number::float;
use super::program::{Cycles, Drops, Facts, Lasts, Modifier, Node, Number, Phase, Q, Time, Unit, ratio};

/// Why a program has no meaning: the diagnostics that may say so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// A phase without time, phases longer than their span, a moment that has passed.
    Time,
    /// More than 10 000 cycles.
    Cycles,
    /// Drops of which one comes before the one before it.
    Order,
}

impl Refusal {
    /// The codes of diagnostics that agree.
    pub const fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Time => &["S0302", "S0303", "S0307"],
            Self::Cycles => &["S0306"],
            Self::Order => &["S0209"],
        }
    }
}

/// A duration in steps; `whole` is what `%` is of.
pub fn steps(d: &Time, whole: &Q, facts: &Facts) -> Q {
    let inner = |d: &Time| steps(d, whole, facts);
    match d {
        Time::Of(n, Unit::Percent) => n.exact() * whole / ratio(100, 1),
        Time::Of(n, Unit::Step) => n.exact(),
        Time::Of(n, Unit::Epoch) => n.exact() * ratio(facts.epoch, 1),
        Time::Of(n, Unit::Sample) => n.exact() / ratio(facts.batch, 1),
        Time::Of(n, Unit::Token) => n.exact() / ratio(facts.batch, 1) / ratio(facts.tokens, 1),
        Time::Sum(a, b) => inner(a) + inner(b),
        Time::Less(a, b) => inner(a) - inner(b),
        Time::Times(k, d) => k.exact() * inner(d),
        Time::Over(d, k) => inner(d) / k.exact(),
    }
}

/// One phase where it stands.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    pub node: &'a Node,
    /// With a `for` or `until`, and so a span of its own.
    pub timed: bool,
    pub start: Q,
    pub len: Q,
}

/// The phases of a sequence; parentheses without a time change nothing.
fn flat<'a>(node: &'a Node, lasts: Option<&'a Lasts>, all: &mut Vec<(&'a Node, Option<&'a Lasts>)>) {
    match node.bare() {
        Node::Sequence(phases) if lasts.is_none_or(|l| *l == Lasts::Share) => {
            phases.iter().for_each(|Phase { node, lasts }| flat(node, Some(lasts), all));
        }
        bare => all.push((bare, lasts.filter(|l| **l != Lasts::Share))),
    }
}

/// How long `node` lasts by itself, where it says so.
pub fn own_length(node: &Node, whole: &Q, facts: &Facts) -> Result<Option<Q>, Refusal> {
    Ok(match node.bare() {
        Node::Warmup(d, ..) => Some(positive(steps(d, whole, facts))?),
        Node::Sequence(_) => {
            let mut phases = vec![];
            flat(node, None, &mut phases);
            let (mut passed, mut fixed, mut free) = (Q::zero(), Q::zero(), false);
            for (node, lasts) in phases {
                match lasts {
                    Some(Lasts::For(d)) => fixed += steps(d, whole, facts),
                    Some(Lasts::Until(d)) => (passed, fixed, free) = (steps(d, whole, facts), Q::zero(), false),
                    _ => match own_length(node, whole, facts)? {
                        Some(d) => fixed += d,
                        None => free = true,
                    },
                }
            }
            (!free).then_some(passed + fixed)
        }
        Node::Modified(_, Modifier::Cycle(..)) => None,
        Node::Modified(s, _) => own_length(s, whole, facts)?,
        Node::One(_, a) => own_length(a, whole, facts)?,
        Node::Two(_, a, b) => own_length(a, whole, facts)?.max(own_length(b, whole, facts)?),
        _ => None,
    })
}

fn positive(d: Q) -> Result<Q, Refusal> {
    if d.is_positive() { Ok(d) } else { Err(Refusal::Time) }
}

/// Places the phases of `node` in a span of `len`.
pub fn place<'a>(node: &'a Node, len: &Q, whole: &Q, facts: &Facts) -> Result<Vec<Place<'a>>, Refusal> {
    let mut phases = vec![];
    flat(node, None, &mut phases);
    let mut places = vec![];
    // What is collected until it is known where it ends: nodes, and lengths where they are known.
    let mut open: Vec<(&Node, bool, Option<Q>)> = vec![];
    let mut start = Q::zero();
    for (node, lasts) in phases {
        match lasts {
            Some(Lasts::For(d)) => open.push((node, true, Some(positive(steps(d, whole, facts))?))),
            Some(Lasts::Until(d)) => {
                let end = positive(steps(d, whole, facts))?;
                if end > *len {
                    return Err(Refusal::Time);
                }
                open.push((node, true, None));
                close(&mut open, &mut start, &end, &mut places)?;
            }
            _ => open.push((node, false, own_length(node, whole, facts)?)),
        }
    }
    close(&mut open, &mut start, len, &mut places)?;
    Ok(places)
}

/// Places `node` alone: as long as it says itself, or over the whole span.
pub fn alone<'a>(node: &'a Node, len: &Q, whole: &Q, facts: &Facts) -> Result<Vec<Place<'a>>, Refusal> {
    if let Node::Sequence(_) = node.bare() {
        return place(node, len, whole, facts);
    }
    let (mut open, mut places) = (vec![(node.bare(), false, own_length(node, whole, facts)?)], vec![]);
    close(&mut open, &mut Q::zero(), len, &mut places)?;
    Ok(places)
}

/// Places what is `open` from `start` to `end`.
fn close<'a>(
    open: &mut Vec<(&'a Node, bool, Option<Q>)>,
    start: &mut Q,
    end: &Q,
    places: &mut Vec<Place<'a>>,
) -> Result<(), Refusal> {
    let fixed: Q = open.iter().filter_map(|(_, _, d)| d.as_ref()).sum();
    let free = open.iter().filter(|(_, _, d)| d.is_none()).count();
    let rest = end - &*start - fixed;
    if rest.is_negative() || free > 0 && rest.is_zero() {
        return Err(Refusal::Time);
    }
    for (node, timed, d) in open.drain(..) {
        let len = d.unwrap_or_else(|| &rest / ratio(free, 1));
        places.push(Place { node, timed, start: start.clone(), len: len.clone() });
        *start += len;
    }
    Ok(())
}

/// How long what is laid over something lasts.
pub fn overlaid(p: &Node, len: &Q, whole: &Q, facts: &Facts) -> Result<Q, Refusal> {
    let d = own_length(p, whole, facts)?.ok_or(Refusal::Time)?;
    if d > *len { Err(Refusal::Time) } else { positive(d) }
}

/// Cycles in a span.
#[derive(Clone, Debug)]
pub struct Row {
    first: Q,
    grow: Q,
    count: Option<u64>,
    span: Q,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Turn {
    pub index: u64,
    pub start: Q,
    pub len: Q,
}

/// More cycles than this are none of ours.
const MOST: u64 = 10_000;

impl Row {
    pub fn new(cycles: &Cycles, grow: Option<&Number>, len: &Q, whole: &Q, facts: &Facts) -> Result<Self, Refusal> {
        let grow = grow.map_or_else(Q::one, Number::exact);
        let (first, count) = match cycles {
            Cycles::Length(d) => (positive(steps(d, whole, facts))?, None),
            Cycles::Count(k) if grow.is_one() => (len / ratio(*k, 1), Some(*k)),
            Cycles::Count(k) => {
                let shares: Q = std::iter::successors(Some(Q::one()), |p| Some(p * &grow)).take(*k as usize).sum();
                (len / shares, Some(*k))
            }
        };
        Ok(Self { first, grow, count, span: len.clone() })
    }

    /// The cycle that `x` falls into, and the next one.
    pub fn at(&self, x: &Q) -> Result<Turn, Refusal> {
        if self.grow.is_one() {
            let index = (x / &self.first).floor().max(Q::zero());
            let index = self.count.map_or_else(|| index.clone(), |k| index.clone().min(ratio(k - 1, 1)));
            let start = &index * &self.first;
            let index = u64::try_from(index.to_integer()).unwrap_or(u64::MAX);
            return Ok(Turn { index, start, len: self.first.clone() });
        }
        let mut turn = Turn { index: 0, start: Q::zero(), len: self.first.clone() };
        while &turn.start + &turn.len <= *x && self.count.is_none_or(|k| turn.index + 1 < k) {
            turn = self.after(turn)?;
        }
        Ok(turn)
    }

    fn after(&self, turn: Turn) -> Result<Turn, Refusal> {
        if turn.index + 1 >= MOST || turn.index > 200 && turn.len < ratio(1, 1u128 << 120) {
            return Err(Refusal::Cycles);
        }
        Ok(Turn { index: turn.index + 1, start: turn.start + &turn.len, len: turn.len * &self.grow })
    }

    /// How many first lengths have passed when `turn` ends.
    pub fn shares(&self, turn: &Turn) -> f64 {
        float(&((&turn.start + &turn.len) / &self.first))
    }

    /// Every length that a cycle has here.
    pub fn lengths(&self) -> Result<Vec<Q>, Refusal> {
        let mut turn = Turn { index: 0, start: Q::zero(), len: self.first.clone() };
        let mut all = vec![turn.len.clone()];
        if self.grow.is_one() {
            return Ok(all);
        }
        loop {
            let done = match self.count {
                Some(k) => turn.index + 1 >= k,
                None => &turn.start + &turn.len >= self.span,
            };
            if done {
                return Ok(all);
            }
            turn = self.after(turn)?;
            all.push(turn.len.clone());
        }
    }
}

/// Whether everything in `node` has its place in a span of `len`.
pub fn check(node: &Node, len: &Q, whole: &Q, facts: &Facts) -> Result<(), Refusal> {
    check_all(&alone(node, len, whole, facts)?, whole, facts)
}

fn check_all(places: &[Place<'_>], whole: &Q, facts: &Facts) -> Result<(), Refusal> {
    places.iter().try_for_each(|place| {
        let whole = if place.timed { &place.len } else { whole };
        match place.node {
            // What stands in parentheses with a time is a sequence of its own.
            Node::Sequence(_) | Node::Warmup(..) if place.timed => check(place.node, &place.len, whole, facts),
            _ => part(place.node, &place.len, whole, facts),
        }
    })
}

/// The same for a single phase.
fn part(node: &Node, len: &Q, whole: &Q, facts: &Facts) -> Result<(), Refusal> {
    let time = |d: &Time| positive(steps(d, whole, facts)).map(drop);
    match node.bare() {
        Node::Rsqrt(_, d) | Node::Inverse(_, d, ..) | Node::Decay(_, _, Drops::Every(d)) => time(d),
        // A drop may come at once.
        Node::Decay(_, _, Drops::At(at)) => {
            let at: Vec<Q> = at.iter().map(|d| steps(d, whole, facts)).collect();
            match at.iter().any(Signed::is_negative) {
                true => Err(Refusal::Time),
                false if at.is_sorted() => Ok(()),
                false => Err(Refusal::Order),
            }
        }
        Node::Sequence(_) => check(node, len, whole, facts),
        Node::One(_, a) => operand(a, len, whole, facts),
        Node::Two(_, a, b) => operand(a, len, whole, facts).and_then(|()| operand(b, len, whole, facts)),
        Node::Modified(s, m) => {
            match m {
                Modifier::Cycle(cycles, grow, _) => {
                    let row = Row::new(cycles, grow.as_ref(), len, whole, facts)?;
                    return row.lengths()?.iter().try_for_each(|len| check(s, len, len, facts));
                }
                Modifier::Staircase(d) => time(d)?,
                Modifier::Overlay(p, _) => {
                    let d = overlaid(p, len, whole, facts)?;
                    check(p, &d, whole, facts)?;
                }
                _ => {}
            }
            check(s, len, whole, facts)
        }
        _ => Ok(()),
    }
}

/// The same for what is added up, and what a function is of.
fn operand(node: &Node, len: &Q, whole: &Q, facts: &Facts) -> Result<(), Refusal> {
    match node.bare() {
        Node::Warmup(..) => alone(node, len, whole, facts).map(drop),
        bare => part(bare, len, whole, facts),
    }
}
