//! PyTorch-Ignite (0.5) parameter schedulers, attached to ITERATION_STARTED: value i is used by iteration i.

use serde_json::Value;

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::plateau::Plateau;
use super::text::{Phases, number, steps};
use super::torch::TORCH;

/// `ignite.handlers.param_scheduler`
pub const IGNITE: Dialect = Dialect {
    name: "ignite",
    classes: &[
        ("LinearCyclicalScheduler", cyclical),
        ("CosineAnnealingScheduler", cyclical),
        ("PiecewiseLinear", piecewise_linear),
        ("ConcatScheduler", concat),
        ("create_lr_scheduler_with_warmup", with_warmup),
        ("LRScheduler", torch),
        ("ReduceLROnPlateauScheduler", plateau),
    ],
    config: None,
};

const ORDER: Order = &[
    ("LinearCyclicalScheduler", CYCLE),
    ("CosineAnnealingScheduler", CYCLE),
    ("PiecewiseLinear", &["milestones_values"]),
    ("StepLR", &["step_size", "gamma"]),
    ("ExponentialLR", &["gamma"]),
    ("CosineAnnealingLR", &["T_max", "eta_min"]),
    ("LinearLR", &["start_factor", "end_factor", "total_iters"]),
    ("ConstantLR", &["factor", "total_iters"]),
    ("PolynomialLR", &["total_iters", "power"]),
];

const CYCLE: &[&str] =
    &["start_value", "end_value", "cycle_size", "cycle_mult", "start_value_mult", "end_value_mult", "warmup_duration"];

/// The most cycles that are written out.
const MOST: usize = 1000;

/// What changes no curve.
fn common(case: &mut Case) {
    for name in ["class", "param_name", "save_history", "param_group_index"] {
        case.value(name);
    }
}

fn cyclical(case: &mut Case) -> Result<String, Error> {
    common(case);
    let (mut start, mut end) = (case.number("start_value")?, case.number("end_value")?);
    let (mut n, grow) = (case.count("cycle_size")?, case.between("cycle_mult", Some(1.0), 0.0, 1e3)?);
    let (up, down) = (case.number_or("start_value_mult", 1.0)?, case.number_or("end_value_mult", 1.0)?);
    let mut warmup = case.count_or("warmup_duration", 0)?;
    let linear = case.class == "LinearCyclicalScheduler";
    let there = linear && case.flag_or("monotonic", false)?;
    if n < 2 {
        return Err(Error::new(format!("`cycle_size` is {n}, but Ignite wants at least 2")));
    }
    if linear && warmup > 0 && !there {
        return Err(Error::new("`warmup_duration` needs `monotonic`: true in LinearCyclicalScheduler"));
    }
    if linear && !there {
        case.note("trap: the cycle goes from start to end and back, with the end value in its middle");
    }
    let shape = |start: f64, end: f64| {
        let (a, b) = (number(start), number(end));
        match (linear, there) {
            (true, false) => format!("{a} -> {b} -> {a}"),
            (true, true) => format!("{a} -> {b}"),
            _ => format!("cosine({a} -> {b})"),
        }
    };
    if up == 1.0 && down == 1.0 && warmup == 0 && grow.fract() == 0.0 {
        let grow = if grow == 1.0 { String::new() } else { format!(", grow: {}", number(grow)) };
        return Ok(format!("{} | cycle({}{grow})", shape(start, end), steps(n)));
    }
    if grow.fract() != 0.0 {
        case.note("trap: int() cuts the length of every cycle to whole steps");
    }
    let mut phases = Phases::new(case.total);
    for _ in 0..MOST {
        if phases.room() == 0 {
            return Ok(phases.finish());
        }
        if n == 0 {
            return Err(Error::new(format!(
                "the cycles shrink by `cycle_mult` to nothing at step {}: Ignite divides by 0",
                phases.at()
            )));
        }
        phases.ramp(shape(start, end), n);
        start *= up;
        phases.ramp(format!("{} -> {}", number(end), number(start)), warmup);
        end *= down;
        n = (n as f64 * grow) as u64;
        warmup = (warmup as f64 * grow) as u64;
    }
    Err(Error::new(format!("more than {MOST} cycles: give `cycle_size` a greater value")))
}

/// Steps and values.
fn milestones(case: &mut Case) -> Result<Vec<(u64, f64)>, Error> {
    let wrong = || Error::new("`milestones_values` must be a list of pairs of a step and a value, the steps ascending");
    let list = case.list("milestones_values")?;
    let pair = |value: &Value| match value.as_array().map(Vec::as_slice) {
        Some([step, value]) => Some((step.as_u64()?, value.as_f64()?)),
        _ => None,
    };
    let pairs: Vec<(u64, f64)> = list.iter().map(pair).collect::<Option<_>>().ok_or_else(wrong)?;
    if pairs.is_empty() || !pairs.is_sorted_by_key(|(step, _)| *step) {
        return Err(wrong());
    }
    Ok(pairs)
}

fn piecewise_linear(case: &mut Case) -> Result<String, Error> {
    common(case);
    let pairs = milestones(case)?;
    let mut phases = Phases::new(case.total);
    phases.span(number(pairs[0].1), pairs[0].0);
    for pair in pairs.windows(2) {
        let [(from, a), (to, b)] = pair else { continue };
        let text = if a == b { number(*a) } else { format!("{} -> {}", number(*a), number(*b)) };
        phases.ramp(text, to - from);
    }
    phases.rest(number(pairs[pairs.len() - 1].1));
    Ok(phases.finish())
}

/// The program of a scheduler inside another over `total` steps.
fn inner(case: &mut Case, value: &Value, total: u64) -> Result<String, Error> {
    let of_torch = is_torch(value);
    let value = strip(value);
    let mut part = nested::read(case, &value, ORDER, total)?;
    let text = super::translate(if of_torch { &TORCH } else { &IGNITE }, &mut part)?;
    case.adopt(part);
    Ok(text)
}

/// Whether `value` names a scheduler of torch: `torch StepLR(3, 0.1)`, `{"class": "StepLR", …}`.
fn is_torch(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().starts_with("torch"),
        Value::Object(object) => {
            let class = object.get("class").and_then(Value::as_str).unwrap_or_default();
            TORCH.classes.iter().any(|(name, _)| class.rsplit('.').next() == Some(*name))
        }
        _ => false,
    }
}

fn strip(value: &Value) -> Value {
    match value {
        Value::String(text) => text.trim().trim_start_matches("torch ").into(),
        other => other.clone(),
    }
}

fn concat(case: &mut Case) -> Result<String, Error> {
    common(case);
    let (schedulers, durations) = (case.list("schedulers")?, case.counts("durations")?);
    if schedulers.len() != durations.len() + 1 || schedulers.len() < 2 {
        let (n, m) = (schedulers.len(), durations.len());
        return Err(Error::new(format!(
            "`schedulers` has {n} entries and `durations` {m}: one fewer is needed, and 2 or more"
        )));
    }
    let mut phases = Phases::new(case.total);
    for (k, scheduler) in schedulers.iter().enumerate() {
        let len = durations.get(k).copied().unwrap_or(u64::MAX).min(phases.room());
        let text = inner(case, scheduler, len.max(1))?;
        phases.group(&text, len);
    }
    Ok(phases.finish())
}

fn torch(case: &mut Case) -> Result<String, Error> {
    common(case);
    case.flag_or("use_legacy", false)?;
    let scheduler = wrapped(case)?;
    inner(case, &scheduler, case.total)
}

/// The scheduler inside, which torch's and Ignite's names are given for.
fn wrapped(case: &mut Case) -> Result<Value, Error> {
    let value = ["inner", "lr_scheduler"].into_iter().find_map(|name| case.value(name).cloned());
    value.ok_or_else(|| Error::new(format!("`lr_scheduler` is missing: {} needs a scheduler", case.class)))
}

fn with_warmup(case: &mut Case) -> Result<String, Error> {
    common(case);
    case.value("output_simulated_values");
    let scheduler = wrapped(case)?;
    let n = case.count("warmup_duration")?;
    if n < 2 {
        return Err(Error::new(format!("`warmup_duration` is {n}, but Ignite wants at least 2")));
    }
    let (from, to) = (case.number("warmup_start_value")?, case.number_or("warmup_end_value", case.base_lr)?);
    let of_torch = is_torch(&scheduler);
    // Where the scheduler inside starts.
    let start = if of_torch {
        case.base_lr
    } else {
        let mut part = nested::read(case, &strip(&scheduler), ORDER, 1)?;
        if part.class == "PiecewiseLinear" { milestones(&mut part)?[0].1 } else { part.number("start_value")? }
    };
    case.note("trap: the warmup has reached its end at step warmup_duration - 1, where the scheduler inside starts");
    let mut phases = Phases::new(case.total);
    if start == to {
        phases.climb(from, to, n - 1);
    } else {
        phases.ramp(format!("{} -> {}", number(from), number(to)), n - 1);
        phases.span(number(to), 1);
    }
    let room = phases.room();
    let text = inner(case, &scheduler, room.max(1))?;
    phases.group(&text, room);
    Ok(phases.finish())
}

fn plateau(case: &mut Case) -> Result<String, Error> {
    common(case);
    for name in ["metric_name", "metric_sequence", "trainer"] {
        case.value(name);
    }
    let cut = Plateau {
        max: case.word_or("mode", &["min", "max"], "min")? == "max",
        factor: case.between("factor", Some(0.1), 0.0, 1.0)?,
        patience: case.count_or("patience", 10)?,
        threshold: case.number_or("threshold", 1e-4)?,
        abs: case.word_or("threshold_mode", &["rel", "abs"], "rel")? == "abs",
        cooldown: case.count_or("cooldown", 0)?,
        min: case.number_or("min_lr", 0.0)?,
        eps: case.number_or("eps", 1e-8)?,
    };
    Ok(cut.of(&number(case.base_lr)))
}
