//! SequentialLR and ChainedScheduler.

use serde_json::{Map, Value};

use super::super::case::Case;
use super::super::error::Error;
use super::super::text::{Phases, factor, group, number};
use super::super::translate;
use super::{TORCH, common};
use crate::syntax::MAX_PHASES;
use crate::{Backend, Clock, Input};

/// What the classes' arguments are called, for those given by position.
const POSITIONAL: &[(&str, &[&str])] = &[
    ("LambdaLR", &["lr_lambda"]),
    ("MultiplicativeLR", &["lr_lambda"]),
    ("StepLR", &["step_size", "gamma"]),
    ("MultiStepLR", &["milestones", "gamma"]),
    ("ConstantLR", &["factor", "total_iters"]),
    ("LinearLR", &["start_factor", "end_factor", "total_iters"]),
    ("ExponentialLR", &["gamma"]),
    ("PolynomialLR", &["total_iters", "power"]),
    ("CosineAnnealingLR", &["T_max", "eta_min"]),
    ("CosineAnnealingWarmRestarts", &["T_0", "T_mult", "eta_min"]),
];

/// Steps that a chain without a closed form is written out for.
const MOST: u64 = 1000;

/// A scheduler inside another: its class and parameters.
type Part = (String, Map<String, Value>);

/// The schedulers inside `case`: `{"class": …, "params": …}` or `"LinearLR(0.1, total_iters=5)"`.
fn parts(case: &mut Case) -> Result<Vec<Part>, Error> {
    let list = case.list("schedulers")?;
    if list.is_empty() {
        return Err(Error::new(format!("`schedulers` is empty: {} needs at least one", case.class)));
    }
    if list.len() > MAX_PHASES {
        let n = list.len();
        return Err(Error::new(format!(
            "`schedulers` has {n} members, and a program has at most {MAX_PHASES} phases; join those that a longer one can say"
        )));
    }
    list.iter().map(part).collect()
}

fn part(value: &Value) -> Result<Part, Error> {
    let wrong = || {
        Error::new(format!(
            "`schedulers` has {value}, which is neither {{\"class\": …, \"params\": …}} nor \"Class(…)\""
        ))
    };
    match value {
        Value::Object(object) => {
            let class = object.get("class").and_then(Value::as_str).ok_or_else(wrong)?;
            if let Some(other) = object.keys().find(|key| !matches!(key.as_str(), "class" | "params")) {
                return Err(Error::unknown("field", other, &["class", "params"]));
            }
            match object.get("params") {
                None => Ok((class.into(), Map::new())),
                Some(Value::Object(params)) => Ok((class.into(), params.clone())),
                Some(_) => Err(wrong()),
            }
        }
        Value::String(text) => {
            let (class, rest) = text.split_once('(').ok_or_else(wrong)?;
            let (class, args) = (class.trim(), rest.trim_end().strip_suffix(')').ok_or_else(wrong)?);
            let names = POSITIONAL.iter().find(|(name, _)| *name == class).map_or(&[][..], |(_, names)| names);
            let mut params = Map::new();
            for (k, arg) in split(args).into_iter().enumerate() {
                let (name, value) = match arg.split_once('=') {
                    Some((name, value)) => (name.trim(), value.trim()),
                    None => (*names.get(k).ok_or_else(wrong)?, arg.trim()),
                };
                let json = match value {
                    "True" => "true".into(),
                    "False" => "false".into(),
                    "None" => "null".into(),
                    other => other.replace('\'', "\""),
                };
                params.insert(name.into(), serde_json::from_str(&json).map_err(|_| wrong())?);
            }
            Ok((class.into(), params))
        }
        _ => Err(wrong()),
    }
}

/// The arguments of a call, at its commas outside of brackets.
fn split(args: &str) -> Vec<&str> {
    let (mut list, mut depth, mut start) = (vec![], 0, 0);
    for (k, c) in args.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            ',' if depth == 0 => {
                list.push(&args[start..k]);
                start = k + 1;
            }
            _ => {}
        }
    }
    list.push(&args[start..]);
    list.retain(|arg| !arg.trim().is_empty());
    list
}

pub fn sequential(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let (parts, milestones) = (parts(case)?, case.counts("milestones")?);
    if milestones.len() + 1 != parts.len() {
        let (n, m) = (parts.len(), milestones.len());
        return Err(Error::new(format!("`milestones` has {m} steps, but {n} schedulers need {}", n - 1)));
    }
    if milestones.first() == Some(&0) || milestones.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::new("`milestones` must ascend from at least 1: torch misplaces a scheduler without steps"));
    }
    let mut phases = Phases::new(case.total);
    for (k, (class, params)) in parts.into_iter().enumerate() {
        let name = class.rsplit('.').next().unwrap_or_default();
        if matches!(name, "OneCycleLR" | "CyclicLR" | "ReduceLROnPlateau") {
            return Err(Error::new(format!(
                "{name} in a SequentialLR changes what the others start from: import it alone"
            )));
        }
        let start = phases.at();
        let end = milestones.get(k).copied().unwrap_or(case.total).min(case.total);
        if end <= start {
            continue;
        }
        let mut part = case.part(&class, params, end - start);
        let text = translate(&TORCH, &mut part)?;
        case.adopt(part);
        phases.span(group(&text), end - start);
    }
    if !milestones.is_empty() {
        case.note("every scheduler starts from base_lr on its own clock; none goes on from where the last one ended");
    }
    Ok(phases.finish())
}

pub fn chained(case: &mut Case) -> Result<String, Error> {
    common(case)?;
    let mut texts = vec![];
    let mut floor = None;
    for (k, (class, params)) in parts(case)?.into_iter().enumerate() {
        let mut part = case.part(&class, params, case.total);
        let name = class.rsplit('.').next().unwrap_or_default();
        if matches!(
            name,
            "LambdaLR"
                | "CosineAnnealingWarmRestarts"
                | "CyclicLR"
                | "OneCycleLR"
                | "ReduceLROnPlateau"
                | "SequentialLR"
        ) {
            return Err(Error::new(format!(
                "{name} in a ChainedScheduler overwrites what the others did (pytorch#129565): import it alone"
            )));
        }
        if name == "CosineAnnealingLR" {
            let (low, n) = (part.number_or("eta_min", 0.0)?, part.length("T_max")?);
            if n < case.total {
                return Err(Error::new(format!(
                    "CosineAnnealingLR in a ChainedScheduler starts anew from base_lr after T_max; make `T_max` at least {}",
                    case.total
                )));
            }
            if low != 0.0 && floor.replace((k, low, n)).is_some() {
                return Err(Error::new(
                    "two CosineAnnealingLR with an `eta_min` in one ChainedScheduler are not supported",
                ));
            }
            if low != 0.0 {
                texts.push(format!("cosine(1 -> 0) | cycle({n} steps)"));
                part.all_read()?;
                continue;
            }
        }
        // The first carries the rate, the others are factors.
        part.base_lr = if k == 0 && floor.is_none() { case.base_lr } else { 1.0 };
        texts.push(translate(&TORCH, &mut part)?);
        case.adopt(part);
    }
    match floor {
        Some((at, low, n)) => stepped(case, &texts, at, low, n),
        None => Ok(texts.iter().map(|text| factor(text)).collect::<Vec<_>>().join(" * ")),
    }
}

/// A chain with a cosine that has a floor: not a product, so its first steps are computed as torch does, until only
/// the cosine moves.
fn stepped(case: &mut Case, texts: &[String], cosine: usize, low: f64, n: u64) -> Result<String, Error> {
    let clock = Clock::steps(case.total);
    let compile = |text: &String| {
        Input::new(text, clock)
            .on(Backend::Eval)
            .program()
            .map_err(|e| Error::new(format!("the chain cannot be computed: {e}")))
    };
    let programs = texts.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
    let at = |k: usize, step: u64| {
        let mut out = [0.0];
        programs[k].at(step, &mut out);
        // The factor before the cosine was translated with the rate in it.
        if k == 0 && cosine > 0 { out[0] / case.base_lr } else { out[0] }
    };
    let others: Vec<usize> = (0..programs.len()).filter(|k| *k != cosine).collect();
    let moves = |step: u64| others.iter().any(|&k| at(k, step) != at(k, step - 1));
    let last = (1..case.total.min(MOST * 2)).rev().find(|step| moves(*step)).unwrap_or(0);
    if last > MOST || last + 1 == case.total.min(MOST * 2) && last + 1 < case.total {
        return Err(Error::new(format!(
            "a ChainedScheduler of a cosine with `eta_min` and something that moves for more than {MOST} steps has no closed form"
        )));
    }
    let mut value = others.iter().fold(case.base_lr, |value, &k| value * at(k, 0));
    let mut values = vec![value];
    for step in 1..=last {
        for k in 0..programs.len() {
            let ratio = at(k, step) / at(k, step - 1);
            value = if k == cosine { low + (value - low) * ratio } else { value * ratio };
        }
        values.push(value);
    }
    let peak = low + (value - low) / at(cosine, last);
    case.note("torch lets each scheduler change the last one's result, so that the floor is not kept below");
    let mut phases = Phases::new(case.total);
    phases.ramp(format!("cosine({} -> {})", number(peak), number(low)), n);
    let under = phases.finish();
    if last == 0 {
        return Ok(under);
    }
    let held: Vec<String> = values[..last as usize].iter().map(|v| format!("{} for 1 step", number(*v))).collect();
    Ok(format!("{under} | overlay({})", held.join(" >> ")))
}
