//! Libraries' own config files: JSON or YAML as it comes, with numbers that some reader took for texts.

use serde_json::{Map, Number, Value, json};

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
    let options = serde_saphyr::options! { with_snippet: false };
    match serde_saphyr::from_str_with_options(text, options) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Error::new(format!("not one JSON object: {no_json}"))),
        Err(e) => Err(Error::new(format!("neither a JSON object nor YAML: {e}"))),
    }
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
