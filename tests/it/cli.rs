//! The contract of the command line, through the binary.

mod check;
mod compile;
mod foreign;
mod fmt;
mod metrics;
mod recordings;
mod training;

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const COSINE: &str = "warmup(5%) >> cosine(1e-3 -> 0)";

/// A directory of its own for one test, removed at its end.
pub struct Place(PathBuf);

impl Place {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("etude-cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etude"));
    command
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS");
    command
}

pub fn etude(args: &[&str]) -> Output {
    command(args).stdin(Stdio::null()).output().unwrap()
}

/// What a command prints that ends well.
fn stdout(args: &[&str]) -> String {
    let output = etude(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Vec<Value> {
    serde_json::from_str(&stdout(args)).unwrap()
}

/// What a command says that ends with `code`, and that it prints nothing.
fn fails(code: i32, args: &[&str]) -> String {
    let output = etude(args);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    assert!(output.stdout.is_empty() && !text.is_empty() && !text.contains("panicked"), "{args:?}: {text}");
    text
}

#[test]
fn values_read_back_to_the_same_bits() {
    let schedule = etude::compile(COSINE, etude::Clock::steps(1000)).unwrap();
    for backend in ["eval", "jit"] {
        let args = ["eval", "-e", COSINE, "--steps", "1000", "--range", "0..1200:7", "--backend", backend];
        let list = json(&[&args[..], &["--format", "json"]].concat());
        assert_eq!(list.len(), 1200_usize.div_ceil(7));
        for row in &list {
            let step = row["step"].as_u64().unwrap();
            assert_eq!(row["value"].as_f64().unwrap().to_bits(), schedule.lr(step).to_bits(), "{step}");
        }
        let text = stdout(&[&args[..], &["--format", "csv"]].concat());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("step,value"));
        for line in lines {
            let (step, value) = line.split_once(',').unwrap();
            let value: f64 = value.parse().unwrap();
            assert_eq!(value.to_bits(), schedule.lr(step.parse().unwrap()).to_bits());
        }
    }
}

#[test]
fn files_of_several_values_name_them() {
    let place = Place::new("several");
    let file = place.file("p.etude", "lr: 1x -> 0\nbeta1: 0.85 -> 0.95\n");
    let list = json(&["eval", &file, "--steps", "10", "--at", "10,0", "--base", "0.5", "--format", "json"]);
    assert_eq!(list[0], serde_json::json!({ "step": 10, "lr": 0.0, "beta1": 0.95 }));
    assert_eq!(list[1], serde_json::json!({ "step": 0, "lr": 0.5, "beta1": 0.85 }));
    let table = stdout(&["eval", &file, "--steps", "10", "--at", "5"]);
    assert_eq!(
        table.lines().map(|l| l.split_whitespace().collect()).collect::<Vec<Vec<_>>>(),
        [["step", "lr", "beta1"], ["5", "0.5", "0.8999999999999999"]]
    );
}

#[test]
fn the_default_steps_span_the_run() {
    let list = json(&["eval", "-e", COSINE, "--steps", "1000", "--format", "json"]);
    let steps: Vec<u64> = list.iter().map(|row| row["step"].as_u64().unwrap()).collect();
    assert_eq!(steps, (0..=1000).step_by(100).collect::<Vec<_>>());
    assert_eq!(json(&["eval", "-e", "1 for 20 steps >> 2", "--format", "json"]).last().unwrap()["step"], 20);
    assert_eq!(stdout(&["eval", "-e", "1", "--range", "5..5", "--format", "json"]), "[]\n");
}

#[test]
fn programs_come_from_stdin_too() {
    let mut child = command(&["eval", "-", "--at", "3", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"step * 2\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "step,value\n3,6.0\n");
}

#[test]
fn huge_ranges_stream_into_a_pipe_that_closes() {
    for format in ["table", "json", "csv"] {
        let mut child = command(&["eval", "-e", "1", "--range", "0..18446744073709551615", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut start = [0; 4096];
        child.stdout.take().unwrap().read_exact(&mut start).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{format}: {output:?}");
    }
}

#[test]
fn ascii_is_ascii() {
    let ascii = |mut command: Command| {
        let output = command.output().unwrap();
        let help = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!help.is_empty() && help.is_ascii(), "{help}");
    };
    ascii(command(&["check", "--ascii", "-e", "cosin(1 -> 0)", "--steps", "10"]));
    ascii(command(&["plot", "--ascii", "-e", COSINE, "--steps", "10"]));
    let mut plain = command(&["plot", "-e", COSINE, "--steps", "10"]);
    plain.env("LC_ALL", "C");
    ascii(plain);
}

#[test]
fn explain_knows_programs_names_and_codes() {
    let table = stdout(&["explain", "-e", COSINE, "--steps", "40000"]);
    assert!(table.contains("2 000 .. 40 000") && table.contains("95.0%") && table.contains("W0308"), "{table}");
    let entry = stdout(&["explain", "cosine"]);
    assert!(entry.contains("CosineAnnealingLR") && entry.contains("example:") && entry.contains('┤'), "{entry}");
    for code in ["S0204", "s0204"] {
        let text = stdout(&["explain", code]);
        assert!(text.contains("warmup(0.05)") && text.contains("warmup(5%)") && text.contains("╭─[wrong"), "{text}");
    }
    let all = stdout(&["explain"]);
    assert!(["cosine", "cycle", "sigmoid", "run.epoch", "tokens", "S0204", "C0501"].iter().all(|w| all.contains(w)));
    for word in all.lines().filter(|l| l.starts_with("  ")).filter_map(|l| l.split_whitespace().next()) {
        if !word.starts_with('%') {
            assert!(!stdout(&["explain", word]).is_empty(), "{word}");
        }
    }
    assert!(fails(1, &["explain", "cosin"]).contains("`cosine`"));
    assert!(fails(1, &["explain", "S9204"]).contains("S0204"));
    assert!(stdout(&["explain", "-e", COSINE, "--steps", "10", "--ir"]).contains("cosine"));
    assert!(stdout(&["explain", "-e", COSINE, "--steps", "10", "--clif"]).contains("function"));
}

#[test]
fn plots_go_to_the_terminal_and_to_files() {
    let place = Place::new("plot");
    let text = stdout(&["plot", "-e", COSINE, "--steps", "100", "--width", "60", "--height", "12"]);
    assert!(text.contains("warmup(5%)") && text.lines().all(|l| l.chars().count() <= 60), "{text}");
    let both = stdout(&["plot", "-e", COSINE, "-e", "2e-3", "--steps", "100"]);
    assert!(both.contains("2e-3") && both.contains(COSINE), "{both}");
    let (svg, png) = (place.0.join("a.svg"), place.0.join("a.png"));
    for file in [&svg, &png] {
        assert_eq!(stdout(&["plot", "-e", COSINE, "--steps", "100", "-o", file.to_str().unwrap()]), "");
    }
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"));
    assert_eq!(fs::read(&png).unwrap()[..4], *b"\x89PNG");
    assert!(fails(1, &["plot", "-e", "1", "-o", "a.gif"]).contains(".svg"));
}

const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/digits.etude");

#[test]
fn bad_input_is_a_diagnostic() {
    let place = Place::new("bad");
    let mut noise = vec![0u8; 1 << 20];
    let mut state = 1u64;
    for byte in &mut noise {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        *byte = b' ' + (state >> 56) as u8 % 95;
    }
    let files = [
        (place.file("empty", ""), "S0104"),
        (place.file("nul", "cosine(1e-3\0 -> 0)"), "S0002"),
        (place.file("latin1", b"# caf\xe9\n1"), "S0004"),
        (place.file("utf16", b"\xff\xfe1\0e\0"), "S0004"),
        (place.file("long", "x".repeat(3 << 20)), "3145728"),
        (place.file("deep", "(".repeat(100_000)), "S0003"),
        (place.file("minus", "-".repeat(100_000) + "1"), "S0005"),
        (place.file("closed", ")".repeat(100_000)), "S0103"),
        (place.file("phases", "1 for 1 steps >> ".repeat(9_999) + "0"), "S0303"),
        (place.file("noise", &noise), "S0"),
        (place.0.to_str().unwrap().into(), "directory"),
        (place.0.join("none").to_str().unwrap().into(), "no such file"),
    ];
    for (file, word) in &files {
        for name in ["eval", "check", "explain", "plot"] {
            let text = fails(1, &[name, file, "--steps", "100"]);
            assert!(text.contains(word), "{name} {file}: {text}");
            let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
            assert!(text.len() < 100_000 && text.chars().all(printable), "{name} {file}");
        }
        fails(1, &["train", file]);
    }
    for (args, word) in [
        (&["eval", "-e", "1 -> 0", "--steps", "0"][..], "E0402"),
        (&["eval", "-e", "1 -> 0"], "--steps"),
        (&["eval", "-e", "1 / 0"], "W0305"),
        (&["eval", "cosine(1 -> 0)"], "-e"),
        (&["eval", "-e", "run { steps: 5 }"], "computes nothing"),
        (&["explain", "--ir"], "need a program"),
        (&["train", "-"], "S0104"),
    ] {
        assert!(fails(1, args).contains(word), "{args:?}");
    }
}

#[test]
fn bad_usage_ends_with_2() {
    for (args, word) in [
        (&["eval"][..], "PROGRAM"),
        (&["plot"], "PROGRAMS"),
        (&["train"], "FILE"),
        (&["frob"], "frob"),
        (&["eval", "-e", "1", "x.etude"], "--expr"),
        (&["eval", "-e", "1", "--at", "1,x"], "not a step"),
        (&["eval", "-e", "1", "--at", "1e3"], "not a step"),
        (&["eval", "-e", "1", "--at", "18446744073709551616"], "2^64"),
        (&["eval", "-e", "1", "--range", "5..1"], "before its start"),
        (&["eval", "-e", "1", "--range", "1..5:0"], "stride"),
        (&["eval", "-e", "1", "--range", "7"], "a..b"),
        (&["eval", "-e", "1", "--base", "nan"], "finite"),
        (&["eval", "-e", "1", "--steps-per-epoch", "0"], "0"),
        (&["eval", "-e", "1", "--format", "xml"], "json"),
    ] {
        assert!(fails(2, args).contains(word), "{args:?}");
    }
}

#[test]
fn examples_pass() {
    let mut count = 0;
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "etude") {
            count += 1;
            let text = fs::read_to_string(&path).unwrap();
            let clock: &[&str] = if text.contains("epoch") { &["--steps-per-epoch", "10"] } else { &[] };
            let args = [&["check", "--deny-warnings", path.to_str().unwrap(), "--steps", "1000"], clock].concat();
            let output = etude(&args);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(text.starts_with('#'), "{path:?} says what it is");
        }
    }
    assert!(count >= 10);
}

#[test]
fn the_prelude_is_printed_and_explained() {
    assert_eq!(stdout(&["prelude"]), etude::prelude::TEXT);
    for form in etude::prelude::forms() {
        let params: Vec<_> = form.params().map(|p| (p.name, p.default, p.doc)).collect();
        explained(form.name, &[&form.summary(), form.formula(), form.source()], &params);
    }
    assert!(stdout(&["explain"]).contains("onecycle"));
    assert!(fails(1, &["explain", "onecycl"]).contains("`onecycle`"));
}

#[test]
fn every_entry_is_explained() {
    for entry in etude::catalogue::ALL {
        let params: Vec<_> =
            entry.params.iter().map(|p| (p.name, p.default.filter(|d| !d.is_empty()), p.doc)).collect();
        explained(entry.name, &[entry.summary, entry.formula, entry.source, entry.example], &params);
    }
}

/// `explain` shows the texts, every parameter with its default, an example and a picture of a curve that is there.
fn explained(name: &str, texts: &[&str], params: &[(&str, Option<&str>, &str)]) {
    let text = stdout(&["explain", name]);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in texts.iter().chain(&["value ", "source ", "parameters:"]) {
        assert!(flat(&text).contains(&flat(part)), "{name} lacks {part:?}:\n{text}");
    }
    for (param, default, doc) in params {
        let default = default.map_or(String::new(), |default| format!("default {default} "));
        let row = |line: &str| line.starts_with(&format!("{param} ")) && line.ends_with(&format!("{default}{doc}"));
        assert!(text.lines().any(|line| row(&flat(line))), "{name} lacks {param}, {default}:\n{text}");
    }
    let (_, shown) = text.split_once("example:  ").expect("an example");
    let (example, picture) = shown.split_once('\n').expect("a picture");
    assert!(example.contains(name) && picture.contains('┤') && picture.contains("step"), "{text}");
    let drawn = |c: char| ('\u{2801}'..='\u{28ff}').contains(&c);
    let heights = picture.lines().filter(|line| line.contains(drawn)).count();
    assert!(heights > 1, "{name} draws a flat line:\n{text}");
}

#[test]
fn every_param_group_has_its_columns() {
    let rows = json(&["eval", "-e", "2x", "--base", "[0.1, 3]", "--at", "0", "--format", "json"]);
    assert_eq!(rows[0], serde_json::json!({ "step": 0, "value": 0.2, "value[1]": 6.0 }));
    let table = stdout(&["eval", "-e", "2x", "--base", "0,3", "--at", "0", "--format", "csv"]);
    assert_eq!(table, "step,value,value[1]\n0,0.0,6.0\n");
    assert!(fails(2, &["eval", "-e", "2x", "--base", "1,,2"]).contains("is not a finite number"));
    let negative = fails(1, &["eval", "-e", "2x", "--base", "-1,3"]);
    assert!(negative.contains("the base -1 is not a finite number from 0 on"), "{negative}");
    let pole = fails(1, &["eval", "-e", "1 / base", "--base", "0"]);
    assert!(pole.contains("the base 0 is none that the program can have: lr is infinite from step 0 on"), "{pole}");
}

#[test]
fn schedulers_are_imported() {
    let place = Place::new("import");
    let case = r#"{"class": "StepLR", "params": {"step_size": 30}, "base_lr": 0.1, "total_steps": 100}"#;
    let text = stdout(&["import", "torch", &place.file("step.json", case)]);
    assert!(text.ends_with("\ndecay(0.1, by: 0.1, every: 30 steps)\n"), "{text}");
    let rows = json(&["eval", &place.file("step.etude", text), "--steps", "100", "--at", "30", "--format", "json"]);
    assert!((rows[0]["value"].as_f64().unwrap() - 0.01).abs() < 1e-17);
    let text = stdout(&["import", "torch", &place.file("step.json", case), "--steps", "60", "--base", "3"]);
    assert!(text.contains("base_lr 3, 60 steps"), "{text}");
    let wrong = place.file("wrong.json", case.replace("step_size", "step_sise"));
    assert!(fails(1, &["import", "torch", &wrong]).contains("`step_size` is missing"));
    assert!(fails(1, &["import", "torch", &place.file("no.json", "{")]).contains("not one JSON object"));
    assert!(fails(2, &["import", "tensorflow", &wrong]).contains("possible values: torch"));
    for base in ["nan", "inf", "-inf", "1e999", "x"] {
        let text = fails(2, &["import", "torch", &wrong, "--base", base]);
        assert!(text.contains(&format!("`{base}` is not a finite number")), "{text}");
    }
}
