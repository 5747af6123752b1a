//! Recorded curves of real libraries (`../shared/golden/*.json`), replayed through `import` on every backend.
//!
//! A case passes when its program gives the library's value at every recorded step of the run, to `rtol_peak` of the
//! curve's peak (1e-12 unless it says otherwise), and the same bits on every backend. Whatever neither passes nor
//! stands in one of the tables here fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use etude::diag::Severity;
use etude::import::{ALL, object as import};
use etude::{Clock, Input, Program, Run};
use serde_json::{Value, json};

use crate::cases::BACKENDS;

/// Cases that cannot agree, and why.
const JUSTIFIED: &[(&str, &str)] = &[];

/// What became of a case.
enum Outcome {
    Passed,
    Pending(&'static str),
    Failed(String),
}

#[test]
fn recorded_curves_agree() {
    let Some(files) = files() else {
        println!("skipped: ../shared/golden is not here, and ETUDE_GOLDEN names no folder");
        return;
    };
    let (mut failures, mut unused) = (vec![], JUSTIFIED.to_vec());
    println!("{:<20} passed   total   waiting", "library");
    for path in files {
        let library = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a golden file is readable");
        let cases: Vec<Value> = serde_json::from_str(&text).expect("a golden file is a JSON array");
        let (mut passed, mut waiting) = (0, vec![]);
        for case in &cases {
            let id = case["id"].as_str().expect("a case has an id");
            unused.retain(|(justified, _)| *justified != id);
            match replay(&library, case) {
                Outcome::Passed if JUSTIFIED.iter().any(|(justified, _)| *justified == id) => {
                    failures.push(format!("{id}: passes, so that it needs no justification"));
                }
                Outcome::Passed => passed += 1,
                Outcome::Pending(why) => waiting.push(why),
                Outcome::Failed(_) if JUSTIFIED.iter().any(|(justified, _)| *justified == id) => {
                    waiting.push("justified")
                }
                Outcome::Failed(why) => failures.push(format!("{id}: {why}")),
            }
        }
        let reasons: BTreeSet<&str> = waiting.iter().copied().collect();
        let count = |why: &str| format!("{} {why}", waiting.iter().filter(|w| **w == why).count());
        let waiting = reasons.into_iter().map(count).collect::<Vec<_>>().join(", ");
        println!("{library:<20} {passed:>6} / {:>5}   {waiting}", cases.len());
    }
    failures.extend(unused.iter().map(|(id, _)| format!("{id}: justified, but there is no such case")));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Values of the libraries themselves, for parameters on which import once differed from them.
#[test]
fn differences_stay_mended() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("recorded.json")).expect("a JSON array");
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let library = case["library"].as_str().expect("a case has a library");
            match replay(library, case) {
                Outcome::Passed => None,
                Outcome::Pending(why) => Some(format!("{library}: {why}")),
                Outcome::Failed(why) => Some(format!("{library} {}, {}: {why}", case["class"], case["id"])),
            }
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The files, by name; `None` where the folder is missing. `ETUDE_GOLDEN` may name it, for checkouts elsewhere.
fn files() -> Option<Vec<PathBuf>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden");
    let folder = std::env::var_os("ETUDE_GOLDEN").map_or_else(beside, PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.map(|e| e.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "json"));
    files.sort();
    Some(files)
}

fn replay(library: &str, case: &Value) -> Outcome {
    if !ALL.iter().any(|dialect| dialect.name == library) {
        return Outcome::Pending("no dialect");
    }
    let keys = ["class", "params", "base_lr", "total_steps", "unit"];
    let object: Value = keys.iter().filter_map(|key| Some((String::from(*key), case.get(key)?.clone()))).collect();
    // Of several param groups, every one is a program of its own.
    let groups = case["base_lr"].as_array().map_or(1, Vec::len);
    for group in 0..groups {
        let mut object = object.clone();
        object["group"] = json!(group);
        let values: Vec<Option<f64>> = match case["lr_groups"].as_array() {
            Some(rows) if groups > 1 => rows.iter().map(|row| row[group].as_f64()).collect(),
            _ => case["lr"].as_array().expect("a case has values").iter().map(Value::as_f64).collect(),
        };
        match agrees(library, &object, case, &values) {
            Outcome::Passed => {}
            other => return other,
        }
    }
    Outcome::Passed
}

fn agrees(library: &str, object: &Value, case: &Value, values: &[Option<f64>]) -> Outcome {
    let program = import(library, object);
    if values.is_empty() {
        return match program {
            Err(_) => Outcome::Passed,
            Ok(program) => Outcome::Failed(format!("the library refuses it, but it became\n{program}")),
        };
    }
    let text = match program {
        Ok(text) => text,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let total = case["total_steps"].as_u64().expect("a case has its length");
    let compile = |backend: &_| Input::new(&text, Clock::steps(total)).on(*backend).program();
    let programs = match BACKENDS.iter().map(compile).collect::<Result<Vec<_>, _>>() {
        Ok(programs) => programs,
        Err(found) => return Outcome::Failed(format!("{found:#?}\n{text}")),
    };
    let doubtful: Vec<String> = etude::lint(&text, Clock::steps(total))
        .list
        .into_iter()
        .filter_map(|d| (d.severity > Severity::Note).then_some(d.message))
        .collect();
    if !doubtful.is_empty() {
        return Outcome::Failed(format!("it is doubtful: {}\n{text}", doubtful.join("; ")));
    }
    let steps = |k: usize| case["steps"].get(k).and_then(Value::as_u64).unwrap_or(k as u64);
    let points: Vec<(u64, f64)> = values.iter().enumerate().filter_map(|(k, v)| Some((steps(k), (*v)?))).collect();
    let points: Vec<(u64, f64)> = points.into_iter().filter(|(step, _)| *step < total).collect();
    let peak = points.iter().fold(1e-300, |peak: f64, (_, v)| peak.max(v.abs()));
    let tolerance = case["rtol_peak"].as_f64().unwrap_or(1e-12).max(1e-12) * peak;
    let metrics = recorded(&case["metrics"]);
    if !metrics.is_empty() && programs[0].metrics() != ["metric"] {
        return Outcome::Failed(format!("it follows {:?} instead of `metric`\n{text}", programs[0].metrics()));
    }
    let mut runs: Vec<Run> = programs.iter().map(Program::start).collect();
    let mut now = 0;
    for (step, expected) in points {
        // The metric of step i is known before step i + 1.
        for i in now..step.min(metrics.len() as u64) {
            for run in &mut runs {
                run.observe_at(i, "metric", metrics[i as usize]).expect("it follows `metric`");
            }
        }
        now = step;
        let got: Vec<f64> = runs.iter_mut().map(|run| value(run, step)).collect();
        if got.iter().any(|value| value.to_bits() != got[0].to_bits()) {
            return Outcome::Failed(format!("the backends differ at step {step}: {got:?}\n{text}"));
        }
        if (got[0] - expected).abs() > tolerance || got[0].is_nan() {
            return Outcome::Failed(format!("at step {step} {expected:?} is wanted, and {:?} came\n{text}", got[0]));
        }
    }
    Outcome::Passed
}

fn value(run: &mut Run, step: u64) -> f64 {
    let mut out = [0.0];
    run.at(step, &mut out);
    out[0]
}

/// The metric after each step; JSON has no words for what is not finite.
fn recorded(metrics: &Value) -> Vec<f64> {
    let one = |value: &Value| match value.as_str() {
        Some(text) => text.parse().expect("`nan`, `inf` or `-inf`"),
        None => value.as_f64().expect("a number"),
    };
    metrics.as_array().map_or(vec![], |list| list.iter().map(one).collect())
}
