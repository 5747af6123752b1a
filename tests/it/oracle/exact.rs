//! floor, ceil and round, and the fractions that decide them where no f64 can.

use std::rc::Rc;

use num_traits::{Signed, Zero};

use super::moment::{Moment, Span};
use super::number::{Num, is_tiny};
use super::program::{Name, Node, One, Q, Shape, Two, ratio};
use super::value::{Oracle, Stop, Value};

impl<'a> Oracle<'a> {
    /// floor, ceil, round: of the f64 that the argument is, and where that stands at a jump only because no f64 sees
    /// on which side of it the moment is, of the exact argument.
    pub(super) fn rounded(&self, one: One, arg: Num, exact: Option<Q>) -> Value {
        let whole = |x: f64| match one {
            One::Floor => x.floor(),
            One::Ceil => x.ceil(),
            _ => x.round_ties_even(),
        };
        let half = if one == One::Round { 0.5 } else { 0.0 };
        let jump = (arg.x + half).round() - half;
        let away = (arg.x - jump).abs();
        if away > 4.0 * arg.e.max(f64::EPSILON * arg.x.abs()) {
            return Ok(Num::exact(whole(arg.x)));
        }
        let (Some(exact), true) = (exact, away == 0.0) else { return Err(Stop::Doubt) };
        let Some(place) = Q::from_float(jump) else { return Err(Stop::Doubt) };
        let off = exact - place;
        if off.is_zero() {
            return Ok(Num::exact(whole(jump)));
        }
        if !is_tiny(&off) {
            return Err(Stop::Doubt);
        }
        let (low, high) = ((jump - half).min(jump), jump + half);
        let (low, high) = match one {
            One::Floor => (jump - 1.0, jump),
            One::Ceil => (jump, jump + 1.0),
            _ => (low, high),
        };
        Ok(Num::exact(if off.is_negative() { low } else { high }))
    }

    /// The exact value where it is rational. Numbers are the f64 that they are.
    pub(super) fn exact(&self, node: &'a Node, span: &Rc<Span<'a>>, m: &Moment) -> Option<Q> {
        let of = |n: &'a Node| self.exact(n, span, m);
        let found = match node.bare() {
            Node::Number(n) => Q::from_float(n.value()),
            Node::Name(name) => Some(match name {
                Name::T => &m.local / &span.len,
                Name::Step => m.local.clone(),
                Name::Epoch => &m.local / ratio(self.facts.epoch, 1),
                Name::RunT => &m.run / ratio(self.facts.steps, 1),
                Name::RunStep => m.run.clone(),
                Name::RunEpoch => &m.run / ratio(self.facts.epoch, 1),
                Name::Base => Q::from_float(self.facts.base)?,
            }),
            Node::Ramp(Shape::Arrow | Shape::Linear, false, ends) if ends.len() == 2 => {
                let (a, b) = (of(&ends[0])?, of(&ends[1])?);
                Some(&a + (b - &a) * &m.local / &span.len)
            }
            Node::One(One::Neg, a) => Some(-of(a)?),
            Node::One(One::Abs, a) => Some(of(a)?.abs()),
            Node::One(One::Floor, a) => Some(of(a)?.floor()),
            Node::One(One::Ceil, a) => Some(of(a)?.ceil()),
            Node::Two(two, a, b) => {
                let (a, b) = (of(a)?, of(b)?);
                match two {
                    Two::Add => Some(a + b),
                    Two::Sub => Some(a - b),
                    Two::Mul => Some(a * b),
                    Two::Div => (!b.is_zero()).then(|| a / b),
                    Two::Min => Some(a.min(b)),
                    Two::Max => Some(a.max(b)),
                    Two::Pow => None,
                }
            }
            _ => None,
        };
        found.filter(|q| q.denom().bits() < 4000)
    }
}
