//! MosaicML Composer (0.32): multipliers of the optimizer's rate, over times with units.
//!
//! Times become batches as Composer turns them into batches, with the same `int()`; samples, tokens and seconds
//! are not batches, so they are refused.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{Phases, drops, number, steps};

/// `composer.optim`
pub const COMPOSER: Dialect = Dialect {
    name: "composer",
    classes: &[
        ("StepScheduler", step),
        ("MultiStepScheduler", multi_step),
        ("ConstantScheduler", constant),
        ("LinearScheduler", linear),
        ("ExponentialScheduler", exponential),
        ("CosineAnnealingScheduler", cosine),
        ("CosineAnnealingWarmRestartsScheduler", warm_restarts),
        ("PolynomialScheduler", polynomial),
        ("MultiStepWithWarmupScheduler", multi_step_with_warmup),
        ("ConstantWithWarmupScheduler", constant_with_warmup),
        ("LinearWithWarmupScheduler", linear_with_warmup),
        ("CosineAnnealingWithWarmupScheduler", cosine_with_warmup),
        ("PolynomialWithWarmupScheduler", polynomial_with_warmup),
    ],
    config: None,
};

/// The most restarts that are written out.
const MOST: usize = 1000;

/// `1.5dur`, `10ba`.
fn time(name: &str, text: &str) -> Result<(f64, String), Error> {
    let text = text.trim();
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(at);
    match digits.trim().replace('_', "").parse::<f64>() {
        Ok(n) if n >= 0.0 && n.is_finite() => Ok((n, unit.into())),
        _ => Err(Error::new(format!("`{name}` is `{text}`, but must be a time such as 10ba, 2ep or 0.5dur"))),
    }
}

/// The length of an epoch in batches.
fn epoch(case: &mut Case, why: &str) -> Result<f64, Error> {
    match case.maybe_count("dataloader_len")? {
        Some(n) => Ok(n as f64),
        None => Err(Error::new(format!("`dataloader_len` is missing: {why} is in epochs"))),
    }
}

/// A time in batches; `scaled` by the scale-schedule ratio.
fn batches(case: &mut Case, name: &str, text: &str, scaled: bool) -> Result<u64, Error> {
    let ssr = if scaled { case.number_or("ssr", 1.0)? } else { 1.0 };
    let (n, unit) = time(name, text)?;
    Ok(match unit.as_str() {
        "ba" => (n * ssr) as u64,
        "ep" => (n * epoch(case, name)? * ssr) as u64,
        "dur" => {
            let all = case.text_or("max_duration", &format!("{}ba", case.total))?;
            let (whole, unit) = time("max_duration", &all)?;
            let cut = match unit.as_str() {
                "ba" => n * whole,
                "ep" => n * epoch(case, "max_duration")? * whole,
                _ => return Err(Error::new(format!("`max_duration` is `{all}`: give it in ba or ep"))),
            };
            if cut.fract() != 0.0 {
                case.note(format!("trap: int() cuts {name} from {cut} to {} batches", cut as u64));
            }
            cut as u64
        }
        _ => return Err(Error::new(format!("`{name}` is `{text}`: give it in ba, ep or dur"))),
    })
}

/// The parameter `name` in batches.
fn read(case: &mut Case, name: &str, default: Option<&str>, scaled: bool) -> Result<u64, Error> {
    let text = match default {
        Some(default) => case.text_or(name, default)?,
        None => case.text(name)?,
    };
    // Facts of the run are no parameters of the class, so no class has to use them.
    for fact in ["max_duration", "dataloader_len", "ssr"] {
        case.value(fact);
    }
    batches(case, name, &text, scaled)
}

/// The same, at least one batch.
fn length(case: &mut Case, name: &str, default: Option<&str>) -> Result<u64, Error> {
    match read(case, name, default, true)? {
        0 => Err(Error::new(format!("`{name}` is 0 batches: Composer divides by it"))),
        n => Ok(n),
    }
}

fn step(case: &mut Case) -> Result<String, Error> {
    let every = length(case, "step_size", None)?;
    let gamma = case.between("gamma", Some(0.1), 0.0, 1e6)?;
    Ok(format!("decay({}, by: {}, every: {})", number(case.base_lr), number(gamma), steps(every)))
}

fn multi_step(case: &mut Case) -> Result<String, Error> {
    let mut at = vec![];
    for milestone in case.list("milestones")? {
        let Some(text) = milestone.as_str() else {
            return Err(Error::new("`milestones` must be a list of times such as 30ba or 0.3dur"));
        };
        case.value("max_duration");
        case.value("dataloader_len");
        case.value("ssr");
        at.push(batches(case, "milestones", text, true)?);
    }
    let gamma = case.between("gamma", Some(0.1), 0.0, 1e6)?;
    Ok(drops(case.base_lr, gamma, &at, case.total))
}

fn constant(case: &mut Case) -> Result<String, Error> {
    let alpha = case.number_or("alpha", 1.0)?;
    let n = read(case, "t_max", Some("1dur"), true)?;
    let mut phases = Phases::new(case.total);
    if n < case.total && alpha != 1.0 {
        case.note("trap: after t_max the rate goes back to base_lr");
    }
    phases.span(number(case.base_lr * alpha), n);
    phases.rest(number(case.base_lr));
    Ok(phases.finish())
}

fn linear(case: &mut Case) -> Result<String, Error> {
    let (from, to) = (case.number_or("alpha_i", 1.0)?, case.number_or("alpha_f", 0.0)?);
    let n = length(case, "t_max", Some("1dur"))?;
    let (from, to) = (number(case.base_lr * from), number(case.base_lr * to));
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("{from} -> {to}"), n);
    phases.rest(to);
    Ok(phases.finish())
}

fn exponential(case: &mut Case) -> Result<String, Error> {
    let gamma = case.between("gamma", None, 0.0, 1e6)?;
    let n = length(case, "decay_period", Some("1ep"))?;
    Ok(format!("{} * {} ** (step / {n})", number(case.base_lr), number(gamma)))
}

fn cosine(case: &mut Case) -> Result<String, Error> {
    let n = length(case, "t_max", Some("1dur"))?;
    let (from, to) = (number(case.base_lr), number(case.base_lr * case.number_or("alpha_f", 0.0)?));
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("cosine({from} -> {to})"), n);
    phases.rest(to);
    Ok(phases.finish())
}

fn warm_restarts(case: &mut Case) -> Result<String, Error> {
    let mut n = length(case, "t_0", None)?;
    let grow = case.between("t_mult", Some(1.0), 0.0, 1e3)?;
    let (from, to) = (number(case.base_lr), number(case.base_lr * case.number_or("alpha_f", 0.0)?));
    let wave = format!("cosine({from} -> {to})");
    if grow.fract() == 0.0 {
        let grow = if grow == 1.0 { String::new() } else { format!(", grow: {}", number(grow)) };
        return Ok(format!("{wave} | cycle({}{grow})", steps(n)));
    }
    case.note("trap: int() cuts the length of every cycle to whole batches");
    let mut phases = Phases::new(case.total);
    for _ in 0..MOST {
        if phases.room() == 0 {
            return Ok(phases.finish());
        }
        if n == 0 {
            let why = format!("with `t_mult` {grow} the cycles shrink to nothing at batch {}", phases.at());
            return Err(Error::new(format!("{why}: Composer raises ValueError there")));
        }
        phases.ramp(wave.clone(), n);
        n = (grow * n as f64) as u64;
    }
    Err(Error::new(format!("more than {MOST} cycles: give `t_0` a greater length")))
}

fn polynomial(case: &mut Case) -> Result<String, Error> {
    let n = length(case, "t_max", Some("1dur"))?;
    let power = case.between("power", None, 0.0, 1e3)?;
    let (from, to) = (number(case.base_lr), number(case.base_lr * case.number_or("alpha_f", 0.0)?));
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("poly({from} -> {to}, power: {})", number(power)), n);
    phases.rest(to);
    Ok(phases.finish())
}

/// The warmup to `peak`; whether the run outlasts it.
fn warmup(case: &mut Case, phases: &mut Phases, peak: f64) -> Result<u64, Error> {
    let scale = case.flag_or("scale_warmup", false)?;
    let n = read(case, "t_warmup", None, false)?;
    let ramp = if scale { read(case, "t_warmup", None, true)? } else { n };
    if ramp == n {
        phases.climb(0.0, peak, n);
        return Ok(n);
    }
    case.note(format!("trap: the warmup is scaled to {ramp} batches, but what follows still starts at batch {n}"));
    if ramp == 0 {
        return Err(Error::new(format!(
            "`scale_warmup` scales a warmup of {n} to 0 batches: Composer divides by them"
        )));
    }
    phases.start_of(format!("0 -> {}", number(peak)), ramp, n);
    phases.span(number(peak), n.saturating_sub(phases.at()));
    Ok(n)
}

fn multi_step_with_warmup(case: &mut Case) -> Result<String, Error> {
    let curve = multi_step(case)?;
    let mut on_top = Phases::new(case.total);
    let n = warmup(case, &mut on_top, case.base_lr)?;
    if n == 0 {
        return Ok(curve);
    }
    let text = on_top.finish();
    if n >= case.total {
        return Ok(text);
    }
    // What is alone in its place does not say how long it lasts, unless it is a warmup; that one goes to where the
    // curve starts.
    let joins = curve.starts_with(&format!("decay({},", number(case.base_lr))) || curve == number(case.base_lr);
    let text = match text.strip_suffix(')') {
        Some(_) if text.starts_with("warmup(") && joins => text,
        Some(open) if text.starts_with("warmup(") && !text.contains(" >> ") => {
            format!("{open}, to: {})", number(case.base_lr))
        }
        _ => format!("({text}) for {}", steps(n)),
    };
    Ok(format!("{curve} | overlay({text})"))
}

/// After the warmup: `tail` makes a ramp of the rates at its start and end.
fn with_warmup(case: &mut Case, from: f64, to: f64, tail: impl Fn(&str, &str) -> String) -> Result<String, Error> {
    let (from, to) = (case.base_lr * from, case.base_lr * to);
    let mut phases = Phases::new(case.total);
    let n = warmup(case, &mut phases, from)?;
    let end = read(case, "t_max", Some("1dur"), true)?;
    if end < read_all(case)? {
        let all = read_all(case)?;
        return Err(Error::new(format!("`t_max` is {end} batches, but Composer wants at least max_duration, {all}")));
    }
    if end > n {
        phases.ramp(tail(&number(from), &number(to)), end - n);
        phases.rest(number(to));
    } else {
        phases.rest(number(from));
    }
    Ok(phases.finish())
}

/// `max_duration` in batches.
fn read_all(case: &mut Case) -> Result<u64, Error> {
    let text = case.text_or("max_duration", &format!("{}ba", case.total))?;
    batches(case, "max_duration", &text, false)
}

fn constant_with_warmup(case: &mut Case) -> Result<String, Error> {
    let alpha = case.number_or("alpha", 1.0)?;
    with_warmup(case, alpha, alpha, |from, _| from.into())
}

fn linear_with_warmup(case: &mut Case) -> Result<String, Error> {
    let (from, to) = (case.number_or("alpha_i", 1.0)?, case.number_or("alpha_f", 0.0)?);
    with_warmup(case, from, to, |from, to| format!("{from} -> {to}"))
}

fn cosine_with_warmup(case: &mut Case) -> Result<String, Error> {
    let to = case.number_or("alpha_f", 0.0)?;
    with_warmup(case, 1.0, to, |from, to| format!("cosine({from} -> {to})"))
}

fn polynomial_with_warmup(case: &mut Case) -> Result<String, Error> {
    let (power, to) = (case.between("power", Some(2.0), 0.0, 1e3)?, case.number_or("alpha_f", 0.0)?);
    with_warmup(case, 1.0, to, |from, to| format!("poly({from} -> {to}, power: {})", number(power)))
}
