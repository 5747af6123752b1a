//! A DeepSpeed config file: its `scheduler` block, and the optimizer's rate.

use serde_json::{Map, Value};

use crate::import::config::{self, numeric};
use crate::import::error::{Error, within};

/// Where a rate of its own stands in a class that does not look at the optimizer's.
const PEAKS: &[&str] = &["warmup_max_lr", "cycle_max_lr", "lr_range_test_min_lr"];

/// What transformers' Trainer puts for `auto`.
const AUTO: &[(&str, &str)] = &[
    ("lr", "the Trainer's `learning_rate`"),
    ("warmup_min_lr", "0, as the Trainer does"),
    ("warmup_max_lr", "the Trainer's `learning_rate`"),
    ("warmup_num_steps", "the Trainer's number of warmup steps"),
    ("total_num_steps", "the number of steps of the run"),
];

/// The case that the file describes; a `scheduler` block alone will do.
pub fn case(object: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let block = match (config::given(object, "scheduler"), object.contains_key("type")) {
        (Some(Value::Object(block)), _) => block,
        (Some(other), _) => return Err(Error::new(format!("`scheduler` is {other}, but must be an object"))),
        (None, true) => object,
        (None, false) => {
            let near = object.keys().find(|key| within(key, &["scheduler"], 2).is_some());
            return Err(Error::new(match near {
                Some(key) => format!("unknown field `{key}`; did you mean `scheduler`?"),
                None => "`scheduler` is missing: {\"type\": \"WarmupDecayLR\", \"params\": {…}}".into(),
            }));
        }
    };
    let known = ["type", "params", "total_steps", "base_lr", "optimizer"];
    if let Some(key) = block.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Error::unknown("field of `scheduler`", key, &known[..2]));
    }
    let class = match config::given(block, "type") {
        Some(Value::String(class)) => class,
        Some(other) => return Err(Error::new(format!("`scheduler.type` is {other}, but must be a name"))),
        None => {
            return Err(Error::new("`scheduler.type` is missing: DeepSpeed has WarmupLR, WarmupDecayLR and others"));
        }
    };
    let params = members(block, "scheduler.params", "params")?;
    let optimizer = members(object, "optimizer", "optimizer")?;
    let optimizer = members(&optimizer, "optimizer.params", "params")?;
    for (key, value) in &params {
        no_auto("scheduler", key, value)?;
    }
    let params: Map<_, _> = params.into_iter().map(|(key, value)| (key, config::number(value))).collect();
    let wrong = |name: &str, value: &Value| Error::new(format!("`{name}` is {value}, but must be a number"));
    let number = |name: &str, value: Option<&Value>| match value {
        Some(value) => numeric(value).ok_or_else(|| wrong(name, value)).map(Some),
        None => Ok(None),
    };
    let steps = config::given(object, "total_steps").or(config::given(&params, "total_num_steps"));
    let total = number("total_num_steps", steps)?.ok_or_else(|| {
        Error::new(format!("`total_steps` is missing: {class} does not say how long the run is; add it, or `--steps`"))
    })?;
    let absolute = || PEAKS.iter().find_map(|name| config::given(&params, name)).filter(|_| class != "WarmupCosineLR");
    let base = match (config::given(object, "base_lr"), config::given(&optimizer, "lr")) {
        (Some(given), _) => Some(given),
        (None, Some(lr)) if lr == "auto" && absolute().is_some() => absolute(),
        (None, Some(lr)) => {
            no_auto("optimizer", "lr", lr)?;
            Some(lr)
        }
        (None, None) => absolute(),
    };
    let base = number("optimizer.params.lr", base)?.ok_or_else(|| {
        Error::new("`optimizer.params.lr` is missing: add the optimizer's rate, or `--base` on the command line")
    })?;
    Ok(config::object(class, params, base, total))
}

/// The object `key` of `object`; an empty one where it is not given.
fn members(object: &Map<String, Value>, name: &str, key: &str) -> Result<Map<String, Value>, Error> {
    match config::given(object, key) {
        None => Ok(Map::new()),
        Some(Value::Object(inner)) => Ok(inner.clone()),
        Some(other) => Err(Error::new(format!("`{name}` is {other}, but must be an object"))),
    }
}

/// That somebody has put the number.
fn no_auto(block: &str, key: &str, value: &Value) -> Result<(), Error> {
    if value != "auto" {
        return Ok(());
    }
    let put = AUTO.iter().find(|(name, _)| *name == key).map_or("its number", |(_, put)| put);
    Err(Error::new(format!("`{block}.params.{key}` is \"auto\", which only the Trainer can fill in: put {put}")))
}
