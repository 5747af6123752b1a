//! Configs: every code of the band, and what a config means to a run.

use super::*;
use crate::Input;
use crate::diag::{self, Severity};
use crate::syntax::parse;

const DIGITS: &str = "let peak = 3e-3\nrun { epochs: 2, batch: 64 }\ndata \"digits\"\nmodel mlp(hidden: [8])\n\
    optimizer adamw { lr: warmup(5%) >> cosine(peak -> 0), weight_decay: 0.1 }\n\
    group \"bias\" { weight_decay: 0 }\ngroup \"layers.0\" { lr: 10 * inherited }\n";

fn codes(source: &str) -> Vec<&'static str> {
    let found = read(&parse(source).unwrap()).err().unwrap_or_default();
    found.iter().map(|d| d.code.code).collect()
}

/// The errors of a config and of the program in it.
fn refused(source: &str) -> Vec<&'static str> {
    Input::config(source).lint().list.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code.code).collect()
}

#[test]
fn every_code_has_its_program() {
    for code in diag::config::CODES {
        assert!(refused(code.wrong).contains(&code.code), "{}: {:?}", code.code, refused(code.wrong));
        assert_eq!(refused(code.right), [""; 0], "{}", code.code);
    }
}

#[test]
fn what_a_run_needs_is_named() {
    let missing = |source: &str| read(&parse(source).unwrap()).unwrap().spec().unwrap_err();
    for name in ["run", "data", "model"] {
        let source: String = DIGITS.lines().filter(|l| !l.starts_with(name)).map(|l| format!("{l}\n")).collect();
        assert!(missing(&source)[0].message.contains(&format!("`{name}`")), "{name}");
    }
    let all = missing("1e-3");
    assert!(all.len() == 1 && all[0].message.contains("`run`, `data`, `model`, `optimizer`"), "{all:?}");
    assert!(missing("optimizer adamw { beta1: 0.9 }").iter().any(|d| d.message.contains("`lr`")));
    let steps = DIGITS.replace("epochs: 2", "steps: 50");
    let found = read(&parse(&steps).unwrap()).unwrap().spec().unwrap_err();
    assert!(found[0].help.as_ref().unwrap().contains("46 or 69"), "{found:?}");
}

#[test]
fn the_run_and_the_data_agree_on_an_epoch() {
    // 1437 samples, and the blocks in any order.
    let place = |source: &str| {
        let found = read(&parse(source).unwrap()).unwrap_err();
        assert_eq!((found.len(), found[0].code.code), (1, "C0504"), "{found:?}");
        (source[found[0].span.range()].to_owned(), found.into_iter().next().unwrap())
    };
    let run = "run { epochs: 2, batch: 64, steps_per_epoch: 100 }";
    for source in [format!("{run}\ndata \"digits\""), format!("data \"digits\"\n{run}")] {
        let (at, d) = place(&source);
        assert!(at == "100" && d.message.contains("100") && d.message.contains("23 steps"), "{}", d.message);
        assert_eq!(d.fix.unwrap().edits[0].replacement, "23");
    }
    // The batch that a run takes where it says none.
    assert!(place("data \"digits\"\nrun { steps_per_epoch: 22 }").1.help.unwrap().contains("batches of 64"));
    let (at, d) = place("run { epochs: 1, batch: 5000 }\ndata \"digits\"");
    assert!(at == "5000" && d.message.contains("5000") && d.message.contains("1437"), "{}", d.message);
    assert_eq!(codes("run { epochs: 1, batch: 1437, steps_per_epoch: 1 }\ndata \"digits\""), [""; 0]);
    assert_eq!(codes("run { epochs: 1, batch: 5000, steps_per_epoch: 7 }"), [""; 0]);
}

#[test]
fn settings_change_the_text() {
    let changed = set(DIGITS, "peak", "1e-2 # high").unwrap();
    assert!(changed.starts_with("let peak = 1e-2\nrun"));
    for (name, value) in [("run.epochs", "5"), ("epochs", "5"), ("seed", "7")] {
        let config = read(&parse(&set(DIGITS, name, value).unwrap()).unwrap()).unwrap();
        let spec = config.spec().unwrap();
        assert!(spec.epochs == 5 || spec.seed == 7, "{name}");
    }
    let alone = set("data \"digits\"", "epochs", "3").unwrap();
    assert_eq!(read(&parse(&alone).unwrap()).unwrap().facts.epochs, Some(3));
    assert!(set(DIGITS, "paek", "1").unwrap_err().to_string().contains("`peak`"));
    assert!(set("1e-3", "epochs", "3").unwrap_err().to_string().contains("lone expression"));
    assert!(read(&parse(&set("run x", "epochs", "3").unwrap()).unwrap()).is_err());
    assert!(set(DIGITS, "peak", "1 }").is_err());
    assert!(set(DIGITS, "peak", "let a = 1\na").is_err());
    assert!(set(DIGITS, "run.zzz", "1").unwrap_err().to_string().contains("tokens_per_sample"));
}

fn device(source: &str) -> Device {
    read(&parse(source).unwrap()).unwrap().spec.device
}

#[test]
fn a_device_is_a_word_or_a_string() {
    for (written, expected) in [
        ("cpu", Device::Cpu),
        ("cuda", Device::Cuda(0)),
        ("\"cuda\"", Device::Cuda(0)),
        ("\"cuda:1\"", Device::Cuda(1)),
    ] {
        assert_eq!(device(&format!("run {{ epochs: 2, device: {written}, batch: 8 }}")), expected, "{written}");
    }
    assert_eq!(device("run { epochs: 2 }"), Device::Cpu);
    // What a `let` is called does not change what a device is.
    assert_eq!(device("let cuda = 3\nrun { epochs: cuda, device: cuda }"), Device::Cuda(0));
}

#[test]
fn other_devices_are_refused() {
    let refused = |written: &str| {
        let source = format!("run {{ epochs: 2, device: {written} }}");
        let found = read(&parse(&source).unwrap()).unwrap_err();
        assert_eq!((found.len(), found[0].code.code, &source[found[0].span.range()]), (1, "C0503", written));
        found.into_iter().next().unwrap()
    };
    for (written, near, fixed) in [
        ("gpu", "cuda", "cuda"),
        ("\"gpu\"", "cuda", "\"cuda\""),
        ("cuda1", "cuda:1", "\"cuda:1\""),
        ("\"gpu:1\"", "cuda:1", "\"cuda:1\""),
        ("CPU", "cpu", "cpu"),
    ] {
        let d = refused(written);
        assert_eq!(d.message, format!("unknown device `{}`", written.trim_matches('"')));
        assert_eq!(d.help, Some(format!("did you mean `{near}`?")));
        assert_eq!(d.fix.unwrap().edits[0].replacement, fixed);
        assert!(device(&format!("run {{ device: {fixed} }}")).to_string() == near);
    }
    let d = refused("tpu");
    assert_eq!((d.message.as_str(), d.help.as_deref()), ("unknown device `tpu`", Some("known: cpu, cuda, \"cuda:1\"")));
    for written in ["1", "0 -> 1", "cosine(1 -> 0)", "cuda for 5 steps", "cuda(1)", "[cuda]", "\"\""] {
        assert_eq!(refused(written).message, "this names no device", "{written}");
    }
    assert_eq!(codes("run { device: cpu, device: cuda }"), ["C0507"]);
}

#[test]
fn a_device_is_set_without_its_quotes() {
    for (name, value, expected) in [
        ("device", "cuda", Device::Cuda(0)),
        ("run.device", "cuda:1", Device::Cuda(1)),
        ("run.device", "\"cuda:2\"", Device::Cuda(2)),
    ] {
        assert_eq!(device(&set(DIGITS, name, value).unwrap()), expected, "{value}");
        assert_eq!(device(&set("run { epochs: 1, device: cpu }", name, value).unwrap()), expected, "{value}");
    }
    let changed = set("let device = 1\nrun { epochs: device }", "device", "2").unwrap();
    assert_eq!(changed, "let device = 2\nrun { epochs: device }");
    let found = read(&parse(&set(DIGITS, "device", "gpu:1").unwrap()).unwrap()).unwrap_err();
    assert_eq!(found[0].message, "unknown device `gpu:1`");
    for value in ["", "\"cuda:1", "cuda:1\n", "cuda\\:1"] {
        assert!(set(DIGITS, "device", value).is_err(), "{value:?}");
    }
}

#[test]
fn whole_numbers_are_those_that_are_written() {
    let config = |source: &str| read(&parse(source).unwrap());
    let most = 1 << 53;
    for (source, seed) in [
        ("run { seed: 9007199254740992 }", most),
        ("let s = (9_007_199_254_740_991)\nrun { seed: s }", most - 1),
        ("run { seed: 20k }", 20_000),
        ("run { seed: 0.5e1 }", 5),
        ("let n = 3\nrun { seed: 2 * n }", 6),
    ] {
        assert_eq!(config(source).unwrap().spec.seed, seed, "{source}");
    }
    for (source, shown) in [
        ("run { seed: 9007199254740993 }", "`seed` is 9007199254740993;"),
        ("run { batch: 9007199254740993 }", "`batch` is 9007199254740993;"),
        ("let s = 9007199254740993\nrun { seed: s }", "`seed` is 9007199254740993;"),
        ("run { seed: 18446744073709551615 }", "`seed` is 18446744073709551615;"),
        ("run { seed: 9007199254740992 + 1 }", "`seed` is 9007199254740992;"),
        ("run { seed: 2.5 }", "`seed` is 2.5;"),
        ("run { seed: 1e300 }", "`seed` is 1e300;"),
        ("run { batch: 1 - 1 }", "`batch` is 0;"),
        ("run { seed: 0 - 1 }", "`seed` is -1;"),
    ] {
        let found = config(source).unwrap_err();
        assert!(found[0].code.code == "C0504" && found[0].message.starts_with(shown), "{source}: {}", found[0].message);
    }
}

#[test]
fn settings_may_use_lets_but_not_time() {
    assert_eq!(codes("let n = 4\nrun { epochs: 2 * n }"), [""; 0]);
    assert_eq!(codes("run { epochs: 2 + t }"), ["C0504"]);
    assert_eq!(codes("run { epochs: 2, steps: 5 }"), ["C0507"]);
    assert_eq!(codes("optimizer sgd(nesterov: true) { lr: 1 }"), ["C0506"]);
    assert_eq!(codes("optimizer sgd(nesterov: true) { lr: 1, momentum: 0.9 }"), [""; 0]);
    assert_eq!(codes("optimizer sgd { lr: 1, nesterov: true }")[0], "C0502");
}

/// A group that finds nothing is told of once, where it stands, and those after it are not blamed.
#[test]
fn only_the_group_at_fault_is_blamed() {
    let source = DIGITS.to_owned() + "group \"nothing\" { lr: 1 }\ngroup \"head\" { lr: 1 }\ngroup \"(\" { lr: 1 }\n";
    let found = read(&parse(&source).unwrap()).err().unwrap();
    let places: Vec<_> = found.iter().map(|d| (d.code.code, &source[d.span.range()])).collect();
    assert_eq!(places, [("C0508", "\"nothing\""), ("C0508", "\"(\"")]);
}

/// Every group is tried on every layer once.
#[test]
fn groups_and_layers_are_bounded() {
    let layers = vec!["2"; 200].join(", ");
    let groups: String = (0..200).map(|k| format!("group \"layers.{k}.weight\" {{ lr: 1 }}\n")).collect();
    let head = "run { epochs: 2, batch: 64 }\ndata \"digits\"\noptimizer adamw { lr: 1 }\n";
    let source = format!("{head}model mlp(hidden: [{layers}])\n{groups}");
    let started = std::time::Instant::now();
    let found = read(&parse(&source).unwrap()).err().unwrap_or_default();
    // `layers.1.weight` is found in no other name, but `.` stands for any character.
    assert!(found.iter().all(|d| d.code == &diag::config::GROUP), "{found:?}");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    let many = format!("{head}model mlp(hidden: [1{}])\n", ", 2".repeat(300));
    assert_eq!(codes(&many), [diag::config::VALUE.code]);
}
