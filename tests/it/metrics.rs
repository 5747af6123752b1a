//! Metric-driven schedules: runs, their states, and the recorded curves of other libraries.

use etude::{Backend, Clock, Input, Run, RunError, Schedule};

use crate::cases::BACKENDS;

/// The values at steps 0 ..= metrics.len(), value i observed after step i.
fn replay(run: &mut Run, metrics: &[f64]) -> Vec<f64> {
    let name = run.metrics()[0].to_owned();
    let mut lr = vec![run.lr(0)];
    for (step, &metric) in (0..).zip(metrics) {
        run.observe_at(step, &name, metric).expect("it is watched");
        lr.push(run.lr(step + 1));
    }
    lr
}

fn runs(source: &str, steps: u64) -> Vec<Run> {
    let compile = |&backend| Input::new(source, Clock::steps(steps)).on(backend).schedule().expect(source).start();
    BACKENDS.iter().map(compile).collect()
}

/// The curve, the same on every backend and after saving and restoring at every step.
fn curve(source: &str, base: f64, metrics: &[f64]) -> Vec<f64> {
    let mut curves = vec![];
    for &backend in BACKENDS {
        let steps = metrics.len() as u64;
        let schedule = Input::new(source, Clock::steps(steps))
            .on(backend)
            .schedule()
            .expect(source)
            .with_base(base)
            .expect(source);
        curves.push(replay(&mut schedule.start(), metrics));
        let mut saved = schedule.start().state();
        let mut again = vec![schedule.start().lr(0)];
        for (step, &metric) in (0..).zip(metrics) {
            let mut run = schedule.start();
            run.restore(&saved).unwrap();
            let name = run.metrics()[0].to_owned();
            run.observe_at(step, &name, metric).unwrap();
            again.push(run.lr(step + 1));
            saved = run.state();
        }
        curves.push(again);
        assert!((0..=steps).all(|step| schedule.lr(step).to_bits() == schedule.start().lr(step).to_bits()));
    }
    let bits = |curve: &[f64]| curve.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert!(curves.iter().all(|c| bits(c) == bits(&curves[0])), "{source}");
    curves.swap_remove(0)
}

#[test]
fn a_run_observes_and_a_schedule_does_not() {
    for mut run in
        runs("1e-3 | plateau(val_loss, factor: 0.5, patience: 1) | plateau(acc, mode: max, patience: 0)", 100)
    {
        assert_eq!(run.metrics(), ["val_loss", "acc"]);
        assert_eq!(run.lr(5), 1e-3);
        for value in [1.0, 1.0, 1.0] {
            run.observe("val_loss", value).unwrap();
        }
        assert_eq!(run.lr(6), 5e-4);
        run.observe("acc", 0.5).unwrap();
        run.observe("acc", 0.5).unwrap();
        assert_eq!(run.lr(7), 1e-3 * 0.5 * 0.1);
        assert_eq!(run.scales().collect::<Vec<_>>(), [("val_loss", 0.5), ("acc", 0.1)]);
        let before = run.state();
        let error = run.observe("val_los", 1.0).unwrap_err();
        assert_eq!(error.to_string(), "the program watches no metric `val_los`; it watches val_loss, acc");
        assert_eq!(run.state(), before);
    }
    let open = etude::compile("cosine(1 -> 0)", Clock::steps(10)).unwrap();
    assert!(open.metrics().is_empty());
    assert!(matches!(open.start().observe("loss", 1.0), Err(RunError::UnknownMetric { .. })));
    assert_eq!(open.start().lr(5), open.lr(5));
}

#[test]
fn metrics_cost_a_handle_nothing() {
    assert!(size_of::<Schedule>() <= 40, "{}", size_of::<Schedule>());
}

#[test]
fn several_values_share_a_run() {
    let source =
        "lr: 1x | plateau(loss, patience: 0)\nbeta: 0.9 -> 0.8\nwd: 0.1 | plateau(loss, factor: 0.5, patience: 1)";
    for &backend in BACKENDS {
        let program = Input::new(source, Clock::steps(10)).on(backend).program().unwrap().with_base(2.0).unwrap();
        assert_eq!(program.metrics(), ["loss"]);
        let mut run = program.start();
        let mut out = [0.0; 3];
        for _ in 0..2 {
            run.observe_at(4, "loss", 1.0).unwrap();
        }
        run.at(5, &mut out);
        assert_eq!(out, [0.2, 0.8500000000000001, 0.1]);
        run.observe("loss", f64::NAN).unwrap();
        run.at(5, &mut out);
        assert_eq!(out, [2.0 * 0.1 * 0.1, 0.8500000000000001, 0.05]);
        program.at(5, &mut out);
        assert_eq!(out, [2.0, 0.8500000000000001, 0.1]);
        assert_eq!(run.lr(5), 2.0 * (0.1 * 0.1));
    }
}

#[test]
fn a_phase_watches_while_it_lasts() {
    for mut run in
        runs("(1 | plateau(loss, factor: 0.5, patience: 0)) for 10 steps >> 2 for 5 steps >> 1 | clamp(max: 9)", 20)
    {
        for step in [9, 10, 14, 19, 30] {
            run.observe_at(step, "loss", 1.0).unwrap();
        }
        assert_eq!((run.lr(9), run.lr(10)), (1.0, 2.0));
        run.observe_at(9, "loss", 1.0).unwrap();
        assert_eq!((run.lr(9), run.lr(10), run.lr(15)), (0.5, 2.0, 1.0));
    }
}

/// `min` and `eps` are about the value at the observed step.
#[test]
fn bounds_act_on_the_value_of_a_schedule_that_changes() {
    for mut run in runs("1 -> 0 | plateau(loss, factor: 0.1, patience: 0, min: 0.25)", 100) {
        run.observe_at(40, "loss", 1.0).unwrap();
        run.observe_at(50, "loss", 1.0).unwrap();
        // At step 50 the schedule is 0.5, so the scale is 0.5, later below the bound.
        assert_eq!((run.lr(50), run.lr(75)), (0.25, 0.125));
        run.observe_at(60, "loss", 1.0).unwrap();
        assert_eq!(run.lr(50), 0.25, "a value below the bound is left alone");
    }
}

#[test]
fn many_modifiers_have_an_input_each() {
    let source = format!("1 {}", "| plateau(a, factor: 0.5, patience: 0) ".repeat(12))
        + &(0..12).map(|k| format!("+ (1 | plateau(m{k}))")).collect::<String>();
    let source = source.replacen("1 |", "(1 |", 1).replacen("+", ") +", 1);
    for mut run in runs(&source, 10) {
        assert_eq!((run.lr(3), run.metrics().len()), (13.0, 13));
        run.observe("a", 1.0).unwrap();
        run.observe("a", 1.0).unwrap();
        assert_eq!(run.lr(3), 12.0 + 1.0 / 4096.0);
    }
}

/// A state that is saved in the middle goes on with the same bits, through any format.
#[cfg(feature = "cli")]
#[test]
fn a_state_survives_its_text() {
    let source = "0.3 | adapt(loss, patience: 1, factor: 0.7, smooth: true, window: 3, min: 0.01) | plateau(val, patience: 2, factor: 0.3)";
    let losses = [0.1, f64::NAN, 0.3, 1.0 / 3.0, f64::INFINITY, -0.0, 1e-320, 5.0, 0.7, f64::NEG_INFINITY];
    for &backend in BACKENDS {
        let schedule = Input::new(source, Clock::steps(100)).on(backend).schedule().unwrap();
        let feed = |run: &mut Run, from: u64, to: u64| -> Vec<u64> {
            (from..to)
                .map(|step| {
                    run.observe_at(step, "loss", losses[step as usize % 10]).unwrap();
                    run.observe_at(step, "val", 1.0 / (1 + step / 9) as f64).unwrap();
                    run.lr(step + 1).to_bits()
                })
                .collect()
        };
        for middle in 0..60 {
            let mut whole = schedule.start();
            let mut first = feed(&mut whole, 0, middle);
            let text = serde_json::to_string(&whole.state()).unwrap();
            first.extend(feed(&mut whole, middle, 60));
            let mut rest = schedule.start();
            rest.restore(&serde_json::from_str::<etude::RunState>(&text).unwrap()).unwrap();
            assert_eq!(first[middle as usize..], feed(&mut rest, middle, 60));
        }
        let other = Input::new("1 | plateau(val)", Clock::steps(9)).on(backend).schedule().unwrap();
        let error = other.start().restore(&schedule.start().state()).unwrap_err().to_string();
        assert_eq!(error, "the state is of a program that watches loss, val; this one watches val");
    }
}

/// P1 to P7 of the reference: what torch gives for the odd inputs.
#[test]
fn odd_metrics() {
    let lr = |source: &str, metrics: &[f64]| curve(source, 1.0, metrics)[1..].to_vec();
    let flat = lr("1 | plateau(m, patience: 2, factor: 0.5)", &[1.0; 9]);
    assert_eq!(flat, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
    let cooled = lr("1 | plateau(m, patience: 2, factor: 0.5, cooldown: 1)", &[1.0; 9]);
    assert_eq!(cooled, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
    assert_eq!(lr("1 | plateau(m, patience: 0, factor: 0.5)", &[-1.0; 4]), [1.0; 4]);
    assert_eq!(lr("1e-8 | plateau(m, patience: 0)", &[1.0; 4]), [1e-8; 4]);
    assert_eq!(lr("1 | plateau(m, patience: 0, factor: 0.5)", &[f64::NAN, 1.0, 1.0]), [0.5, 0.5, 0.25]);
}

#[cfg(feature = "cli")]
mod golden {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn number(v: &Value) -> f64 {
        match v {
            Value::String(s) => s.parse().expect("a number"),
            _ => v.as_f64().expect("a number"),
        }
    }

    fn show(v: &Value) -> String {
        v.as_str().map_or_else(|| v.to_string(), String::from)
    }

    /// The arguments under our names; what is no argument of the state machine is left out.
    fn arguments(params: &Value, group: usize) -> String {
        let mut text = String::new();
        for (key, value) in params.as_object().expect("parameters") {
            let name = match key.as_str() {
                "patience_t" => "patience",
                "cooldown_t" => "cooldown",
                "decay_rate" => "factor",
                "min_lr" | "lr_min" | "min_value" => "min",
                "max_lr" => "max",
                "window_size" => "window",
                "rule" => "mode",
                "metric_sequence" | "monitor" | "warmup_t" | "warmup_lr_init" => continue,
                name => name,
            };
            let value = match value {
                Value::Array(groups) => &groups[group],
                value => value,
            };
            let value = match show(value).as_str() {
                "greater" => "max".into(),
                "less" => "min".into(),
                value => value.to_owned(),
            };
            text += &format!(", {name}: {value}");
        }
        text
    }

    /// The equivalent program of a case and its group.
    fn program(case: &Value, group: usize) -> Option<String> {
        let (class, params) = (case["class"].as_str()?, &case["params"]);
        let nested = || arguments(&params["scheduler_specific_kwargs"], group);
        Some(match class {
            "ReduceLROnPlateau" | "ReduceLROnPlateauScheduler" | "ReduceOnPlateauLR" => {
                format!("1x | plateau(metric{})", arguments(params, group))
            }
            "reduce_lr_on_plateau" => format!("1x | plateau(metric{})", nested()),
            "greedy" => format!("1x | adapt(metric{})", nested()),
            "PlateauLRScheduler" => {
                let mode = if params.get("mode").is_none() { ", mode: max" } else { "" };
                let cut = format!("plateau(metric{mode}{})", arguments(params, group));
                match params.get("warmup_t") {
                    Some(warmup) => {
                        format!("warmup({warmup} steps, from: {}) >> (1x | {cut})", params["warmup_lr_init"])
                    }
                    None => format!("1x | {cut}"),
                }
            }
            _ => return None,
        })
    }

    #[test]
    fn recorded_curves_of_other_libraries() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden");
        if !folder.is_dir() {
            println!("skipped: there is no {}", folder.display());
            return;
        }
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for library in ["torch", "transformers", "timm", "ignite", "mmengine"] {
            let text = std::fs::read_to_string(folder.join(format!("{library}.json"))).expect("a golden file");
            let cases: Vec<Value> = serde_json::from_str(&text).expect("a list");
            for case in cases.iter().filter(|c| c.get("metrics").is_some_and(Value::is_array)) {
                let id = case["id"].as_str().expect("an id");
                let metrics: Vec<f64> = case["metrics"].as_array().expect("metrics").iter().map(number).collect();
                let bases = case["base_lr"].as_array().cloned().unwrap_or_else(|| vec![case["base_lr"].clone()]);
                for (group, base) in bases.iter().enumerate() {
                    let source = program(case, group).unwrap_or_else(|| panic!("{id}: no equivalent program"));
                    let expected: Vec<f64> = match case.get("lr_groups") {
                        Some(rows) => rows.as_array().expect("rows").iter().map(|row| number(&row[group])).collect(),
                        None => case["lr"].as_array().expect("values").iter().map(number).collect(),
                    };
                    let got = curve(&source, number(base), &metrics);
                    let peak = expected.iter().copied().fold(0.0, f64::max);
                    assert_eq!(got.len(), expected.len(), "{id}");
                    for (step, (a, b)) in got.iter().zip(&expected).enumerate() {
                        assert!((a - b).abs() <= 1e-12 * peak, "{id}: {a} at step {step}, not {b}\n{source}");
                    }
                }
                *counts.entry(format!("{library} {}", case["class"].as_str().unwrap_or(""))).or_default() += 1;
            }
        }
        println!("{counts:?}");
        assert_eq!(counts["torch ReduceLROnPlateau"], 20);
        assert_eq!(counts["transformers greedy"], 3);
    }
}

#[test]
fn native_and_interpreted_runs_agree() {
    let source = "warmup(10%) >> cosine(3e-4 -> 1e-5) | plateau(a, patience: 1, factor: 0.7, min: 1e-6) | adapt(b, patience: 2, max: 1e-3, min: 1e-5)";
    let bits = |backend: Backend| {
        let mut run = Input::new(source, Clock::steps(500)).on(backend).schedule().unwrap().start();
        let mut noise = 7u64;
        let step = |step: u64| {
            noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = (noise >> 40) as f64 / 1e7;
            run.observe_at(step, if noise.is_multiple_of(3) { "a" } else { "b" }, value).unwrap();
            run.lr(step).to_bits()
        };
        (0..600).map(step).collect::<Vec<u64>>()
    };
    assert_eq!(bits(Backend::Eval), bits(Backend::best()));
}
