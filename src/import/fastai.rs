//! fastai (2.8): shapes over the share of the run, `pos` in 0..1.
//!
//! fastai keeps the boundaries of combined schedules in float32. The programs change over at the same steps, and
//! agree to that grade in between.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::text::{Phases, number, percent};
use crate::math::host::pow;

/// `fastai.callback.schedule`
pub const FASTAI: Dialect = Dialect {
    name: "fastai",
    classes: &[
        ("SchedLin", single),
        ("SchedCos", single),
        ("SchedNo", single),
        ("SchedExp", single),
        ("SchedPoly", single),
        ("combine_scheds", combine),
        ("combined_cos", combined_cos),
        ("fit_one_cycle", one_cycle),
        ("fit_flat_cos", flat_cos),
        ("fit_sgdr", sgdr),
    ],
    config: None,
};

const ORDER: Order = &[
    ("SchedLin", &["start", "end"]),
    ("SchedCos", &["start", "end"]),
    ("SchedNo", &["start", "end"]),
    ("SchedExp", &["start", "end"]),
    ("SchedPoly", &["start", "end", "power"]),
];

/// A curve between two values.
struct Shape {
    start: f64,
    end: f64,
    kind: Kind,
}

enum Kind {
    Linear,
    Cosine,
    Flat,
    Exp,
    Power(f64),
}

impl Shape {
    fn read(case: &mut Case) -> Result<Self, Error> {
        case.value("class");
        let (start, end) = (case.number("start")?, case.number("end")?);
        let kind = match case.class.as_str() {
            "SchedLin" => Kind::Linear,
            "SchedCos" => Kind::Cosine,
            "SchedNo" => Kind::Flat,
            "SchedExp" if start > 0.0 && end > 0.0 => Kind::Exp,
            "SchedExp" => return Err(Error::new("`start` and `end` of SchedExp must be above 0")),
            "SchedPoly" => Kind::Power(case.between("power", None, 0.0, 1e3)?),
            other => {
                let known: Vec<&str> = ORDER.iter().map(|(name, _)| *name).collect();
                return Err(Error::unknown("schedule", other, &known));
            }
        };
        Ok(Self { start, end, kind })
    }

    fn cosine(start: f64, end: f64) -> Self {
        Self { start, end, kind: if start == end { Kind::Flat } else { Kind::Cosine } }
    }

    /// Over its whole phase.
    fn phase(&self) -> String {
        let (a, b) = (number(self.start), number(self.end));
        match self.kind {
            Kind::Linear => format!("{a} -> {b}"),
            Kind::Cosine => format!("cosine({a} -> {b})"),
            Kind::Exp => format!("exp({a} -> {b})"),
            Kind::Flat | Kind::Power(_) => self.at("t"),
        }
    }

    /// At the share `t` of it.
    fn at(&self, t: &str) -> String {
        let (a, gap) = (number(self.start), number(self.end - self.start));
        match self.kind {
            Kind::Linear => format!("{a} + {gap} * {t}"),
            Kind::Cosine => format!("{a} + {gap} * (1 - cos(pi * {t})) / 2"),
            Kind::Flat => a,
            Kind::Exp => format!("{a} * {} ** {t}", number(self.end / self.start)),
            Kind::Power(power) => format!("{a} + {gap} * {t} ** {}", number(power)),
        }
    }
}

fn single(case: &mut Case) -> Result<String, Error> {
    Ok(Shape::read(case)?.phase())
}

/// The first step of each part, as fastai finds it.
fn starts(shares: &[f64], total: u64) -> Vec<u64> {
    let mut sum = 0.0;
    let first = |share: &f64| {
        // torch adds up float32 in f64, and compares in float32.
        let bound = sum as f32;
        sum += f64::from(*share as f32);
        let (mut step, mut end) = (0, total);
        while step < end {
            let middle = step + (end - step) / 2;
            if ((middle as f64 / total as f64) as f32) < bound { step = middle + 1 } else { end = middle }
        }
        step
    };
    shares.iter().map(first).collect()
}

/// Where each part begins, in steps.
fn exact(shares: &[f64], total: u64) -> Vec<f64> {
    let mut sum = 0.0;
    let begin = |share: &f64| {
        let at = sum * total as f64;
        sum += share;
        // Without the noise of the sum.
        (at * 1e9).round() / 1e9
    };
    shares.iter().map(begin).collect()
}

/// Whether fastai changes over at the first step that is not before the boundary.
fn on_time(shares: &[f64], total: u64) -> bool {
    starts(shares, total).iter().zip(exact(shares, total)).all(|(start, exact)| *start as f64 == exact.ceil())
}

/// Shapes, each over its share of the run.
fn sequence(case: &mut Case, parts: &[(f64, Shape)]) -> String {
    let parts: Vec<&(f64, Shape)> = parts.iter().filter(|(share, _)| *share > 0.0).collect();
    let shares: Vec<f64> = parts.iter().map(|(share, _)| *share).collect();
    let last = parts.len() - 1;
    if on_time(&shares, case.total) {
        let text = |(k, (share, shape)): (usize, &&(f64, Shape))| {
            if k == last { Some(shape.phase()) } else { Some(format!("{} for {}", shape.phase(), percent(*share)?)) }
        };
        if let Some(texts) = parts.iter().enumerate().map(text).collect::<Option<Vec<_>>>() {
            return texts.join(" >> ");
        }
    } else {
        case.note("trap: fastai keeps the boundaries in float32; where one is rounded up, the change is one step late");
    }
    let (starts, exact) = (starts(&shares, case.total), exact(&shares, case.total));
    let mut phases = Phases::new(case.total);
    for (k, (share, shape)) in parts.iter().enumerate() {
        // Where float32 rounds a boundary down, the share is 0.
        let shift = ((starts[k] as f64 - exact[k]).max(0.0) * 1e9).round() / 1e9;
        let passed = if shift == 0.0 { "step".into() } else { format!("(step + {})", number(shift)) };
        let len = (share * case.total as f64 * 1e9).round() / 1e9;
        let end = starts.get(k + 1).copied().unwrap_or(case.total);
        phases.span(shape.at(&format!("({passed} / {})", number(len))), end - starts[k]);
    }
    phases.finish()
}

fn combine(case: &mut Case) -> Result<String, Error> {
    case.value("class");
    let (shares, schedules) = (case.numbers("pcts")?, case.list("scheds")?);
    if shares.len() != schedules.len() || shares.is_empty() {
        let (n, m) = (schedules.len(), shares.len());
        return Err(Error::new(format!("`pcts` has {m} entries and `scheds` has {n}: every schedule has its share")));
    }
    let sum: f64 = shares.iter().sum();
    if sum != 1.0 || shares.iter().any(|x| *x < 0.0) {
        return Err(Error::new(format!("`pcts` adds up to {sum}: fastai wants shares of exactly 1, none below 0")));
    }
    let mut parts = vec![];
    for (share, schedule) in shares.iter().zip(&schedules) {
        let mut part = nested::read(case, schedule, ORDER, case.total)?;
        parts.push((*share, Shape::read(&mut part)?));
        part.all_read()?;
    }
    Ok(sequence(case, &parts))
}

/// Up (or along) for a share of the run, then down.
fn cosines(case: &mut Case, share: f64, [start, middle, end]: [f64; 3]) -> String {
    sequence(case, &[(share, Shape::cosine(start, middle)), (1.0 - share, Shape::cosine(middle, end))])
}

fn share(case: &mut Case, name: &str, default: Option<f64>) -> Result<f64, Error> {
    case.between(name, default, -f64::MIN_POSITIVE, 1.0)
}

fn combined_cos(case: &mut Case) -> Result<String, Error> {
    case.value("class");
    let share = share(case, "pct", None)?;
    let rates = [case.number("start")?, case.number("middle")?, case.number("end")?];
    Ok(cosines(case, share, rates))
}

/// What `fit_…` takes and what changes no curve; the rate that the learner has.
fn fit(case: &mut Case, rate: &str) -> Result<f64, Error> {
    for name in ["class", "n_epoch", "wd", "moms", "cbs", "reset_opt"] {
        case.value(name);
    }
    if case.number_or("start_epoch", 0.0)? != 0.0 {
        return Err(Error::new("`start_epoch` resumes a run; a program starts at step 0: leave it out"));
    }
    case.number_or(rate, case.base_lr)
}

fn one_cycle(case: &mut Case) -> Result<String, Error> {
    let high = fit(case, "lr_max")?;
    let (div, last) = (case.number_or("div", 25.0)?, case.number_or("div_final", 1e5)?);
    let share = share(case, "pct_start", Some(0.25))?;
    case.note("fastai moves the momentum as well: 0.95 down to 0.85 and back, unless `moms` says otherwise");
    Ok(cosines(case, share, [high / div, high, high / last]))
}

fn flat_cos(case: &mut Case) -> Result<String, Error> {
    let (high, last) = (fit(case, "lr")?, case.number_or("div_final", 1e5)?);
    let share = share(case, "pct_start", Some(0.75))?;
    Ok(cosines(case, share, [high, high, high / last]))
}

fn sgdr(case: &mut Case) -> Result<String, Error> {
    let high = fit(case, "lr_max")?;
    let (cycles, len) = (case.length("n_cycles")?, case.length("cycle_len")?);
    let grow = case.count_or("cycle_mult", 2)?;
    if grow < 2 {
        let why = format!("`cycle_mult` is {grow}: fastai divides by cycle_mult - 1");
        return Err(Error::new(format!("{why}; it must be at least 2")));
    }
    if cycles > 30 {
        return Err(Error::new(format!("`n_cycles` is {cycles}: that many do not fit into any run")));
    }
    let weights: Vec<f64> = (0..cycles).map(|k| pow(grow as f64, k as f64)).collect();
    let epochs = len as f64 * weights.iter().sum::<f64>();
    if let Some(batches) = case.maybe_count("batches_per_epoch")?
        && epochs * batches as f64 != case.total as f64
    {
        let why = format!("the cycles take {epochs} epochs of {batches} batches");
        return Err(Error::new(format!("`total_steps` is {}, but {why}", case.total)));
    }
    let shares: Vec<f64> = weights.iter().map(|weight| len as f64 * weight / epochs).collect();
    if on_time(&shares, case.total) {
        return Ok(format!("cosine({} -> 0) | cycle({cycles}, grow: {grow})", number(high)));
    }
    let parts: Vec<(f64, Shape)> = shares.into_iter().map(|share| (share, Shape::cosine(high, 0.0))).collect();
    Ok(sequence(case, &parts))
}
