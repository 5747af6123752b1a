//! Megatron-core (0.16): one scheduler with decay styles, counted in steps of `increment`.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{Phases, length, number, steps};

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
    /// One of Megatron's steps.
    one: f64,
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
        one: 1.0 / increment,
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
    match style {
        "constant" => {
            let mut phases = plan.warmed_up();
            phases.rest(number(plan.high));
            Ok(phases.finish())
        }
        "inverse-square-root" => {
            case.note("trap: after lr_decay_steps the rate drops to min_lr at once");
            Ok(plan.inverse_square_root())
        }
        "WSD" => {
            let Some(shape) = shape else {
                return Err(Error::new("`lr_wsd_decay_style` is missing: the style WSD needs it"));
            };
            Ok(plan.wsd(case, wsd.unwrap_or(plan.decay), shape))
        }
        _ => Ok(plan.decay(style)),
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
        let n = length(n).unwrap_or_else(|| format!("{n} steps"));
        case.note(format!("Megatron moves the weight decay as well: weight_decay: {ramp} for {n}"));
    }
    Ok(())
}

impl Plan {
    /// The warmup, which also has the step at which it ends where that is no whole one.
    fn warmed_up(&self) -> Phases {
        let mut phases = Phases::new(self.total);
        if self.warmup.fract() == 0.0 {
            phases.climb(self.init, self.high, self.warmup as u64);
        } else {
            let from = if self.init == 0.0 { String::new() } else { format!("{} + ", number(self.init)) };
            let gap = number(self.high - self.init);
            phases.span(format!("{from}{gap} * step / {}", self.warmup), self.warmup.ceil() as u64);
        }
        phases
    }

    /// From the warmup to the end of the decay in one `shape`.
    fn decay(&self, shape: &str) -> String {
        let ramp = format!("{} -> {}", number(self.high), number(self.low));
        let ramp = if shape == "cosine" { format!("cosine({ramp})") } else { ramp };
        if self.warmup.fract() == 0.0 && self.decay.fract() == 0.0 {
            let mut phases = self.warmed_up();
            phases.ramp(ramp, (self.decay - self.warmup) as u64);
            phases.rest(number(self.low));
            return phases.finish();
        }
        self.fractional(&ramp).unwrap_or_else(|| self.stepwise(self.warmup, self.decay - self.warmup, shape))
    }

    /// The same where the lengths are no whole numbers of steps, but can be written.
    fn fractional(&self, ramp: &str) -> Option<String> {
        let (warmup, decay) = (length(self.warmup)?, length(self.decay)?);
        let (total, high) = (self.total as f64, number(self.high));
        if self.warmup >= total {
            return Some(format!("{} -> {high} | cycle({warmup})", number(self.init)));
        }
        let rest = if self.decay > total {
            format!("({ramp} | cycle({}))", length(self.decay - self.warmup)?)
        } else if self.decay == total {
            ramp.to_string()
        } else {
            format!("{ramp} until {decay} >> {}", number(self.low))
        };
        let from = if self.init == 0.0 { String::new() } else { format!(", from: {}", number(self.init)) };
        Some(if self.warmup == 0.0 { rest } else { format!("warmup({warmup}{from}, to: {high}) >> {rest}") })
    }

    /// Megatron's own arithmetic: a decay of `len` steps from `start` on, which waits for the warmup.
    fn stepwise(&self, start: f64, len: f64, shape: &str) -> String {
        let mut phases = self.warmed_up();
        // Both the warmup and the peak have the step at which they end.
        let first = if self.warmup > 0.0 { self.warmup.floor() + 1.0 } else { 0.0 };
        let first = first.max(start.floor() + 1.0) as u64;
        phases.span(number(self.high), first.saturating_sub(phases.at()));
        let sign = if start < 0.0 { '+' } else { '-' };
        let passed = format!("((run.step {sign} {}) / {})", start.abs(), number(len));
        phases.span(self.falling(shape, &passed), (self.decay.floor() as u64 + 1).saturating_sub(first));
        phases.rest(number(self.low));
        phases.finish()
    }

    /// The rate at the share `t` of the decay.
    fn falling(&self, shape: &str, t: &str) -> String {
        let floor = if self.low == 0.0 { String::new() } else { format!("{} + ", number(self.low)) };
        let high = format!("{floor}{}", number(self.high - self.low));
        match shape {
            "linear" => format!("{high} * (1 - {t})"),
            "cosine" => format!("{high} * (1 + cos(pi * {t})) / 2"),
            "exponential" => format!("{high} * (2 * 0.5 ** {t} - 1)"),
            _ => format!("{high} * (1 - sqrt({t}))"),
        }
    }

    fn inverse_square_root(&self) -> String {
        let (high, low) = (number(self.high), number(self.low));
        let mut phases = self.warmed_up();
        let first = phases.at();
        // Megatron counts at least one of its own steps, of which a step of the program has several.
        let least = self.warmup.max(self.one);
        let curve = if self.warmup >= 1.0 && self.warmup.fract() == 0.0 {
            format!("max({low}, rsqrt({high}, timescale: {}))", steps(self.warmup as u64))
        } else if first > 0 {
            format!("max({low}, {high} * sqrt({least} / run.step))")
        } else {
            format!("max({low}, {high} * sqrt({least} / max(step, {least})))")
        };
        // The last step of the decay still has its rate.
        phases.span(curve, (self.decay.floor() as u64 + 1).saturating_sub(first));
        phases.rest(low);
        phases.finish()
    }

    fn wsd(&self, case: &mut Case, len: f64, shape: &str) -> String {
        let start = self.decay - len;
        if start < self.warmup {
            case.note("trap: the decay starts within the warmup, which it replaces with a jump");
        }
        let whole = [self.warmup, self.decay, len].iter().all(|n| n.fract() == 0.0);
        if start < self.warmup || !whole {
            return self.stepwise(start, len, shape);
        }
        let ramp = format!("{} -> {}", number(self.high), number(self.low));
        let mut phases = self.warmed_up();
        phases.span(number(self.high), (start - self.warmup) as u64);
        let tail = match shape {
            "linear" => ramp,
            "cosine" => format!("cosine({ramp})"),
            "minus_sqrt" => format!("sqrt({ramp})"),
            _ => self.falling(shape, "t"),
        };
        phases.ramp(tail, len as u64);
        phases.rest(number(self.low));
        phases.finish()
    }
}
