//! LambdaLR and MultiplicativeLR: their functions are Python expressions of the epoch.

use serde_json::Value;

use super::super::case::Case;
use super::super::error::Error;
use super::super::python::arithmetic;
use super::super::text::{Phases, number, steps};
use super::common;
use crate::{Backend, Clock, Input};

/// The longest period that is looked for.
const LONGEST: u64 = 64;

/// The longest run whose factors are looked at one by one.
const LONGEST_RUN: u64 = 1 << 20;

/// Phases that are written out at most.
const MOST: usize = 1000;

pub fn lambda(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let function = arithmetic(&function(case, "lr_lambda")?, "step")?;
    Ok(format!("{} * {}", number(case.base_lr), function))
}

/// The text of a lambda, this group's where there are several.
fn function(case: &mut Case, name: &str) -> Result<String, Error> {
    let (group, class) = (case.group, case.class.clone());
    let value = match case.value(name) {
        Some(Value::Array(list)) => list.get(group),
        other => other,
    };
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(n)) => Ok(n.to_string()),
        _ => Err(Error::new(format!("`{name}` is missing: {class} needs its lambda's text, such as \"0.95 ** e\""))),
    }
}

pub fn multiplicative(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let text = arithmetic(&function(case, "lr_lambda")?, "step")?;
    let base = number(case.base_lr);
    if !text.contains("step") {
        if text.parse::<f64>().is_ok_and(|factor| factor <= 0.0 || factor > 1e6) {
            return Err(Error::new(format!(
                "`lr_lambda` is {text}, but must be above 0 and up to 1e6: the rate is multiplied by it"
            )));
        }
        return Ok(format!("decay({base}, by: {text}, every: 1 step)"));
    }
    let program = Input::new(&text, Clock::steps(case.total))
        .on(Backend::Eval)
        .program()
        .map_err(|_| Error::new(format!("`lr_lambda` has no value at some step: {text}")))?;
    let at = |step: u64| {
        let mut out = [0.0];
        program.at(step, &mut out);
        out[0]
    };
    if case.total > LONGEST_RUN {
        let most = steps(LONGEST_RUN);
        return Err(Error::new(format!(
            "`lr_lambda` is multiplied out, which ends at {most}; write its product as a LambdaLR"
        )));
    }
    let ends = 1..case.total;
    let period = (1..=LONGEST).find(|p| ends.clone().skip(*p as usize).all(|e| at(e) == at(e - p)));
    if let Some(period) = period.filter(|p| *p < case.total) {
        case.note(format!("the factors repeat every {}", steps(period)));
        // Factor number k comes at the steps k, k + period, …
        let factor = |k: u64| {
            let come = if k == period { String::new() } else { format!(" + {}", period - k) };
            let count = if come.is_empty() { "step".into() } else { format!("(step{come})") };
            format!("{} ** floor({count} / {period})", number(at(k)))
        };
        let factors: Vec<String> = (1..=period).filter(|k| at(*k) != 1.0).map(factor).collect();
        return Ok([vec![base], factors].concat().join(" * "));
    }
    let mut phases = Phases::new(case.total);
    let (mut value, mut since, mut count) = (case.base_lr, 0, 0);
    for step in 1..case.total {
        let factor = at(step);
        if factor != 1.0 {
            phases.span(number(value), step - since);
            (value, since, count) = (value * factor, step, count + 1);
        }
        if count > MOST {
            return Err(Error::new(format!(
                "`lr_lambda` changes the rate more than {MOST} times and never repeats; write its product as a LambdaLR"
            )));
        }
    }
    phases.rest(number(value));
    Ok(phases.finish())
}
