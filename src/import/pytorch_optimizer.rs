//! pytorch_optimizer (4.1) schedulers: before the first `step()` the rate is `min_lr`, so all but the restarts come
//! one step late.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{Phases, number, steps};
use crate::math::host::pow;

/// `pytorch_optimizer.lr_scheduler`
pub const PYTORCH_OPTIMIZER: Dialect = Dialect {
    name: "pytorch_optimizer",
    classes: &[
        ("REXScheduler", rex),
        ("CosineAnnealingWarmupRestarts", restarts),
        ("CosineScheduler", warmed),
        ("LinearScheduler", warmed),
        ("PolyScheduler", warmed),
    ],
    config: None,
};

/// The most cycles that are written out.
const MOST: usize = 1000;

fn rex(case: &mut Case) -> Result<String, Error> {
    let n = case.length("total_steps")?;
    let (high, low) = (case.number_or("max_lr", 1.0)?, case.number_or("min_lr", 0.0)?);
    case.note("trap: the rate of step 0 is min_lr");
    let mut phases = Phases::new(case.total);
    let floor = if low == 0.0 { String::new() } else { format!("{} + ", number(low)) };
    phases.span(number(low), 1);
    phases.span(format!("{floor}{} * ({n} - run.step) / ({n} - run.step / 2)", number(high - low)), n - 1);
    phases.rest(number(low));
    Ok(phases.finish())
}

fn restarts(case: &mut Case) -> Result<String, Error> {
    let (mut n, warmup) = (case.length("first_cycle_steps")?, case.count_or("warmup_steps", 0)?);
    let (high, low) = (case.number_or("max_lr", 1e-4)?, case.number_or("min_lr", 1e-6)?);
    let grow = case.between("cycle_mult", Some(1.0), 0.0, 1e3)?;
    let decay = case.between("gamma", Some(0.9), 0.0, 1e6)?;
    if case.number_or("last_epoch", -1.0)? != -1.0 {
        return Err(Error::new("`last_epoch` resumes a run; a program starts at step 0: leave it out"));
    }
    if warmup >= n {
        return Err(Error::new(format!("`warmup_steps` is {warmup}, but must be below `first_cycle_steps`, {n}")));
    }
    if warmup == 0 {
        case.note("trap: the rate of step 0 is min_lr");
    }
    let mut phases = Phases::new(case.total);
    for k in 0..MOST {
        if phases.room() == 0 {
            return Ok(phases.finish());
        }
        let peak = high * pow(decay, k as f64);
        let (a, b) = (number(peak), number(low));
        phases.climb(low, peak, warmup);
        if warmup == 0 && k == 0 {
            phases.span(b.clone(), 1);
            let gap = number(peak - low);
            phases.span(format!("{b} + {gap} * (1 + cos(pi * (step + 1) / {n})) / 2"), n - 1);
        } else {
            phases.ramp(format!("cosine({a} -> {b})"), n - warmup);
        }
        n = ((n - warmup) as f64 * grow).max(1.0) as u64 + warmup;
    }
    Err(Error::new(format!("more than {MOST} cycles: give `first_cycle_steps` a greater value")))
}

fn warmed(case: &mut Case) -> Result<String, Error> {
    let (all, warmup) = (case.count("t_max")?, case.count_or("warmup_steps", 0)?);
    let (high, low) = (case.number("max_lr")?, case.number_or("min_lr", 0.0)?);
    let init = case.number_or("init_lr", 0.0)?;
    let power = if case.class == "PolyScheduler" { case.between("poly_order", Some(0.5), 0.0, 1e3)? } else { 1.0 };
    let poly = case.class == "PolyScheduler";
    // The first step behind the peak.
    if all == warmup && warmup.saturating_add(2) < case.total && !poly {
        let why = "pytorch_optimizer divides by the difference";
        return Err(Error::new(format!("`t_max` is {all} and includes the warmup of {warmup}: {why}")));
    }
    if [high, low, init].iter().any(|x| *x < 0.0) {
        return Err(Error::new("`max_lr`, `min_lr` and `init_lr` must be 0 or more"));
    }
    case.note("trap: the rate of step 0 is min_lr, and everything comes one step late");
    let mut phases = Phases::new(case.total);
    let (a, b, n) = (number(high), number(low), all.abs_diff(warmup).max(1));
    let sign = if all < warmup { '+' } else { '-' };
    phases.span(b.clone(), 1);
    phases.climb(init, high, warmup);
    let room = phases.room();
    match case.class.as_str() {
        "PolyScheduler" => {
            case.note("trap: the rate grows with the steps since the warmup, and is not bounded by max_lr");
            phases.span(a, 1);
            phases.rest(format!("{b} + {} * (step + 1) ** {}", number(high - low), number(power)));
        }
        "LinearScheduler" if room > n + 1 || sign == '+' => {
            match sign {
                '+' => case.note("trap: t_max is less than warmup_steps, so that the line goes on above max_lr"),
                _ => case.note(format!("trap: the line goes on below min_lr after step {}", all + 1)),
            }
            phases.rest(format!("{a} {sign} {} * step / {n}", number(high - low)));
        }
        "LinearScheduler" => {
            phases.ramp(format!("{a} -> {b}"), n);
            phases.rest(b);
        }
        _ if room > n + 1 => {
            case.note(format!("trap: the cosine rises again after step {}", warmup + n + 1));
            phases.piped(format!("cosine({a} -> {b} -> {a}) | cycle({})", steps(2 * n)), u64::MAX);
        }
        _ => {
            phases.ramp(format!("cosine({a} -> {b})"), n);
            phases.rest(b);
        }
    }
    Ok(phases.finish())
}
