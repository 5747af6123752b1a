//! A run is whole or it is not there, whatever happens to it: killed, stopped, out of space, in a race, among links.
//!
//! `ETUDE_FAULTS=200` makes so many tries of each kind that is left to chance, instead of a few.

mod ends;
mod places;
mod races;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a run leaves.
const FILES: [&str; 5] = ["config.etude", "metrics.csv", "metrics.jsonl", "plot.png", "plot.svg"];

/// A run of this many epochs takes long enough to be disturbed in the middle.
const LONG: u64 = 400;

/// Tries of what is left to chance.
fn tries() -> u64 {
    std::env::var("ETUDE_FAULTS").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

/// A directory with a config in it, removed at its end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("etude-faults-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let config = "run { epochs: 2, batch: 64, seed: 1 }\ndata \"digits\"\nmodel mlp(hidden: [16])\n\
            optimizer adamw { lr: warmup(5%) >> cosine(1e-3 -> 0) }\n";
        fs::write(path.join("c.etude"), config).unwrap();
        Self(path.canonicalize().unwrap())
    }

    /// `etude train` into `out`, with this seed and so many epochs.
    fn train(&self, out: &str, seed: u64, epochs: u64) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_etude"));
        let epochs = format!("epochs={epochs}");
        command.args(["train", "c.etude", "--out", out, "--seed", &seed.to_string(), "--set", &epochs]);
        command.current_dir(&self.0).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names in it, in order.
    fn names(&self) -> Vec<String> {
        names(&self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<String> = all.collect();
    all.sort();
    all
}

/// What a command says that ends with 1.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    error(&output)
}

fn error(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// The seed of the run in `folder`, all of whose files are there and of that run.
fn whole(folder: &Path) -> u64 {
    assert!(FILES.iter().all(|name| names(folder).iter().any(|n| n == name)), "{:?}", names(folder));
    let lines = lines(folder);
    let number = |line: &Value, key: &str| line[key].as_u64().unwrap();
    let steps = number(&lines[0], "steps");
    assert_eq!(lines.len() as u64, 1 + steps + number(&lines[0], "epochs"), "{}", folder.display());
    let rows = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    assert_eq!(rows.lines().count() as u64, 1 + steps);
    assert_eq!(fs::read(folder.join("plot.png")).unwrap()[..4], *b"\x89PNG");
    assert!(fs::read_to_string(folder.join("plot.svg")).unwrap().ends_with("</svg>\n"));
    seed(folder, &lines)
}

/// The seed of the run in `folder`, which did not end, and the steps that are written down.
fn begun(folder: &Path) -> (u64, u64) {
    let lines = lines(folder);
    let steps = lines.iter().filter(|line| line["kind"] == "step").count() as u64;
    (seed(folder, &lines), steps)
}

/// What metrics.jsonl says, every line of it.
fn lines(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// The config's seed; its first loss, which depends on the seed, is that of the metrics beside it.
fn seed(folder: &Path, lines: &[Value]) -> u64 {
    let config = fs::read_to_string(folder.join("config.etude")).unwrap();
    let seed = config.split("seed: ").nth(1).unwrap();
    let seed: u64 = seed[..seed.find(|c: char| !c.is_ascii_digit()).unwrap()].parse().unwrap();
    if let Some(line) = lines.get(1) {
        assert_eq!(line["loss"].as_f64(), Some(first_loss(seed)), "{} is of another run", folder.display());
    }
    seed
}

/// The loss of the first step with this seed, found by a run of its own.
fn first_loss(seed: u64) -> f64 {
    use std::collections::HashMap;
    use std::sync::Mutex;

    use etude::config::Spec;
    use etude::train::{Observer, StepRecord, train};

    struct First(f64);
    impl Observer for First {
        fn step(&mut self, step: &StepRecord<'_>) -> Result<(), etude::train::Error> {
            self.0 = if step.step == 0 { step.loss } else { self.0 };
            Ok(())
        }
    }
    static KNOWN: Mutex<Option<HashMap<u64, f64>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap();
    *known.get_or_insert_default().entry(seed).or_insert_with(|| {
        let spec = Spec::default().with(|spec| (spec.hidden, spec.epochs, spec.seed) = (vec![16], 1, seed));
        let hypers = |_, values: &mut [f64]| values.copy_from_slice(&[0.0, 0.9, 0.999, 1e-8, 0.0]);
        let mut first = First(0.0);
        train(&spec, &hypers, &mut first).unwrap();
        first.0
    })
}

/// Waits until the run has written down a step, or ended.
fn wait_for_a_step(folder: &Path) {
    for _ in 0..2000 {
        if fs::read_to_string(folder.join("metrics.jsonl")).is_ok_and(|text| text.contains("\"step\"")) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the run makes no step");
}
