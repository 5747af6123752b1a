//! optax (0.2.8): pure functions of the step count, whose values are absolute.

use std::collections::BTreeMap;

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::text::{Phases, number, steps};

/// `optax.schedules`
pub const OPTAX: Dialect = Dialect {
    name: "optax",
    classes: &[
        ("constant_schedule", translate),
        ("linear_schedule", translate),
        ("polynomial_schedule", translate),
        ("piecewise_constant_schedule", translate),
        ("piecewise_interpolate_schedule", translate),
        ("exponential_decay", translate),
        ("cosine_decay_schedule", translate),
        ("linear_onecycle_schedule", translate),
        ("cosine_onecycle_schedule", translate),
        ("warmup_constant_schedule", translate),
        ("warmup_cosine_decay_schedule", translate),
        ("warmup_exponential_decay_schedule", translate),
        ("sgdr_schedule", translate),
        ("join_schedules", translate),
    ],
    config: None,
};

/// What `join_schedules` may join, with the order of its arguments.
const ORDER: Order = &[
    ("constant_schedule", &["value"]),
    ("linear_schedule", &["init_value", "end_value", "transition_steps", "transition_begin"]),
    ("polynomial_schedule", &["init_value", "end_value", "power", "transition_steps", "transition_begin"]),
    ("piecewise_constant_schedule", &["init_value", "boundaries_and_scales"]),
    ("piecewise_interpolate_schedule", &["interpolate_type", "init_value", "boundaries_and_scales"]),
    (
        "exponential_decay",
        &["init_value", "transition_steps", "decay_rate", "transition_begin", "staircase", "end_value"],
    ),
    ("cosine_decay_schedule", &["init_value", "decay_steps", "alpha", "exponent"]),
    (
        "linear_onecycle_schedule",
        &["transition_steps", "peak_value", "pct_start", "pct_final", "div_factor", "final_div_factor"],
    ),
    ("cosine_onecycle_schedule", &["transition_steps", "peak_value", "pct_start", "div_factor", "final_div_factor"]),
    ("warmup_constant_schedule", &["init_value", "peak_value", "warmup_steps"]),
    (
        "warmup_cosine_decay_schedule",
        &["init_value", "peak_value", "warmup_steps", "decay_steps", "end_value", "exponent"],
    ),
    (
        "warmup_exponential_decay_schedule",
        &[
            "init_value",
            "peak_value",
            "warmup_steps",
            "transition_steps",
            "decay_rate",
            "transition_begin",
            "staircase",
            "end_value",
        ],
    ),
];

fn translate(case: &mut Case) -> Result<String, Error> {
    Ok(phases(case)?.finish())
}

/// The phases of a schedule over the case's run.
fn phases(case: &mut Case) -> Result<Phases, Error> {
    match case.class.as_str() {
        "constant_schedule" => {
            let mut phases = Phases::new(case.total);
            phases.rest(number(case.number("value")?));
            Ok(phases)
        }
        "linear_schedule" => polynomial(case, false),
        "polynomial_schedule" => polynomial(case, true),
        "piecewise_constant_schedule" => piecewise_constant(case),
        "piecewise_interpolate_schedule" => piecewise_interpolate(case),
        "exponential_decay" => {
            let init = case.number("init_value")?;
            exponential(case, init, Phases::new(case.total))
        }
        "cosine_decay_schedule" => cosine_decay(case),
        "linear_onecycle_schedule" => one_cycle(case, true),
        "cosine_onecycle_schedule" => one_cycle(case, false),
        "warmup_constant_schedule" => warmup_constant(case),
        "warmup_cosine_decay_schedule" => warmup_cosine(case),
        "warmup_exponential_decay_schedule" => warmup_exponential(case),
        "sgdr_schedule" => sgdr(case),
        "join_schedules" => join(case),
        other => Err(Error::unknown("schedule", other, &ORDER.iter().map(|(name, _)| *name).collect::<Vec<_>>())),
    }
}

/// A whole number that may be zero or negative, which optax takes for 0.
fn whole(case: &mut Case, name: &str, default: Option<f64>) -> Result<u64, Error> {
    let x = match default {
        Some(default) => case.number_or(name, default)?,
        None => case.number(name)?,
    };
    if x.fract() != 0.0 {
        return Err(Error::new(format!("`{name}` is {x}, but must be a whole number of steps")));
    }
    Ok(x.max(0.0) as u64)
}

/// That a transition of no steps never leaves its first value.
fn stays(case: &mut Case, name: &str, init: f64) -> Phases {
    case.note(format!("trap: {name} is not above 0, so optax stays at its initial value for ever"));
    let mut phases = Phases::new(case.total);
    phases.rest(number(init));
    phases
}

fn polynomial(case: &mut Case, powers: bool) -> Result<Phases, Error> {
    let (init, end) = (case.number("init_value")?, case.number("end_value")?);
    let power = if powers { case.between("power", None, -f64::MIN_POSITIVE, 1e3)? } else { 1.0 };
    let (n, begin) = (whole(case, "transition_steps", None)?, whole(case, "transition_begin", Some(0.0))?);
    if n == 0 {
        return Ok(stays(case, "transition_steps", init));
    }
    let mut phases = Phases::new(case.total);
    if power == 0.0 {
        phases.rest(number(init));
        return Ok(phases);
    }
    let ramp = format!("{} -> {}", number(init), number(end));
    phases.span(number(init), begin);
    phases.ramp(if power == 1.0 { ramp } else { format!("poly({ramp}, power: {})", number(power)) }, n);
    phases.rest(number(end));
    Ok(phases)
}

/// `boundaries_and_scales`, ascending.
fn boundaries(case: &mut Case) -> Result<BTreeMap<u64, f64>, Error> {
    let Some(value) = case.value("boundaries_and_scales") else { return Ok(BTreeMap::new()) };
    let wrong = || Error::new("`boundaries_and_scales` must be an object of scales, 0 or more, by step");
    let pairs = value.as_object().ok_or_else(wrong)?.iter();
    let pair = |(step, scale): (&String, &serde_json::Value)| {
        let scale = scale.as_f64().filter(|x| *x >= 0.0).ok_or_else(wrong)?;
        Ok((step.trim().parse().map_err(|_| wrong())?, scale))
    };
    pairs.map(pair).collect()
}

fn piecewise_constant(case: &mut Case) -> Result<Phases, Error> {
    let mut value = case.number("init_value")?;
    let mut phases = Phases::new(case.total);
    for (boundary, scale) in boundaries(case)? {
        phases.span(number(value), boundary.saturating_sub(phases.at()));
        value *= scale;
    }
    phases.rest(number(value));
    Ok(phases)
}

fn piecewise_interpolate(case: &mut Case) -> Result<Phases, Error> {
    let kind = case.word_or("interpolate_type", &["linear", "cosine"], "linear")?;
    let init = case.number("init_value")?;
    let boundaries = boundaries(case)?;
    Ok(interpolate(case.total, kind == "cosine", init, boundaries))
}

/// Ramps between products of scales; a boundary at step 0 moves the start.
fn interpolate(total: u64, cosine: bool, init: f64, boundaries: BTreeMap<u64, f64>) -> Phases {
    let mut phases = Phases::new(total);
    let (mut from, mut at) = (init, 0);
    for (boundary, scale) in boundaries {
        let to = from * scale;
        let ramp = format!("{} -> {}", number(from), number(to));
        phases.ramp(if cosine { format!("cosine({ramp})") } else { ramp }, boundary - at);
        (from, at) = (to, boundary);
    }
    phases.rest(number(from));
    phases
}

fn one_cycle(case: &mut Case, linear: bool) -> Result<Phases, Error> {
    let (n, peak) = (whole(case, "transition_steps", None)?, case.number("peak_value")?);
    if n == 0 {
        return Err(Error::new(format!("optax refuses `transition_steps` below 1 in {}", case.class)));
    }
    let pct_start = case.between("pct_start", Some(0.3), -f64::MIN_POSITIVE, 1.0)?;
    let div = case.number_or("div_factor", 25.0)?;
    let last = case.number_or("final_div_factor", 1e4)?;
    // int() cuts, and a later boundary at the same step takes the place of an earlier one.
    let fence = |share: f64| (share * n as f64) as u64;
    let mut fences = BTreeMap::from([(fence(pct_start), div)]);
    if linear {
        let pct_final = case.between("pct_final", Some(0.85), -f64::MIN_POSITIVE, 1.0)?;
        fences.insert(fence(pct_final), 1.0 / div);
        fences.insert(n, 1.0 / last);
    } else {
        fences.insert(n, 1.0 / (div * last));
    }
    if fences.len() < 2 + usize::from(linear) || fences.contains_key(&0) {
        case.note(format!("trap: int() puts the peak of so short a cycle at step {}", fence(pct_start)));
    }
    Ok(interpolate(case.total, !linear, peak / div, fences))
}

/// `exponential_decay` from `init`, after the phases that are there.
fn exponential(case: &mut Case, init: f64, mut phases: Phases) -> Result<Phases, Error> {
    let (n, rate) = (case.number("transition_steps")?, case.number("decay_rate")?);
    let begin = whole(case, "transition_begin", Some(0.0))?;
    let (stairs, end) = (case.flag_or("staircase", false)?, case.maybe_number("end_value")?);
    if n <= 0.0 || rate == 0.0 {
        let name = if rate == 0.0 { "decay_rate" } else { "transition_steps" };
        case.note(format!("trap: {name} is not above 0, so optax stays at its initial value for ever"));
        phases.rest(number(init));
        return Ok(phases);
    }
    if rate < 0.0 {
        return Err(Error::new(format!("`decay_rate` is {rate}, but must be 0 or more")));
    }
    let (a, by, every) = (number(init), number(rate), number(n));
    let curve = match stairs {
        true if n.fract() == 0.0 => format!("decay({a}, by: {by}, every: {every} steps)"),
        // optax's own division, where a boundary may be rounded.
        true => format!("{a} * {by} ** floor(step / {every})"),
        false => format!("{a} * {by} ** (step / {every})"),
    };
    let bounded = |curve: String| match end {
        Some(end) if rate < 1.0 => format!("max({}, {curve})", number(end)),
        Some(end) => format!("min({}, {curve})", number(end)),
        None => curve,
    };
    if begin > 0 {
        phases.span(bounded(a), begin);
    }
    phases.rest(bounded(curve));
    Ok(phases)
}

/// Half a cosine wave, raised to a power, from `init` to `alpha * init`.
fn cosine(phases: &mut Phases, init: f64, n: u64, alpha: f64, exponent: f64) {
    let (from, to) = (number(init), number(init * alpha));
    let gap = number(init * (1.0 - alpha));
    let floor = if init * alpha == 0.0 { String::new() } else { format!(" + {to}") };
    phases.ramp(
        if exponent == 1.0 {
            format!("cosine({from} -> {to})")
        } else {
            format!("{gap} * cosine(1 -> 0) ** {}{floor}", number(exponent))
        },
        n,
    );
    phases.rest(to);
}

fn exponent(case: &mut Case) -> Result<f64, Error> {
    case.between("exponent", Some(1.0), 0.0, 1e3)
}

fn cosine_decay(case: &mut Case) -> Result<Phases, Error> {
    let (init, n) = (case.number("init_value")?, whole(case, "decay_steps", None)?);
    let (alpha, exponent) = (case.number_or("alpha", 0.0)?, exponent(case)?);
    if n == 0 {
        return Err(Error::new("optax refuses `decay_steps` below 1 in cosine_decay_schedule"));
    }
    let mut phases = Phases::new(case.total);
    cosine(&mut phases, init, n, alpha, exponent);
    Ok(phases)
}

fn warmup_constant(case: &mut Case) -> Result<Phases, Error> {
    let (init, peak) = (case.number("init_value")?, case.number("peak_value")?);
    let n = whole(case, "warmup_steps", None)?;
    if n == 0 {
        return Ok(stays(case, "warmup_steps", init));
    }
    let mut phases = Phases::new(case.total);
    phases.climb(init, peak, n);
    phases.rest(number(peak));
    Ok(phases)
}

fn warmup_cosine(case: &mut Case) -> Result<Phases, Error> {
    let (init, peak) = (case.number("init_value")?, case.number("peak_value")?);
    let (warmup, n) = (whole(case, "warmup_steps", None)?, whole(case, "decay_steps", None)?);
    let (end, exponent) = (case.number_or("end_value", 0.0)?, exponent(case)?);
    if n <= warmup {
        let why = format!("`decay_steps` is {n} and includes the warmup of {warmup}: optax needs more than that");
        return Err(Error::new(why));
    }
    let mut phases = Phases::new(case.total);
    phases.climb(init, peak, warmup);
    cosine(&mut phases, peak, n - warmup, if peak == 0.0 { 0.0 } else { end / peak }, exponent);
    Ok(phases)
}

fn warmup_exponential(case: &mut Case) -> Result<Phases, Error> {
    let (init, peak) = (case.number("init_value")?, case.number("peak_value")?);
    let mut phases = Phases::new(case.total);
    let warmup = whole(case, "warmup_steps", None)?;
    // Where `end_value` bounds the curve from its start on, the warmup still goes to the peak.
    if case.has("end_value") {
        phases.ramp(format!("{} -> {}", number(init), number(peak)), warmup);
    } else {
        phases.climb(init, peak, warmup);
    }
    exponential(case, peak, phases)
}

/// Cycles, each a `warmup_cosine_decay_schedule` of its own length.
fn sgdr(case: &mut Case) -> Result<Phases, Error> {
    let cycles = case.list("cosine_kwargs")?;
    if cycles.is_empty() {
        return Err(Error::new("`cosine_kwargs` is empty: give one object for each cycle"));
    }
    let mut phases = Phases::new(case.total);
    for (k, kwargs) in cycles.iter().enumerate() {
        let Some(kwargs) = kwargs.as_object() else {
            return Err(Error::new("`cosine_kwargs` must be a list of objects"));
        };
        // A cycle may be cut by the run's end; the last one goes on.
        let length = kwargs.get("decay_steps").and_then(serde_json::Value::as_u64).unwrap_or(0);
        let room = phases.room();
        let shown = if k + 1 == cycles.len() { room } else { length.min(room) };
        let mut part = case.part("warmup_cosine_decay_schedule", kwargs.clone(), shown.max(1));
        let cycle = warmup_cosine(&mut part)?;
        part.all_read()?;
        if shown > 0 {
            phases.append(cycle);
        }
    }
    Ok(phases)
}

fn join(case: &mut Case) -> Result<Phases, Error> {
    let (schedules, boundaries) = (case.list("schedules")?, case.counts("boundaries")?);
    if schedules.len() != boundaries.len() + 1 {
        let why = format!("{} schedules need {} boundaries", schedules.len(), schedules.len().saturating_sub(1));
        return Err(Error::new(format!("`boundaries` has {}, but {why}", boundaries.len())));
    }
    if !boundaries.is_sorted() {
        case.note("trap: the boundaries do not ascend; a schedule that a later one hides is never reached");
    }
    let mut phases = Phases::new(case.total);
    for (k, schedule) in schedules.iter().enumerate() {
        let start = if k == 0 { 0 } else { boundaries[k - 1] };
        // The last boundary that has come decides.
        let end = boundaries[k..].iter().min().copied().unwrap_or(u64::MAX).min(case.total);
        let mut part = nested::read(case, schedule, ORDER, end.saturating_sub(start).max(1))?;
        let inner = self::phases(&mut part)?;
        part.all_read()?;
        case.adopt(part);
        if end > start {
            debug_assert!(phases.at() == start, "{} schedules leave no gap", steps(phases.at()));
            phases.append(inner);
        }
    }
    Ok(phases)
}
