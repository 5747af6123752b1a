//! [`Plan`] → [`Ir`]: puts every phase onto its axis and asks the catalogue for its operations.
//!
//! Guarantee: a value that several others share is written once where all of them can see it, so that what is written
//! grows with the plan and not with the ways through it; what grows all the same is paid for.

use std::sync::Arc;

use num_traits::{One, Zero};

use crate::catalogue::{self, Args};
use crate::clock::Ratio;
use crate::diag::Diagnostic;
use crate::ir::{Binary, Block, Builder, Int, Ir, Local, Output, Side, Time, Val, tick_at};
use crate::plan::{Arg, Control, Plan, Sig, TimeName, Window};
use crate::work::Work;

mod jump;
mod memo;
mod run;

use memo::Memo;

/// The longest run that is counted exactly; later steps hold the value reached here.
pub const LONGEST: i128 = 1 << 53;

/// The deepest that values are made of others: what a tree may nest, and half as much again for phases that follow
/// from one another.
const DEEPEST: usize = 400;

/// Lowers every output of the plan.
///
/// # Errors
/// The place where the program grew too large.
pub fn lower(plan: &Plan) -> Result<Ir, Box<Diagnostic>> {
    let work = plan.work.clone();
    let end = Ratio::from_integer(plan.clock.total().map_or(LONGEST, i128::from));
    let mut registers = 1;
    let mut outputs = Vec::with_capacity(plan.outputs.len());
    for ((name, sig), place) in plan.outputs.iter().zip(&plan.bodies) {
        work.at(*place);
        let (block, needed) = finished(sig, end, &work).ok_or_else(|| refusal(&work))?;
        registers = registers.max(needed);
        outputs.push(Output { name: name.clone(), block });
    }
    Ok(Ir::new(outputs, registers))
}

fn refusal(work: &Work) -> Box<Diagnostic> {
    Box::new(work.refusal().expect("nothing is left, or there is a block"))
}

/// The value of `sig` at one moment of its axis, where it does not depend on the trainer's inputs and can be paid for.
pub(crate) fn constant(sig: &Sig, at: Ratio, left: bool, work: &Work) -> Option<f64> {
    match Lowering::at(known(at, left), work).sig(sig) {
        Val::Const(c) if !work.is_spent() => Some(c),
        _ => None,
    }
}

/// The value of `sig` at one moment of its axis for a base of 1 and nothing observed.
pub(crate) fn at_base_one(sig: &Sig, at: Ratio, left: bool, work: &Work) -> f64 {
    match (Lowering { open: Some(1.0), ..Lowering::at(known(at, left), work) }).sig(sig) {
        Val::Const(c) if !work.is_spent() => c,
        // At a fixed moment only inputs are not constant.
        _ => f64::NAN,
    }
}

/// One signal of the run's own axis, on its own.
pub(crate) fn single(sig: &Arc<Sig>, end: Option<u64>, work: &Work) -> Option<Ir> {
    let (block, registers) = output(sig, Ratio::from_integer(end.map_or(LONGEST, i128::from)), work)?;
    Some(Ir::new(vec![Output { name: String::new(), block }], registers))
}

/// What each control needs to know when its metric is observed: the value that it scales, and its bounds.
///
/// # Errors
/// The place where the program grew too large.
pub(crate) fn controls(plan: &Plan) -> Result<Vec<Ir>, Box<Diagnostic>> {
    let work = plan.work.clone();
    let end = Ratio::from_integer(plan.clock.total().map_or(LONGEST, i128::from));
    let one = |control: &Control| {
        let mut registers = 1;
        work.at(control.span);
        let parts = [("value", &control.subject), ("min", &control.min), ("max", &control.max)];
        let outputs = parts.map(|(name, sig)| {
            let (block, needed) = finished(sig, end, &work)?;
            registers = registers.max(needed);
            Some(Output { name: name.into(), block })
        });
        let outputs = outputs.into_iter().collect::<Option<_>>().ok_or_else(|| refusal(&work))?;
        Ok(Ir::new(outputs, registers))
    };
    plan.controls.iter().map(one).collect()
}

/// The value of `sig` at one moment as a block without time, if it can be paid for.
pub(crate) fn moment(sig: &Sig, at: Ratio, left: bool, work: &Work) -> Option<(Block, usize)> {
    let mut lowering = Lowering::at(known(at, left), work);
    let result = lowering.sig(sig);
    (!work.is_spent()).then(|| lowering.b.finish(result))
}

/// Whether every moment of the run at which `sig` samples or holds a name of it, or noise, can be counted up to `end`.
pub(crate) fn counts_run(sig: &Sig, end: Ratio, work: &Work) -> bool {
    if !sig.names_run(work) {
        return true;
    }
    let mut lowering = Lowering::at(running(end), work);
    lowering.sig(sig);
    !lowering.inexact
}

/// A moment of an axis; `left` takes limits from before it.
fn known(at: Ratio, left: bool) -> Time {
    Time::fixed(at, if left { Side::Left } else { Side::At })
}

/// The run [0, end), then its limit from the left for ever. Nothing where it cannot be paid for.
fn output(sig: &Arc<Sig>, end: Ratio, work: &Work) -> Option<(Block, usize)> {
    let mut lowering = Lowering::at(running(end), work);
    let held = Arc::new(Sig::At { sig: sig.clone(), at: end, left: true });
    let mut pieces = match &**sig {
        Sig::Seq(pieces) => pieces.clone(),
        _ => vec![(Ratio::zero(), sig.clone())],
    };
    pieces.retain(|(start, _)| *start < end);
    pieces.push((end, held));
    let result = if sig.is_fixed() { lowering.sig(sig) } else { lowering.seq(&pieces) };
    (!work.is_spent()).then(|| lowering.b.finish(result))
}

/// The same for a program that will be run, where every operation costs more.
fn finished(sig: &Arc<Sig>, end: Ratio, work: &Work) -> Option<(Block, usize)> {
    output(sig, end, work).filter(|(block, _)| work.operations(block.operations()))
}

/// The run's own axis up to `end`.
fn running(end: Ratio) -> Time {
    let (part, most) = (Ratio::zero(), end.ceil().to_integer());
    Time::Running { x: Int::Reg(0), part, rate: 1, most, side: Side::At, near: None }
}

struct Lowering<'w> {
    b: Builder,
    work: &'w Work,
    /// Values that can be used again where we are.
    memo: Memo,
    /// The run's own axis.
    run: Time,
    /// The axis that the signal lives on.
    axis: Time,
    /// Whether it runs against the run's.
    turned: bool,
    /// What every input is, where that is known.
    open: Option<f64>,
    /// How many arguments are being looked at beside their moment, one within the other.
    turning: u32,
    /// Whether a moment of the run had to be rounded to be counted.
    inexact: bool,
    /// How deep we are in parts of parts.
    depth: usize,
}

impl<'w> Lowering<'w> {
    fn at(time: Time, work: &'w Work) -> Self {
        Self {
            b: Builder::new(),
            work,
            memo: Memo::default(),
            run: time,
            axis: time,
            turned: false,
            open: None,
            turning: 0,
            inexact: false,
            depth: 0,
        }
    }

    fn local(&self, window: Window) -> Local {
        Local { time: self.axis, start: window.start, len: window.len }
    }

    /// Lowers `sig` with another axis.
    fn on(&mut self, axis: Time, sig: &Arc<Sig>) -> Val {
        self.with(axis, self.run, sig)
    }

    /// Lowers `sig` with another axis and another moment of the run.
    fn with(&mut self, axis: Time, run: Time, sig: &Arc<Sig>) -> Val {
        let outer = (self.axis, self.run);
        (self.axis, self.run) = (axis, run);
        let value = self.part(sig);
        (self.axis, self.run) = outer;
        value
    }

    /// Lowers `sig` as it is at the moment `to` of the axis, for which the run has another one.
    fn sampled(&mut self, to: Time, sig: &Arc<Sig>) -> Val {
        let run = if self.run == self.axis || self.names_run(sig) { self.moved(to) } else { self.run };
        self.with(to, run, sig)
    }

    /// Whether `sig` depends on where the run is.
    fn names_run(&mut self, sig: &Arc<Sig>) -> bool {
        let work = self.work;
        self.memo.names_run(sig, || sig.names_run(work))
    }

    /// A part of another value: one that others share is written once.
    fn part(&mut self, sig: &Arc<Sig>) -> Val {
        if Arc::strong_count(sig) == 1 || matches!(**sig, Sig::Const(_) | Sig::Input(_)) {
            return self.sig(sig);
        }
        let key = memo::Key::new(sig, None, (self.axis, self.run, self.turned));
        if let Some(known) = self.memo.get(&key) {
            return known;
        }
        let value = self.sig(sig);
        self.memo.keep(key, value);
        value
    }

    fn sig(&mut self, sig: &Sig) -> Val {
        // Whoever asked looks whether there was enough.
        if self.depth == DEEPEST {
            self.work.spend_all();
        }
        if !self.work.step() {
            return Val::Const(0.0);
        }
        self.depth += 1;
        let value = self.form(sig);
        self.depth -= 1;
        value
    }

    fn form(&mut self, sig: &Sig) -> Val {
        match sig {
            Sig::Const(c) => Val::Const(*c),
            Sig::Input(n) => match self.open {
                Some(value) => Val::Const(value),
                None => self.b.input(*n),
            },
            Sig::Noise(seed) => {
                let run = Local { time: self.run, start: Ratio::zero(), len: None };
                let (step, _) = run.cycles(&mut self.b, Ratio::one());
                self.b.noise(step, *seed)
            }
            Sig::Time(name, window) => self.time(*name, *window),
            Sig::Unary(op, a) => self.unary(*op, a),
            Sig::Binary(Binary::Pow, a, b) => self.power(a, b),
            Sig::Binary(op, a, b) => {
                let (a, b) = (self.part(a), self.part(b));
                self.b.binary(*op, a, b)
            }
            Sig::Ramp { lower, entry, ends: [from, to], args, window } => {
                let local = self.local(*window);
                if local.at_end() {
                    return self.part(to);
                }
                let (from, to) = (self.part(from), self.part(to));
                let values = self.args(args);
                lower(&mut self.b, local, from, to, &Args { entry, values: &values })
            }
            Sig::Curve { lower, entry, args, window } => {
                let values = self.args(args);
                let local = self.local(*window);
                lower(&mut self.b, local, &Args { entry, values: &values })
            }
            Sig::Seq(pieces) => self.seq(pieces),
            Sig::Cycle { start, every, body, decay } => self.cycle(*start, *every, body, *decay),
            Sig::Stairs { start, every, body } => {
                let held = self.local(Window { start: *start, len: None }).held(&mut self.b, *every);
                self.sampled(held, body)
            }
            Sig::Reverse { start, len, body } => self.reverse(*start, *len, body),
            Sig::At { sig, at, left } => self.sampled(known(*at, *left), sig),
        }
    }

    fn time(&mut self, name: TimeName, window: Window) -> Val {
        let local = self.local(window);
        let run = Local { time: self.run, ..local };
        match name {
            TimeName::Share => local.done(&mut self.b),
            TimeName::RunShare => run.done(&mut self.b),
            TimeName::Since(unit) => local.since(&mut self.b, unit),
            TimeName::RunSince(unit) => run.since(&mut self.b, unit),
        }
    }

    fn args(&mut self, args: &[Arg]) -> Vec<catalogue::Arg<Val>> {
        let mut lowered = |arg: &Arg| {
            if let Arg::Times(t) = arg {
                self.work.steps(t.len());
            }
            arg.map(|sig| self.part(sig))
        };
        args.iter().map(&mut lowered).collect()
    }

    fn seq(&mut self, pieces: &[(Ratio, Arc<Sig>)]) -> Val {
        match self.axis {
            Time::Fixed { at, side, .. } => {
                let left = side == Side::Left;
                let begun = pieces[1..].iter().take_while(|(start, _)| if left { *start < at } else { *start <= at });
                let index = begun.count();
                self.work.steps(index);
                self.sig(&pieces[index].1)
            }
            Time::Running { x, part, rate, side: Side::Left, near: None, .. } => {
                // Where a piece ends on a tick, its limit holds there: the end itself, which a formula may miss.
                let (mut bounds, mut arms) = (vec![], vec![(0, None)]);
                for (k, (start, _)) in pieces.iter().enumerate().skip(1) {
                    let [on, after] = [Side::At, Side::Left].map(|side| tick_at(*start, part, rate, side));
                    if on < after {
                        bounds.push(on);
                        arms.push((k - 1, Some(Time::fixed(*start, Side::Left))));
                    }
                    bounds.push(after);
                    arms.push((k, None));
                }
                self.choose(x, &bounds, |arm, k| match arms[k] {
                    (piece, None) => arm.sig(&pieces[piece].1),
                    (piece, Some(end)) => arm.sampled(end, &pieces[piece].1),
                })
            }
            Time::Running { x, part, rate, side, .. } => {
                let bounds: Vec<i64> = pieces[1..].iter().map(|(start, _)| tick_at(*start, part, rate, side)).collect();
                self.choose(x, &bounds, |arm, k| arm.sig(&pieces[k].1))
            }
        }
    }

    fn choose(&mut self, x: Int, bounds: &[i64], mut arm: impl FnMut(&mut Self, usize) -> Val) -> Val {
        let mut b = std::mem::take(&mut self.b);
        let value = b.choose(x, bounds, |b, k| {
            std::mem::swap(b, &mut self.b);
            let outside = self.memo.mark();
            let value = arm(self, k);
            // What an arm has written only it can see.
            self.memo.forget(outside);
            std::mem::swap(b, &mut self.b);
            value
        });
        self.b = b;
        value
    }

    /// The body's end at the very start, which a formula may miss by its last digits; then back to its start.
    fn reverse(&mut self, start: Ratio, len: Ratio, body: &Arc<Sig>) -> Val {
        let local = self.local(Window { start, len: Some(len) });
        let outer = (self.run, self.turned);
        self.turned = !self.turned;
        if self.run.side() == Side::At {
            self.run = self.run.on(if self.turned { Side::Right } else { Side::Left });
        }
        let value = match self.axis {
            Time::Running { x, part, rate, side: Side::At | Side::Right, near: None, .. }
                if tick_at(start, part, rate, Side::At) < tick_at(start, part, rate, Side::Left) =>
            {
                let first = tick_at(start, part, rate, Side::At);
                self.choose(x, &[first + 1], |arm, k| {
                    let back = if k == 0 { Time::fixed(len, Side::Left) } else { local.mirrored(&mut arm.b) };
                    arm.on(back, body)
                })
            }
            _ => {
                let back = local.mirrored(&mut self.b);
                self.on(back, body)
            }
        };
        (self.run, self.turned) = outer;
        value
    }

    fn cycle(&mut self, start: Ratio, every: Ratio, body: &Arc<Sig>, decay: f64) -> Val {
        let local = self.local(Window { start, len: None });
        let (index, axis) = local.cycles(&mut self.b, every);
        let value = self.on(axis, body);
        if decay == 1.0 {
            return value;
        }
        let index = self.b.float(index);
        let factor = self.b.binary(Binary::Pow, Val::Const(decay), index);
        self.b.mul(value, factor)
    }
}
