//! Megatron-core (0.16): one scheduler with decay styles, counted in steps of `increment`.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{Phases, number};

/// `megatron.core.optimizer_param_scheduler`
pub const MEGATRON: Dialect =
    Dialect { name: "megatron", classes: &[("OptimizerParamScheduler", scheduler)], config: None };

/// The rates of a scheduler, and its times in optimizer steps.
struct Plan {
    init: f64,
    high: f64,
    low: f64,
    warmup: f64,
    decay: f64,
    total: u64,
}

fn scheduler(case: &mut Case) -> Result<String, Error> {
    let increment = case.between("increment", Some(1.0), 0.0, 1e15)?;
    let plan = Plan {
        init: case.number_or("init_lr", 0.0)?,
        high: case.number("max_lr")?,
        low: case.number("min_lr")?,
        warmup: case.number_or("lr_warmup_steps", 0.0)? / increment,
        decay: case.number("lr_decay_steps")? / increment,
        total: case.total,
    };
    for name in ["use_checkpoint_opt_param_scheduler", "override_opt_param_scheduler"] {
        case.value(name);
    }
    if plan.low < 0.0 || plan.high < plan.low || plan.init > plan.high {
        return Err(Error::new("Megatron wants 0 <= `min_lr` <= `max_lr` and `init_lr` <= `max_lr`"));
    }
    if plan.warmup < 0.0 || plan.warmup >= plan.decay {
        return Err(Error::new("Megatron wants `lr_warmup_steps` below `lr_decay_steps`, and both above 0"));
    }
    weight_decay(case, increment)?;
    let styles = ["constant", "linear", "cosine", "inverse-square-root", "WSD"];
    let style = case.word_or("lr_decay_style", &styles, "linear")?;
    let wsd = match case.maybe_number("wsd_decay_steps")? {
        Some(n) if n > 0.0 => Some(n / increment),
        Some(n) if style == "WSD" => return Err(Error::new(format!("`wsd_decay_steps` is {n}, but must be above 0"))),
        None if style == "WSD" => return Err(Error::new("`wsd_decay_steps` is missing: the style WSD needs it")),
        _ => None,
    };
    let shapes = ["linear", "cosine", "exponential", "minus_sqrt"];
    let shape = case.has("lr_wsd_decay_style").then(|| case.word_or("lr_wsd_decay_style", &shapes, "linear"));
    let shape = shape.transpose()?;
    let (high, low) = (number(plan.high), number(plan.low));
    match style {
        "constant" => Ok(plan.behind_warmup(|phases, _| phases.rest(high.clone()), &high)),
        "inverse-square-root" => {
            case.note("trap: after lr_decay_steps the rate drops to min_lr at once");
            Ok(plan.inverse_square_root())
        }
        "WSD" => {
            let Some(shape) = shape else {
                return Err(Error::new("`lr_wsd_decay_style` is missing: the style WSD needs it"));
            };
            plan.wsd(case, wsd.unwrap_or(plan.decay), shape)
        }
        _ => {
            let ramp = |name: &str| format!("{name}({high} -> {low})");
            let text = if style == "linear" { format!("{high} -> {low}") } else { ramp("cosine") };
            Ok(plan.behind_warmup(
                |phases, len| {
                    phases.ramp(text.clone(), len);
                    phases.rest(low.clone());
                },
                &text,
            ))
        }
    }
}

/// Weight decay has a schedule of its own, which a note gives.
fn weight_decay(case: &mut Case, increment: f64) -> Result<(), Error> {
    let (from, to) = (case.number_or("start_wd", 0.0)?, case.number_or("end_wd", 0.0)?);
    let n = case.number_or("wd_incr_steps", 0.0)? / increment;
    let style = case.word_or("wd_incr_style", &["constant", "linear", "cosine"], "constant")?;
    if from < 0.0 || to < from {
        return Err(Error::new("Megatron wants 0 <= `start_wd` <= `end_wd`"));
    }
    if style == "constant" && from != to {
        return Err(Error::new("`wd_incr_style` is constant, but `start_wd` and `end_wd` differ"));
    }
    if from != to {
        let ramp = format!("{} -> {}", number(from), number(to));
        let ramp = if style == "cosine" { format!("cosine({ramp})") } else { ramp };
        case.note(format!("Megatron moves the weight decay as well: weight_decay: {ramp} for {} steps", round(n)));
    }
    Ok(())
}

/// A time without the noise of a subtraction.
fn round(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}

impl Plan {
    /// The phases behind the warmup: as `whole` makes them of the steps up to the decay's end, or, where the warmup
    /// is no whole number of steps, `ramp` until there.
    fn behind_warmup(&self, whole: impl Fn(&mut Phases, u64), ramp: &str) -> String {
        if self.warmup.fract() == 0.0 && self.decay.fract() == 0.0 {
            let mut phases = Phases::new(self.total);
            phases.climb(self.init, self.high, self.warmup as u64);
            whole(&mut phases, (self.decay - self.warmup) as u64);
            return phases.finish();
        }
        let from = if self.init == 0.0 { String::new() } else { format!(", from: {}", number(self.init)) };
        let warmup = format!("warmup({} steps{from}, to: {})", round(self.warmup), number(self.high));
        let total = self.total as f64;
        if self.warmup >= total {
            let ramp = format!("{} -> {}", number(self.init), number(self.high));
            return format!("{ramp} | cycle({} steps)", round(self.warmup));
        }
        let rest = if self.decay > total {
            format!("({ramp} | cycle({} steps))", round(self.decay - self.warmup))
        } else if self.decay == total {
            ramp.to_string()
        } else {
            format!("{ramp} until {} steps >> {}", round(self.decay), number(self.low))
        };
        if self.warmup == 0.0 { rest } else { format!("{warmup} >> {rest}") }
    }

    fn inverse_square_root(&self) -> String {
        let (high, low) = (number(self.high), number(self.low));
        let curve = if self.warmup == 0.0 {
            format!("max({low}, {high} / sqrt(max(step, 1)))")
        } else if self.warmup < 1.0 || self.warmup.fract() != 0.0 {
            let least = self.warmup.max(1.0);
            format!("max({low}, {high} * sqrt({least} / max(run.step, 1)))")
        } else {
            format!("max({low}, rsqrt({high}, timescale: {}))", super::text::steps(self.warmup as u64))
        };
        let mut phases = Phases::new(self.total);
        let first = self.warmup.ceil() as u64;
        if self.warmup.fract() == 0.0 {
            phases.climb(self.init, self.high, first);
        } else {
            let (init, gap) = (number(self.init), number(self.high - self.init));
            phases.span(format!("{init} + {gap} * step / {}", self.warmup), first);
        }
        // The last step of the decay still has its rate.
        phases.span(curve, (self.decay.floor() as u64 + 1).saturating_sub(first));
        phases.rest(low);
        phases.finish()
    }

    fn wsd(&self, case: &mut Case, len: f64, shape: &str) -> Result<String, Error> {
        if [self.warmup, self.decay, len].iter().any(|n| n.fract() != 0.0) {
            let why = "`lr_warmup_steps`, `lr_decay_steps` and `wsd_decay_steps` must be whole numbers of steps";
            return Err(Error::new(why));
        }
        let (high, low, gap) = (number(self.high), number(self.low), number(self.high - self.low));
        let floor = if self.low == 0.0 { String::new() } else { format!("{low} + ") };
        let formula = |t: &str| match shape {
            "linear" => format!("{floor}{gap} * (1 - {t})"),
            "cosine" => format!("{floor}{gap} * (1 + cos(pi * {t})) / 2"),
            "exponential" => format!("{floor}{gap} * (2 * 0.5 ** {t} - 1)"),
            _ => format!("{floor}{gap} * (1 - sqrt({t}))"),
        };
        let mut phases = Phases::new(self.total);
        let (warmup, start) = (self.warmup as u64, self.decay - len);
        phases.climb(self.init, self.high, warmup);
        if start >= self.warmup {
            phases.span(high.clone(), (start - self.warmup) as u64);
            let ramp = format!("{high} -> {low}");
            let tail = match shape {
                "linear" => ramp,
                "cosine" => format!("cosine({ramp})"),
                "minus_sqrt" => format!("sqrt({ramp})"),
                _ => formula("t"),
            };
            phases.ramp(tail, len as u64);
        } else {
            case.note("trap: the decay starts within the warmup, which it replaces with a jump");
            let first = if warmup == 0 { 0 } else { warmup + 1 };
            phases.span(high, first - warmup);
            let passed = first as f64 - start;
            phases.span(formula(&format!("((step + {passed}) / {len})")), (self.decay as u64).saturating_sub(first));
        }
        phases.rest(low);
        Ok(phases.finish())
    }
}
