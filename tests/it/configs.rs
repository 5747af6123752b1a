//! `etude check` refuses a config exactly where training it would be refused: the runner's own parts, put together here a second
//! time, say of every config in the tests and examples, and of mutants of them, whether they would run it.
//!
//! `ETUDE_CONFIGS=10000 cargo test --release --test it configs -- --nocapture` takes more mutants and prints how many of
//! each there were.

use std::sync::LazyLock;

use etude::config::{self, Config, Device, Shape, Spec, dataset};
use etude::diag::Severity;
use etude::optim::{self, Layout};
use etude::train::{Dataset, Hypers, Source, Trainer, data};
use etude::{Backend, Diagnostic, Input, syntax};

use crate::cases;
use crate::mutants::Random;

/// Runs of a kind each.
const CONFIGS: &[&str] = &[
    "let peak = 3e-3\nrun { epochs: 2, batch: 64 }\ndata \"digits\"\nmodel mlp(hidden: [8])\n\
     optimizer adamw { lr: warmup(5%) >> cosine(peak -> 0), weight_decay: 0.1 }\n\
     group \"bias\" { weight_decay: 0 }\ngroup \"layers.0\" { lr: 10 * inherited }\n",
    "run { steps: 46, batch: 64, seed: 1, device: cpu }\ndata \"digits\"\nmodel mlp(hidden: [4, 4], activation: tanh)\n\
     optimizer sgd(nesterov: true) { lr: 1 for 1 epoch >> 0.1, momentum: 0.85 -> 1 }\nclip { norm: 1 }\nema { decay: 0.9 }",
    "run { epochs: 3, batch: 1437 }\ndata \"digits\"\nmodel mlp(hidden: [])\n\
     optimizer adamw { lr: 1e-2 | plateau(val_loss, patience: 1), beta1: 0.9 | adapt(loss), eps: 1e-30 -> 1 }",
    "run { epochs: 50, batch: 700 }\ndata \"digits\"\nmodel mlp(hidden: [2])\n\
     optimizer adamw { lr: 1e-3 * 0.99 ** step, beta2: 0.999 - 1e-3 * sin(step), beta1: 0.5 -> 1 }\n\
     group \"weight\" { beta1: max(0, t - 0.1), lr: inherited - 1e-9 }",
    "run { epochs: 1000, batch: 16 }\ndata \"digits\"\nmodel mlp(hidden: [2])\n\
     optimizer sgd { lr: 1e-3 - 1e-8 * step, momentum: staircase(t, 10%) }",
];

/// Values that a number may become, and words that a word may.
const NUMBERS: &[&str] =
    &["0", "1", "2", "1.5", "-1", "1e-3", "1e-31", "1e30", "23", "46", "64", "1437", "1438", "40000", "1e9"];
const WORDS: &[&str] = &[
    "epochs",
    "steps",
    "batch",
    "lr",
    "momentum",
    "beta1",
    "weight_decay",
    "eps",
    "adamw",
    "sgd",
    "hidden",
    "mlp",
    "data",
    "model",
    "run",
    "optimizer",
    "group",
    "clip",
    "norm",
    "val_loss",
    "loss",
    "valid_loss",
    "accuracy",
    "inherited",
    "t",
    "step",
    "reverse",
    "\"bias\"",
    "\"head|bias\"",
    "\"(\"",
    "cuda",
    "stop",
    "true",
];

static DATA: LazyLock<Dataset> = LazyLock::new(|| data::load("digits").expect("the digits are built in"));

/// What the runner would do.
#[derive(Debug, PartialEq)]
enum Verdict {
    Trains,
    Refuses(String),
    /// What will be measured decides whether some value leaves its range.
    Depends,
}

/// What `etude check` says is wrong.
fn checked(source: &str) -> Vec<Diagnostic> {
    Input::config(source)
        .with(&cases::recording)
        .lint()
        .list
        .into_iter()
        .filter(|d| d.severity == Severity::Error)
        .collect()
}

/// What training would make of it, without the steps.
fn trained(source: &str) -> Verdict {
    attempt(source).unwrap_or_else(Verdict::Refuses)
}

fn attempt(source: &str) -> Result<Verdict, String> {
    let first = |found: Vec<Diagnostic>| found[0].message.clone();
    let config = syntax::parse(source).and_then(|ast| config::read(&ast)).map_err(first)?;
    let spec = config.spec().map_err(first)?;
    let clock = config.facts.clock();
    let program =
        Input::new(source, clock).with(&cases::recording).on(Backend::Eval).program().map_err(|e| e.to_string())?;
    let reported = ["loss", "grad_norm", "train_loss", "test_loss", "test_accuracy", "val_loss", "val_accuracy"];
    if let Some(metric) = program.metrics().iter().find(|m| !reported.contains(m)) {
        return Err(format!("{metric} is not reported"));
    }
    let measured = !program.metrics().is_empty();
    let hypers = Hypers::new(&config, program);
    let layout = built(&spec, &hypers)?;
    let rule = optim::rule(&spec.rule).map_err(|e| e.to_string())?;
    let steps = spec.steps_per_epoch(DATA.train.len()).saturating_mul(spec.epochs);
    let mut values = vec![0.0; layout.groups().len() * rule.words.hypers.len()];
    for step in tried(steps) {
        hypers.fill(step, &mut values);
        if let Err(e) = rule.check(&layout, step, &values) {
            return if measured && step > 0 { Ok(Verdict::Depends) } else { Err(e.to_string()) };
        }
    }
    Ok(Verdict::Trains)
}

/// The model and optimizer; of a large one only the places of its parameters.
fn built(spec: &Spec, hypers: &Hypers) -> Result<Layout, String> {
    let row = dataset(&spec.data).ok_or("no such data")?;
    let shape =
        Shape { inputs: row.inputs, hidden: spec.hidden.clone(), classes: row.classes, activation: spec.activation };
    let layout = Layout::new(&shape.tensors(), &spec.groups).map_err(|e| e.to_string())?;
    let units: usize = spec.hidden.iter().sum::<usize>() + row.classes;
    let numbers = units * spec.batch.clamp(256, row.train);
    if numbers > 1 << 30 {
        return Err(format!("{numbers} numbers for a batch"));
    }
    if layout.padded_len() < 1 << 20 && numbers < 1 << 22 {
        // What a machine lacks is no mistake of the config's.
        let spec = spec.clone().with(|spec| (spec.device, spec.threads) = (Device::Cpu, Some(1)));
        Trainer::new(&spec, &DATA, hypers).map_err(|e| e.to_string())?;
    }
    Ok(layout)
}

/// All steps of a short run; of a long one the first, the last, and some between.
fn tried(steps: u64) -> Vec<u64> {
    const MANY: u64 = 1 << 11;
    if steps <= 3 * MANY {
        return (0..steps).collect();
    }
    let between = (0..MANY).map(|k| (u128::from(steps) * u128::from(k) / u128::from(MANY)) as u64);
    (0..MANY).chain(between).chain(steps - MANY..steps).collect()
}

/// Whether a value is out of its range at the step that a finding names.
fn confirmed(source: &str, found: &[Diagnostic]) -> bool {
    let Ok(Ok(config)) = syntax::parse(source).map(|ast| config::read(&ast)) else { return false };
    found.iter().filter(|d| d.code.code == "C0509").any(|d| {
        let step = d.message.split(" step ").nth(1).and_then(|rest| rest.split([' ', ';']).next()?.parse().ok());
        step.is_some_and(|step| is_bad(source, &config, step))
    })
}

fn is_bad(source: &str, config: &Config, step: u64) -> bool {
    let program = Input::new(source, config.facts.clock()).with(&cases::recording).on(Backend::Eval).program();
    let (Ok(program), Ok(spec)) = (program, config.spec()) else { return false };
    let hypers = config.rule().hypers;
    let mut values = vec![0.0; (spec.groups.len() + 1) * hypers.len()];
    Hypers::new(config, program).fill(step, &mut values);
    values.chunks(hypers.len()).any(|row| row.iter().zip(hypers).any(|(v, h)| !h.range.contains(*v)))
}

/// What they disagree on, if they do; how often each was said otherwise.
fn compare(source: &str, counts: &mut [usize; 4]) -> Option<String> {
    let (found, verdict) = (checked(source), trained(source));
    if let Some(d) = found.iter().find(|d| source.get(d.span.range()).is_none() || d.help.is_none()) {
        return Some(format!("{source}\nno place or no way on: {d:?}"));
    }
    let config = syntax::parse(source).and_then(|ast| config::read(&ast));
    if config.as_ref().is_ok_and(|config| !config.trains()) {
        counts[0] += 1;
        return (!matches!(verdict, Verdict::Refuses(_))).then(|| format!("{source}\nhas neither data nor a model"));
    }
    let agreed = match &verdict {
        Verdict::Trains => found.is_empty() || confirmed(source, &found),
        Verdict::Refuses(_) => !found.is_empty(),
        Verdict::Depends => found.iter().all(|d| d.code.code == "C0509"),
    };
    // Those that only the run as a whole shows.
    let late = config.is_ok() && !found.is_empty();
    counts[if found.is_empty() { 1 } else { 2 + usize::from(late) }] += 1;
    (!agreed).then(|| format!("{source}\ncheck: {found:#?}\ntrain: {verdict:?}"))
}

/// Every config in the tests and examples.
fn all() -> Vec<String> {
    let examples = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).expect("the examples are there");
    let examples =
        examples.map(|e| e.expect("an entry").path()).filter(|p| p.extension().is_some_and(|e| e == "etude"));
    let mut all: Vec<String> = examples.map(|p| std::fs::read_to_string(p).expect("examples are text")).collect();
    all.sort();
    all.extend(cases::all().into_iter().map(|case| case.source));
    all.extend(etude::diag::all().flat_map(|code| [code.wrong, code.right]).map(String::from));
    all.extend(CONFIGS.iter().map(|&config| config.into()));
    all.retain(|source| ["run ", "data ", "model ", "optimizer "].iter().any(|block| source.contains(block)));
    all
}

/// A config with a number, a word or a line changed.
fn mutant(random: &mut Random, config: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '"');
    let mut parts: Vec<&str> = vec![];
    let mut rest = config;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| part(c) != part(first)).unwrap_or(rest.len());
        parts.push(&rest[..end]);
        rest = &rest[end..];
    }
    let words: Vec<usize> = (0..parts.len()).filter(|&k| parts[k].starts_with(part)).collect();
    match random.below(4) {
        0 => {
            let lines: Vec<&str> = config.lines().collect();
            let gone = random.below(lines.len());
            lines.iter().enumerate().filter(|(k, _)| *k != gone).map(|(_, line)| format!("{line}\n")).collect()
        }
        _ if words.is_empty() => config.into(),
        _ => {
            let k = words[random.below(words.len())];
            let numeric = parts[k].starts_with(|c: char| c.is_ascii_digit());
            let list = if numeric { NUMBERS } else { WORDS };
            parts[k] = list[random.below(list.len())];
            parts.concat()
        }
    }
}

#[test]
fn check_refuses_what_training_would() {
    let count = std::env::var("ETUDE_CONFIGS").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let all = all();
    let mut counts = [0; 4];
    let mut odd: Vec<String> = all.iter().filter_map(|source| compare(source, &mut counts)).collect();
    let [bare, fine, wrong, late] = counts;
    println!(
        "{} configs: {bare} for other trainers, {fine} right, {wrong} misread, {late} refused as a whole",
        all.len()
    );
    assert!(fine > 5 && late > 2, "{fine} are right, {late} refused as a whole");
    let whole: Vec<&String> = all.iter().filter(|s| s.contains("data ") && s.contains("model ")).collect();
    let (mut random, mut counts) = (Random(5), [0; 4]);
    for k in 0..count {
        let config = whole[random.below(whole.len())];
        let mut source = config.clone();
        for _ in 0..1 + random.below(2) {
            source = if k % 8 == 0 { random.mutant(&source, 1) } else { mutant(&mut random, &source) };
        }
        odd.extend(compare(&source, &mut counts));
    }
    let [bare, fine, wrong, late] = counts;
    println!("{count} mutants: {bare} for other trainers, {fine} right, {wrong} misread, {late} refused as a whole");
    assert!(odd.is_empty(), "{} disagree\n{}", odd.len(), odd.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n"));
    assert!(fine * 20 > count && late * 20 > count, "{fine} are right, {late} refused as a whole");
}
