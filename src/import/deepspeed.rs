//! DeepSpeed (0.19) schedulers: absolute rates, except WarmupCosineLR's, which are shares of the optimizer's own.
//!
//! The first `step()` repeats the value of the constructor, so the warmups run one step late: the phases that
//! follow them start after `warmup_num_steps + 1` steps.

use super::Dialect;
mod config;

use super::case::Case;
use super::error::Error;
use super::text::{Phases, number};

/// `deepspeed.runtime.lr_schedules`
pub const DEEPSPEED: Dialect = Dialect {
    name: "deepspeed",
    classes: &[
        ("WarmupLR", warmup_lr),
        ("WarmupDecayLR", warmup_decay),
        ("WarmupCosineLR", warmup_cosine),
        ("OneCycle", one_cycle),
        ("LRRangeTest", range_test),
    ],
    config: Some(config::case),
};

/// That the run starts at its start.
fn common(case: &mut Case) -> Result<(), Error> {
    match case.maybe_number("last_batch_iteration")? {
        None | Some(-1.0) => Ok(()),
        Some(_) => Err(Error::new("`last_batch_iteration` resumes a run; a program starts at step 0: leave it out")),
    }
}

/// The rate before the first `step()`, `before`, and the warmup from `from` to `to`.
fn warmup(case: &mut Case, phases: &mut Phases, before: f64, (from, to): (f64, f64)) -> Result<u64, Error> {
    let given = case.count_or("warmup_num_steps", 1000)?;
    let n = given.max(2);
    if given < 2 {
        case.note(format!("trap: DeepSpeed raises warmup_num_steps {given} to 2"));
    }
    if before == from {
        case.note("trap: the first rate is used twice, so everything comes one step late");
    } else {
        case.note("trap: before the first step() the rate is 0, so everything comes one step late");
    }
    phases.span(number(before), 1);
    if case.word_or("warmup_type", &["log", "linear"], "log")? == "linear" {
        phases.ramp(format!("{} -> {}", number(from), number(to)), n);
    } else {
        let floor = if from == 0.0 { String::new() } else { format!("{} + ", number(from)) };
        phases.span(format!("{floor}{} * ln(step + 1) / ln({n})", number(to - from)), n);
    }
    Ok(n)
}

fn ends(case: &mut Case, high: f64) -> Result<(f64, f64), Error> {
    Ok((case.number_or("warmup_min_lr", 0.0)?, case.number_or("warmup_max_lr", high)?))
}

fn warmup_lr(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    // The optimizer's own rate, unless there is another one.
    let (low, high) = ends(case, case.base_lr)?;
    let mut phases = Phases::new(case.total);
    warmup(case, &mut phases, low, (low, high))?;
    phases.rest(number(high));
    Ok(phases.finish())
}

fn warmup_decay(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (low, high) = ends(case, 1e-3)?;
    let all = case.count("total_num_steps")?;
    let mut phases = Phases::new(case.total);
    let n = warmup(case, &mut phases, low, (low, high))?;
    phases.ramp(format!("{} -> {}", number(high), number(low)), all.saturating_sub(n));
    phases.rest(number(low));
    Ok(phases.finish())
}

fn warmup_cosine(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let all = case.count("total_num_steps")?;
    let (from, to) = (case.number_or("warmup_min_ratio", 0.0)?, case.number_or("cos_min_ratio", 1e-4)?);
    let base = case.base_lr;
    let mut phases = Phases::new(case.total);
    let n = warmup(case, &mut phases, 0.0, (base * from, base))?;
    // The cosine has left its peak one step before the warmup would have reached it.
    let len = all.saturating_sub(n);
    case.note("trap: the warmup never reaches the peak: the cosine starts one step into its descent");
    if len > 1 {
        let (gap, low) = (number(base * (1.0 - to)), number(base * to));
        phases.span(format!("{low} + {gap} * (1 + cos(pi * (step + 1) / {len})) / 2"), len - 1);
    }
    phases.rest(number(base * to));
    Ok(phases.finish())
}

fn one_cycle(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (low, high) = (case.number("cycle_min_lr")?, case.number("cycle_max_lr")?);
    let first = case.count_or("cycle_first_step_size", 2000)?;
    let second = case.count_or("cycle_second_step_size", first)?;
    let up = case.count_or("cycle_first_stair_count", 0)?;
    let down = case.count_or("cycle_second_stair_count", up)?;
    let (rate, every) = (case.number_or("decay_lr_rate", 0.0)?, case.number_or("decay_step_size", 0.0)?);
    if first == 0 {
        return Err(Error::new("`cycle_first_step_size` is 0: DeepSpeed needs at least one step"));
    }
    if case.flag_or("cycle_momentum", true)? {
        let (least, most) = (case.number_or("cycle_min_mom", 0.8)?, case.number_or("cycle_max_mom", 0.9)?);
        case.value("decay_mom_rate");
        let (least, most) = (number(least), number(most));
        let cycle = format!("{most} -> {least} for {first} steps >> {least} -> {most} for {second} steps");
        case.note(format!("DeepSpeed moves the momentum as well: beta1: {cycle}"));
    } else {
        for name in ["cycle_min_mom", "cycle_max_mom", "decay_mom_rate"] {
            case.value(name);
        }
    }
    let mut phases = Phases::new(case.total);
    let (a, b, gap) = (number(low), number(high), number(high - low));
    let stairs = |left: String, n: u64, count: u64| format!("{a} + {gap} * floor({count} * {left} / {n}) / {count}");
    if up == 0 {
        phases.ramp(format!("{a} -> {b}"), first);
    } else {
        phases.span(stairs("step".into(), first, up), first);
    }
    if down == 0 {
        phases.ramp(format!("{b} -> {a}"), second);
    } else {
        phases.span(stairs(format!("({second} - step)"), second, down), second);
    }
    if rate == 0.0 || every == 0.0 {
        phases.rest(a);
    } else {
        phases.rest(format!("{a} / (1 + {} * (step / {}))", number(rate), number(every)));
    }
    Ok(phases.finish())
}

fn range_test(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let low = number(case.number_or("lr_range_test_min_lr", 1e-3)?);
    let every = case.count_or("lr_range_test_step_size", 2000)?;
    let rate = number(case.number_or("lr_range_test_step_rate", 1.0)?);
    if every == 0 {
        return Err(Error::new("`lr_range_test_step_size` is 0: DeepSpeed divides by it"));
    }
    let floor = if case.flag_or("lr_range_test_staircase", false)? { "floor" } else { "" };
    Ok(format!("{low} * (1 + {rate} * {floor}(step / {every}))"))
}
