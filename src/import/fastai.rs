//! fastai (2.8): shapes over the share of the run, `pos` in 0..1.
//!
//! fastai keeps the boundaries of combined schedules in float32; the programs are exact, and agree to that grade.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::text::{Phases, number};
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

/// One shape over its whole phase.
fn single(case: &mut Case) -> Result<String, Error> {
    case.value("class");
    let (start, end) = (case.number("start")?, case.number("end")?);
    let (a, b) = (number(start), number(end));
    Ok(match case.class.as_str() {
        "SchedLin" => format!("{a} -> {b}"),
        "SchedCos" => format!("cosine({a} -> {b})"),
        "SchedNo" => a,
        "SchedExp" if start > 0.0 && end > 0.0 => format!("exp({a} -> {b})"),
        "SchedExp" => return Err(Error::new("`start` and `end` of SchedExp must be above 0")),
        "SchedPoly" => {
            let power = number(case.between("power", None, 0.0, 1e3)?);
            format!("{a} + {} * t ** {power}", number(end - start))
        }
        other => {
            let known: Vec<&str> = ORDER.iter().map(|(name, _)| *name).collect();
            return Err(Error::unknown("schedule", other, &known));
        }
    })
}

/// A share of the run as people write it.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", number((share * 1e12).round() / 1e10))
}

/// Shapes, each over its share of the run.
fn sequence(parts: Vec<(f64, String)>) -> String {
    let mut parts: Vec<_> = parts.into_iter().filter(|(share, _)| *share > 0.0).collect();
    let last = parts.pop().map(|(_, text)| text);
    let timed = parts.iter().map(|(share, text)| format!("{text} for {}", percent(*share)));
    timed.chain(last).collect::<Vec<_>>().join(" >> ")
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
        parts.push((*share, single(&mut part)?));
        part.all_read()?;
    }
    Ok(sequence(parts))
}

/// Up (or along) for a share of the run, then down.
fn cosines(share: f64, start: f64, middle: f64, end: f64) -> String {
    let cosine = |a: f64, b: f64| {
        if a == b { number(a) } else { format!("cosine({} -> {})", number(a), number(b)) }
    };
    sequence(vec![(share, cosine(start, middle)), (1.0 - share, cosine(middle, end))])
}

fn share(case: &mut Case, name: &str, default: Option<f64>) -> Result<f64, Error> {
    case.between(name, default, -f64::MIN_POSITIVE, 1.0)
}

fn combined_cos(case: &mut Case) -> Result<String, Error> {
    case.value("class");
    let share = share(case, "pct", None)?;
    Ok(cosines(share, case.number("start")?, case.number("middle")?, case.number("end")?))
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
    Ok(cosines(share, high / div, high, high / last))
}

fn flat_cos(case: &mut Case) -> Result<String, Error> {
    let (high, last) = (fit(case, "lr")?, case.number_or("div_final", 1e5)?);
    let share = share(case, "pct_start", Some(0.75))?;
    Ok(cosines(share, high, high, high / last))
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
    // The share at which each cycle starts, exactly and as fastai has it.
    let (total, mut exact, mut rounded) = (case.total as f64, vec![0.0], vec![0.0_f32]);
    for weight in &weights {
        let share = len as f64 * weight / epochs;
        exact.push(exact[exact.len() - 1] + weight * len as f64 * total / epochs);
        rounded.push(rounded[rounded.len() - 1] + share as f32);
    }
    let late = |k: &usize| {
        let first = exact[*k].ceil();
        ((first / total) as f32) < rounded[*k]
    };
    let high = number(high);
    if !(1..weights.len()).any(|k| late(&k)) {
        return Ok(format!("cosine({high} -> 0) | cycle({cycles}, grow: {grow})"));
    }
    case.note("trap: fastai keeps the boundaries in float32; where one is rounded up, the restart is one step late");
    let mut phases = Phases::new(case.total);
    for (k, weight) in weights.iter().enumerate() {
        let cycle = weight * len as f64 * total / epochs;
        let start = if k > 0 && late(&k) { exact[k].ceil() + 1.0 } else { exact[k].ceil() };
        phases.span("0", (start as u64).saturating_sub(phases.at()));
        let shift = start - exact[k];
        let shown = (exact[k + 1].ceil() - start) as u64;
        if shift == 0.0 && cycle.fract() == 0.0 {
            phases.ramp(format!("cosine({high} -> 0)"), shown);
        } else {
            phases.span(format!("{high} * (1 + cos(pi * (step + {shift}) / {cycle})) / 2"), shown);
        }
    }
    Ok(phases.finish())
}
