//! Runs that are killed, stopped or out of space.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::{LONG, Place, begun, error, refused, tries, wait_for_a_step, whole};

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success(), "{name}");
}

/// A random number from 0 to 1, another one each time.
fn random(k: u64) -> f64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(k) as f64 / u64::MAX as f64
}

#[test]
fn a_killed_run_leaves_the_earlier_one_or_is_whole() {
    let place = Place::new("kill");
    assert!(place.train("run", 1, 1).status().unwrap().success());
    let mut last = 1;
    let begin = Instant::now();
    assert!(place.train("other", 1, 3).status().unwrap().success());
    let long = begin.elapsed();
    for seed in 2..2 + tries() {
        let mut child = place.train("run", seed, 3).spawn().unwrap();
        // From before the start to after the end.
        std::thread::sleep(long.mul_f64(random(seed) * 1.2));
        _ = child.kill();
        let ended = child.wait().unwrap();
        let now = whole(&place.path("run"));
        assert!(now == last || now == seed, "{now}");
        assert!(!ended.success() || now == seed, "a run that ended well is not there");
        last = now;
        // What it left is of one run.
        let unfinished = place.path("run.unfinished");
        if unfinished.join("metrics.jsonl").exists() {
            begun(&unfinished);
        }
    }
    // And in nobody's way.
    assert!(place.train("run", 1, 1).status().unwrap().success());
    assert_eq!((whole(&place.path("run")), place.names().join(" ")), (1, "c.etude other run".to_owned()));
}

#[test]
fn a_signal_ends_a_run_after_the_step() {
    let place = Place::new("signals");
    assert!(place.train("run", 1, 1).status().unwrap().success());
    let unfinished = place.path("run.unfinished");
    for (name, code, word) in [("INT", 130, "Ctrl-C"), ("TERM", 143, "SIGTERM"), ("HUP", 129, "SIGHUP")] {
        _ = fs::remove_dir_all(&unfinished);
        let child = place.train("run", 7, LONG).spawn().unwrap();
        wait_for_a_step(&unfinished);
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let (of, steps) = begun(&unfinished);
        let text = error(&output);
        let said = format!("stopped after step {} by {word}; ", steps - 1);
        assert!(text.starts_with(&said) && text.contains("run.unfinished"), "{text}");
        assert!(of == 7 && steps > 0 && output.stdout.is_empty());
        assert!(fs::read_to_string(unfinished.join("plot.svg")).unwrap().ends_with("</svg>\n"));
        let rows = fs::read_to_string(unfinished.join("metrics.csv")).unwrap();
        assert_eq!((rows.lines().count() as u64, rows.ends_with('\n')), (1 + steps, true));
        assert_eq!(whole(&place.path("run")), 1);
    }
}

#[test]
fn what_is_ignored_stays_ignored() {
    let place = Place::new("nohup");
    let mut child = Command::new("sh");
    child.args([
        "-c",
        "trap '' HUP; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_etude"),
        "train",
        "c.etude",
        "--out",
        "run",
    ]);
    let child = child.args(["--set", "epochs=20"]).current_dir(&place.0).stdout(Stdio::null()).spawn().unwrap();
    wait_for_a_step(&place.path("run.unfinished"));
    signal(&child, "HUP");
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(whole(&place.path("run")), 1);
}

#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new("full");
    assert!(place.train("run", 1, 1).status().unwrap().success());
    // In blocks of 512 bytes: the config, the metrics or the pictures do not fit.
    for blocks in [0, 1, 8, 40, 80] {
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_etude")]);
        limited.args(["train", "c.etude", "--out", "run", "--seed", "2", "--set", "epochs=5"]).current_dir(&place.0);
        let text = refused(limited);
        assert!(text.starts_with("error: cannot ") && text.contains("run.unfinished/"), "{blocks}: {text}");
        assert!(text.ends_with(": file too large\n"), "{blocks}: {text}");
        assert_eq!(whole(&place.path("run")), 1);
    }
}
