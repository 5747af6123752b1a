//! CosineAnnealingWarmRestarts, CyclicLR and OneCycleLR.

use super::super::case::Case;
use super::super::error::Error;
use super::super::python::arithmetic;
use super::super::text::{number, steps};
use super::common;
use crate::math::{Native, ln};

pub fn warm_restarts(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    case.whole_in_python("T_0")?;
    case.whole_in_python("T_mult")?;
    let (mut first, grow) = (case.length("T_0")?, case.count_or("T_mult", 1)?);
    if grow == 0 {
        return Err(Error::new("`T_mult` is 0, but must be 1 or more"));
    }
    let (base, low) = (case.base_lr, case.number_or("eta_min", 0.0)?);
    let mut missed = vec![];
    match case.maybe_text("drive")? {
        None => {}
        Some(drive) if drive.starts_with("step(epoch)") => missed = missed_restarts(first, grow, case.total),
        Some(drive) => {
            let per_epoch =
                drive.strip_prefix("step(epoch + i/").and_then(|t| t.split(')').next()?.parse::<u64>().ok());
            let per_epoch = per_epoch.filter(|n| *n > 0).ok_or_else(|| {
                Error::new(format!("`drive` is `{drive}`, but must be \"step(epoch)\" or \"step(epoch + i/N)\""))
            })?;
            case.note(format!("stepped with fractions of epochs: an epoch is {}", steps(per_epoch)));
            first = first.saturating_mul(per_epoch);
        }
    }
    let grow = if grow == 1 { String::new() } else { format!(", grow: {grow}") };
    let cycles = format!("cosine({} -> {}) | cycle({}{grow})", number(base), number(low), steps(first));
    if missed.is_empty() {
        return Ok(cycles);
    }
    case.note("trap: step(epoch) finds its cycle with a rounded logarithm and misses these restarts for one epoch");
    let spike = |at: &u64| format!(" - {} * max(0, 1 - abs(step - {at}))", number(base - low));
    Ok(format!("({cycles}){}", missed.iter().map(spike).collect::<String>()))
}

/// The restarts that `int(math.log(epoch / T_0 * (T_mult - 1) + 1, T_mult))` finds one epoch late.
fn missed_restarts(first: u64, grow: u64, total: u64) -> Vec<u64> {
    let mut missed = vec![];
    let (mut at, mut length, mut cycle) = (first, first, 1.0);
    while grow > 1 && at < total {
        let log = |x: f64| ln(&mut Native, x);
        let found = log(at as f64 / first as f64 * (grow - 1) as f64 + 1.0) / log(grow as f64);
        if found.floor() < cycle {
            missed.push(at);
        }
        length = length.saturating_mul(grow);
        (at, cycle) = (at.saturating_add(length), cycle + 1.0);
    }
    missed
}

/// Reads what moves the momentum, which has no part in the rate.
fn momentum(case: &mut Case) -> Result<(), Error> {
    let (low, high) = ("base_momentum", "max_momentum");
    let range = (case.number_or(low, 0.85)?, case.number_or(high, 0.95)?);
    if case.flag_or("cycle_momentum", true)? {
        let (low, high) = (number(range.0), number(range.1));
        case.note(format!("torch also moves momentum (Adam: beta1) against the rate, between {high} and {low}"));
    }
    Ok(())
}

pub fn cyclic(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    momentum(case)?;
    let (low, high) = (case.number_or("base_lr", case.base_lr)?, case.number("max_lr")?);
    let up = if case.has("step_size_up") { case.length("step_size_up")? } else { 2000 };
    let down = if case.has("step_size_down") { case.length("step_size_down")? } else { up };
    let whole = steps(up.saturating_add(down));
    let mode = case.word_or("mode", &["triangular", "triangular2", "exp_range"], "triangular")?;
    let gamma = case.between("gamma", Some(1.0), 0.0, 1e6)?;
    let function = case.maybe_text("scale_fn")?;
    let scale_mode = case.word_or("scale_mode", &["cycle", "iterations"], "cycle")?;
    let wave = |low: f64, high: f64| {
        let (low, high) = (number(low), number(high));
        if up == down {
            format!("({low} -> {high} -> {low})")
        } else {
            format!("({low} -> {high} for {} >> {high} -> {low})", steps(up))
        }
    };
    let (start, rise) = (number(low), wave(0.0, high - low));
    Ok(match (function, mode) {
        (Some(function), _) => {
            let cycle = format!("floor(step / {}) + 1", up.saturating_add(down));
            let argument = if scale_mode == "cycle" { &cycle } else { "step" };
            let scale = arithmetic(&function, argument)?;
            format!("{start} + ({rise} | cycle({whole})) * {scale}")
        }
        (None, "triangular2") => format!("{start} + ({rise} | cycle({whole}, decay: 0.5))"),
        (None, "exp_range") => {
            case.note("trap: exp_range counts gamma's power in steps, not in cycles as torch's documentation says");
            format!("{start} + ({rise} | cycle({whole})) * {} ** step", number(gamma))
        }
        _ => format!("{} | cycle({whole})", wave(low, high)),
    })
}

/// One stretch of OneCycleLR: its ends in (fractional) steps and its values.
struct Stretch {
    start: f64,
    end: f64,
    from: f64,
    to: f64,
    /// The end as a duration, where it is exact.
    until: Option<String>,
}

pub fn one_cycle(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    momentum(case)?;
    let peak = case.number("max_lr")?;
    let total =
        match (case.maybe_count("total_steps")?, case.maybe_count("epochs")?, case.maybe_count("steps_per_epoch")?) {
            (Some(total), _, _) => total,
            (None, Some(epochs), Some(steps)) => epochs.saturating_mul(steps),
            _ => return Err(Error::new("OneCycleLR needs `total_steps`, or `epochs` and `steps_per_epoch`")),
        };
    if total == 0 || total < case.total {
        return Err(Error::new(format!(
            "OneCycleLR ends after {}, but the run has {}: torch raises ValueError (Tried to step {} times); make `total_steps` the run's",
            steps(total),
            steps(case.total),
            total + 1
        )));
    }
    for name in ["total_steps", "epochs", "steps_per_epoch"] {
        case.whole_in_python(name)?;
    }
    if let Some(whole) = case.value("pct_start").filter(|value| value.is_i64() || value.is_u64()).cloned() {
        let text = format!("`pct_start` is the whole number {whole}: torch raises ValueError; write {whole}.0");
        return Err(Error::new(text));
    }
    let pct = case.between("pct_start", Some(0.3), -f64::MIN_POSITIVE, 1.0)?;
    let div = case.between("div_factor", Some(25.0), 0.0, f64::INFINITY)?;
    let start = case.quotient(peak, div);
    let last_div = case.between("final_div_factor", Some(1e4), 0.0, f64::INFINITY)?;
    let end = case.quotient(start, last_div);
    let three = case.flag_or("three_phase", false)?;
    let cos = case.word_or("anneal_strategy", &["cos", "linear"], "cos")? == "cos";
    let last = total as f64 - 1.0;
    let top = pct * total as f64 - 1.0;
    let exact = |parts: f64, less: u64| {
        let at = parts * pct * total as f64;
        let digits = number(pct);
        if (at - at.round()).abs() < 1e-9 {
            return Some(steps((at.round() as u64).checked_sub(less)?));
        }
        let factor = if parts == 1.0 { digits.clone() } else { format!("{} * {digits}", number(parts)) };
        (digits.len() < 10).then(|| format!("({factor} * {} - {})", steps(total), steps(less)))
    };
    let mut stretches = vec![Stretch { start: 0.0, end: top, from: start, to: peak, until: exact(1.0, 1) }];
    if three {
        let middle = 2.0 * pct * total as f64 - 2.0;
        stretches.push(Stretch { start: top, end: middle, from: peak, to: start, until: exact(2.0, 2) });
        stretches.push(Stretch { start: middle, end: last, from: start, to: end, until: Some(steps(total - 1)) });
    } else {
        stretches.push(Stretch { start: top, end: last, from: peak, to: end, until: Some(steps(total - 1)) });
    }
    if let Some(none) = stretches.iter().find(|s| s.start == s.end && s.start < last) {
        let text = format!(
            "OneCycleLR's phase that ends at step {} has no length: torch raises ZeroDivisionError; change `pct_start`",
            none.end
        );
        return Err(Error::new(text));
    }
    case.note(format!("trap: torch reaches the final rate at step {}, one step before the run's end", total - 1));
    // A stretch that never begins, or that the end cuts, has no place in the sequence.
    let ordered = stretches.iter().all(|s| s.start < s.end && s.end <= last && s.until.is_some());
    let text = if ordered { sequence(&stretches, cos, end) } else { pointwise(case, &stretches, cos, total) };
    Ok(if total > case.total { format!("({text}) | cycle({})", steps(total)) } else { text })
}

fn sequence(stretches: &[Stretch], cos: bool, end: f64) -> String {
    let phase = |s: &Stretch| {
        let (from, to, until) = (number(s.from), number(s.to), s.until.as_deref().unwrap_or_default());
        let ramp = if cos { format!("cosine({from} -> {to})") } else { format!("{from} -> {to}") };
        format!("{ramp} until {until} >> ")
    };
    stretches.iter().map(phase).collect::<String>() + &number(end)
}

/// The same with torch's own arithmetic, switched at whole steps.
fn pointwise(case: &mut Case, stretches: &[Stretch], cos: bool, total: u64) -> String {
    if stretches[0].end < 0.0 {
        case.note("trap: pct_start is so small that the rate starts past its peak and never reaches max_lr");
    }
    let mut parts: Vec<String> = vec![];
    let mut at = 0u64;
    for (k, s) in stretches.iter().enumerate() {
        let end = if k + 1 == stretches.len() { total } else { (s.end.floor() + 1.0).max(0.0) as u64 }.min(total);
        if end <= at {
            continue;
        }
        let passed = at as f64 - s.start;
        let step = match passed {
            0.0 => "step".into(),
            p if p < 0.0 => format!("(step - {})", number(-p)),
            p => format!("(step + {})", number(p)),
        };
        let (from, gap, length) = (number(s.from), number(s.to - s.from), number(s.end - s.start));
        let text = if cos {
            format!("{from} + {gap} * (1 - cos(pi * {step} / {length})) / 2")
        } else {
            format!("{from} + {gap} * {step} / {length}")
        };
        parts.push(if end < total { format!("{text} for {}", steps(end - at)) } else { text });
        at = end;
    }
    parts.join(" >> ")
}
