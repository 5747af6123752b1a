//! timm (1.0) schedulers: in the optimizer's own rate, stepped once per epoch or update.
//!
//! timm finds the cycle of a step by the rounded logarithm of its share. Where that misses a restart, the cycles are
//! written out one by one, with the restart one step late.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::plateau::Plateau;
use super::text::{Phases, drops, length, number, steps};
use crate::math::host::{self as math, ln, pow};

/// `timm.scheduler`
pub const TIMM: Dialect = Dialect {
    name: "timm",
    classes: &[
        ("CosineLRScheduler", cosine),
        ("TanhLRScheduler", tanh),
        ("PolyLRScheduler", poly),
        ("StepLRScheduler", step),
        ("MultiStepLRScheduler", multi_step),
        ("WSDLRScheduler", wsd),
        ("PlateauLRScheduler", plateau),
    ],
    config: None,
};

/// What every class takes: noise is drawn from torch's generator and cannot be reproduced.
fn common(case: &mut Case) -> Result<(), Error> {
    for name in ["noise_pct", "noise_std", "noise_seed", "noise_type", "initialize", "t_in_epochs"] {
        case.value(name);
    }
    if case.has("noise_range_t") {
        return Err(Error::new("`noise_range_t` draws noise from torch's generator: leave it out"));
    }
    Ok(())
}

/// The warmup that every class has.
struct Warmup {
    len: u64,
    from: f64,
    prefix: bool,
}

impl Warmup {
    fn read(case: &mut Case, prefix: Option<bool>) -> Result<Self, Error> {
        let (len, from) = (case.count_or("warmup_t", 0)?, case.number_or("warmup_lr_init", 0.0)?);
        // What is always a prefix takes no such parameter.
        let prefix = prefix.map_or(Ok(true), |default| case.flag_or("warmup_prefix", default))?;
        Ok(Self { len, from, prefix })
    }

    /// The steps that a curve behind the warmup has.
    fn left(&self, total: u64) -> u64 {
        match total.saturating_sub(self.len) {
            // Of a curve that is never reached, one step is enough.
            0 => 1,
            left if self.prefix => left,
            _ => total,
        }
    }

    /// The program of a warmup to `to` and a curve over the steps that are left, which starts with `to` if `joins`.
    fn join(&self, case: &mut Case, to: f64, joins: bool, curve: Phases) -> String {
        let mut phases = Phases::new(case.total);
        if self.len >= case.total || self.prefix {
            if joins {
                phases.climb(self.from, to, self.len);
            } else {
                phases.ramp(format!("{} -> {}", number(self.from), number(to)), self.len);
            }
            phases.append(curve);
            return phases.finish();
        }
        if self.len == 0 {
            return curve.finish();
        }
        case.note("trap: warmup_prefix is off, so the curve runs underneath the warmup and is joined with a jump");
        let from = if self.from == 0.0 { String::new() } else { format!(", from: {}", number(self.from)) };
        let on_top = format!("overlay(warmup({}{from}, to: {}))", steps(self.len), number(to));
        format!("{} | {on_top}", curve.finish())
    }
}

/// A curve from a first to a last rate over one cycle; with a text for its progress where that is not `t`.
type Shape<'a> = &'a dyn Fn(f64, f64, Option<&str>) -> String;

/// `lo + gap * factor`
fn between(hi: f64, lo: f64, factor: &str) -> String {
    let floor = if lo == 0.0 { String::new() } else { format!("{} + ", number(lo)) };
    format!("{floor}{} * {factor}", number(hi - lo))
}

/// The parameters of cycles.
struct Cycles {
    len: u64,
    low: f64,
    grow: f64,
    decay: f64,
    limit: u64,
}

impl Cycles {
    fn read(case: &mut Case) -> Result<Self, Error> {
        let cycles = Self {
            len: case.length("t_initial")?,
            low: case.number_or("lr_min", 0.0)?,
            grow: case.between("cycle_mul", Some(1.0), 0.0, 1e3)?,
            decay: case.between("cycle_decay", Some(1.0), 0.0, 1e3)?,
            limit: case.count_or("cycle_limit", 1)?,
        };
        if cycles.low < 0.0 {
            return Err(Error::new(format!("`lr_min` is {}: timm refuses rates below 0", cycles.low)));
        }
        Ok(cycles)
    }

    /// The length and start of cycle `i`.
    fn cycle(&self, i: u64) -> (f64, f64) {
        let (len, power) = (self.len as f64, pow(self.grow, i as f64));
        if self.grow == 1.0 { (len, len * i as f64) } else { (power * len, (1.0 - power) / (1.0 - self.grow) * len) }
    }

    /// The cycle that timm finds at `step`.
    fn found(&self, step: u64) -> f64 {
        (ln(1.0 - step as f64 / self.len as f64 * (1.0 - self.grow)) / ln(self.grow)).floor()
    }

    /// The first step that timm finds in cycle `i`.
    fn first(&self, i: u64) -> u64 {
        let near = self.cycle(i).1.ceil() as u64;
        if self.grow == 1.0 || i == 0 {
            return near;
        }
        (near.saturating_sub(1)..near + 3).find(|step| self.found(*step) >= i as f64).unwrap_or(near)
    }

    /// The first cycle of the run that timm finds too late.
    fn late(&self, total: u64) -> Option<u64> {
        (1..=self.limit.min(10_000))
            .take_while(|i| self.cycle(*i).1.ceil() < total as f64)
            .find(|i| self.first(*i) as f64 >= self.cycle(*i).1 + 1.0)
    }

    /// The phases over `total` steps of cycles that go from `base` to the lowest rate.
    fn phases(&self, case: &mut Case, base: f64, total: u64, shape: Shape) -> Result<Phases, Error> {
        let mut phases = Phases::new(total);
        let (len, low) = (self.len, self.low);
        if self.grow < 1.0 && (total - 1) as f64 >= len as f64 / (1.0 - self.grow) {
            let end = len as f64 / (1.0 - self.grow);
            return Err(Error::new(format!(
                "the cycles shrink by `cycle_mul` and end at step {end}, where timm raises ValueError; make it 1 or more"
            )));
        }
        if let Some(i) = self.late(total) {
            let start = self.cycle(i).1;
            case.note(format!("trap: timm rounds a logarithm and misses the restart at step {start} by one step"));
            return Ok(self.written_out(base, total, shape));
        }
        // The lengths of cycles are powers, which timm rounds where they have many bits.
        if self.limit > 1 && (self.grow * 4096.0).fract() != 0.0 {
            return Ok(self.written_out(base, total, shape));
        }
        let (_, end) = self.cycle(self.limit);
        match self.limit {
            0 => {}
            1 => phases.ramp(shape(base, low, None), len),
            _ => {
                let grow = if self.grow == 1.0 { String::new() } else { format!(", grow: {}", number(self.grow)) };
                let cycle =
                    |hi, lo, decay: &str| format!("{} | cycle({}{grow}{decay})", shape(hi, lo, None), steps(len));
                let decay = format!(", decay: {}", number(self.decay));
                if self.decay == 1.0 {
                    phases.piped(cycle(base, low, ""), end.ceil() as u64);
                } else if low == 0.0 {
                    phases.piped(cycle(base, 0.0, &decay), end.ceil() as u64);
                } else {
                    case.note("trap: cycle_decay scales the peaks, not the floor lr_min");
                    let sum = format!("({}) + ({})", cycle(base, 0.0, &decay), cycle(0.0, low, ""));
                    phases.span(sum, end.ceil() as u64);
                }
            }
        }
        phases.rest(number(low));
        Ok(phases)
    }

    /// Every cycle on its own; what timm misses stands at the end of the cycle before for one step more.
    fn written_out(&self, base: f64, total: u64, shape: Shape) -> Phases {
        let mut phases = Phases::new(total);
        for i in 0..self.limit {
            if phases.room() == 0 {
                break;
            }
            let (len, start) = self.cycle(i);
            let peak = base * pow(self.decay, i as f64);
            let (first, next) = (self.first(i), self.first(i + 1));
            // A cycle that is found a hair before its start has not gone below it.
            let shift = first as f64 - start;
            let shift = if shift.abs() < 1e-9 { 0.0 } else { shift };
            let late = next as f64 >= start + len + 1.0;
            let span = (next - first).saturating_sub(u64::from(late));
            if shift == 0.0 && len == span as f64 {
                phases.ramp(shape(peak, self.low, None), span);
            } else {
                let step = if shift == 0.0 { "step".into() } else { format!("(step + {})", number(shift)) };
                phases.span(shape(peak, self.low, Some(&format!("({step} / {})", number(len)))), span);
            }
            if late {
                phases.span(shape(peak, self.low, Some("1")), 1);
            }
        }
        phases.rest(number(self.low));
        phases
    }
}

/// `x`, or a power of it.
fn powered(x: &str, k: f64) -> String {
    if k == 1.0 { x.into() } else { format!("{x} ** {}", number(k)) }
}

fn cosine(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (cycles, warmup) = (Cycles::read(case)?, Warmup::read(case, Some(false))?);
    let k = case.between("k_decay", Some(1.0), 0.0, 1e3)?;
    let shape = |hi: f64, lo: f64, progress: Option<&str>| match progress {
        None if k == 1.0 => format!("cosine({} -> {})", number(hi), number(lo)),
        _ => between(hi, lo, &format!("(1 + cos(pi * {})) / 2", powered(progress.unwrap_or("t"), k))),
    };
    let base = case.base_lr;
    let curve = cycles.phases(case, base, warmup.left(case.total), &shape)?;
    Ok(warmup.join(case, base, k == 1.0 && cycles.limit > 0, curve))
}

fn tanh(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (cycles, warmup) = (Cycles::read(case)?, Warmup::read(case, Some(false))?);
    if warmup.from < 0.0 {
        let text = format!("`warmup_lr_init` is {}: timm raises AssertionError below 0", number(warmup.from));
        return Err(Error::new(text));
    }
    let (lb, ub) = (case.number_or("lb", -7.0)?, case.number_or("ub", 3.0)?);
    if lb >= ub {
        return Err(Error::new(format!("`lb` is {lb}, but must be below `ub`, {ub}")));
    }
    case.note("trap: the curve starts a little below base_lr, and drops to lr_min from above it");
    let shape = |hi: f64, lo: f64, progress: Option<&str>| {
        let progress = progress.unwrap_or("t");
        between(hi, lo, &format!("(1 - tanh({} + {} * {progress})) / 2", number(lb), number(ub - lb)))
    };
    let base = case.base_lr;
    let curve = cycles.phases(case, base, warmup.left(case.total), &shape)?;
    // The warmup goes to where the curve is, unless it is a prefix.
    let mut to = base;
    if !warmup.prefix && warmup.len > 0 {
        let i = if cycles.grow == 1.0 { (warmup.len / cycles.len) as f64 } else { cycles.found(warmup.len) };
        let (len, start) = cycles.cycle(i as u64);
        let x = (warmup.len as f64 - start) / len;
        let gap = base * pow(cycles.decay, i) - cycles.low;
        to = cycles.low + 0.5 * gap * (1.0 - math::tanh(lb * (1.0 - x) + ub * x));
        if i >= cycles.limit as f64 {
            to = cycles.low;
        }
    }
    Ok(warmup.join(case, to, false, curve))
}

fn poly(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (cycles, warmup) = (Cycles::read(case)?, Warmup::read(case, Some(false))?);
    let (power, k) = (case.between("power", Some(0.5), 0.0, 1e3)?, case.between("k_decay", Some(1.0), 0.0, 1e3)?);
    let shape = |hi: f64, lo: f64, progress: Option<&str>| match progress {
        None if k == 1.0 && power == 1.0 => format!("linear({} -> {})", number(hi), number(lo)),
        None if k == 1.0 => format!("poly({} -> {}, power: {})", number(hi), number(lo), number(power)),
        _ => between(hi, lo, &powered(&format!("(1 - {})", powered(progress.unwrap_or("t"), k)), power)),
    };
    let base = case.base_lr;
    let curve = cycles.phases(case, base, warmup.left(case.total), &shape)?;
    Ok(warmup.join(case, base, false, curve))
}

fn rate(case: &mut Case) -> Result<f64, Error> {
    case.between("decay_rate", Some(1.0), 0.0, 1e6)
}

fn step(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (every, rate) = (case.between("decay_t", None, 0.0, 1e15)?, rate(case)?);
    let warmup = Warmup::read(case, Some(true))?;
    let base = case.base_lr;
    let left = warmup.left(case.total);
    let mut curve = Phases::new(left);
    // Python's // divides by the float itself, which may lie above the decimal that people write.
    let missed = |t: u64| floor_div(t as f64, every) != (t as f64 / every + 1e-9).floor() as u64;
    let text = length(every);
    if every.fract() != 0.0 && left <= 100_000 && (text.is_none() || (1..=left).any(missed)) {
        case.note("trap: decay_t is no whole number, and Python's // may find some of its multiples one step late");
        let at: Vec<u64> =
            (1..=left).filter(|t| floor_div(*t as f64, every) > floor_div(*t as f64 - 1.0, every)).collect();
        curve.rest(drops(base, rate, &at, left));
    } else {
        let every = text.unwrap_or_else(|| format!("{every} steps"));
        curve.rest(format!("decay({}, by: {}, every: {every})", number(base), number(rate)));
    }
    Ok(warmup.join(case, base, true, curve))
}

/// Python's `a // b` for b > 0.
fn floor_div(a: f64, b: f64) -> u64 {
    ((a - a % b) / b).round() as u64
}

fn multi_step(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (milestones, rate) = (case.counts("decay_t")?, rate(case)?);
    if !milestones.is_sorted() {
        return Err(Error::new("`decay_t` must ascend: timm searches it by halves"));
    }
    let warmup = Warmup::read(case, Some(true))?;
    case.note("trap: timm's milestone m drops the rate at step m - 1, one step before torch's");
    let (base, left) = (case.base_lr, warmup.left(case.total));
    let at: Vec<u64> = milestones.iter().map(|m| m.saturating_sub(1)).collect();
    let joins = !at.contains(&0);
    let mut curve = Phases::new(left);
    curve.rest(drops(base, rate, &at, left));
    Ok(warmup.join(case, base, joins, curve))
}

fn wsd(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (all, decay) = (case.length("t_initial")?, case.length("decay_t")?);
    if decay > all {
        return Err(Error::new(format!("`decay_t` is {decay}, but must be at most `t_initial`, {all}")));
    }
    let low = case.number_or("lr_min", 0.0)?;
    if low < 0.0 {
        return Err(Error::new(format!("`lr_min` is {}: timm raises ValueError below 0", number(low))));
    }
    let stable = case.word_or("stable_fn", &["constant", "rsqrt", "power"], "constant")?;
    let shape = case.word_or("decay_fn", &["linear", "1-sqrt", "cosine", "power", "exp"], "1-sqrt")?;
    let power = case.between("decay_power", Some(0.5), 0.0, 1e3)?;
    let ratio = case.between("decay_ratio", Some(0.1), 0.0, 1.0)?;
    let stable_power = case.between("stable_power", Some(0.5), 0.0, 1e3)?;
    let warmup = Warmup::read(case, None)?;
    let scale = case.number_or("stable_timescale", warmup.len as f64)?;
    if stable != "constant" && scale <= 0.0 {
        return Err(Error::new("`stable_timescale` is missing: without a warmup this `stable_fn` needs it"));
    }
    if ratio == 1.0 {
        return Err(Error::new("`decay_ratio` is 1, but must be below 1"));
    }
    let base = case.base_lr;
    let mut curve = Phases::new(warmup.left(case.total));
    // A stable phase that falls stays above lr_min, and goes on falling during the decay.
    let falling = |passed: &str| {
        let power = if stable == "rsqrt" { 0.5 } else { stable_power };
        let rate = format!("{} * (1 + {passed} / {}) ** -{}", number(base), number(scale), number(power));
        format!("max({}, {rate})", number(low))
    };
    let top = base.max(low);
    let (hi, lo) = (number(top), number(low));
    if stable == "constant" {
        curve.span(hi.clone(), all - decay);
        let exp = || format!("({} ** t - {}) / (1 - {})", number(ratio), number(ratio), number(ratio));
        let tail = match shape {
            "linear" => format!("{hi} -> {lo}"),
            "1-sqrt" => format!("sqrt({hi} -> {lo})"),
            "cosine" => format!("cosine({hi} -> {lo})"),
            "power" => between(top, low, &format!("(1 - {})", powered("t", power))),
            _ => between(top, low, &exp()),
        };
        curve.ramp(tail, decay);
    } else {
        curve.span(falling("step"), all - decay);
        let factor = match shape {
            "linear" => "(1 - t)".into(),
            "1-sqrt" => "(1 - sqrt(t))".into(),
            "cosine" => "(1 + cos(pi * t)) / 2".into(),
            "power" => format!("(1 - {})", powered("t", power)),
            _ => format!("({} ** t - {}) / (1 - {})", number(ratio), number(ratio), number(ratio)),
        };
        let passed = format!("(step + {})", all - decay);
        curve.ramp(format!("{lo} + ({} - {lo}) * {factor}", falling(&passed)), decay);
    }
    curve.rest(lo);
    Ok(warmup.join(case, base, stable == "constant" && base >= low && all > decay, curve))
}

fn plateau(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let cut = Plateau {
        max: case.word_or("mode", &["min", "max"], "max")? == "max",
        factor: case.between("decay_rate", Some(0.1), 0.0, 1.0)?,
        patience: case.count_or("patience_t", 10)?,
        threshold: case.number_or("threshold", 1e-4)?,
        cooldown: case.count_or("cooldown_t", 0)?,
        min: case.number_or("lr_min", 0.0)?,
        ..Plateau::default()
    };
    let warmup = Warmup::read(case, None)?;
    let base = case.base_lr;
    let mut phases = Phases::new(case.total);
    if warmup.len == 0 {
        return Ok(cut.of(&number(base)));
    }
    // Inside its phase the modifier watches only while the phase lasts.
    case.note(format!("timm ignores the metric of the first {} epochs", warmup.len));
    phases.climb(warmup.from, base, warmup.len);
    phases.rest(format!("({})", cut.of(&number(base))));
    Ok(phases.finish())
}
