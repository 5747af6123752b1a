//! MMEngine (0.10): schedulers over a window [begin, end), each of which goes on from the current rate.
//!
//! MMEngine's forms are recursive; after its window a scheduler leaves the rate where it is.

use serde_json::Value;

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested;
use super::plateau::Plateau;
use super::text::{Phases, drops, factor, number, steps};
use crate::math::host::{cospi, pow};

/// `mmengine.optim.scheduler`
pub const MMENGINE: Dialect = Dialect {
    name: "mmengine",
    classes: &[
        ("ConstantLR", single),
        ("LinearLR", single),
        ("StepLR", single),
        ("MultiStepLR", single),
        ("ExponentialLR", single),
        ("CosineAnnealingLR", single),
        ("PolyLR", single),
        ("CosineRestartLR", single),
        ("OneCycleLR", single),
        ("ReduceOnPlateauLR", plateau),
        ("param_scheduler", several),
        ("Linear+Cosine", several),
        ("Linear+MultiStep", several),
    ],
    config: None,
};

/// What MMEngine takes for infinity.
const FOREVER: u64 = 1_000_000_000;

/// Classes that multiply the rate, whatever it is.
const FACTORS: &[&str] = &["ConstantLR", "LinearLR", "StepLR", "MultiStepLR", "ExponentialLR"];

/// Whether the scheduler multiplies the rate, whatever it is: one that goes to 0 does, as long as it goes down.
fn is_factor(case: &mut Case, window: &Window) -> Result<bool, Error> {
    Ok(match case.class.as_str() {
        "PolyLR" => case.number_or("eta_min", 0.0)? == 0.0,
        "CosineAnnealingLR" => {
            let n = case.count_or("T_max", 0)?;
            low(case, false)? == 0.0 && (n == 0 || window.len() <= n + 1)
        }
        class => FACTORS.contains(&class),
    })
}

/// When a scheduler is on.
struct Window {
    begin: u64,
    end: u64,
    /// Whether it is stepped once per epoch.
    epochs: bool,
}

impl Window {
    fn read(case: &mut Case) -> Result<Self, Error> {
        case.value("verbose");
        case.value("type");
        let by_epoch = case.flag_or("by_epoch", true)?;
        let converted = case.flag_or("convert_to_iter_based", false)?;
        let each = case.maybe_count("epoch_length")?;
        if converted {
            let (true, Some(each @ 1..)) = (by_epoch, each) else {
                let why = "`convert_to_iter_based` needs `epoch_length`, at least 1, and no `by_epoch` of false";
                return Err(Error::new(why));
            };
            for name in ["begin", "end", "step_size", "milestones", "T_max", "periods", "total_steps"] {
                // MMEngine's infinity stays what it is.
                case.scale(name, each as f64, FOREVER as f64);
            }
        }
        if case.number_or("last_step", -1.0)? != -1.0 {
            return Err(Error::new("`last_step` resumes a run; a program starts at step 0: leave it out"));
        }
        let (begin, end) = (case.count_or("begin", 0)?, case.count_or("end", FOREVER)?.min(FOREVER));
        if end <= begin {
            return Err(Error::new(format!("`end` is {end}, but must be above `begin`, {begin}")));
        }
        Ok(Self { begin, end, epochs: by_epoch && !converted })
    }

    fn len(&self) -> u64 {
        self.end - self.begin
    }
}

fn single(case: &mut Case) -> Result<String, Error> {
    let window = Window::read(case)?;
    let mut phases = Phases::new(case.total);
    let last = schedule(case, &window, case.base_lr, &mut phases)?;
    phases.rest(number(last));
    Ok(phases.finish())
}

/// The phases of a scheduler that starts from the rate `from`; the rate that it leaves.
fn schedule(case: &mut Case, window: &Window, from: f64, phases: &mut Phases) -> Result<f64, Error> {
    phases.span(number(from), window.begin.saturating_sub(phases.at()));
    let len = window.len();
    // The last step of the window, counted from its start.
    let last = len - 1;
    match case.class.as_str() {
        "ConstantLR" => {
            let factor = share(case, "factor", 1.0 / 3.0)?;
            if factor == 0.0 && window.end < case.total {
                return Err(Error::new("`factor` is 0: MMEngine divides by it at the end of the window"));
            }
            if last == 0 {
                return Ok(from * factor);
            }
            case.note("trap: MMEngine takes the factor back at step end - 1, one step before the window's end");
            phases.span(number(from * factor), last);
            Ok(from)
        }
        "LinearLR" => {
            let (a, b) = (share(case, "start_factor", 1.0 / 3.0)?, share(case, "end_factor", 1.0)?);
            if a == 0.0 && last > 0 {
                return Err(Error::new("`start_factor` is 0: MMEngine's recursion divides by it"));
            }
            if last == 0 {
                return Ok(from * a);
            }
            case.note("trap: MMEngine reaches the end factor at step end - 1, one step before the window's end");
            if b == 1.0 && phases.at() == 0 {
                phases.climb(from * a, from, last);
            } else {
                phases.ramp(format!("{} -> {}", number(from * a), number(from * b)), last);
            }
            Ok(from * b)
        }
        "StepLR" => {
            let (every, gamma) = (case.length("step_size")?, case.between("gamma", Some(0.1), 0.0, 1e6)?);
            phases.span(format!("decay({}, by: {}, every: {})", number(from), number(gamma), steps(every)), len);
            Ok(from * pow(gamma, (last / every) as f64))
        }
        "MultiStepLR" => {
            let (at, gamma) = (case.counts("milestones")?, case.between("gamma", Some(0.1), 0.0, 1e6)?);
            if window.begin > 0 {
                case.note("trap: MMEngine counts milestones from the window's begin");
            }
            phases.span(drops(from, gamma, &at, len.min(case.total)), len);
            Ok(from * pow(gamma, at.iter().filter(|m| **m < len).count() as f64))
        }
        "ExponentialLR" => {
            let gamma = case.between("gamma", None, 0.0, 1e6)?;
            phases.span(format!("{} * {} ** step", number(from), number(gamma)), len);
            Ok(from * pow(gamma, last as f64))
        }
        "CosineAnnealingLR" => cosine(case, len, from, phases),
        "PolyLR" => {
            let (low, power) = (case.number_or("eta_min", 0.0)?, case.between("power", Some(1.0), 0.0, 1e3)?);
            if last == 0 {
                return Ok(from);
            }
            case.note("trap: MMEngine reaches eta_min at step end - 1, one step before the window's end");
            let ramp = format!("{} -> {}", number(from), number(low));
            phases.ramp(if power == 1.0 { ramp } else { format!("poly({ramp}, power: {})", number(power)) }, last);
            Ok(low)
        }
        "CosineRestartLR" => restarts(case, len, phases),
        "OneCycleLR" => one_cycle(case, len, phases),
        other => Err(Error::unknown("scheduler", other, FACTORS)),
    }
}

fn share(case: &mut Case, name: &str, default: f64) -> Result<f64, Error> {
    case.between(name, Some(default), -f64::MIN_POSITIVE, 1.0)
}

/// The lowest rate, given as it is or as a share of the base.
fn low(case: &mut Case, required: bool) -> Result<f64, Error> {
    match (case.maybe_number("eta_min")?, case.maybe_number("eta_min_ratio")?) {
        (Some(_), Some(_)) => Err(Error::new("`eta_min` and `eta_min_ratio` are both given: keep one")),
        (Some(low), None) => Ok(low),
        (None, Some(ratio)) => Ok(case.base_lr * ratio),
        (None, None) if required => Err(Error::new("`eta_min` is missing: give it or `eta_min_ratio`")),
        (None, None) => Ok(0.0),
    }
}

/// Half a wave from `high` to `low` at the share `t`.
fn wave(high: f64, low: f64, t: f64) -> f64 {
    low + (high - low) * (1.0 + cospi(t)) / 2.0
}

fn cosine(case: &mut Case, len: u64, from: f64, phases: &mut Phases) -> Result<f64, Error> {
    let (n, low) = (case.count_or("T_max", len)?, low(case, false)?);
    let n = if n == 0 { len } else { n };
    let base = case.base_lr;
    let last = (len - 1) as f64 / n as f64;
    phases.start_of(format!("cosine({} -> {})", number(from), number(low)), n, len);
    if len <= n {
        return Ok(wave(from, low, last));
    }
    if phases.room() > 0 {
        case.note(format!("trap: MMEngine does not stop at T_max; the rate rises again for {}", steps(n)));
    }
    let (top, bottom) = (number(base), number(low));
    let up = format!("cosine({bottom} -> {top} -> {bottom}) | cycle({})", steps(2 * n));
    phases.piped(up, len - n);
    Ok(wave(base, low, last))
}

fn restarts(case: &mut Case, len: u64, phases: &mut Phases) -> Result<f64, Error> {
    let periods = case.counts("periods")?;
    let weights = case.maybe_numbers("restart_weights")?.unwrap_or_else(|| vec![1.0]);
    if periods.is_empty() || periods.contains(&0) || periods.len() != weights.len() {
        let why = "`periods` and `restart_weights` must have as many entries each, and every period a step";
        return Err(Error::new(why));
    }
    let low = low(case, true)?;
    let (mut left, mut end) = (len, case.base_lr);
    for (period, weight) in periods.into_iter().zip(weights) {
        if left == 0 {
            break;
        }
        let high = case.base_lr * weight;
        phases.start_of(format!("cosine({} -> {})", number(high), number(low)), period, left);
        let shown = period.min(left);
        end = wave(high, low, (shown - 1) as f64 / period as f64);
        left -= shown;
    }
    if phases.room() > 0 {
        case.note("trap: after the last period the rate stays at its last step's, above eta_min");
    }
    Ok(end)
}

fn one_cycle(case: &mut Case, len: u64, phases: &mut Phases) -> Result<f64, Error> {
    let (high, n) = (case.number_or("eta_max", 0.0)?, case.count_or("total_steps", len)?);
    let share = share(case, "pct_start", 0.3)?;
    let cosine = case.word_or("anneal_strategy", &["cos", "linear"], "cos")? == "cos";
    let (div, last) = (case.number_or("div_factor", 25.0)?, case.number_or("final_div_factor", 1e4)?);
    let three = case.flag_or("three_phase", false)?;
    let (first, low) = (high / div, high / div / last);
    // After the window the rate stays where it is; up to there MMEngine may not go past the step behind the cycle.
    let steps = len.min(phases.room());
    if n == 0 || steps > n + 1 {
        return Err(Error::new(format!("`total_steps` is {n}: MMEngine raises ValueError {} steps later", n + 1)));
    }
    let peak = share * n as f64 - 1.0;
    let end = n as f64 - 1.0;
    let parts = if three {
        vec![(first, high, peak), (high, first, 2.0 * share * n as f64 - 2.0), (first, low, end)]
    } else {
        vec![(first, high, peak), (high, low, end)]
    };
    let mut own = Phases::new(steps.max(1));
    let (mut start, mut rate) = (0.0, low);
    for (k, (from, to, stop)) in parts.iter().copied().enumerate() {
        let at = own.at() as f64;
        if stop < at && k + 1 < parts.len() {
            start = stop;
            continue;
        }
        if stop == start {
            return Err(Error::new("a phase of the cycle has no steps: MMEngine divides by its length"));
        }
        // The value at the window's last step, if that is in this phase; the last one goes on for a step past its end.
        let last = (len - 1).min(n) as f64;
        if at <= last {
            let t = (last - start) / (stop - start);
            rate = if cosine { wave(from, to, t) } else { from + (to - from) * t };
        }
        let ramp = format!("{} -> {}", number(from), number(to));
        if start == at && stop.fract() == 0.0 {
            own.ramp(if cosine { format!("cosine({ramp})") } else { ramp }, (stop - at) as u64);
        } else {
            let passed = if start == at { "step".into() } else { format!("(step + {})", number(at - start)) };
            let length = number(stop - start);
            own.span(
                if cosine {
                    format!("{} + {} * (1 + cos(pi * {passed} / {length})) / 2", number(to), number(from - to))
                } else {
                    format!("{} + {} * {passed} / {length}", number(from), number(to - from))
                },
                stop.floor() as u64 + 1 - at as u64,
            );
        }
        start = stop;
    }
    // At the last step the cycle is over; one step later MMEngine goes past its end.
    own.span(number(low), n.saturating_sub(own.at()));
    if own.room() > 0 {
        case.note("trap: step total_steps is past the cycle's end");
        own.rest(number(rate));
    }
    if steps > 0 {
        phases.append(own);
    }
    Ok(rate)
}

/// Several schedulers at once.
fn several(case: &mut Case) -> Result<String, Error> {
    let mut parts = vec![];
    for value in case.list("schedulers")? {
        // A pair of class and parameters, or MMEngine's own dict with `type`.
        let mut part = match &value {
            Value::Array(pair) => match &pair[..] {
                [Value::String(class), Value::Object(params)] => case.part(class, params.clone(), case.total),
                _ => return Err(Error::new(format!("`schedulers` has {value}: write [\"LinearLR\", {{…}}]"))),
            },
            Value::Object(object) if object.contains_key("type") => {
                let class = object["type"].as_str().unwrap_or_default().to_string();
                case.part(&class, object.clone(), case.total)
            }
            other => nested::read(case, other, &[], case.total)?,
        };
        if part.class == "OneCycleLR" {
            return Err(Error::new("OneCycleLR changes the base rate of every other scheduler: import it alone"));
        }
        let window = Window::read(&mut part)?;
        parts.push((window, part));
    }
    if parts.windows(2).any(|pair| pair[0].0.epochs != pair[1].0.epochs) {
        let why = "`schedulers` has some by epoch and some by iteration, but a program has one clock";
        let fix = "give those by epoch `convert_to_iter_based` and `epoch_length`";
        return Err(Error::new(format!("{why}: {fix}")));
    }
    parts.sort_by_key(|(window, _)| window.begin);
    let apart = parts.windows(2).all(|pair| pair[0].0.end <= pair[1].0.begin);
    if apart {
        let (mut phases, mut rate) = (Phases::new(case.total), case.base_lr);
        for (window, mut part) in parts {
            rate = schedule(&mut part, &window, rate, &mut phases)?;
            // Until the window's end, nothing moves.
            phases.span(number(rate), window.end.saturating_sub(phases.at()));
            part.all_read()?;
            case.adopt(part);
        }
        phases.rest(number(rate));
        return Ok(phases.finish());
    }
    let mut factors = vec![];
    for (k, (window, mut part)) in parts.into_iter().enumerate() {
        let mut phases = Phases::new(case.total);
        // Of the factors, the first one has the base.
        let from = if k == 0 { case.base_lr } else { 1.0 };
        if !is_factor(&mut part, &window)? {
            let why =
                format!("{} overlaps another scheduler, and starts from the rate that the other one moves", part.class);
            return Err(Error::new(format!("{why}: give them windows (`begin`, `end`) one after the other")));
        }
        let last = schedule(&mut part, &window, from, &mut phases)?;
        phases.rest(number(last));
        part.all_read()?;
        case.adopt(part);
        factors.push(factor(&phases.finish()));
    }
    Ok(factors.join(" * "))
}

fn plateau(case: &mut Case) -> Result<String, Error> {
    let window = Window::read(case)?;
    if window.begin != 0 || window.end < case.total {
        return Err(Error::new("a window of ReduceOnPlateauLR cannot be imported: leave out `begin` and `end`"));
    }
    let monitor = case.text_or("monitor", "loss")?;
    case.note(format!("MMEngine's monitor `{monitor}` is the program's metric"));
    let cut = Plateau {
        max: case.word_or("rule", &["less", "greater"], "less")? == "greater",
        factor: case.between("factor", Some(0.1), 0.0, 1.0)?,
        patience: case.count_or("patience", 10)?,
        threshold: case.number_or("threshold", 1e-4)?,
        abs: case.word_or("threshold_rule", &["rel", "abs"], "rel")? == "abs",
        cooldown: case.count_or("cooldown", 0)?,
        min: case.number_or("min_value", 0.0)?,
        eps: case.number_or("eps", 1e-8)?,
    };
    Ok(cut.of(&number(case.base_lr)))
}
