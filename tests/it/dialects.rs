//! Every recorded scheduler of every dialect with one parameter made odd: import never panics, and what it gives is
//! a program.

use std::collections::BTreeMap;
use std::path::Path;

use etude::import::{ALL, import};
use etude::{Backend, Clock, Program};
use serde_json::{Value, json};

#[test]
fn an_odd_parameter_is_refused_or_becomes_a_program() {
    let mut wrong = BTreeMap::new();
    for dialect in ALL {
        let file = format!("../shared/golden/{}.json", dialect.name);
        let Ok(text) = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) else { continue };
        let cases: Vec<Value> = serde_json::from_str(&text).expect("a golden file is a JSON array");
        for case in cases {
            let params = case["params"].as_object().cloned().unwrap_or_default();
            for key in params.keys() {
                for odd in [json!(null), json!(0), json!(-1), json!(1), json!(0.5), json!(1e300), json!("x"), json!([])]
                {
                    let mut params = params.clone();
                    params[key] = odd;
                    let total = case["total_steps"].as_u64().expect("a length").min(50);
                    let object = json!({
                        "class": case["class"], "params": params, "base_lr": case["base_lr"], "total_steps": total
                    });
                    let Ok(program) = import(dialect.name, &object) else { continue };
                    if program.contains("(metric") {
                        continue;
                    }
                    if let Err(found) = Program::with_backend(&program, Clock::steps(total), Backend::Eval) {
                        let (code, message) = (found.list[0].code.code, &found.list[0].message);
                        wrong
                            .entry((dialect.name, case["class"].to_string(), key.clone(), code))
                            .or_insert_with(|| format!("{object}\n{program}{message}"));
                    }
                }
            }
        }
    }
    let wrong: Vec<String> = wrong.into_values().collect();
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n\n"), wrong.len());
}
