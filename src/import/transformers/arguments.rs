//! `TrainingArguments`, as JSON or YAML: what the Trainer makes of them. Everything else that such a file says is
//! another program's business, unless it looks like one of these fields.

use serde_json::{Map, Value, json};

use crate::import::config::{self, numeric};
use crate::import::error::{Error, within};

/// The fields that make the schedule, and what trainers with the same files call them.
const FIELDS: &[&str] = &[
    "learning_rate",
    "lr_scheduler_type",
    "lr_scheduler_kwargs",
    "lr_scheduler",
    "warmup_steps",
    "warmup_ratio",
    "max_steps",
    "num_train_epochs",
    "num_epochs",
    "total_steps",
    "base_lr",
];

/// Fields that would change the curve, and where they belong.
const ELSEWHERE: &[(&str, &str)] = &[
    ("lr", "write `learning_rate`"),
    ("scheduler", "write `lr_scheduler_type`"),
    ("min_lr", "it belongs into `lr_scheduler_kwargs`"),
    ("min_lr_rate", "it belongs into `lr_scheduler_kwargs`"),
    ("num_cycles", "it belongs into `lr_scheduler_kwargs`"),
    ("num_warmup_steps", "write `warmup_steps`"),
    ("num_training_steps", "write `max_steps`"),
    ("cosine_min_lr_ratio", "write `lr_scheduler_type: cosine_with_min_lr` and `min_lr_rate` in `lr_scheduler_kwargs`"),
    ("cosine_constant_lr_ratio", "transformers has no such schedule"),
    ("lr_quadratic_warmup", "transformers has no such schedule"),
];

/// The case that the Trainer would build.
pub fn case(object: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    strict(object)?;
    let number = |name: &str, default: f64| match config::given(object, name) {
        None => Ok(default),
        Some(value) => numeric(value).ok_or_else(|| Error::new(format!("`{name}` is {value}, but must be a number"))),
    };
    let name = match config::given(object, "lr_scheduler_type").or(config::given(object, "lr_scheduler")) {
        None => "linear".into(),
        Some(Value::String(name)) => name.rsplit('.').next().unwrap_or_default().to_lowercase(),
        Some(other) => return Err(Error::new(format!("`lr_scheduler_type` is {other}, but must be a name"))),
    };
    let total = match number("total_steps", -1.0)? {
        -1.0 => number("max_steps", -1.0)?,
        given => given,
    };
    if total <= 0.0 {
        let epochs = number("num_train_epochs", number("num_epochs", 3.0)?)?;
        let share = "updates per epoch are the examples / (batch × gradient_accumulation_steps × devices)";
        return Err(Error::new(format!(
            "`max_steps` is missing: num_train_epochs {epochs} does not say how many updates that is; add `max_steps`, \
             or `--steps` on the command line ({share})"
        )));
    }
    if total.fract() != 0.0 {
        return Err(Error::new(format!("`max_steps` is {total}, but must be a whole number")));
    }
    let field = if number("warmup_steps", 0.0)? == 0.0 { "warmup_ratio" } else { "warmup_steps" };
    let warmup = number(field, 0.0)?;
    if !(0.0..=1e15).contains(&warmup) {
        return Err(Error::new(format!(
            "`{field}` is {warmup}, but must be 0 or more: transformers raises ValueError"
        )));
    }
    if field == "warmup_ratio" && warmup > 1.0 {
        return Err(Error::new(format!("`warmup_ratio` is {warmup}, but must be up to 1; steps are `warmup_steps`")));
    }
    // Below 1 it is a share of the run, as in transformers 5.
    let share = field == "warmup_ratio" || warmup < 1.0;
    let warmup = if share { (warmup * total).ceil() } else { warmup.floor() };
    let kwargs = match config::given(object, "lr_scheduler_kwargs") {
        Some(Value::String(text)) if !text.trim().is_empty() => serde_json::from_str(text)
            .map_err(|e| Error::new(format!("`lr_scheduler_kwargs` is not a JSON object: {e}")))?,
        Some(Value::String(_)) | None => Value::Null,
        Some(other) => other.clone(),
    };
    let base = number("base_lr", number("learning_rate", 5e-5)?)?;
    let mut params = Map::from_iter([("num_warmup_steps".into(), json!(warmup as u64))]);
    if let Value::Object(kwargs) = kwargs {
        // YAML 1.1 readers take `1e-5` for a text; what is a number is one here.
        params.extend(kwargs.into_iter().map(|(key, value)| (key, config::number(value))));
    } else if !kwargs.is_null() {
        return Err(Error::new(format!(
            "`lr_scheduler_kwargs` is {kwargs}, but must be an object of parameters by name"
        )));
    }
    Ok(config::object(&name, params, base, total))
}

/// That nothing in the file was meant to be one of the fields.
fn strict(object: &Map<String, Value>) -> Result<(), Error> {
    if object.contains_key("params") {
        return Err(Error::new("`class` is missing: the scheduler's name stands beside its `params`"));
    }
    for (key, _) in object.iter().filter(|(_, value)| !value.is_null()) {
        if let Some((_, fix)) = ELSEWHERE.iter().find(|(name, _)| name == key) {
            return Err(Error::new(format!("`{key}` is no field of TrainingArguments: {fix}")));
        }
        if let (false, Some(near)) = (FIELDS.contains(&key.as_str()), within(key, FIELDS, 2)) {
            return Err(Error::new(format!("unknown field of TrainingArguments `{key}`; did you mean `{near}`?")));
        }
    }
    Ok(())
}
