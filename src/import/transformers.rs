//! transformers (5.23): `get_scheduler` and the names that its Trainer knows.

use super::Dialect;
mod arguments;

use super::case::Case;
use super::error::Error;
use super::text::{Phases, group, number, steps};
use super::torch::plateau_options;

/// Hugging Face transformers
pub const TRANSFORMERS: Dialect = Dialect {
    name: "transformers",
    classes: &[
        ("linear", linear),
        ("cosine", cosine),
        ("cosine_with_restarts", restarts),
        ("polynomial", polynomial),
        ("constant", constant),
        ("constant_with_warmup", constant),
        ("inverse_sqrt", inverse_sqrt),
        ("reduce_lr_on_plateau", plateau),
        ("cosine_with_min_lr", cosine_floor),
        ("cosine_warmup_with_min_lr", cosine_floor_early),
        ("warmup_stable_decay", stable),
        ("greedy", greedy),
        ("get_linear_schedule_with_warmup", linear),
        ("get_cosine_schedule_with_warmup", cosine),
        ("get_cosine_with_hard_restarts_schedule_with_warmup", restarts),
        ("get_polynomial_decay_schedule_with_warmup", polynomial),
        ("get_constant_schedule", constant),
        ("get_constant_schedule_with_warmup", constant),
        ("get_inverse_sqrt_schedule", inverse_sqrt),
        ("get_cosine_with_min_lr_schedule_with_warmup", cosine_floor),
        ("get_wsd_schedule", stable),
    ],
    config: Some(arguments::case),
};

/// What every schedule is made of.
struct Frame {
    base: f64,
    warmup: u64,
    /// Where the schedule's own end is.
    end: u64,
    /// The steps from the warmup's end to the schedule's own end, at least 1.
    decay: u64,
    phases: Phases,
}

fn frame(case: &mut Case) -> Result<Frame, Error> {
    case.flatten("scheduler_specific_kwargs")?;
    case.value("name");
    let warmup = case.count_or("num_warmup_steps", 0)?;
    let end = case.count_or("num_training_steps", case.total)?;
    if warmup >= case.total {
        case.note("trap: the warmup fills the whole run");
    }
    let decay = end.saturating_sub(warmup).max(1);
    Ok(Frame { base: case.base_lr, warmup, end, decay, phases: Phases::new(case.total) })
}

impl Frame {
    /// The warmup from 0 that most of them have.
    fn warm(&mut self) {
        self.phases.warmup(format!("0 -> {}", number(self.base)), self.warmup);
    }

    /// The warmup with no decay after it: the schedule has ended before. `low` is what follows.
    fn late(mut self, case: &mut Case, low: String) -> String {
        let end = self.end;
        case.note(format!("trap: num_training_steps {end} ends the decay before the warmup has ended; the rate jumps"));
        self.phases.ramp(format!("0 -> {}", number(self.base)), self.warmup);
        self.phases.rest(low);
        self.phases.finish()
    }
}

fn constant(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    if case.class == "constant" || case.class == "get_constant_schedule" {
        return Ok(number(f.base));
    }
    f.warm();
    f.phases.rest(number(f.base));
    Ok(f.phases.finish())
}

fn linear(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    if f.end <= f.warmup && f.warmup < case.total {
        return Ok(f.late(case, "0".into()));
    }
    f.warm();
    f.phases.ramp(format!("linear({} -> 0)", number(f.base)), f.decay);
    f.phases.rest("0");
    Ok(f.phases.finish())
}

fn polynomial(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let (end, power) = (case.number_or("lr_end", 1e-7)?, case.between("power", Some(1.0), 0.0, 1e3)?);
    if f.base <= end {
        let text = format!("`lr_end` is {}, but must be below the initial rate {}", number(end), number(f.base));
        return Err(Error::new(text));
    }
    let end = number(end);
    if f.end == f.warmup && f.warmup < case.total {
        return Err(Error::new(format!(
            "`num_training_steps` is {} as `num_warmup_steps` is: transformers raises ZeroDivisionError; make it longer",
            f.end
        )));
    }
    if f.end < f.warmup && f.warmup < case.total {
        return Ok(f.late(case, end));
    }
    f.warm();
    let ramp = format!("{} -> {end}", number(f.base));
    let ramp = if power == 1.0 { format!("linear({ramp})") } else { format!("poly({ramp}, power: {})", number(power)) };
    f.phases.ramp(ramp, f.decay);
    f.phases.rest(end);
    Ok(f.phases.finish())
}

fn inverse_sqrt(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let default = if f.warmup == 0 { 10_000 } else { f.warmup };
    let scale = match case.maybe_count("timescale")? {
        Some(0) => return Err(Error::new("`timescale` is 0, but must be at least 1")),
        given => given.unwrap_or(default),
    };
    f.warm();
    f.phases.rest(format!("rsqrt({}, timescale: {})", number(f.base), steps(scale)));
    Ok(f.phases.finish())
}

/// `num_cycles` waves from `high` to `low` and back over the decay, and on to the run's end.
fn wave(case: &mut Case, f: &mut Frame, high: f64, low: f64) -> Result<(), Error> {
    let cycles = case.between("num_cycles", Some(0.5), 0.0, 1e6)?;
    let room = f.phases.room();
    if cycles == 0.5 && room <= f.decay {
        f.phases.ramp(format!("cosine({} -> {})", number(high), number(low)), f.decay);
        return Ok(());
    }
    if room > f.decay {
        case.note("trap: transformers does not stop at num_training_steps; the rate goes on along its wave");
    } else if cycles > 0.5 {
        case.note(format!("trap: after num_cycles={cycles} waves the rate does not end at its lowest; half waves do"));
    }
    let (high, low) = (number(high), number(low));
    let (ramp, waves) = if room <= f.decay && cycles < 0.5 {
        (format!("cosine({high} -> {low})"), 2.0 * cycles)
    } else {
        (format!("cosine({high} -> {low} -> {high})"), cycles)
    };
    let length = length(f.decay, waves);
    f.phases.rest(group(&format!("{ramp} | cycle({length})")));
    Ok(())
}

fn cosine(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    f.warm();
    let base = f.base;
    wave(case, &mut f, base, 0.0)?;
    Ok(f.phases.finish())
}

fn restarts(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let cycles = case.count_or("num_cycles", 1)?;
    if cycles == 0 {
        return Err(Error::new("`num_cycles` is 0, but must be at least 1"));
    }
    f.warm();
    let mut text = format!("cosine({} -> 0)", number(f.base));
    if cycles > 1 {
        // Cycles that the run's end cuts are told by their length.
        let length = if f.decay > f.phases.room() { length(f.decay, cycles as f64) } else { cycles.to_string() };
        text = format!("({text} | cycle({length}))");
        let missed = missed_restarts(cycles, f.decay);
        if !missed.is_empty() {
            case.note("trap: rounding makes transformers miss these restarts for one step");
            let spike = |at: &u64| format!(" - {} * max(0, 1 - abs(step - {at}))", number(f.base));
            text = format!("{text}{}", missed.iter().map(spike).collect::<String>());
        }
        f.phases.span(text, f.decay);
    } else {
        f.phases.ramp(text, f.decay);
    }
    f.phases.rest("0");
    Ok(f.phases.finish())
}

/// A part of `n` steps, exactly.
fn length(n: u64, parts: f64) -> String {
    let length = n as f64 / parts;
    if length.fract() == 0.0 { steps(length as u64) } else { format!("{} / {}", steps(n), number(parts)) }
}

/// Where `(cycles * progress) % 1.0` is just below 1 instead of 0.
fn missed_restarts(cycles: u64, decay: u64) -> Vec<u64> {
    let at = (1..u128::from(cycles.min(100_000))).map(|k| (k * u128::from(decay), u128::from(cycles)));
    let at = at.filter(|(n, d)| n % d == 0).map(|(n, d)| (n / d) as u64);
    let turned = |step: &u64| (cycles as f64 * (*step as f64 / decay as f64)).fract();
    at.filter(|step| turned(step) > 0.5).collect()
}

/// The floor, from `min_lr` or `min_lr_rate`.
fn floor(case: &mut Case) -> Result<f64, Error> {
    let (low, rate) = (case.maybe_number("min_lr")?, case.maybe_number("min_lr_rate")?);
    if low.is_some() && rate.is_some() {
        return Err(Error::new("`min_lr` and `min_lr_rate` are both given: keep one of them"));
    }
    let missing = || Error::new(format!("`min_lr` is missing: {} needs it, or `min_lr_rate`", case.class));
    not_below_0(if low.is_some() { "min_lr" } else { "min_lr_rate" }, low.or(rate).ok_or_else(missing)?)?;
    let base = case.base_lr;
    Ok(low.unwrap_or_else(|| case.product(rate.unwrap_or(0.0), base)))
}

/// That a floor is one: transformers cuts its schedules at 0, wherever the floor is.
fn not_below_0(name: &str, x: f64) -> Result<(), Error> {
    if x >= 0.0 { Ok(()) } else { Err(Error::new(format!("`{name}` is {}, but must be 0 or more", number(x)))) }
}

fn cosine_floor(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let low = floor(case)?;
    f.warm();
    let base = f.base;
    wave(case, &mut f, base, low)?;
    Ok(f.phases.finish())
}

fn cosine_floor_early(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let (base, low) = (f.base, floor(case)?);
    let first = match case.maybe_number("warmup_lr_rate")? {
        Some(rate) => case.product(rate, base),
        None => case.quotient(base, f.warmup.max(1) as f64),
    };
    case.note("trap: warmup and decay both come one step early: update 0 has a rate above 0, the last one the lowest");
    // A warmup of one step has no last step beside its first.
    if f.warmup == 0 || f.warmup == 1 && first != base {
        let cycles = case.between("num_cycles", Some(0.5), 0.0, 1e6)?;
        f.phases.span(number(first), f.warmup);
        f.phases.rest(cosine_on(base, low, cycles, 1, f.decay));
        return Ok(f.phases.finish());
    }
    f.phases.ramp(format!("{} -> {}", number(first), number(base)), f.warmup - 1);
    if f.phases.room() == 1 {
        // The warmup's last step is the run's.
        f.phases.rest(number(base));
    }
    let room = f.phases.room();
    if room > 0 && room == f.decay + 1 {
        // The wave ends with the last step, which has its end value.
        f.decay += 1;
        let cycles = case.between("num_cycles", Some(0.5), 0.0, 1e6)?;
        if cycles == 0.5 {
            f.phases.ramp(format!("cosine({} -> {})", number(base), number(low)), room - 1);
            f.phases.rest(number(low));
            return Ok(f.phases.finish());
        }
        f.phases.rest(cosine_on(base, low, cycles, 0, room - 1));
        return Ok(f.phases.finish());
    }
    if room > 0 {
        wave(case, &mut f, base, low)?;
    } else {
        case.value("num_cycles");
    }
    Ok(f.phases.finish())
}

/// `cycles` waves of `len` steps from `high` to `low`, from their step `at` on.
fn cosine_on(high: f64, low: f64, cycles: f64, at: u64, len: u64) -> String {
    let angle = if cycles == 0.5 { String::new() } else { format!("{} * ", number(2.0 * cycles)) };
    let step = if at == 0 { "step".into() } else { format!("(step + {at})") };
    format!("{} + {} * (1 + cos(pi * {angle}{step} / {len})) / 2", number(low), number(high - low))
}

fn stable(case: &mut Case) -> Result<String, Error> {
    let mut f = frame(case)?;
    let length = case.count("num_decay_steps")?;
    let shapes = &["linear", "cosine", "1-sqrt"];
    let (up, down) = (case.word_or("warmup_type", shapes, "linear")?, case.word_or("decay_type", shapes, "cosine")?);
    let ratio = case.number_or("min_lr_ratio", 0.0)?;
    not_below_0("min_lr_ratio", ratio)?;
    let low = case.product(ratio, f.base);
    let (given, needed) = (case.maybe_count("num_stable_steps")?, f.warmup.saturating_add(length));
    let stable = given.unwrap_or(f.end.saturating_sub(needed));
    // What the warmup covers of the decay.
    let skip = if given.is_none() { needed.saturating_sub(f.end).min(length) } else { 0 };
    if skip > 0 && f.warmup < case.total {
        case.note(format!("trap: the warmup covers the first {} of the decay; the rate jumps", steps(skip)));
    }
    let (base, from) = (number(f.base), number(low));
    if low != 0.0 && f.warmup > 0 {
        case.note("trap: the warmup starts at min_lr_ratio, not at 0");
    }
    let ramp = format!("{from} -> {base}");
    f.phases.ramp(
        match up {
            "linear" => ramp,
            "cosine" => format!("cosine({ramp})"),
            // 1 - sqrt of what is left.
            _ => format!("poly({ramp}, power: 0.5)"),
        },
        f.warmup,
    );
    f.phases.span(&*base, stable);
    let cycles = case.between("num_cycles", Some(0.5), 0.0, 1e6)?;
    let ramp = format!("{base} -> {from}");
    match down {
        "cosine" if skip > 0 || cycles != 0.5 => {
            f.phases.span(cosine_on(f.base, low, cycles, skip, length), length - skip);
        }
        "cosine" => f.phases.ramp(format!("cosine({ramp})"), length),
        "linear" if skip > 0 => {
            let first = low + (f.base - low) * ((length - skip) as f64 / length as f64);
            f.phases.ramp(format!("{} -> {from}", number(first)), length - skip);
        }
        "linear" => f.phases.ramp(ramp, length),
        _ if skip > 0 => {
            let height = number(f.base - low);
            f.phases.span(format!("{from} + {height} * (1 - sqrt((step + {skip}) / {length}))"), length - skip);
        }
        _ => f.phases.ramp(format!("sqrt({ramp})"), length),
    }
    f.phases.rest(from);
    Ok(f.phases.finish())
}

fn plateau(case: &mut Case) -> Result<String, Error> {
    let f = frame(case)?;
    if f.warmup > 0 {
        case.note("trap: transformers ignores the warmup of reduce_lr_on_plateau");
    }
    Ok(format!("{} | plateau(metric{})", number(f.base), plateau_options(case)?))
}

fn greedy(case: &mut Case) -> Result<String, Error> {
    let f = frame(case)?;
    let mut options = String::new();
    let mut push = |name: &str, given: String, default: &str| {
        if given != default {
            options += &format!(", {name}: {given}");
        }
    };
    let factor = case.between("factor", Some(0.95), 0.0, 1.0)?;
    if factor == 1.0 {
        return Err(Error::new("`factor` is 1, but must be below 1"));
    }
    push("mode", case.word_or("mode", &["min", "max"], "min")?.into(), "min");
    push("factor", number(factor), "0.95");
    push("patience", case.count_or("patience", 10)?.to_string(), "10");
    push("threshold", number(case.number_or("threshold", 1e-6)?), "1e-6");
    push("threshold_mode", case.word_or("threshold_mode", &["rel", "abs"], "abs")?.into(), "abs");
    push("cooldown", case.count_or("cooldown", 0)?.to_string(), "0");
    push("warmup", case.count_or("warmup", 0)?.to_string(), "0");
    let low = case.number_or("min_lr", 1e-3)?;
    push("min", number(low), "1e-3");
    push("max", number(case.number_or("max_lr", 1.0)?), "1");
    push("eps", number(case.number_or("eps", 1e-8)?), "1e-8");
    push("smooth", case.flag_or("smooth", false)?.to_string(), "false");
    push("window", case.count_or("window_size", 50)?.to_string(), "50");
    push("reset_start", case.count_or("reset_start", 500)?.to_string(), "500");
    if f.base < low {
        case.note("trap: min_lr is above the initial rate, so that GreedyLR can only raise it");
    }
    Ok(format!("{} | adapt(metric{options})", number(f.base)))
}
