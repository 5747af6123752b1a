//! fvcore (0.1.5) parameter schedulers: functions of `where`, the share of the run that has passed.
//!
//! fvcore adds 1e-6 to `where` before it looks for a step or a part: in runs of more than a million steps the next
//! one comes early. Programs have the steps at which it comes.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::text::{Phases, number, percent};

/// `fvcore.common.param_scheduler`
pub const FVCORE: Dialect = Dialect {
    name: "fvcore",
    classes: &[
        ("ConstantParamScheduler", constant),
        ("CosineParamScheduler", single),
        ("ExponentialParamScheduler", single),
        ("LinearParamScheduler", single),
        ("PolynomialDecayParamScheduler", single),
        ("MultiStepParamScheduler", multi_step),
        ("StepParamScheduler", step),
        ("StepWithFixedGammaParamScheduler", step_with_gamma),
        ("CompositeParamScheduler", composite),
    ],
    config: None,
};

const ORDER: Order = &[
    ("Constant", &["value"]),
    ("Linear", &["start_value", "end_value"]),
    ("Cosine", &["start_value", "end_value"]),
    ("Exponential", &["start_value", "decay"]),
    ("PolynomialDecay", &["base_value", "power"]),
];

const EPSILON: f64 = 1e-6;

/// A curve over `where`: as a phase over all of it, and as a formula of a text for it.
struct Curve {
    phase: String,
    formula: Box<dyn Fn(&str) -> String>,
}

fn curve(case: &mut Case) -> Result<Curve, Error> {
    let class = case.class.trim_end_matches("ParamScheduler").to_string();
    Ok(match class.as_str() {
        "Constant" => {
            let value = number(case.number("value")?);
            Curve { phase: value.clone(), formula: Box::new(move |_| value.clone()) }
        }
        "Linear" | "Cosine" => {
            let (from, to) = (case.number("start_value")?, case.number("end_value")?);
            let (a, b, gap) = (number(from), number(to), number(from - to));
            let ramp = format!("{a} -> {b}");
            if class == "Linear" {
                Curve { phase: ramp, formula: Box::new(move |x| format!("{b} + {gap} * (1 - {x})")) }
            } else {
                let formula = move |x: &str| format!("{b} + {gap} * (1 + cos(pi * {x})) / 2");
                Curve { phase: format!("cosine({ramp})"), formula: Box::new(formula) }
            }
        }
        "Exponential" => {
            let (a, by) = (number(case.number("start_value")?), number(case.between("decay", None, 0.0, 1e6)?));
            let formula = move |x: &str| format!("{a} * {by} ** {x}");
            Curve { phase: formula("t"), formula: Box::new(formula) }
        }
        "PolynomialDecay" => {
            let (a, power) = (number(case.number("base_value")?), number(case.between("power", None, 0.0, 1e3)?));
            let phase = format!("poly({a} -> 0, power: {power})");
            Curve { phase, formula: Box::new(move |x| format!("{a} * (1 - {x}) ** {power}")) }
        }
        other => {
            let known: Vec<&str> = ORDER.iter().map(|(name, _)| *name).collect();
            return Err(Error::unknown("scheduler", other, &known));
        }
    })
}

fn single(case: &mut Case) -> Result<String, Error> {
    Ok(curve(case)?.phase)
}

fn constant(case: &mut Case) -> Result<String, Error> {
    single(case)
}

/// The first step of a run of `total` at which `reached` says that something has come. It says so for good.
fn first(total: u64, reached: impl Fn(f64) -> bool) -> u64 {
    let (mut low, mut high) = (0, total);
    while low < high {
        let middle = low + (high - low) / 2;
        if reached(middle as f64 / total as f64) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Values, each from its step on.
fn stairs(case: &mut Case, values: &[f64], starts: &[u64], exact: impl Fn(usize) -> f64) -> String {
    let early = starts.iter().enumerate().map(|(k, s)| exact(k).ceil() - *s as f64).fold(0.0, f64::max);
    if early > 0.0 {
        case.note(format!("trap: fvcore adds 1e-6 to the run's share, here {early} steps: the values come early"));
    }
    let mut phases = Phases::new(case.total);
    for (start, value) in starts.iter().zip(values) {
        phases.span(number(*value), start.saturating_sub(phases.at()));
    }
    phases.rest(number(values[starts.len()]));
    phases.finish()
}

fn multi_step(case: &mut Case) -> Result<String, Error> {
    let values = case.numbers("values")?;
    let (mut milestones, given) = (case.counts("milestones")?, case.maybe_count("num_updates")?);
    let updates = match given {
        Some(n) => n,
        None => milestones.pop().ok_or_else(|| Error::new("`milestones` is empty, and no `num_updates` is given"))?,
    };
    if values.len() != milestones.len() + 1 {
        let wants = milestones.len() + 1;
        return Err(Error::new(format!("`values` has {} entries, but {wants} are needed", values.len())));
    }
    let ascending = milestones.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || milestones.last().is_some_and(|last| *last >= updates) {
        return Err(Error::new(format!("`milestones` must ascend and lie below the last update, {updates}")));
    }
    let epoch = |share: f64| ((share + EPSILON) * updates as f64) as u64;
    let starts: Vec<u64> = milestones.iter().map(|m| first(case.total, |share| epoch(share) >= *m)).collect();
    let total = case.total as f64;
    Ok(stairs(case, &values, &starts, |k| milestones[k] as f64 / updates as f64 * total))
}

/// Equal shares of the run, each with its value.
fn equal(case: &mut Case, values: &[f64]) -> Result<String, Error> {
    let n = values.len();
    let index = |share: f64| ((share + EPSILON) * n as f64) as usize;
    if n == 0 || index((case.total - 1) as f64 / case.total as f64) >= n {
        let why = "fvcore adds 1e-6 to the run's share, and raises IndexError at the end of so long a run";
        return Err(Error::new(if n == 0 { "`values` is empty" } else { why }));
    }
    let starts: Vec<u64> = (1..n).map(|k| first(case.total, |share| index(share) >= k)).collect();
    let total = case.total as f64;
    Ok(stairs(case, values, &starts, |k| (k + 1) as f64 * total / n as f64))
}

fn step(case: &mut Case) -> Result<String, Error> {
    let values = case.numbers("values")?;
    case.length("num_updates")?;
    equal(case, &values)
}

fn step_with_gamma(case: &mut Case) -> Result<String, Error> {
    let (base, gamma) = (case.number("base_value")?, case.number("gamma")?);
    let drops = case.length("num_decays")?;
    case.length("num_updates")?;
    if drops > 10_000 {
        return Err(Error::new(format!("`num_decays` is {drops}, but a program has at most 10000 phases")));
    }
    let values: Vec<f64> = (0..=drops).scan(base, |value, _| Some(std::mem::replace(value, *value * gamma))).collect();
    equal(case, &values)
}

fn composite(case: &mut Case) -> Result<String, Error> {
    let (schedulers, lengths) = (case.list("schedulers")?, case.numbers("lengths")?);
    let scaling = case.list("interval_scaling")?;
    if schedulers.is_empty() || schedulers.len() != lengths.len() || lengths.len() != scaling.len() {
        return Err(Error::new("`schedulers`, `lengths` and `interval_scaling` must have as many entries each"));
    }
    let sum: f64 = lengths.iter().sum();
    if (sum - 1.0).abs() > 1e-3 || lengths.iter().any(|x| *x <= 0.0) {
        return Err(Error::new(format!("`lengths` adds up to {sum}: fvcore wants shares of 1, all above 0")));
    }
    let (total, n) = (case.total, lengths.len());
    let mut ends: Vec<f64> = lengths
        .iter()
        .scan(0.0, |sum, x| {
            *sum += x;
            Some(*sum)
        })
        .collect();
    let starts: Vec<u64> =
        (0..n).map(|k| if k == 0 { 0 } else { first(total, |share| share + EPSILON > ends[k - 1]) }).collect();
    ends.insert(0, 0.0);
    let exact = |k: usize| ends[k] * total as f64;
    let on_time = (1..n).all(|k| starts[k] as f64 >= exact(k) - 1e-6 * exact(k).min(1.0));
    if !on_time {
        case.note("trap: fvcore adds 1e-6 to the run's share, so the parts change over early");
    }
    let mut phases = Phases::new(total);
    let mut shares = vec![];
    for (k, scheduler) in schedulers.iter().enumerate() {
        let mut part = nested::read(case, scheduler, ORDER, total)?;
        let curve = curve(&mut part)?;
        part.all_read()?;
        let fixed = match scaling[k].as_str() {
            Some("fixed") => true,
            Some("rescaled") => false,
            _ => return Err(Error::new("`interval_scaling` must be a list of `rescaled` and `fixed`")),
        };
        let shown = starts.get(k + 1).unwrap_or(&total) - starts[k];
        let (shift, len) = (starts[k] as f64 - exact(k), lengths[k] * total as f64);
        let whole = |x: f64| (x - x.round()).abs() < 1e-9 * x.abs().max(1.0);
        if fixed {
            phases.span((curve.formula)("run.t"), shown);
        } else if whole(len) && shift.abs() < 1e-6 {
            phases.start_of(curve.phase.clone(), len.round() as u64, shown);
        } else {
            let shift = if whole(shift) { shift.round() } else { shift };
            let len = if whole(len) { len.round() } else { len };
            let sign = if shift < 0.0 { '-' } else { '+' };
            let passed = format!("((step {sign} {}) / {})", number(shift.abs()), number(len));
            phases.span((curve.formula)(&passed), shown);
        }
        let phase = if fixed { (curve.formula)("run.t") } else { curve.phase };
        let share = percent(lengths[k]).map(|share| format!("{phase} for {share}"));
        shares.push(if k + 1 == n { Some(phase) } else { share });
    }
    // Shares read better than steps where both say the same.
    let shares: Option<Vec<String>> = shares.into_iter().collect();
    Ok(shares.filter(|_| on_time).map_or_else(|| phases.finish(), |shares| shares.join(" >> ")))
}
