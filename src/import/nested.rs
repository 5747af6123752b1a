//! A scheduler inside another: `{"class": …, "params": {…}}`, or its call as text, `linear_schedule(0, 1e-3, 10)`.

use serde_json::{Map, Value};

use super::case::Case;
use super::error::Error;

/// The parameters of classes, in the order in which calls give them.
pub type Order = &'static [(&'static str, &'static [&'static str])];

/// A class and its parameters.
type Call = (String, Map<String, Value>);

/// The case that `value` describes, over `total` steps.
pub fn read(outer: &Case, value: &Value, order: Order, total: u64) -> Result<Case, Error> {
    let none =
        || Error::new(format!("`schedules` has {value}: write {{\"class\": …, \"params\": {{…}}}} or `name(…)`"));
    let (class, params) = match value {
        Value::String(text) => call(text, order)?.ok_or_else(none)?,
        Value::Object(object) => {
            let class = object.get("class").and_then(Value::as_str).ok_or_else(none)?;
            match object.get("params") {
                Some(Value::Object(params)) => (class.to_string(), params.clone()),
                None => {
                    let params = object.iter().filter(|(key, _)| *key != "class");
                    (class.to_string(), params.map(|(k, v)| (k.clone(), v.clone())).collect())
                }
                Some(_) => return Err(none()),
            }
        }
        _ => return Err(none()),
    };
    Ok(outer.part(&class, params, total))
}

/// `name(1, 2, key=3)`; `None` where it is no call.
fn call(text: &str, order: Order) -> Result<Option<Call>, Error> {
    let Some((name, args)) = text.trim().strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return Ok(None);
    };
    let name = name.trim();
    let names = order.iter().find(|(class, _)| *class == name).map_or(&[][..], |(_, names)| *names);
    let mut params = Map::new();
    for (k, arg) in args.split(',').map(str::trim).filter(|arg| !arg.is_empty()).enumerate() {
        let (key, value) = match (arg.split_once('='), names.get(k)) {
            (Some((key, value)), _) => (key.trim(), value.trim()),
            (None, Some(key)) => (*key, arg),
            (None, None) if names.is_empty() => {
                let known: Vec<&str> = order.iter().map(|(class, _)| *class).collect();
                return Err(Error::unknown("scheduler", name, &known));
            }
            (None, None) => return Err(Error::new(format!("`{name}` takes {} arguments", names.len()))),
        };
        let number = || value.parse::<f64>().ok().and_then(|x| serde_json::Number::from_f64(x).map(Value::Number));
        let value = serde_json::from_str(value).ok().or_else(number);
        params.insert(key.into(), value.unwrap_or_else(|| arg.trim_matches(['"', '\'']).into()));
    }
    Ok(Some((name.into(), params)))
}
