//! Values over time: numbers, names, arithmetic and ramps.

use std::sync::Arc;

use num_traits::{CheckedMul, CheckedSub, One, Zero};

use super::call::functions;
use super::duration::{pass, unknown_unit};
use super::extent::Extent;
use super::scope::{Binding, Env, Ex};
use super::sequence::known;
use super::{Checker, Join, Place, lints};
use crate::catalogue::{self, Entry, Form, LowerRamp};
use crate::clock::{Ratio, Unit};
use crate::diag::lints::NOT_FINITE;
use crate::diag::{Diagnostic, Span, clock, names, nearest, timeline};
use crate::ir::{Binary, Unary, ops};
use crate::math::Native;
use crate::plan::{Arg, Sig, TimeName, Window};
use crate::syntax::ast::{BinaryOp, ExprKind};

/// The names that every expression knows.
pub const NAMES: &[&str] = &["t", "step", "epoch", "run.t", "run.step", "run.epoch", "base", "pi", "inherited"];

/// How a ramp goes from keypoint to keypoint.
pub(super) struct Shape {
    pub(super) lower: LowerRamp,
    pub(super) entry: &'static Entry,
    /// The arguments beside the keypoints.
    pub(super) args: Vec<Arg>,
}

impl<'a> Checker<'a> {
    /// A part of an expression. Arithmetic and functions are pointwise and go on over all of `place`; what has a
    /// length of its own in them starts with `place` and is held.
    pub(super) fn operand(&mut self, ex: &Ex<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let deeper = Place { depth: place.depth + 1, ..place };
        match ex.kind() {
            ExprKind::Seq(_) | ExprKind::Timed(..) => self.signal(ex, deeper, join),
            ExprKind::Paren(_) | ExprKind::Name(_) => match self.inside(ex)? {
                Some(inner) if matches!(inner.kind(), ExprKind::Seq(_) | ExprKind::Timed(..)) => {
                    self.signal(&inner, place, join)
                }
                Some(inner) => self.operand(&inner, place, join),
                None => self.phase(ex, place, join),
            },
            ExprKind::Call { .. } if self.is_phase(ex) && self.extent(ex, place)? != Extent::Free => {
                self.signal(ex, deeper, join)
            }
            _ => self.phase(ex, place, join),
        }
    }

    /// One phase that fills `place`.
    pub(super) fn phase(&mut self, ex: &Ex<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        if !self.spend(ex.span()) {
            return None;
        }
        let span = ex.span();
        match ex.kind() {
            ExprKind::Number(n) => Some(Arc::new(Sig::Const(n.value))),
            ExprKind::Quantity(n, unit) if unit.text == "x" => {
                Some(Arc::new(Sig::Binary(Binary::Mul, Arc::new(Sig::Const(n.value)), Arc::new(Sig::Input(0)))))
            }
            ExprKind::Quantity(_, unit) if Unit::named(&unit.text).is_none() => self.fail(unknown_unit(unit)),
            ExprKind::Quantity(..) => self.fail(
                Diagnostic::new(&names::NOT_A_VALUE, span, "a duration is not a value")
                    .help("a length stands after `for`, an end after `until`; a value has no unit"),
            ),
            ExprKind::Str(_) => self.fail(
                Diagnostic::new(&names::NOT_A_VALUE, span, "a text is not a value")
                    .help("write a number; a recorded curve is `table(\"curve.csv\")`"),
            ),
            ExprKind::List(_) => self.fail(
                Diagnostic::new(&names::NOT_A_VALUE, span, "a list is not a value")
                    .help("join phases with `>>`, keypoints with `->`"),
            ),
            ExprKind::Name(name) => self.name(ex, name, place, join),
            ExprKind::Call { name, args } => self.call(ex, name, args, place, join),
            ExprKind::Paren(inner) => self.phase(&ex.with(inner), place, join),
            ExprKind::Neg(a) => {
                let a = self.operand(&ex.with(a), place, join)?;
                self.unary(Unary::Neg, a, span)
            }
            ExprKind::Binary(..) => self.arithmetic(ex, place, join),
            ExprKind::Ramp(_) => {
                let Form::Ramp(lower) = catalogue::ARROW.form else { return None };
                let args = catalogue::ARROW.params.iter().map(|_| Arg::Missing).collect();
                self.ramp(ex, Shape { lower, entry: catalogue::ARROW, args }, place, join)
            }
            ExprKind::Timed(..) | ExprKind::Seq(_) => self.signal(ex, place, join),
            ExprKind::Pipe(subject, modifiers) => self.pipe(ex, subject, modifiers, place, join),
        }
    }

    fn arithmetic(&mut self, ex: &Ex<'a>, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let ExprKind::Binary(op, a, b) = ex.kind() else { return None };
        let (a, b) = (self.operand(&ex.with(a), place, join), self.operand(&ex.with(b), place, join));
        let op = match op {
            BinaryOp::Add => Binary::Add,
            BinaryOp::Sub => Binary::Sub,
            BinaryOp::Mul => Binary::Mul,
            BinaryOp::Div => Binary::Div,
            BinaryOp::Pow => Binary::Pow,
        };
        self.binary(op, a?, b?, ex.span())
    }

    /// `a op b`, at once where both are constant.
    pub(super) fn binary(&mut self, op: Binary, a: Arc<Sig>, b: Arc<Sig>, span: Span) -> Option<Arc<Sig>> {
        if let (Sig::Const(a), Sig::Const(b)) = (&*a, &*b) {
            let value = ops::binary(&mut Native, op, *a, *b);
            return self.finite(value, span, &format!("{a} {} {b}", if op == Binary::Pow { "**" } else { op.word() }));
        }
        Some(Arc::new(Sig::Binary(op, a, b)))
    }

    /// `op a`, at once where a is constant.
    pub(super) fn unary(&mut self, op: Unary, a: Arc<Sig>, span: Span) -> Option<Arc<Sig>> {
        if let Sig::Const(a) = &*a {
            return self.finite(ops::unary(&mut Native, op, *a), span, &format!("{}({a})", op.word()));
        }
        Some(Arc::new(Sig::Unary(op, a)))
    }

    fn finite(&mut self, value: f64, span: Span, what: &str) -> Option<Arc<Sig>> {
        if value.is_finite() {
            return Some(Arc::new(Sig::Const(value)));
        }
        let result = if value.is_nan() { "not a number" } else { "infinite" };
        self.fail(
            Diagnostic::new(&NOT_FINITE, span, format!("{what} is {result}"))
                .help("every value of a schedule is a finite number"),
        )
    }

    fn name(&mut self, ex: &Ex<'a>, name: &str, place: Place, join: &Join) -> Option<Arc<Sig>> {
        match self.scope.find(name, &ex.env) {
            Some(Binding::Value(value)) => return self.phase(&value, place, join),
            Some(Binding::Function(params, _)) => {
                let list: Vec<&str> = params.iter().map(|p| p.name.text.as_str()).collect();
                let message = format!("`{name}` is a function and needs its arguments");
                return self.fail(
                    Diagnostic::new(&names::NOT_A_FUNCTION, ex.span(), message)
                        .help(format!("call it: `{name}({})`", list.join(", "))),
                );
            }
            None => {}
        }
        let window = Window { start: place.start, len: place.len };
        let run =
            Window { start: Ratio::from_integer(0), len: self.clock.total().map(|n| Ratio::from_integer(n.into())) };
        let one = Ratio::one();
        if matches!(name, "epoch" | "run.epoch") && self.clock.epoch() > Some(1) {
            lints::per_epoch(self, ex, name);
        }
        Some(Arc::new(match name {
            "base" => Sig::Input(0),
            "pi" => Sig::Const(std::f64::consts::PI),
            "step" => Sig::Time(TimeName::Since(one), window),
            "run.step" => Sig::Time(TimeName::RunSince(one), run),
            "t" if window.len.is_some() => Sig::Time(TimeName::Share, window),
            "run.t" if run.len.is_some() => Sig::Time(TimeName::RunShare, run),
            "t" | "run.t" => return self.no_total(ex.span(), &format!("`{name}` goes from 0 to 1 over it")),
            "epoch" => Sig::Time(TimeName::Since(self.epoch(ex.span())?), window),
            "run.epoch" => Sig::Time(TimeName::RunSince(self.epoch(ex.span())?), run),
            "inherited" => match &self.inherited {
                Some(sig) => return Some(sig.clone()),
                None => {
                    return self.unknown(
                        ex,
                        name,
                        "`inherited` is the optimizer's value, inside a `group` that overrides it",
                    );
                }
            },
            _ => return self.unknown(ex, name, ""),
        }))
    }

    fn epoch(&mut self, span: Span) -> Option<Ratio> {
        match self.clock.resolve(Unit::Epoch, None) {
            Ok(len) => Some(len),
            Err(_) => self.fail(
                Diagnostic::new(&clock::NO_EPOCH, span, "an epoch's length is unknown")
                    .help(format!("{}, or use `step`", pass("steps_per_epoch"))),
            ),
        }
    }

    /// The names that are known at `env` besides `more`; none once too many were compared.
    pub(super) fn known(&self, env: &Env<'a>, more: impl Iterator<Item = &'static str>) -> Vec<&'a str> {
        let more: Vec<&str> = more.collect();
        let affordable = self.work.guess(self.scope.count(env) + more.len());
        if affordable { self.scope.visible(env).chain(more).collect() } else { vec![] }
    }

    /// The nearest of some words that are always known, unless too many were compared.
    pub(super) fn near<'w>(&self, word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
        let known: Vec<&str> = known.collect();
        self.work.guess(known.len()).then(|| nearest(word, known))?
    }

    /// Says that `name` is unknown, and which known one is near.
    pub(super) fn unknown<T>(&mut self, ex: &Ex<'a>, name: &str, help: &str) -> Option<T> {
        let span = Span::new(ex.span().start, ex.span().start + name.len());
        let d = Diagnostic::new(&names::UNKNOWN_NAME, span, format!("unknown name `{name}`"));
        if let Some(later) = self.scope.defined_later(name, &ex.env) {
            let d = Diagnostic {
                code: &names::DEFINED_TWICE,
                message: format!("`{name}` is used before it is defined"),
                ..d
            };
            return self.fail(
                d.label("used here")
                    .because(later, "defined here")
                    .help("move the `let` up; functions cannot call themselves"),
            );
        }
        if !help.is_empty() {
            return self.fail(d.help(help));
        }
        if catalogue::find(name).is_some() {
            return self.fail(d.help(format!("`{name}` needs its arguments: `etude explain {name}`")));
        }
        match nearest(name, self.known(&ex.env, NAMES.iter().copied())) {
            Some(near) => self.fail(d.help(format!("did you mean `{near}`?")).maybe(span, near)),
            None => match self.near(name, catalogue::ALL.iter().map(|e| e.name).chain(functions())) {
                Some(near) => self.fail(d.help(format!("did you mean `{near}(…)`?")).maybe(span, near)),
                None => self.fail(d.help(format!("bind it first: `let {name} = …`"))),
            },
        }
    }

    /// A value that does not change in time, for `what`.
    pub(super) fn fixed(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Arc<Sig>> {
        let mark = self.phases.len();
        let sig = self.operand(ex, place, &Join::default());
        self.phases.truncate(mark);
        let sig = sig?;
        if !sig.is_fixed() {
            let message = format!("{what} must not change in time");
            return self.fail(
                Diagnostic::new(&names::CHANGES_IN_TIME, ex.span(), message)
                    .help("it may use numbers, `let`s and `base`; multiply the whole phase instead"),
            );
        }
        Some(known(&sig, place.start, false, place, &self.work).map_or(sig, |c| Arc::new(Sig::Const(c))))
    }

    /// A chain of keypoints, evenly spaced over `place`, joined by one shape.
    pub(super) fn ramp(&mut self, ex: &Ex<'a>, shape: Shape, place: Place, join: &Join) -> Option<Arc<Sig>> {
        let ExprKind::Ramp(ends) = ex.kind() else { return None };
        let Shape { lower, entry, args } = shape;
        let mut points = Vec::with_capacity(ends.len());
        for end in ends {
            points.push(match end {
                Some(end) => self.fixed(&ex.with(end), place, "a ramp's end"),
                None => match &join.before {
                    Some(edge) => self.met(edge, place, ex),
                    None => self.fail(
                        Diagnostic::new(
                            &timeline::MISSING_END,
                            ex.span(),
                            "the ramp has no start: no phase ends before it",
                        )
                        .help("write its start value before `->`"),
                    ),
                },
            });
        }
        let points: Vec<Arc<Sig>> = points.into_iter().collect::<Option<_>>()?;
        let Some(len) = place.len else {
            return self.no_total(ex.span(), "the ramp needs to know where it ends");
        };
        let stretches = points.len() as i128 - 1;
        let mut pieces = vec![];
        let mut passed = Ratio::zero();
        for (k, ends) in points.windows(2).enumerate() {
            let start = self.admit_sum(place.start, passed, ex.span())?;
            let share = Ratio::new(k as i128 + 1, stretches);
            let end =
                if share.is_one() { Some(len) } else { self.admit_point(len.checked_mul(&share), place, ex.span()) }?;
            let len = self.admit(end.checked_sub(&passed), ex.span())?;
            passed = end;
            let (from, to) = (ends[0].clone(), ends[1].clone());
            self.admit_sum(start, len, ex.span())?;
            let (args, window) = (args.clone(), Window { start, len: Some(len) });
            pieces.push((start, Arc::new(Sig::Ramp { lower, entry, ends: [from, to], args, window })));
        }
        if let [(_, only)] = &pieces[..] { Some(only.clone()) } else { Some(Arc::new(Sig::Seq(pieces))) }
    }
}
