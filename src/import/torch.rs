//! torch.optim.lr_scheduler (2.15): chained forms, which differ from the closed ones only by rounding.

use super::Dialect;
mod compose;
mod cycles;
mod lambda;

use super::case::Case;
use super::error::Error;
use super::text::{Phases, number, steps};

/// `torch.optim.lr_scheduler`
pub const TORCH: Dialect = Dialect {
    name: "torch",
    classes: &[
        ("StepLR", step),
        ("MultiStepLR", multi_step),
        ("ConstantLR", constant),
        ("LinearLR", linear),
        ("ExponentialLR", exponential),
        ("PolynomialLR", polynomial),
        ("CosineAnnealingLR", cosine),
        ("LambdaLR", lambda::lambda),
        ("MultiplicativeLR", lambda::multiplicative),
        ("CosineAnnealingWarmRestarts", cycles::warm_restarts),
        ("CyclicLR", cycles::cyclic),
        ("OneCycleLR", cycles::one_cycle),
        ("SequentialLR", compose::sequential),
        ("ChainedScheduler", compose::chained),
        ("ReduceLROnPlateau", plateau),
    ],
    config: None,
};

/// What every class takes and what changes no curve.
fn common(case: &mut Case) -> Result<(), Error> {
    case.value("verbose");
    match case.maybe_number("last_epoch")? {
        None | Some(-1.0) => Ok(()),
        Some(_) => Err(Error::new("`last_epoch` resumes a run; a program starts at step 0: leave it out")),
    }
}

fn step(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (every, gamma) = (case.length("step_size")?, gamma(case, Some(0.1))?);
    Ok(format!("decay({}, by: {}, every: {})", number(case.base_lr), number(gamma), steps(every)))
}

fn gamma(case: &mut Case, default: Option<f64>) -> Result<f64, Error> {
    case.between("gamma", default, 0.0, 1e6)
}

fn multi_step(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (mut milestones, gamma) = (case.counts("milestones")?, gamma(case, Some(0.1))?);
    if milestones.is_empty() {
        return Err(Error::new("`milestones` is empty: name the steps at which the rate falls"));
    }
    milestones.sort_unstable();
    // One list cannot name a step twice, but a product of two can.
    let mut lists: Vec<Vec<u64>> = vec![];
    let mut again = 0;
    for (k, m) in milestones.iter().enumerate() {
        again = if k > 0 && milestones[k - 1] == *m { again + 1 } else { 0 };
        lists.resize(lists.len().max(again + 1), vec![]);
        lists[again].push(*m);
    }
    if lists.len() > 1 {
        case.note("a milestone that is listed twice counts twice");
    }
    let mut start = case.base_lr;
    let mut factors = vec![];
    for list in lists {
        start *= if list[0] == 0 { gamma } else { 1.0 };
        let at: Vec<String> = list.iter().filter(|m| (1..case.total).contains(*m)).map(|m| steps(*m)).collect();
        if !at.is_empty() {
            factors.push(at.join(", "));
        }
    }
    let by = number(gamma);
    let text = |(k, at): (usize, &String)| {
        let a = if k == 0 { number(start) } else { "1".into() };
        format!("decay({a}, by: {by}, at: [{at}])")
    };
    let factors: Vec<String> = factors.iter().enumerate().map(text).collect();
    Ok(if factors.is_empty() { number(start) } else { factors.join(" * ") })
}

fn constant(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (factor, n) =
        (case.between("factor", Some(1.0 / 3.0), -f64::MIN_POSITIVE, 1.0)?, case.count_or("total_iters", 5)?);
    let mut phases = Phases::new(case.total);
    let low = number(case.product(case.base_lr, factor));
    if n == 0 {
        case.note("total_iters 0: torch applies the factor at construction and never takes it back");
        return Ok(low);
    }
    phases.span(low, n);
    if factor == 0.0 && n < case.total {
        case.note(format!("torch raises ZeroDivisionError at step {n}, where it divides by the factor 0"));
        phases.rest("0");
    } else {
        phases.rest(number(case.base_lr));
    }
    Ok(phases.finish())
}

fn linear(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let start = case.between("start_factor", Some(1.0 / 3.0), 0.0, 1.0)?;
    let end = case.between("end_factor", Some(1.0), -f64::MIN_POSITIVE, 1.0)?;
    let n = case.count_or("total_iters", 5)?;
    let base = case.base_lr;
    let (start, end) = (number(case.product(base, start)), number(case.product(base, end)));
    if n == 0 {
        case.note("total_iters 0: torch applies start_factor at construction and never moves on");
        return Ok(start);
    }
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("{start} -> {end}"), n);
    phases.rest(end);
    Ok(phases.finish())
}

fn exponential(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let gamma = gamma(case, None)?;
    Ok(format!("decay({}, by: {}, every: 1 step)", number(case.base_lr), number(gamma)))
}

fn polynomial(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (n, power) = (case.count_or("total_iters", 5)?, case.between("power", Some(1.0), 0.0, 1e3)?);
    let base = number(case.base_lr);
    if n == 0 {
        return Ok(base);
    }
    let mut phases = Phases::new(case.total);
    let ramp = format!("{base} -> 0");
    phases.ramp(if power == 1.0 { ramp } else { format!("poly({ramp}, power: {})", number(power)) }, n);
    phases.rest("0");
    Ok(phases.finish())
}

fn cosine(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (n, low) = (case.length("T_max")?, number(case.number_or("eta_min", 0.0)?));
    let base = number(case.base_lr);
    if case.total > n {
        case.note(format!("trap: torch does not stop at T_max; the rate rises again from step {n} to step {}", 2 * n));
        return Ok(format!("cosine({base} -> {low} -> {base}) | cycle({})", steps(2 * n)));
    }
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("cosine({base} -> {low})"), n);
    Ok(phases.finish())
}

fn plateau(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    // Which recorded metrics a test feeds it.
    case.value("metric_sequence");
    Ok(format!("{} | plateau(metric{})", number(case.base_lr), plateau_options(case)?))
}

/// The arguments of torch's ReduceLROnPlateau, which other libraries pass through; those that are defaults of
/// `plateau` too are left out.
pub fn plateau_options(case: &mut Case) -> Result<String, Error> {
    let factor = case.between("factor", Some(0.1), 0.0, 1.0)?;
    if factor == 1.0 {
        return Err(Error::new("`factor` is 1, but must be below 1"));
    }
    let mut options = vec![];
    let mut push = |name: &str, given: String, default: &str| {
        if given != default {
            options.push(format!(", {name}: {given}"));
        }
    };
    push("mode", case.word_or("mode", &["min", "max"], "min")?.into(), "min");
    push("factor", number(factor), "0.1");
    push("patience", case.count_or("patience", 10)?.to_string(), "10");
    push("threshold", number(case.number_or("threshold", 1e-4)?), "1e-4");
    push("threshold_mode", case.word_or("threshold_mode", &["rel", "abs"], "rel")?.into(), "rel");
    push("cooldown", case.count_or("cooldown", 0)?.to_string(), "0");
    push("min", number(case.number_or("min_lr", 0.0)?), "0");
    push("eps", number(case.number_or("eps", 1e-8)?), "1e-8");
    Ok(options.concat())
}
