//! Recorded metrics, training by metrics, and the comparison of two programs.

use std::fs;

use serde_json::Value;

use super::{DIGITS, Place, etude, fails, json, stdout};

fn values(list: &[Value]) -> Vec<f64> {
    list.iter().map(|row| row["value"].as_f64().unwrap()).collect()
}

#[test]
fn recorded_metrics_are_observed_step_by_step() {
    let place = Place::new("metrics");
    let loss = place.file("loss.json", "[1, 1, \"nan\", null, null, 2, \"-inf\", 3, \"inf\", 4]");
    let loss = format!("loss={loss}");
    let program = "1x | plateau(loss, factor: 0.5, patience: 1)";
    let args = ["eval", "-e", program, "--steps", "12", "--base", "0.1", "--format", "json", "--metrics", &loss];
    for backend in ["eval", "jit"] {
        let args = [&args[..], &["--backend", backend]].concat();
        let curve = values(&json(&[&args[..], &["--range", "0..13"]].concat()));
        // 1 is the best; 1 and NaN are bad: a cut. Then 2, the best -inf, and 3 and inf: a cut. 4 is bad.
        assert_eq!(curve, [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025]);
        let some = values(&json(&[&args[..], &["--at", "9,2,8,9,3"]].concat()));
        assert_eq!(some, [0.025, 0.1, 0.05, 0.025, 0.05], "in any order");
    }
    assert_eq!(values(&json(&[&args[..9], &["--at", "9"]].concat())), [0.1], "nothing is observed");

    let acc = format!("acc={}", place.file("acc.json", "[0.5, 0.5]"));
    let both = "1 | plateau(loss, factor: 0.5, patience: 1) | plateau(acc, mode: max, patience: 0, factor: 0.1)";
    let text = stdout(&["eval", "-e", both, "--at", "2,3", "--format", "csv", "--metrics", &loss, "--metrics", &acc]);
    assert_eq!(text, "step,value\n2,0.1\n3,0.05\n");
}

#[test]
fn explain_names_the_metrics() {
    let text = stdout(&["explain", "-e", "1 | plateau(loss) | adapt(acc, max: 2) | plateau(loss)", "--steps", "9"]);
    assert!(text.contains("watches loss, acc;"), "{text}");
    for (name, library) in [("plateau", "ReduceLROnPlateau"), ("adapt", "GreedyLR")] {
        assert!(stdout(&["explain", name]).contains(library));
    }
}

#[test]
fn bad_recordings_are_refused() {
    let place = Place::new("recordings");
    let good = place.file("good.json", "[1]");
    let args = ["eval", "-e", "1 | plateau(loss)", "--metrics"];
    for (metrics, word) in [
        (format!("los={good}"), "watches loss; did you mean `loss`?"),
        (format!("loss={}", place.file("object.json", "{}")), "an object, not an array; write an array"),
        (format!("loss={}", place.file("empty.json", "\n")), "an empty file; write"),
        (format!("loss={}", place.file("nan.json", "[1, NaN]")), "not JSON from line 1, column 5 on; write"),
        (format!("loss={}", place.file("cut.json", "[1, 2")), "not JSON from line 1, column 5 on; write"),
        (format!("loss={}", place.file("one.json", "3")), "3, not an array; write"),
        (format!("loss={}", place.file("flag.json", "[true]")), "value 0 is true; write a number"),
        (format!("loss={}", place.file("text.json", "[1, \"high\"]")), "value 1 is \"high\""),
        (format!("loss={}", place.0.join("none").display()), "no such file"),
    ] {
        let text = fails(1, &[&args[..], &[&metrics]].concat());
        assert!(text.contains(word), "{text}");
    }
    let short = format!("loss={}", place.file("short.json", "[1, 2]"));
    for (metrics, word) in
        [(&["--metrics", &short][..], "ends after step 1:"), (&[], "nothing is observed; `--metrics")]
    {
        let output = etude(&[&["eval", "-e", "1 | plateau(loss)", "--at", "0,2,5"], metrics].concat());
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(word), "{word}");
    }
    assert!(fails(2, &[&args[..], &["loss"]].concat()).contains("NAME=FILE.json"));
    let twice = format!("loss={good}");
    assert!(fails(1, &[&args[..], &[&twice, "--metrics", &twice]].concat()).contains("twice"));
    assert!(fails(1, &["eval", "-e", "1", "--metrics", &twice]).contains("no metrics"));
}

#[test]
fn training_feeds_metrics() {
    let place = Place::new("watch");
    let config = fs::read_to_string(DIGITS)
        .unwrap()
        .replace("cosine(peak -> peak / 10)", "peak | plateau(val_accuracy, patience: 0, factor: 0.5)");
    assert!(config.contains("plateau"), "{config}");
    let (file, out) = (place.file("c.etude", &config), place.0.join("out"));
    stdout(&["train", &file, "--out", out.to_str().unwrap(), "--set", "epochs=3"]);
    let metrics = fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    let records: Vec<Value> = metrics.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let lr: Vec<f64> = records.iter().filter(|r| r["kind"] == "step").map(|r| r["lr"].as_f64().unwrap()).collect();
    // A lower accuracy is better to this program, so that every epoch but the first ends with a cut.
    assert_eq!((lr[68], lr[45]), (lr[45] / 2.0, lr[22]));
    let other = place.file("o.etude", config.replace("val_accuracy", "perplexity"));
    let text = fails(1, &["train", &other, "--out", out.to_str().unwrap()]);
    assert!(text.contains("`perplexity`") && text.contains("test_loss"), "{text}");
}

#[test]
fn diff_says_where_and_how_far() {
    let place = Place::new("diff");
    let (a, b) = ("warmup(5%) >> cosine(1e-3 -> 0)", "warmup(10%) >> cosine(1e-3 -> 0)");
    let text = stdout(&["diff", "-e", a, "-e", b, "--steps", "1000"]);
    for line in [
        "compared: 1 001 steps, 0 .. 1 000",
        "lr: 999 of 1 001 steps differ, first step 1",
        "  largest absolute difference  5e-4 at step 50: A 1e-3, B 5e-4",
        "  largest relative difference  50% at step 1: A 2e-5, B 1e-5",
        "A  warmup(5%) >> cosine(1e-3 -> 0)                       B  warmup(10%) >> cosine(1e-3 -> 0)",
        "   0 .. 50        5.0%   0 -> 1e-3   warmup(5%)             0 .. 100       10.0%   0 -> 1e-3   warmup(10%)",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }

    // Files come first; values are matched by name.
    let file = place.file("p.etude", "lr: 1x -> 0\nbeta1: 0.9\n");
    let svg = place.0.join("d.svg");
    let args = ["diff", "-e", "1x -> 0", &file, "--steps", "10", "--base", "0.5", "-o", svg.to_str().unwrap()];
    let text = stdout(&args);
    assert!(text.contains("only A computes beta1") && text.contains("lr: identical bits"), "{text}");
    let picture = fs::read_to_string(&svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("B: 1x"), "both are named");

    for same in ["0.5 + 0.5", "1 | plateau(loss)", "1 for 10% >> 1"] {
        let text = stdout(&["diff", "-e", "1", "-e", same, "--steps", "50", "--exit-code"]);
        assert!(text.starts_with("identical bits (51 steps, 0 .. 50)"), "{text}");
    }
    let zero = stdout(&["diff", "-e", "0", "-e", "-0"]);
    assert!(zero.contains("largest absolute difference  0 at step 0"), "other bits, the same number: {zero}");
    let output = etude(&["diff", "-e", a, "-e", b, "--steps", "9", "--exit-code"]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(1), 0));
    assert!(!output.stdout.is_empty());
    let long = stdout(&["diff", "-e", "1 -> 0", "-e", "1 for 1 step >> 1 -> 0", "--steps", "100000000"]);
    assert!(long.contains("a sample of the run"), "{long}");

    for args in [&["diff", &file][..], &["diff"], &["diff", "-e", "1", "-e", "1", "-e", "1"]] {
        assert!(fails(1, args).contains("two programs"), "{args:?}");
    }
    assert!(fails(1, &["diff", "-e", "1", "-e", "cosin(1 -> 0)", "--steps", "9"]).contains("<B>:1:1"));

    // Too wide to stand side by side; other lengths.
    let long = "warmup(50 steps) >> cosine(1e-3 -> 1e-5) for 950 steps";
    let text = stdout(&["diff", "-e", long, "-e", "(1 -> 0 for 500 steps >> 0.5 -> 0) for 2000 steps"]);
    assert!(text.contains("A ends at step 1 000, B at step 2 000; each then holds its last value"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("B  (1 -> 0")), "{text}");

    // What metrics do is compared where they are given, and asked for where not.
    let (a, b) = ("1 | plateau(loss, patience: 0)", "1 | plateau(loss, patience: 0, factor: 0.5)");
    let unfed = stdout(&["diff", "-e", a, "-e", b, "--steps", "5"]);
    assert!(unfed.contains("identical bits") && unfed.contains("note: B watches loss"), "{unfed}");
    let loss = format!("loss={}", place.file("l.json", "[1, 1, 1, 1, 1]"));
    let fed = stdout(&["diff", "-e", a, "-e", b, "--steps", "5", "--metrics", &loss]);
    assert!(fed.contains("largest absolute difference  0.4 at step 2: A 0.1, B 0.5") && !fed.contains("note"), "{fed}");
}
