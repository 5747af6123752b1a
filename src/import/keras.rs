//! Keras (3.15) optimizer schedules: absolute values, counted in optimizer iterations.
//!
//! Keras computes in float32 by default; the programs follow its formulas in f64.

use super::Dialect;
use super::case::Case;
use super::error::Error;
use super::text::{Phases, number, steps};

/// `keras.optimizers.schedules`
pub const KERAS: Dialect = Dialect {
    name: "keras",
    classes: &[
        ("ExponentialDecay", exponential),
        ("InverseTimeDecay", inverse_time),
        ("PiecewiseConstantDecay", piecewise_constant),
        ("PolynomialDecay", polynomial),
        ("CosineDecay", cosine),
        ("CosineDecayRestarts", restarts),
    ],
    config: None,
};

/// The first rate. A schedule may have a name, which changes nothing.
fn initial(case: &mut Case) -> Result<f64, Error> {
    case.value("name");
    case.number("initial_learning_rate")
}

fn exponential(case: &mut Case) -> Result<String, Error> {
    let (a, n) = (number(initial(case)?), case.length("decay_steps")?);
    let by = number(case.between("decay_rate", None, 0.0, 1e6)?);
    Ok(if case.flag_or("staircase", false)? {
        format!("decay({a}, by: {by}, every: {})", steps(n))
    } else {
        format!("{a} * {by} ** (step / {n})")
    })
}

fn inverse_time(case: &mut Case) -> Result<String, Error> {
    let (a, n, rate) = (number(initial(case)?), case.length("decay_steps")?, case.number("decay_rate")?);
    if 1.0 + rate * case.total as f64 / n as f64 <= 0.0 {
        return Err(Error::new(format!("with `decay_rate` {rate} the rate passes infinity within the run")));
    }
    let rate = number(rate);
    let passed = if case.flag_or("staircase", false)? { "floor" } else { "" };
    Ok(format!("{a} / (1 + {rate} * {passed}(step / {n}))"))
}

fn piecewise_constant(case: &mut Case) -> Result<String, Error> {
    case.value("name");
    let (boundaries, values) = (case.counts("boundaries")?, case.numbers("values")?);
    if values.len() != boundaries.len() + 1 {
        let (n, wants) = (values.len(), boundaries.len() + 1);
        return Err(Error::new(format!("`values` has {n} entries, but {} boundaries need {wants}", wants - 1)));
    }
    if !boundaries.is_sorted() {
        return Err(Error::new("`boundaries` must ascend: Keras adds the values of intervals that overlap"));
    }
    case.note("trap: a boundary still has the old value; the new one comes one step later than in torch and optax");
    let mut phases = Phases::new(case.total);
    for (boundary, value) in boundaries.iter().zip(&values) {
        phases.span(number(*value), (boundary + 1).saturating_sub(phases.at()));
    }
    phases.rest(number(values[boundaries.len()]));
    Ok(phases.finish())
}

fn polynomial(case: &mut Case) -> Result<String, Error> {
    let (from, n) = (initial(case)?, case.length("decay_steps")?);
    let to = case.number_or("end_learning_rate", 1e-4)?;
    let power = case.between("power", Some(1.0), 0.0, 1e3)?;
    let shaped = |left: String| if power == 1.0 { left } else { format!("{left} ** {}", number(power)) };
    if case.flag_or("cycle", false)? {
        case.note("trap: a cycle does not start again; it stretches the decay to the next multiple of decay_steps");
        let left = shaped(format!("(1 - step / ({n} * max(1, ceil(step / {n}))))"));
        return Ok(format!("{} + {} * {left}", number(to), number(from - to)));
    }
    let mut phases = Phases::new(case.total);
    let ramp = format!("{} -> {}", number(from), number(to));
    phases.ramp(if power == 1.0 { ramp } else { format!("poly({ramp}, power: {})", number(power)) }, n);
    phases.rest(number(to));
    Ok(phases.finish())
}

fn cosine(case: &mut Case) -> Result<String, Error> {
    let (initial, n, alpha) = (initial(case)?, case.length("decay_steps")?, case.number_or("alpha", 0.0)?);
    let (warmup, target) = (case.count_or("warmup_steps", 0)?, case.maybe_number("warmup_target")?);
    let mut phases = Phases::new(case.total);
    match target {
        Some(target) => phases.climb(initial, target, warmup),
        None if warmup > 0 => case.note("trap: without warmup_target Keras ignores warmup_steps"),
        None => {}
    }
    let peak = target.unwrap_or(initial);
    let low = number(peak * alpha);
    phases.ramp(format!("cosine({} -> {low})", number(peak)), n);
    phases.rest(low);
    Ok(phases.finish())
}

fn restarts(case: &mut Case) -> Result<String, Error> {
    let (initial, n) = (initial(case)?, case.length("first_decay_steps")?);
    let grow = case.between("t_mul", Some(2.0), 0.0, 1e3)?;
    let (decay, alpha) = (case.between("m_mul", Some(1.0), 0.0, 1e3)?, case.number_or("alpha", 0.0)?);
    if grow < 1.0 && (case.total - 1) as f64 >= n as f64 / (1.0 - grow) {
        let end = n as f64 / (1.0 - grow);
        return Err(Error::new(format!("with `t_mul` {grow} the cycles end at step {end}, where Keras gives NaN")));
    }
    if grow != 1.0 && grow != 2.0 {
        case.note("trap: Keras finds the cycle with a float32 logarithm: on some backends a restart is one step late");
    }
    let grow = if grow == 1.0 { String::new() } else { format!(", grow: {}", number(grow)) };
    let cycle = |decay: &str| format!("cycle({}{grow}{decay})", steps(n));
    let low = number(initial * alpha);
    if decay == 1.0 {
        return Ok(format!("cosine({} -> {low}) | {}", number(initial), cycle("")));
    }
    let cycle = cycle(&format!(", decay: {}", number(decay)));
    if alpha == 0.0 {
        return Ok(format!("cosine({} -> 0) | {cycle}", number(initial)));
    }
    case.note("trap: m_mul scales the height of the cosine, not the floor alpha");
    Ok(format!("{low} + (cosine({} -> 0) | {cycle})", number(initial * (1.0 - alpha))))
}
