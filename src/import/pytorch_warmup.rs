//! pytorch_warmup (0.2): factors that dampen a scheduler of torch, from the first step on.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::nested::{self, Order};
use super::text::{factor, number};
use super::torch::TORCH;
use crate::math::host::pow;

/// `pytorch_warmup`
pub const PYTORCH_WARMUP: Dialect = Dialect {
    name: "pytorch_warmup",
    classes: &[
        ("LinearWarmup", warmup),
        ("ExponentialWarmup", warmup),
        ("UntunedLinearWarmup", warmup),
        ("UntunedExponentialWarmup", warmup),
        ("RAdamWarmup", warmup),
    ],
    config: None,
};

const ORDER: Order = &[
    ("StepLR", &["step_size", "gamma"]),
    ("ExponentialLR", &["gamma"]),
    ("CosineAnnealingLR", &["T_max", "eta_min"]),
    ("LinearLR", &["start_factor", "end_factor", "total_iters"]),
    ("ConstantLR", &["factor", "total_iters"]),
    ("PolynomialLR", &["total_iters", "power"]),
];

/// The program of the scheduler that is dampened: the optimizer's own rate where there is none.
fn dampened(case: &mut Case) -> Result<String, Error> {
    let value = ["inner", "lr_scheduler"].into_iter().find_map(|name| case.value(name).cloned());
    let Some(mut value) = value else { return Ok(number(case.base_lr)) };
    if let Some(text) = value.as_str() {
        value = text.trim().trim_start_matches("torch ").into();
    }
    let mut part = nested::read(case, &value, ORDER, case.total)?;
    let text = super::translate(&TORCH, &mut part)?;
    case.adopt(part);
    Ok(text)
}

/// Adam's second discount factor.
fn beta2(case: &mut Case) -> Result<f64, Error> {
    match case.maybe_numbers("betas")?.as_deref() {
        None => Ok(0.999),
        Some([_, beta2]) if *beta2 > 0.0 && *beta2 < 1.0 => Ok(*beta2),
        Some(_) => Err(Error::new("`betas` must be two numbers, the second one above 0 and below 1")),
    }
}

fn warmup(case: &mut Case) -> Result<String, Error> {
    if case.number_or("last_step", -1.0)? != -1.0 {
        return Err(Error::new("`last_step` resumes a run; a program starts at step 0: leave it out"));
    }
    let inner = dampened(case)?;
    // Names of the program inside stand before its last line.
    let (names, curve) = inner.rsplit_once('\n').unwrap_or(("", &inner));
    let names = if names.is_empty() { String::new() } else { format!("{names}\n") };
    let curve = factor(curve);
    let beta2 = beta2(case)?;
    let untuned = case.class.starts_with("Untuned");
    if case.class == "RAdamWarmup" {
        case.value("warmup_period");
        let rho = radam(case, beta2)?;
        return Ok(format!("{}{names}{curve} * {}", rho.0, rho.1));
    }
    let linear = case.class.ends_with("LinearWarmup");
    let period = if untuned {
        case.value("warmup_period");
        let period = (if linear { 2.0 } else { 1.0 } / (1.0 - beta2)) as u64;
        case.note(format!("trap: int() makes the untuned period {period}"));
        period
    } else {
        case.length("warmup_period")?
    };
    case.note("the factor of step 0 is the first one above 0");
    let factor =
        if linear { format!("min(1, (step + 1) / {period})") } else { format!("(1 - exp(-(step + 1) / {period}))") };
    Ok(format!("{names}{curve} * {factor}"))
}

/// RAdam's rectification, from the first step at which it is defined.
fn radam(case: &mut Case, beta2: f64) -> Result<(String, String), Error> {
    if beta2 <= 0.6 {
        return Err(Error::new(format!("the second of `betas` is {beta2}, but RAdamWarmup needs more than 0.6")));
    }
    let most = 2.0 / (1.0 - beta2) - 1.0;
    let rho = |t: i32| most - 2.0 * t as f64 * pow(beta2, t as f64) / (1.0 - pow(beta2, t as f64));
    let Some(offset) = (1..1000).find(|t| rho(*t) > 4.0) else {
        return Err(Error::new(format!("the second of `betas` is {beta2}: RAdamWarmup never starts")));
    };
    case.note(format!("the factor of step 0 is RAdam's of step {offset}, the first one that is defined"));
    let (b, k, most) = (number(beta2), format!("(step + {offset})"), number(most));
    let names = format!("let rho = {most} - 2 * {k} * {b} ** {k} / (1 - {b} ** {k})\n");
    Ok((names, format!("sqrt((rho - 4) * (rho - 2) * {most} / (({most} - 4) * ({most} - 2) * rho))")))
}
