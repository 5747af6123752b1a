//! What a program is worth at a moment, as LANGUAGE.md says: every decision about time in exact fractions, f64
//! only where a formula begins.
//!
//! The limit from the left at a moment is the value a tiny bit before it, which fractions can say: so little that no
//! boundary lies between, and no f64 sees it. A mirrored curve is read a still tinier bit before its moment.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use num_traits::{Signed, Zero};

use super::layout::{self, Refusal, Row};
use super::moment::{Laid, Moment, Near, Site, Span, later};
use super::number::{Num, Share, combine, float, is_tiny, least, most};
use super::program::{Drops, Facts, Modifier, Name, Node, Number, One, Q, Shape, Two, ratio};
use super::shape::{ramp, sigmoid};

/// Why there is no value to compare with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// The program has no meaning.
    Refused(Refusal),
    /// A ramp without a start, or names that wait for one another: the generator writes none.
    Nowhere,
    /// The moment lies so close to a decision that a rounding which is allowed may turn it.
    Doubt,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The ends of cycles that grow are fractions of very many digits: how far those that are kept may be from them, in
/// steps, and what a long run adds for each of its steps.
const KEPT: (f64, f64) = (1.0 / (1u64 << 59) as f64, 1.0 / (1u128 << 86) as f64);

/// A program with its run. Boundaries near the moments that were asked for are collected in `marks`.
pub struct Oracle<'a> {
    program: &'a Node,
    pub(super) facts: Facts,
    pub marks: RefCell<Vec<Q>>,
    depth: Cell<u32>,
    before: Q,
    mirrored: Q,
}

pub type Value = Result<Num, Stop>;

impl<'a> Oracle<'a> {
    /// # Errors
    /// Why the program has no meaning.
    pub fn new(program: &'a Node, facts: Facts) -> Result<Self, Refusal> {
        let len = ratio(facts.steps, 1);
        layout::check(program, &len, &len, &facts)?;
        let tiny = |bits: u32| Q::new(1.into(), num_bigint::BigInt::from(2).pow(bits));
        Ok(Self {
            program,
            facts,
            marks: RefCell::default(),
            depth: Cell::new(0),
            before: tiny(400),
            mirrored: tiny(420),
        })
    }

    /// The value at `step`; the limit from the left at the run's end where that is past.
    pub fn at(&self, step: u64) -> Value {
        let len = ratio(self.facts.steps, 1);
        let at = if step < self.facts.steps { ratio(step, 1) } else { &len - &self.before };
        let span = Span { len: len.clone(), whole: len, prev: None, next: None };
        let moment = Moment { local: at.clone(), run: at, side: Q::zero(), forwards: true, slack: 0.0, run_slack: 0.0 };
        self.depth.set(0);
        self.alone(self.program, &Rc::new(span), &moment)
    }

    fn steps(&self, d: &super::program::Time, span: &Span<'a>) -> Q {
        layout::steps(d, &span.whole, &self.facts)
    }

    /// Remembers a boundary, given in the phase's time.
    fn mark(&self, m: &Moment, boundary: &Q) {
        let mut marks = self.marks.borrow_mut();
        if marks.len() < 4000 {
            marks.push(m.run_at(boundary));
        }
    }

    /// Marks `boundary`, and doubts where the moment is so close to it that what is allowed may pass it.
    fn near(&self, m: &Moment, boundary: &Q) -> Result<(), Stop> {
        self.mark(m, boundary);
        let off = &m.local - boundary;
        if m.slack > 0.0 && !is_tiny(&off) && float(&off).abs() <= 2.0 * m.slack {
            return Err(Stop::Doubt);
        }
        Ok(())
    }

    /// A sequence, or a phase that is a span's only one.
    fn alone(&self, node: &'a Node, span: &Rc<Span<'a>>, m: &Moment) -> Value {
        let places = layout::alone(node, &span.len, &span.whole, &self.facts)?;
        let laid = Rc::new(Laid { places, span: span.clone() });
        for (k, place) in laid.places.iter().enumerate() {
            self.near(m, &place.start)?;
            if m.local < &place.start + &place.len || k + 1 == laid.places.len() {
                return self.phase(&laid, k, m.since(&place.start));
            }
        }
        Err(Stop::Nowhere)
    }

    /// Phase `k` of a sequence; past its end it holds.
    fn phase(&self, laid: &Rc<Laid<'a>>, k: usize, m: Moment) -> Value {
        let place = &laid.places[k];
        self.near(&m, &place.len)?;
        let m = if m.local < place.len { m } else { m.moved(&place.len - &self.before) };
        let span = Rc::new(self.inner(laid, k));
        match place.node {
            Node::Sequence(_) | Node::Warmup(..) if place.timed => self.alone(place.node, &span, &m),
            node => self.part(node, &span, &m),
        }
    }

    fn inner(&self, laid: &Rc<Laid<'a>>, k: usize) -> Span<'a> {
        let (place, outer) = (&laid.places[k], &laid.span);
        let near =
            |k, end, offset| Some(Rc::new(Near { site: Site::Phase(laid.clone(), k, end), offset, forwards: true }));
        let prev = if k > 0 { near(k - 1, true, -self.before.clone()) } else { outer.prev.clone() };
        let next = if k + 1 < laid.places.len() {
            near(k + 1, false, place.len.clone())
        } else {
            outer.next.as_ref().map(|n| later(n, &place.start))
        };
        let whole = if place.timed { place.len.clone() } else { outer.whole.clone() };
        Span { len: place.len.clone(), whole, prev, next }
    }

    /// The value of a neighbour.
    fn neighbour(&self, near: &Near<'a>, m: &Moment) -> Value {
        self.depth.set(self.depth.get() + 1);
        if self.depth.get() > 2000 {
            return Err(Stop::Nowhere);
        }
        let at = |local: Q| Moment {
            local,
            run: m.run_at(&near.offset),
            side: Q::zero(),
            forwards: m.forwards == near.forwards,
            slack: 0.0,
            run_slack: m.run_slack + m.slack,
        };
        match &near.site {
            Site::Phase(laid, k, true) => self.phase(laid, *k, at(&laid.places[*k].len - &self.before)),
            Site::Phase(laid, k, false) => self.phase(laid, *k, at(Q::zero())),
            Site::Under(node, span, local) => self.alone(node, span, &at(local.clone())),
        }
    }

    /// What is added up, and what a function is of: phases are sequences, arithmetic in it goes on.
    fn operand(&self, node: &'a Node, span: &Rc<Span<'a>>, m: &Moment) -> Value {
        match node.bare() {
            Node::Sequence(_) | Node::Warmup(..) => self.alone(node, span, m),
            bare => self.part(bare, span, m),
        }
    }

    /// A single phase.
    fn part(&self, node: &'a Node, span: &Rc<Span<'a>>, m: &Moment) -> Value {
        let time = || Num::time(&m.local, m.slack);
        let share = || Share::of(&m.local, &span.len, m.slack);
        let value = |n: &Number| Num::exact(n.value());
        Ok(match node {
            Node::Let(_, inner) => return self.part(inner, span, m),
            Node::Number(n) => value(n),
            Node::Times(n) => combine([value(n), Num::exact(self.facts.base)], 0.0, |[k, base]| k * base),
            Node::Name(name) => self.name(*name, span, m),
            Node::Ramp(shape, open, ends) => return self.ramp(shape, *open, ends, span, m),
            Node::Warmup(_, from, to, shape, skip) => {
                let to = match (to, &span.next) {
                    (Some(to), _) => value(to),
                    (None, Some(next)) => self.neighbour(next, m)?,
                    (None, None) => Num::exact(self.facts.base),
                };
                let one = ratio(1, 1);
                let s = if *skip { Share::of(&(&m.local + &one), &(&span.len + &one), m.slack) } else { share() };
                ramp(shape, value(from), to, s)
            }
            Node::Rsqrt(a, t) => {
                let t = Num::time(&self.steps(t, span), m.slack);
                combine([value(a), t, time()], 0.0, |[a, t, i]| a * (t / (t + i)).sqrt())
            }
            Node::Inverse(a, every, rate, power) => {
                let every = Num::time(&self.steps(every, span), m.slack);
                let args = [value(a), value(rate), time(), every, value(power)];
                combine(args, 0.0, |[a, rate, i, every, power]| a / (1.0 + rate * i / every).powf(power))
            }
            Node::Decay(a, by, drops) => {
                let come = self.drops(drops, span, m)?;
                combine([value(a), value(by)], 0.0, |[a, by]| a * by.powf(come))
            }
            Node::One(one, a) => return self.one(*one, a, span, m),
            Node::Two(two, a, b) => {
                let args = [self.operand(a, span, m)?, self.operand(b, span, m)?];
                let scale = if matches!(two, Two::Add | Two::Sub) { args[0].x.abs().max(args[1].x.abs()) } else { 0.0 };
                let found = combine(args, scale, |[a, b]| match two {
                    Two::Add => a + b,
                    Two::Sub => a - b,
                    Two::Mul => a * b,
                    Two::Div => a / b,
                    Two::Pow => a.powf(b),
                    Two::Min => least(a, b),
                    Two::Max => most(a, b),
                });
                // A limit may be 0 where what it comes from is not.
                match self.exact(node, span, m) {
                    Some(q) if found.x == 0.0 && is_tiny(&q) && !q.is_zero() => Num::exact(float(&q)),
                    Some(q) if found.x == 0.0 && q.is_zero() => Num::exact(0.0),
                    _ => found,
                }
            }
            Node::Sequence(_) => return self.alone(node, span, m),
            Node::Modified(s, modifier) => return self.modified(s, modifier, span, m),
        })
    }

    fn name(&self, name: Name, span: &Span<'a>, m: &Moment) -> Num {
        let (local, run) = (&m.local, &m.run);
        let of = |q: &Q, unit: u64, slack: f64| {
            let unit = ratio(unit, 1);
            Num::time(&(q / &unit), slack / float(&unit))
        };
        match name {
            Name::T => Share::of(local, &span.len, m.slack).u,
            Name::Step => Num::time(local, m.slack),
            Name::Epoch => of(local, self.facts.epoch, m.slack),
            Name::RunT => of(run, self.facts.steps, m.run_slack),
            Name::RunStep => Num::time(run, m.run_slack),
            Name::RunEpoch => of(run, self.facts.epoch, m.run_slack),
            Name::Base => Num::exact(self.facts.base),
        }
    }

    fn ramp(&self, shape: &Shape, open: bool, ends: &'a [Node], span: &Rc<Span<'a>>, m: &Moment) -> Value {
        let parts = ends.len() - usize::from(!open);
        // Each part has its share; the last one goes up to the end.
        let part = &span.len / ratio(parts as u64, 1);
        let k = (&m.local / &part).floor().to_integer();
        let k = usize::try_from(k).unwrap_or(0).min(parts - 1);
        for edge in [k, k + 1] {
            if edge > 0 && edge < parts {
                self.near(m, &(&part * ratio(edge as u64, 1)))?;
            }
        }
        let end = |k: usize| match k.checked_sub(usize::from(open)) {
            Some(k) => self.part(&ends[k], span, m),
            None => span.prev.as_ref().map_or(Err(Stop::Nowhere), |prev| self.neighbour(prev, m)),
        };
        let s = Share::of(&(&m.local - &part * ratio(k as u64, 1)), &part, m.slack);
        // It jumps to its end, which may be so close that what is allowed passes it.
        if matches!(shape, Shape::Tanh(..)) && s.w.x > 0.0 && s.w.x * float(&part) <= 2.0 * m.slack {
            return Err(Stop::Doubt);
        }
        Ok(ramp(shape, end(k)?, end(k + 1)?, s))
    }

    /// How many drops have come.
    fn drops(&self, drops: &Drops, span: &Span<'a>, m: &Moment) -> Result<f64, Stop> {
        match drops {
            Drops::Every(d) => {
                let d = self.steps(d, span);
                let k = (&m.local / &d).floor();
                let m = m.clone().counted(float(&k));
                self.near(&m, &(&k * &d))?;
                self.near(&m, &((&k + ratio(1, 1)) * &d))?;
                Ok(float(&k))
            }
            Drops::At(at) => at.iter().try_fold(0.0, |come, d| {
                let d = self.steps(d, span);
                self.near(m, &d)?;
                Ok(if d <= m.local { come + 1.0 } else { come })
            }),
        }
    }

    fn one(&self, one: One, a: &'a Node, span: &Rc<Span<'a>>, m: &Moment) -> Value {
        let arg = self.operand(a, span, m)?;
        if matches!(one, One::Floor | One::Ceil | One::Round) {
            return self.rounded(one, arg, self.exact(a, span, m));
        }
        Ok(combine([arg], 0.0, |[a]| match one {
            One::Neg => -a,
            One::Abs => a.abs(),
            One::Sqrt => a.sqrt(),
            One::Exp => a.exp(),
            One::Ln => a.ln(),
            One::Sin => a.sin(),
            One::Cos => a.cos(),
            One::Tanh => a.tanh(),
            One::Sigmoid => sigmoid(a),
            One::Floor | One::Ceil | One::Round => a,
        }))
    }

    fn modified(&self, s: &'a Node, modifier: &'a Modifier, span: &Rc<Span<'a>>, m: &Moment) -> Value {
        match modifier {
            Modifier::Clamp(min, max) => {
                let v = self.alone(s, span, m)?;
                let (min, max) =
                    (min.as_ref().map_or(f64::MIN, Number::value), max.as_ref().map_or(f64::MAX, Number::value));
                Ok(combine([v], 0.0, |[v]| least(most(v, min), max)))
            }
            Modifier::Staircase(d) => {
                let d = self.steps(d, span);
                let k = (&m.local / &d).floor();
                let (first, next) = (&k * &d, (&k + ratio(1, 1)) * &d);
                let m = m.clone().counted(float(&k));
                self.near(&m, &first)?;
                self.near(&m, &next)?;
                self.alone(s, span, &m.moved(first))
            }
            Modifier::Reverse => {
                // Within a mirrored curve the one read a tiny bit beside its moment is mirrored again: still tinier.
                let tiny = if m.side.is_zero() { self.mirrored.clone() } else { m.side.abs() / ratio(1 << 20, 1) };
                let local = &span.len - &m.local - &tiny;
                let side = -&m.side - &tiny;
                let turned = |near: &Option<Rc<Near<'a>>>| {
                    let near = near.as_ref()?;
                    let offset = &span.len - &near.offset;
                    Some(Rc::new(Near { site: near.site.clone(), offset, forwards: !near.forwards }))
                };
                let inner = Span { prev: turned(&span.next), next: turned(&span.prev), ..(**span).clone() };
                self.alone(s, &Rc::new(inner), &Moment { local, side, forwards: !m.forwards, ..m.clone() })
            }
            Modifier::Overlay(p, end) => {
                let d = layout::overlaid(p, &span.len, &span.whole, &self.facts)?;
                let start = if *end { &span.len - &d } else { Q::zero() };
                let edge = if *end { start.clone() } else { d.clone() };
                self.near(m, &edge)?;
                if (m.local >= edge) != *end {
                    return self.alone(s, span, m);
                }
                let under = |local: Q, offset: Q| {
                    Some(Rc::new(Near { site: Site::Under(s, span.clone(), local), offset, forwards: true }))
                };
                let (prev, next) = match end {
                    true => (under(&start - &self.before, -self.before.clone()), None),
                    false => (None, under(Q::zero(), Q::zero())),
                };
                let inner = Span { len: d, whole: span.whole.clone(), prev, next };
                self.alone(p, &Rc::new(inner), &m.since(&start))
            }
            Modifier::Jitter(amount, seed) => {
                let v = self.alone(s, span, m)?;
                let n = m.run.floor();
                for edge in [n.clone(), &n + ratio(1, 1)] {
                    let off = &m.run - edge;
                    if m.run_slack > 0.0 && !is_tiny(&off) && float(&off).abs() <= 2.0 * m.run_slack {
                        return Err(Stop::Doubt);
                    }
                }
                let z = noise(*seed, u64::try_from(n.to_integer()).unwrap_or(0));
                Ok(combine([v], 0.0, |[v]| v * (1.0 + amount.value() * z)))
            }
            Modifier::Cycle(cycles, grow, decay) => {
                let row = Row::new(cycles, grow.as_ref(), &span.len, &span.whole, &self.facts)?;
                let turn = row.at(&m.local)?;
                let end = &turn.start + &turn.len;
                // What counts lengths that are kept to so much is off by as much, so many times, and by more where
                // they grow.
                let m = m.clone().counted(row.shares(&turn));
                self.near(&m, &turn.start)?;
                self.near(&m, &end)?;
                let mut inner = m.since(&turn.start);
                let simple = |q: &Q| q.denom().bits() < 7;
                let exact = grow.as_ref().is_none_or(|g| g.exact().is_integer());
                if !(exact && simple(&turn.start) && simple(&turn.len)) {
                    inner.slack += KEPT.0 + KEPT.1 * self.facts.steps as f64;
                }
                let near = |near: &Option<Rc<Near<'a>>>| near.as_ref().map(|n| later(n, &turn.start));
                let (prev, next) = (near(&span.prev), near(&span.next));
                let inside = Span { len: turn.len.clone(), whole: turn.len.clone(), prev, next };
                let v = self.alone(s, &Rc::new(inside), &inner)?;
                let by = decay.as_ref().map_or(1.0, Number::value);
                Ok(combine([v], 0.0, |[v]| v * by.powf(turn.index as f64)))
            }
        }
    }
}

/// splitmix64 from the seed and the run's step, as a number from -1 up to 1.
fn noise(seed: u64, step: u64) -> f64 {
    let z = seed.wrapping_add(step.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
