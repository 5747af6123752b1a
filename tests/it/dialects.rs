//! Every recorded scheduler of every dialect with one parameter made odd: import never panics; it names the field that
//! it refuses, or gives a program that is finite over the run.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use etude::import::{ALL, object as import};
use etude::{Backend, Clock, Input};
use serde_json::{Value, json};

#[test]
fn an_odd_parameter_is_refused_or_becomes_a_program() {
    let (mut wrong, mut seen) = (BTreeMap::new(), HashSet::new());
    for dialect in ALL {
        let file = format!("../shared/golden/{}.json", dialect.name);
        let Ok(text) = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) else { continue };
        let cases: Vec<Value> = serde_json::from_str(&text).expect("a golden file is a JSON array");
        for case in &cases {
            for (key, params) in oddities(&case["params"]) {
                let total = case["total_steps"].as_u64().expect("a length").min(50);
                let object = json!({
                    "class": case["class"], "params": params, "base_lr": case["base_lr"], "total_steps": total
                });
                let found = match import(dialect.name, &object) {
                    Err(e) if e.to_string().matches('`').count() < 2 => format!("no field is named: {e}"),
                    Err(_) => continue,
                    Ok(program) if !seen.insert(program.clone()) => continue,
                    Ok(program) => match judge(&program, total) {
                        None => continue,
                        Some(why) => format!("{program}{why}"),
                    },
                };
                wrong
                    .entry((dialect.name, case["class"].to_string(), key))
                    .or_insert_with(|| format!("{}: {object}\n{found}", dialect.name));
            }
        }
    }
    let wrong: Vec<String> = wrong.into_values().collect();
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n\n"), wrong.len());
}

/// `params` with one of them, also one that stands in an object or list, replaced by each odd value.
fn oddities(params: &Value) -> Vec<(String, Value)> {
    let odd = [
        json!(null),
        json!(0),
        json!(-1),
        json!(1),
        json!(0.5),
        json!(2.5),
        json!(1e9),
        json!(1e300),
        json!("x"),
        json!("NaN"),
        json!(true),
        json!([]),
        json!([3, 1]),
        json!([-1, 5]),
        json!({}),
    ];
    let mut found = vec![];
    let keys: Vec<Value> = match params {
        Value::Object(members) => members.keys().map(|key| json!(key)).collect(),
        Value::Array(list) => (0..list.len()).map(|k| json!(k)).collect(),
        _ => vec![],
    };
    for key in keys {
        let with = |value: &Value| {
            let mut params = params.clone();
            match &key {
                Value::String(name) => params[name] = value.clone(),
                k => params[k.as_u64().expect("an index") as usize] = value.clone(),
            }
            params
        };
        found.extend(odd.iter().map(|value| (key.to_string(), with(value))));
        let inner = match &key {
            Value::String(name) => &params[name],
            k => &params[k.as_u64().expect("an index") as usize],
        };
        found.extend(oddities(inner).into_iter().map(|(name, value)| (format!("{key}.{name}"), with(&value))));
    }
    found
}

/// What is wrong with a program.
fn judge(program: &str, total: u64) -> Option<String> {
    let program = match Input::new(program, Clock::steps(total)).on(Backend::Eval).program() {
        Ok(program) => program,
        Err(found) => return Some(format!("{}: {}", found.list[0].code.code, found.list[0].message)),
    };
    let (mut run, mut out) = (program.start(), [0.0]);
    (0..total).find_map(|step| {
        run.at(step, &mut out);
        (!out[0].is_finite()).then(|| format!("{} at step {step}", out[0]))
    })
}
