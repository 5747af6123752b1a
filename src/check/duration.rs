//! Exact times and counts: `5%`, `10 epochs - 5 steps`, `2 * d`.

use num_bigint::BigInt;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Signed, ToPrimitive, Zero};

use super::scope::{Binding, Ex};
use super::{Checker, Place, lints};
use crate::clock::{Fact, Ratio, Unit, exact, to_f64};
use crate::diag::number::grouped;
use crate::diag::{Code, Diagnostic, Span, clock, names, nearest, timeline};
use crate::syntax::ast::{BinaryOp, ExprKind, Ident, Number};

/// A time in steps, or a number without a unit.
#[derive(Clone, Copy, Debug)]
enum Amount {
    Time(Ratio),
    Plain(Ratio),
}

/// Times are kept to numbers that can be counted: the parts that a step has at most, and the parts that a time has.
pub(super) const FINEST: i128 = 1 << 36;
const MOST: i128 = 1 << 100;

impl<'a> Checker<'a> {
    /// A length above zero; `what` needs it.
    pub(crate) fn length(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Ratio> {
        let d = self.moment(ex, place, what)?;
        if d.is_zero() {
            let message = format!("{what} of zero length");
            return self
                .fail(Diagnostic::new(&timeline::NO_TIME, ex.span(), message).help("leave it out, or give it time"));
        }
        Some(d)
    }

    /// A time of zero or more.
    pub(super) fn moment(&mut self, ex: &Ex<'a>, place: Place, what: &str) -> Option<Ratio> {
        let found = self.found.len();
        match self.amount(ex, place) {
            Some(Amount::Time(d)) if d.is_negative() => {
                let message = format!("{what} of {} steps: time cannot be negative", show(d));
                self.fail(Diagnostic::new(&timeline::NO_TIME, ex.span(), message).help("write a time from 0 on"))
            }
            Some(Amount::Time(d)) if place.rough => self.admit_point(Some(d), place, ex.span()),
            Some(Amount::Time(d)) => Some(d),
            Some(Amount::Plain(n)) => self.fail(without_unit(ex, n, what)),
            None if self.found.len() > found => None,
            None => {
                let message = format!("{what} needs a duration here");
                self.fail(
                    Diagnostic::new(&names::NOT_A_DURATION, ex.span(), message)
                        .help("a duration is a number with a unit: `5%`, `100 steps`, `2 epochs`"),
                )
            }
        }
    }

    /// A whole number without a unit, at least 1, for `what`; `None` where it is a time.
    pub(crate) fn count(&mut self, ex: &Ex<'a>, place: Place) -> Option<Ratio> {
        let mark = self.found.len();
        match self.amount(ex, place) {
            Some(Amount::Plain(n)) => Some(n),
            _ => {
                self.found.truncate(mark);
                None
            }
        }
    }

    /// Whether `ex` is written as a time: decides which parameter an unnamed argument is for.
    pub(crate) fn is_time(&self, ex: &Ex<'a>) -> bool {
        if !self.spend(ex.span()) {
            return false;
        }
        match ex.kind() {
            ExprKind::Quantity(_, unit) => unit.text != "x",
            ExprKind::Paren(inner) | ExprKind::Neg(inner) => self.is_time(&ex.with(inner)),
            ExprKind::Binary(_, a, b) => self.is_time(&ex.with(a)) || self.is_time(&ex.with(b)),
            ExprKind::Name(name) => match self.scope.find(name, &ex.env) {
                Some(Binding::Value(value)) => self.is_time(&value),
                _ => false,
            },
            _ => false,
        }
    }

    fn amount(&mut self, ex: &Ex<'a>, place: Place) -> Option<Amount> {
        if !self.spend(ex.span()) {
            return None;
        }
        match ex.kind() {
            ExprKind::Number(n) => Some(Amount::Plain(self.digits(n, ex.span())?)),
            ExprKind::Quantity(n, unit) => {
                let amount = self.digits(n, ex.span())?;
                let one = self.unit(unit, place, ex.span())?;
                if unit.text == "%" {
                    lints::percent(self, amount, place, ex.span());
                }
                let time = self.admit_time(amount.checked_mul(&one), ex.span())?;
                if ex.is_written() {
                    self.durations.push((ex.span(), time));
                }
                Some(Amount::Time(time))
            }
            ExprKind::Paren(inner) => self.amount(&ex.with(inner), place),
            ExprKind::Neg(inner) => {
                let minus = |r: Ratio| Ratio::zero().checked_sub(&r);
                Some(match self.amount(&ex.with(inner), place)? {
                    Amount::Time(d) => Amount::Time(self.admit(minus(d), ex.span())?),
                    Amount::Plain(n) => Amount::Plain(self.admit(minus(n), ex.span())?),
                })
            }
            ExprKind::Name(name) => match self.scope.find(name, &ex.env)? {
                Binding::Value(value) => self.amount(&value, place),
                Binding::Function(..) => None,
            },
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.amount(&ex.with(a), place)?, self.amount(&ex.with(b), place)?);
                self.combine(*op, a, b, ex.span())
            }
            _ => None,
        }
    }

    fn combine(&mut self, op: BinaryOp, a: Amount, b: Amount, span: Span) -> Option<Amount> {
        use Amount::{Plain, Time};
        let (value, time) = match (op, a, b) {
            (BinaryOp::Add, Time(a), Time(b)) => (a.checked_add(&b), true),
            (BinaryOp::Sub, Time(a), Time(b)) => (a.checked_sub(&b), true),
            (BinaryOp::Mul, Time(a), Plain(b)) | (BinaryOp::Mul, Plain(a), Time(b)) => (a.checked_mul(&b), true),
            (BinaryOp::Div, Time(a), Plain(b)) if !b.is_zero() => (a.checked_div(&b), true),
            (BinaryOp::Div, Time(a), Time(b)) if !b.is_zero() => (a.checked_div(&b), false),
            (BinaryOp::Add, Plain(a), Plain(b)) => (a.checked_add(&b), false),
            (BinaryOp::Sub, Plain(a), Plain(b)) => (a.checked_sub(&b), false),
            (BinaryOp::Mul, Plain(a), Plain(b)) => (a.checked_mul(&b), false),
            (BinaryOp::Div, Plain(a), Plain(b)) if !b.is_zero() => (a.checked_div(&b), false),
            (BinaryOp::Add | BinaryOp::Sub, ..) => {
                let message = "a duration and a bare number cannot be added";
                return self.fail(Diagnostic::new(&names::NOT_A_DURATION, span, message).help("give both a unit"));
            }
            _ => return None,
        };
        Some(if time { Time(self.admit_time(value, span)?) } else { Plain(self.admit(value, span)?) })
    }

    fn digits(&mut self, n: &Number, span: Span) -> Option<Ratio> {
        let number = exact(&n.text).filter(|&r| can_be_counted(r, FINEST));
        if number.is_none() {
            self.error(
                Diagnostic::new(&timeline::TOO_FINE, span, "this number has too many digits to be counted exactly")
                    .help("use fewer digits: tenths of a step are fine, billionths are not"),
            );
        }
        number
    }

    /// The same as [`admit`](Self::admit) for a share: that of a cycle whose length is rounded is rounded as that is.
    pub(super) fn admit_time(&mut self, r: Option<Ratio>, span: Span) -> Option<Ratio> {
        self.admit_rounded(r, span, |parts, grid| parts > grid)
    }

    /// The same for a point of `place`: where that starts at a moment that was rounded it lies on that grid, so that
    /// what is between two points does, too.
    pub(super) fn admit_point(&mut self, r: Option<Ratio>, place: Place, span: Span) -> Option<Ratio> {
        self.admit_rounded(r, span, |parts, grid| if place.rough { grid % parts != 0 } else { parts > grid })
    }

    /// The same, up to the next point of the grid where `r`, in so many parts of a step, is to lie on it.
    fn admit_rounded(&mut self, r: Option<Ratio>, span: Span, is_off: impl Fn(i128, i128) -> bool) -> Option<Ratio> {
        let rounded = match (r, self.grid) {
            (Some(r), Some(grid)) if is_off(*r.denom(), grid) => {
                r.checked_mul(&Ratio::from_integer(grid)).map(|parts| Ratio::new(parts.ceil().to_integer(), grid))
            }
            _ => r,
        };
        self.admit(rounded, span)
    }

    /// The parts that a step has at most.
    pub(super) fn finest(&self) -> i128 {
        self.grid.map_or(FINEST, |grid| grid.max(FINEST))
    }

    /// The moment `len` after `start`, rounded as [`admit_time`](Self::admit_time) rounds.
    pub(crate) fn admit_sum(&mut self, start: Ratio, len: Ratio, span: Span) -> Option<Ratio> {
        match (start.checked_add(&len), self.grid) {
            (Some(sum), None) => self.admit(Some(sum), span),
            (Some(sum), Some(grid)) if *sum.denom() <= grid => self.admit(Some(sum), span),
            (_, None) => self.admit(None, span),
            (_, Some(grid)) => {
                let big = |r: Ratio| (BigInt::from(*r.numer()), BigInt::from(*r.denom()));
                let ((a, b), (c, d)) = (big(start), big(len));
                let (part, whole) = ((a * &d + c * &b) * grid, b * d);
                let parts: BigInt = (part + &whole - 1) / whole;
                self.admit(parts.to_i128().map(|parts| Ratio::new(parts, grid)), span)
            }
        }
    }

    /// `r`, if times made of it can be added and compared exactly.
    pub(crate) fn admit(&mut self, r: Option<Ratio>, span: Span) -> Option<Ratio> {
        match r {
            Some(r) if can_be_counted(r, self.finest()) => Some(r),
            _ => {
                let message = match r.filter(|r| r.numer().abs() <= MOST) {
                    Some(r) => {
                        let parts = grouped(&r.denom().to_string());
                        format!("this comes to {} steps, in parts of which a step has {parts}", show(r))
                    }
                    None => "this comes to a time too long or too fine to be counted".into(),
                };
                let most = grouped(&self.finest().to_string());
                let help = format!("a step has at most {most} parts: use rounder lengths");
                self.fail(Diagnostic::new(&timeline::TOO_FINE, span, message).help(help))
            }
        }
    }

    fn unit(&mut self, unit: &Ident, place: Place, span: Span) -> Option<Ratio> {
        let Some(known) = Unit::named(&unit.text) else {
            return self.fail(unknown_unit(unit));
        };
        let missing = match self.clock.resolve(known, place.whole) {
            Ok(one) => return Some(one),
            Err(missing) => missing,
        };
        let (code, what) = lack(missing);
        let message = format!("{what} unknown, so `{}` cannot be turned into steps", unit.text);
        let help = format!("{}, or write the time in steps", pass(missing.name()));
        self.fail(Diagnostic::new(code, span, message).help(help))
    }
}

/// The code that stands for a fact that a clock lacks, and what to say of it.
fn lack(fact: Fact) -> (&'static Code, &'static str) {
    match fact {
        Fact::Steps => (&clock::NO_TOTAL, "the run's length is"),
        Fact::StepsPerEpoch => (&clock::NO_EPOCH, "an epoch's length is"),
        Fact::Batch => (&clock::NO_BATCH, "samples per step are"),
        Fact::TokensPerSample => (&clock::NO_TOKENS, "tokens per sample are"),
    }
}

impl Diagnostic {
    /// The fact of the run that the program needs and its clock lacks, if that is what is wrong: its help says how to give
    /// it on the command line and in Rust, and a host of another kind can say it in its own words.
    ///
    /// ```
    /// let found = etude::compile("warmup(2 epochs) >> 1e-3", etude::Clock::steps(100)).unwrap_err();
    /// assert_eq!(found.list[0].missing(), Some(etude::Fact::StepsPerEpoch));
    /// ```
    pub fn missing(&self) -> Option<Fact> {
        Fact::ALL.into_iter().find(|fact| lack(*fact).0 == self.code)
    }
}

/// How to tell a clock the fact that it calls `name`.
pub(super) fn pass(name: &str) -> String {
    format!("pass `--{}` (`Clock::{name}` in Rust)", name.replace('_', "-"))
}

/// What to say about a unit that is none.
pub(super) fn unknown_unit(unit: &Ident) -> Diagnostic {
    // Plurals first: of two words as near, the plural reads better after a number.
    let words = Unit::WORDS.iter().rev().map(|&(word, _)| word).chain(["x"]);
    let d = Diagnostic::new(&names::UNKNOWN_UNIT, unit.span, format!("unknown unit `{}`", unit.text));
    let synonyms = [
        ("it", "steps"),
        ("iter", "steps"),
        ("iters", "steps"),
        ("iterations", "steps"),
        ("ep", "epochs"),
        ("s", "steps"),
        ("tok", "tokens"),
    ];
    let synonym = synonyms.iter().find(|(word, _)| *word == unit.text).map(|&(_, unit)| unit);
    match synonym.or_else(|| nearest(&unit.text, words)) {
        Some(near) => d.help(format!("did you mean `{near}`?")).maybe(unit.span, near),
        None => {
            d.help("units are `%`, `steps`, `epochs`, `samples`, `tokens`, and `x` for multiples of the base value")
        }
    }
}

fn without_unit(ex: &Ex, n: Ratio, what: &str) -> Diagnostic {
    let d = Diagnostic::new(
        &names::NOT_A_DURATION,
        ex.span(),
        format!("{what} needs a duration, and {} has no unit", show(n)),
    );
    if !ex.is_written() {
        return d.help("write `%`, `steps`, `epochs`, `samples` or `tokens` after it");
    }
    let percent = n.checked_mul(&Ratio::from_integer(100)).filter(Ratio::is_integer);
    if let Some(percent) = percent.filter(|_| n.is_positive() && n < Ratio::from_integer(1)) {
        return d.help("a share of the run is written in percent").maybe(ex.span(), format!("{percent}%"));
    }
    if n.is_integer() && n.is_positive() {
        return d.help("write `steps`, `epochs` or `%` after it").maybe(ex.span(), format!("{n} steps"));
    }
    d.help("write `%`, `steps`, `epochs`, `samples` or `tokens` after it")
}

/// Whether times made of `r` can be added and compared exactly.
fn can_be_counted(r: Ratio, finest: i128) -> bool {
    *r.denom() <= finest && r.numer().abs() <= MOST
}

/// A number of steps for people: `2 000`, `50.05`.
pub(crate) fn show(r: Ratio) -> String {
    if !r.is_integer() {
        return format!("{}", (to_f64(r) * 1e6).round() / 1e6);
    }
    let sign = if r.is_negative() { "-" } else { "" };
    format!("{sign}{}", grouped(&r.numer().abs().to_string()))
}

/// The whole number `r`, if it is one and fits.
pub(crate) fn whole(r: Ratio) -> Option<u64> {
    r.is_integer().then(|| r.numer().to_u64()).flatten()
}
