//! [`Plan`] → [`Ir`]: puts every phase onto its axis and asks the catalogue for its operations.

use std::collections::HashMap;
use std::sync::Arc;

use num_traits::{One, Zero};

use crate::catalogue::{self, Args};
use crate::clock::Ratio;
use crate::ir::{Binary, Block, Builder, Int, Ir, Local, Output, Side, Time, Val, tick_at};
use crate::plan::{Arg, Control, Plan, Sig, TimeName, Window};

mod jump;
mod run;

/// The longest run that is counted exactly; later steps hold the value reached here.
pub const LONGEST: i128 = 1 << 53;

/// Lowers every output of the plan.
pub fn lower(plan: &Plan) -> Ir {
    let end = Ratio::from_integer(plan.clock.total().map_or(LONGEST, i128::from));
    let mut registers = 1;
    let outputs = plan
        .outputs
        .iter()
        .map(|(name, sig)| {
            let (block, needed) = output(sig, end);
            registers = registers.max(needed);
            Output { name: name.clone(), block }
        })
        .collect();
    Ir::new(outputs, registers)
}

/// The value of `sig` at one moment of its axis, where it does not depend on the trainer's inputs.
pub fn constant(sig: &Sig, at: Ratio, left: bool) -> Option<f64> {
    match Lowering::at(known(at, left)).sig(sig) {
        Val::Const(c) => Some(c),
        Val::Reg(_) => None,
    }
}

/// The value of `sig` at one moment of its axis for a base of 1 and nothing observed.
pub fn at_base_one(sig: &Sig, at: Ratio, left: bool) -> f64 {
    match (Lowering { open: Some(1.0), ..Lowering::at(known(at, left)) }).sig(sig) {
        Val::Const(c) => c,
        // At a fixed moment only inputs are not constant.
        Val::Reg(_) => f64::NAN,
    }
}

/// One signal of the run's own axis, on its own.
pub fn single(sig: &Arc<Sig>, end: Option<u64>) -> Ir {
    let (block, registers) = output(sig, Ratio::from_integer(end.map_or(LONGEST, i128::from)));
    Ir::new(vec![Output { name: String::new(), block }], registers)
}

/// What a control needs to know when its metric is observed: the value that it scales, and its bounds.
pub fn control(control: &Control, end: Option<u64>) -> Ir {
    let end = Ratio::from_integer(end.map_or(LONGEST, i128::from));
    let mut registers = 1;
    let parts = [("value", &control.subject), ("min", &control.min), ("max", &control.max)];
    let outputs = parts
        .map(|(name, sig)| {
            let (block, needed) = output(sig, end);
            registers = registers.max(needed);
            Output { name: name.into(), block }
        })
        .into();
    Ir::new(outputs, registers)
}

/// The value of `sig` at one moment as a block without time.
pub fn moment(sig: &Sig, at: Ratio, left: bool) -> (Block, usize) {
    let mut lowering = Lowering::at(known(at, left));
    let result = lowering.sig(sig);
    lowering.b.finish(result)
}

/// Whether every moment of the run at which `sig` samples or holds a name of it, or noise, can be counted up to `end`.
pub fn counts_run(sig: &Sig, end: Ratio) -> bool {
    if !sig.names_run() {
        return true;
    }
    let mut lowering = Lowering::at(running(end));
    lowering.sig(sig);
    !lowering.inexact
}

/// A moment of an axis; `left` takes limits from before it.
fn known(at: Ratio, left: bool) -> Time {
    Time::fixed(at, if left { Side::Left } else { Side::At })
}

/// The run [0, end), then its limit from the left for ever.
fn output(sig: &Arc<Sig>, end: Ratio) -> (Block, usize) {
    let mut lowering = Lowering::at(running(end));
    let held = Arc::new(Sig::At { sig: sig.clone(), at: end, left: true });
    let mut pieces = match &**sig {
        Sig::Seq(pieces) => pieces.clone(),
        _ => vec![(Ratio::zero(), sig.clone())],
    };
    pieces.retain(|(start, _)| *start < end);
    pieces.push((end, held));
    let result = if sig.is_fixed() { lowering.sig(sig) } else { lowering.seq(&pieces) };
    lowering.b.finish(result)
}

/// The run's own axis up to `end`.
fn running(end: Ratio) -> Time {
    let (part, most) = (Ratio::zero(), end.ceil().to_integer());
    Time::Running { x: Int::Reg(0), part, rate: 1, most, side: Side::At, near: None }
}

struct Lowering {
    b: Builder,
    /// The run's own axis.
    run: Time,
    /// The axis that the signal lives on.
    axis: Time,
    /// Whether it runs against the run's.
    turned: bool,
    /// What every input is, where that is known.
    open: Option<f64>,
    /// What rounding functions gave, as far as it is still at hand, and in which order that became known.
    rounded: HashMap<jump::Key, Val>,
    order: Vec<jump::Key>,
    /// How many arguments are being looked at beside their moment, one within the other.
    turning: u32,
    /// Whether a moment of the run had to be rounded to be counted.
    inexact: bool,
}

impl Lowering {
    fn at(time: Time) -> Self {
        Self {
            b: Builder::new(),
            run: time,
            axis: time,
            turned: false,
            open: None,
            rounded: HashMap::new(),
            order: vec![],
            turning: 0,
            inexact: false,
        }
    }

    fn local(&self, window: Window) -> Local {
        Local { time: self.axis, start: window.start, len: window.len }
    }

    /// Lowers `sig` with another axis.
    fn on(&mut self, axis: Time, sig: &Sig) -> Val {
        self.with(axis, self.run, sig)
    }

    /// Lowers `sig` with another axis and another moment of the run.
    fn with(&mut self, axis: Time, run: Time, sig: &Sig) -> Val {
        let outer = (self.axis, self.run);
        (self.axis, self.run) = (axis, run);
        let value = self.sig(sig);
        (self.axis, self.run) = outer;
        value
    }

    /// Lowers `sig` as it is at the moment `to` of the axis, for which the run has another one.
    fn sampled(&mut self, to: Time, sig: &Sig) -> Val {
        let run = if self.run == self.axis || sig.names_run() { self.moved(to) } else { self.run };
        self.with(to, run, sig)
    }

    fn sig(&mut self, sig: &Sig) -> Val {
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
                let (a, b) = (self.sig(a), self.sig(b));
                self.b.binary(*op, a, b)
            }
            Sig::Ramp { lower, entry, ends: [from, to], args, window } => {
                let local = self.local(*window);
                if local.at_end() {
                    return self.sig(to);
                }
                let (from, to) = (self.sig(from), self.sig(to));
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

    fn args(&mut self, args: &[Arg]) -> Vec<catalogue::Arg> {
        args.iter()
            .map(|arg| match arg {
                Arg::Missing | Arg::Metric(_) => catalogue::Arg::Missing,
                Arg::Sig(sig) => catalogue::Arg::Val(self.sig(sig)),
                Arg::Time(t) => catalogue::Arg::Time(*t),
                Arg::Times(t) => catalogue::Arg::Times(t.clone()),
                Arg::Word(w) => catalogue::Arg::Word(w),
                Arg::Flag(f) => catalogue::Arg::Flag(*f),
                Arg::Table(t) => catalogue::Arg::Table(t.clone()),
            })
            .collect()
    }

    fn seq(&mut self, pieces: &[(Ratio, Arc<Sig>)]) -> Val {
        match self.axis {
            Time::Fixed { at, side, .. } => {
                let left = side == Side::Left;
                let begun = pieces[1..].iter().take_while(|(start, _)| if left { *start < at } else { *start <= at });
                let index = begun.count();
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
            let mark = self.order.len();
            let value = arm(self, k);
            // An arm's registers are its own.
            for key in self.order.drain(mark..) {
                self.rounded.remove(&key);
            }
            std::mem::swap(b, &mut self.b);
            value
        });
        self.b = b;
        value
    }

    /// The body's end at the very start, which a formula may miss by its last digits; then back to its start.
    fn reverse(&mut self, start: Ratio, len: Ratio, body: &Sig) -> Val {
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

    fn cycle(&mut self, start: Ratio, every: Ratio, body: &Sig, decay: f64) -> Val {
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
