//! Configs on the command line: training, and what stands in for the clock.

use std::fs;

use serde_json::Value;

use super::{DIGITS, Place, etude, fails, json, stdout};

#[test]
fn training_leaves_its_files() {
    let place = Place::new("train");
    let out = place.0.join("out");
    let args =
        ["train", DIGITS, "--out", out.to_str().unwrap(), "--set", "epochs=2", "--set", "peak=1e-2", "--seed", "7"];
    let text = stdout(&args);
    assert!(text.contains("steps       46") && text.contains("accuracy"), "{text}");
    for name in ["config.etude", "metrics.jsonl", "metrics.csv", "plot.svg", "plot.png"] {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 0, "{name}");
    }
    assert!(!out.join("unfinished").exists());
    let config = fs::read_to_string(out.join("config.etude")).unwrap();
    assert!(config.contains("seed: 7") && config.contains("peak = 1e-2"), "{config}");

    // The curve that was trained with is the one that `eval` shows.
    let list = json(&["eval", out.join("config.etude").to_str().unwrap(), "--range", "0..46", "--format", "json"]);
    let metrics = fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    let steps: Vec<Value> =
        metrics.lines().map(|l| serde_json::from_str(l).unwrap()).filter(|v: &Value| v["kind"] == "step").collect();
    assert_eq!(list.len(), steps.len());
    for (row, step) in list.iter().zip(&steps) {
        assert_eq!((&row["step"], &row["lr"], &row["beta1"]), (&step["step"], &step["lr"], &step["beta1"]));
        assert_eq!(
            (&row["weight_decay"], &row["bias|norm.weight_decay"]),
            (&step["weight_decay"], &step["group1.weight_decay"])
        );
    }

    // The same seed gives the same numbers; a run that fails leaves them alone.
    stdout(&args);
    assert_eq!(fs::read_to_string(out.join("metrics.jsonl")).unwrap(), metrics);
    let text = fails(1, &["train", DIGITS, "--out", out.to_str().unwrap(), "--set", "peak=1e9"]);
    assert!(text.contains("diverged") && text.contains("unfinished"), "{text}");
    assert_eq!(fs::read_to_string(out.join("metrics.jsonl")).unwrap(), metrics);
}

#[test]
fn the_device_is_a_setting() {
    let place = Place::new("device");
    let out = place.0.join("out");
    let train = ["train", DIGITS, "--out", out.to_str().unwrap(), "--set", "epochs=1"];
    let text = stdout(&[&train[..], &["--device", "cpu"]].concat());
    assert!(text.contains("steps       23"), "{text}");
    let config = fs::read_to_string(out.join("config.etude")).unwrap();
    assert!(config.contains("device: cpu"), "{config}");
    let metrics = fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    // It is where a run trains when nothing is said.
    stdout(&train);
    assert_eq!(fs::read_to_string(out.join("metrics.jsonl")).unwrap(), metrics);

    for (device, near) in [("gpu", "did you mean `cuda`?"), ("gpu:1", "did you mean `cuda:1`?"), ("tpu", "known: cpu")]
    {
        let text = fails(1, &[&train[..], &["--device", device]].concat());
        assert!(text.contains(&format!("unknown device `{device}`")) && text.contains(near), "{text}");
        assert_eq!(text, fails(1, &[&train[..], &["--set", &format!("run.device={device}")]].concat()));
    }
    for (device, why) in [("", "<run.device>"), ("let a = 1", "--device let a = 1: `let a = 1` is not an expression")] {
        let text = fails(1, &[&train[..], &["--device", device]].concat());
        assert!(text.contains(why), "{text}");
    }
    assert_eq!(fs::read_to_string(out.join("metrics.jsonl")).unwrap(), metrics, "a run that never began left files");
}

#[test]
fn a_config_brings_its_clock() {
    assert_eq!(json(&["eval", DIGITS, "--format", "json"]).last().unwrap()["step"], 460);
    assert_eq!(json(&["eval", DIGITS, "--format", "json", "--steps", "100"]).last().unwrap()["step"], 100);
    assert!(stdout(&["explain", DIGITS]).contains("23 .. 460"));
    assert!(etude(&["check", DIGITS, "--deny-warnings"]).status.success());
    assert!(stdout(&["plot", DIGITS]).contains("weight_decay"));
}

#[test]
fn settings_are_never_ignored() {
    let place = Place::new("settings");
    let config = fs::read_to_string(DIGITS).unwrap();
    for (from, to, code, near) in [
        ("optimizer", "optimiser", "C0501", "optimizer"),
        ("weight_decay: 0.1", "weight_decy: 0.1", "C0502", "weight_decay"),
        ("adamw", "adamx", "C0503", "adamw"),
        ("\"digits\"", "\"digit\"", "C0503", "digits"),
        ("relu", "rleu", "C0503", "relu"),
        ("epochs: 20", "epoch: 20", "C0502", "epochs"),
        ("seed: 42", "device: gpu", "C0503", "`cuda`"),
        ("batch: 64", "batch: 0", "C0504", "from 1"),
        ("batch: 64", "batch: 1438", "C0504", "1437"),
        ("batch: 64", "batch: 64, steps_per_epoch: 5", "C0504", "23 steps"),
        ("\"bias|norm\"", "\"conv\"", "C0508", "conv"),
        ("clip", "stop", "C0505", "stop"),
    ] {
        let file = place.file("c.etude", config.replacen(from, to, 1));
        let text = fails(1, &["check", &file]);
        assert!(text.contains(code) && text.contains(near), "{from}: {text}");
        assert!(fails(1, &["train", &file, "--out", place.0.join("o").to_str().unwrap()]).contains(code));
    }
    assert!(fails(1, &["train", DIGITS, "--set", "paek=1"]).contains("`peak`"));
    assert!(fails(2, &["train", DIGITS, "--set", "peak"]).contains("name=value"));
    assert!(fails(1, &["train", DIGITS, "--set", "peak=1 +"]).contains("<peak>"));
}
