//! Libraries' own config files: JSON or YAML as it comes, with numbers that some reader took for texts.

use serde_json::{Map, Number, Value, json};
use yaml_serde::Value as Yaml;

use super::error::Error;

/// The object that a JSON or YAML text holds.
///
/// # Errors
/// What is wrong with the text, and where.
pub fn read(text: &str) -> Result<Value, Error> {
    let no_json = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(e) => e,
    };
    // Of what starts like JSON, that reader knows better what is wrong.
    if text.trim_start().starts_with(['{', '[', '"']) {
        return Err(Error::new(format!("not one JSON object: {no_json}")));
    }
    let no_yaml = |why: String| Error::new(format!("neither a JSON object nor YAML: {why}"));
    let mut yaml: Yaml = yaml_serde::from_str(text).map_err(|e| no_yaml(e.to_string()))?;
    if !yaml.is_mapping() {
        return Err(Error::new(format!("not one JSON object: {no_json}")));
    }
    yaml.apply_merge().map_err(|e| no_yaml(e.to_string()))?;
    plain(yaml).map_err(no_yaml)
}

/// A value of YAML as one of JSON, where there is such a one: what is lost on the way would change a curve silently.
fn plain(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(b) => b.into(),
        Yaml::String(text) => text.into(),
        Yaml::Number(n) => match (n.as_u64(), n.as_i64(), n.as_f64().and_then(Number::from_f64)) {
            (Some(n), ..) => n.into(),
            (_, Some(n), _) => n.into(),
            (.., Some(n)) => n.into(),
            _ => return Err(format!("{n} is not a finite number")),
        },
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(map) => {
            let pair = |(key, value): (Yaml, Yaml)| match key {
                Yaml::String(key) => Ok((key, plain(value)?)),
                Yaml::Bool(_) | Yaml::Number(_) | Yaml::Null => {
                    Err("a key that is no text; put it in quotes".to_owned())
                }
                _ => Err("a key that is no text".to_owned()),
            };
            Value::Object(map.into_iter().map(pair).collect::<Result<_, _>>()?)
        }
        Yaml::Tagged(tagged) => return Err(format!("the tag `{}` says what nothing here knows", tagged.tag)),
    })
}

/// A field that is given and not `null`.
pub fn given<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// A finite number, also one in quotes.
pub fn numeric(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|x: &f64| x.is_finite())
}

/// A text that is a number as that number; anything else as it is.
pub fn number(value: Value) -> Value {
    if !value.is_string() {
        return value;
    }
    numeric(&value).and_then(Number::from_f64).map_or(value, Value::Number)
}

/// A case's object.
pub fn object(class: &str, params: Map<String, Value>, base: f64, total: f64) -> Map<String, Value> {
    let fields = [
        ("class", json!(class)),
        ("params", Value::Object(params)),
        ("base_lr", json!(base)),
        ("total_steps", json!(total)),
        ("unit", json!("step")),
    ];
    fields.map(|(key, value)| (key.into(), value)).into_iter().collect()
}
