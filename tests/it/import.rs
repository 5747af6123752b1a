//! What `import` refuses, and how; what it reads beside golden cases.

use std::collections::{BTreeMap, HashSet};

use etude::import::{ALL, object as import};
use etude::{Backend, Clock, Input};
use serde_json::{Value, json};

use crate::cases::at;

/// The torch scheduler `class` over 100 steps from 0.1.
fn torch(class: &str, params: Value) -> Result<String, String> {
    let object = json!({ "class": class, "params": params, "base_lr": 0.1, "total_steps": 100 });
    import("torch", &object).map_err(|e| e.to_string())
}

/// The last line of a program: what is not comment.
fn last(program: &str) -> &str {
    program.trim_end().lines().last().unwrap_or_default()
}

#[test]
fn mistakes_name_the_field_and_the_fix() {
    let wrong: &[(&str, Value, &str)] = &[
        ("StepLRR", json!({}), "unknown class of torch `StepLRR`; did you mean `StepLR`?"),
        ("StepLR", json!({}), "`step_size` is missing: StepLR needs it"),
        ("StepLR", json!({ "step_size": null }), "`step_size` is missing: StepLR needs it"),
        ("StepLR", json!({ "step_size": 0 }), "`step_size` is 0: StepLR needs at least one step"),
        ("StepLR", json!({ "step_size": 2.5 }), "`step_size` is 2.5, but must be a whole number, 0 or more"),
        ("StepLR", json!({ "step_size": 9, "gama": 1 }), "unknown parameter of StepLR `gama`; did you mean `gamma`?"),
        ("StepLR", json!({ "step_size": 9, "last_epoch": 3 }), "`last_epoch` resumes a run"),
        ("ExponentialLR", json!({ "gamma": 0 }), "`gamma` is 0, but must be above 0"),
        ("ExponentialLR", json!({ "gamma": "0.9" }), "`gamma` is \"0.9\", but must be a number"),
        ("MultiStepLR", json!({ "milestones": [] }), "`milestones` is empty"),
        ("LinearLR", json!({ "start_factor": 0 }), "`start_factor` is 0, but must be above 0 and up to 1"),
        ("CosineAnnealingLR", json!({ "T_max": 0 }), "`T_max` is 0"),
        ("CosineAnnealingWarmRestarts", json!({ "T_0": 5, "T_mult": 0 }), "`T_mult` is 0, but must be 1 or more"),
        ("CosineAnnealingWarmRestarts", json!({ "T_0": 5, "T_mult": 1.5 }), "`T_mult` is 1.5, but must be a whole"),
        ("CyclicLR", json!({ "base_lr": 0.1, "max_lr": 1, "mode": "triangulr2" }), "did you mean `triangular2`?"),
        ("OneCycleLR", json!({ "max_lr": 1 }), "OneCycleLR needs `total_steps`, or `epochs` and `steps_per_epoch`"),
        ("OneCycleLR", json!({ "max_lr": 1, "total_steps": 50 }), "torch raises ValueError"),
        ("OneCycleLR", json!({ "max_lr": 1, "total_steps": 100, "pct_start": 0.01 }), "torch raises ZeroDivisionError"),
        ("LambdaLR", json!({ "lr_lambda": "open(x)" }), "cannot be translated: `open` is unknown"),
        ("LambdaLR", json!({ "lr_lambda": "e +" }), "cannot be translated: a value is missing"),
        ("SequentialLR", json!({ "schedulers": ["StepLR(9)"], "milestones": [5] }), "`milestones` has 1 steps"),
        ("SequentialLR", json!({ "schedulers": ["StepLR(9)", "StepLR(9)"], "milestones": [0] }), "must ascend"),
        ("ChainedScheduler", json!({ "schedulers": ["StepLR(9)", "LambdaLR('e')"] }), "pytorch#129565"),
        ("ReduceLROnPlateau", json!({ "factor": 1.0 }), "`factor` is 1, but must be below 1"),
    ];
    for (class, params, message) in wrong {
        let error = torch(class, params.clone()).expect_err(class);
        assert!(error.contains(message), "{class} {params}: {error}");
    }
}

#[test]
fn objects_are_read_strictly() {
    let wrong: &[(Value, &str)] = &[
        (json!([]), "a scheduler is a JSON object"),
        (json!({ "base_lr": 0.1, "total_steps": 9 }), "`class` is missing"),
        (json!({ "class": "ConstantLR", "total_steps": 9 }), "`base_lr` is missing"),
        (json!({ "class": "ConstantLR", "base_lr": 0.1 }), "`total_steps` is missing"),
        (json!({ "class": "ConstantLR", "base_lr": 0.1, "total_steps": 0 }), "`total_steps` is 0"),
        (json!({ "class": "ConstantLR", "base_lr": 0.1, "total_steps": 1e300 }), "`total_steps` is 1e+300"),
        (json!({ "class": "ConstantLR", "base_lr": 0.1, "totalsteps": 9 }), "did you mean `total_steps`?"),
        (json!({ "class": "ConstantLR", "base_lr": [0.1], "total_steps": 9, "group": 1 }), "`group` is 1"),
    ];
    for (object, message) in wrong {
        let error = import("torch", object).expect_err(message).to_string();
        assert!(error.contains(message), "{object}: {error}");
    }
    let error = import("torhc", &json!({})).expect_err("no such library").to_string();
    assert_eq!(error, "unknown library `torhc`; did you mean `torch`?");
}

/// MMEngine's schedulers by epoch and by iteration have one clock only where their epochs are converted.
#[test]
fn clocks_are_not_mixed() {
    let import = |steps: Value| {
        let warmup = json!({ "type": "LinearLR", "start_factor": 0.1, "by_epoch": false, "end": 11 });
        let params = json!({ "schedulers": [warmup, steps] });
        let object = json!({ "class": "param_scheduler", "params": params, "base_lr": 0.1, "total_steps": 40 });
        import("mmengine", &object).map_err(|e| e.to_string())
    };
    let mut steps = json!({ "type": "MultiStepLR", "milestones": [3], "begin": 2, "end": 4 });
    let error = import(steps.clone()).unwrap_err();
    assert!(error.contains("give those by epoch `convert_to_iter_based` and `epoch_length`"), "{error}");
    steps["convert_to_iter_based"] = true.into();
    let error = import(steps.clone()).unwrap_err();
    assert!(error.contains("`convert_to_iter_based` needs `epoch_length`"), "{error}");
    steps["epoch_length"] = 10.into();
    let program = import(steps).unwrap();
    let run = Input::new(&program, Clock::steps(40)).on(Backend::Eval).program().expect("a program");
    assert_eq!([10, 39].map(|step| at(&run, step)[0]), [0.1, 0.1], "{program}");
}

/// Lengths that f64 made are written exactly.
#[test]
fn lengths_are_fractions() {
    let megatron = |warmup: f64, decay: u64| {
        let params = json!({
            "max_lr": 1, "min_lr": 0, "lr_warmup_steps": warmup, "lr_decay_steps": decay, "lr_decay_style": "cosine"
        });
        let object =
            json!({ "class": "OptimizerParamScheduler", "params": params, "base_lr": 1, "total_steps": decay });
        import("megatron", &object).expect("a program")
    };
    let cases = [(0.1 * 281.0, 281, "28.1 steps"), (13.0 / 3.0, 13, "(13 steps / 3)"), (0.07 * 97.0, 97, "6.79 steps")];
    for (warmup, decay, text) in cases {
        let program = megatron(warmup, decay);
        assert_eq!(last(&program), format!("warmup({text}, to: 1) >> cosine(1 -> 0)"));
    }
    // What is no simple fraction becomes arithmetic.
    assert!(last(&megatron(std::f64::consts::E, 13)).starts_with("1 * step / 2.718281828459045 for 3 steps >> "));
}

/// A long number is shown as the sum that made it, with the same bits.
#[test]
fn long_numbers_are_spelt_out() {
    let cases: &[(&str, Value, &str, f64)] = &[
        ("OneCycleLR", json!({ "max_lr": 3e-4, "total_steps": 100 }), "cosine(3e-4 / 25 -> 3e-4)", 3e-4 / 25.0),
        ("ConstantLR", json!({}), "0.1 / 3 for 5 steps", 0.1 * (1.0 / 3.0)),
        ("LinearLR", json!({ "start_factor": 0.123456789 }), "0.0123456789 -> 0.1", 0.1 * 0.123456789),
        ("LinearLR", json!({ "start_factor": 0.7 }), "0.1 * 0.7 -> 0.1", 0.1 * 0.7),
    ];
    for (class, params, text, first) in cases {
        let program = torch(class, params.clone()).expect(class);
        assert!(last(&program).starts_with(text), "{program}");
        let run = Input::new(&program, Clock::steps(100)).on(Backend::Eval).program().expect("a program");
        assert_eq!(at(&run, 0)[0].to_bits(), first.to_bits(), "{program}");
    }
}

/// What a lambda computes.
type Function = fn(f64) -> f64;

#[test]
fn lambdas_are_arithmetic() {
    let cases: &[(&str, Function)] = &[
        ("lambda e: 0.5 * (1 + math.cos(math.pi * e / 100)) if e >= 10 else e / 10", |e| {
            if e >= 10.0 { at_cosine(e / 100.0) } else { e / 10.0 }
        }),
        ("e // 30", |e| (e / 30.0).floor()),
        ("2 * e % 7 - 3", |e| (2.0 * e) % 7.0 - 3.0),
        ("-e ** 2", |e| -(e * e)),
        ("(-e) ** 2 / 4", |e| e * e / 4.0),
        ("min(e, 10) - max(1, 2, e)", |e| e.min(10.0) - e.max(2.0)),
        (
            "1 if e == 4 else 2 if e != 7 else 3",
            |e| if e == 4.0 { 1.0 } else { 5.0 - if e != 7.0 { 3.0 } else { 2.0 } },
        ),
        ("1.5e-1 if e % 2 else 1_000", |e| if e % 2.0 == 1.0 { 0.15 } else { 1000.0 }),
        ("1 - (2 - (3 - x))", |e| 1.0 - (2.0 - (3.0 - e))),
        ("8 / (4 / (x + 1))", |e| 8.0 / (4.0 / (e + 1.0))),
    ];
    for (lambda, expected) in cases {
        let object = json!({ "class": "LambdaLR", "params": { "lr_lambda": lambda }, "base_lr": 1, "total_steps": 50 });
        let text = import("torch", &object).unwrap_or_else(|e| panic!("{lambda}: {e}"));
        let program =
            Input::new(&text, Clock::steps(50)).on(Backend::Eval).program().unwrap_or_else(|e| panic!("{text}: {e}"));
        for step in 0..50 {
            let (got, expected) = (at(&program, step)[0], expected(step as f64));
            assert!(
                (got - expected).abs() <= 1e-14 * expected.abs(),
                "{lambda} at {step}: {got}, not {expected}\n{text}"
            );
        }
    }
}

/// (1 + cos(pi u)) / 2 with the crate's own cosine.
/// Whatever nests or multiplies is refused in a sentence, on a thread's small stack.
#[test]
fn lambdas_are_bounded() {
    let deep = [
        "-".repeat(40_000) + "1",
        "2**".repeat(40_000) + "1",
        "1 if step<1 else ".repeat(55_000) + "1",
        "(".repeat(40_000) + "1" + &")".repeat(40_000),
        "abs(".repeat(40_000) + "1" + &")".repeat(40_000),
        "step".to_owned() + &" % 2".repeat(10_000),
        "1 if ".repeat(40) + "step" + &" else 0".repeat(40),
        "step".to_owned() + &"+step".repeat(200_000),
    ];
    let started = std::time::Instant::now();
    for lambda in deep {
        let work = move || torch("LambdaLR", json!({ "lr_lambda": lambda })).expect_err("too much");
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
        let why = thread.join().expect("no panic");
        assert!(why.len() < 1000 && why.contains("cannot be translated"), "{why}");
    }
    for lambda in ["-".repeat(50) + "1", "(".repeat(50) + "step" + &")".repeat(50), "1**".repeat(50) + "1"] {
        torch("LambdaLR", json!({ "lr_lambda": lambda })).expect("it nests as deep as programs may");
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn members_are_bounded() {
    let sequence = |n: u64| {
        let part = json!({ "class": "ConstantLR", "params": { "factor": 0.5, "total_iters": 1 } });
        let milestones: Vec<u64> = (1..n).map(|k| k * 3).collect();
        let params = json!({ "schedulers": vec![part; n as usize], "milestones": milestones });
        let case = json!({ "class": "SequentialLR", "params": params, "base_lr": 0.1, "total_steps": 100_000 });
        import("torch", &case).map_err(|e| e.to_string())
    };
    assert!(sequence(500).is_ok());
    let why = sequence(20_000).expect_err("more phases than a program has");
    assert!(why.contains("20000 members") && why.contains("10000 phases"), "{why}");
}

fn at_cosine(u: f64) -> f64 {
    (1.0 + etude::math::cospi(&mut etude::math::Native, u)) / 2.0
}

#[test]
fn training_arguments_are_read() {
    let arguments = |object: Value| import("transformers", &object).map_err(|e| e.to_string());
    let text = arguments(json!({
        "output_dir": "out", "lr_scheduler_type": "cosine", "learning_rate": 2e-5, "max_steps": 1000, "warmup_ratio": 0.0301
    }));
    assert_eq!(last(&text.unwrap()), "warmup(31 steps) >> cosine(2e-5 -> 0)");
    let text = arguments(json!({ "max_steps": 100, "warmup_steps": 10 }));
    assert_eq!(last(&text.unwrap()), "warmup(10 steps) >> linear(5e-5 -> 0)");
    let text = arguments(json!({
        "lr_scheduler_type": "SchedulerType.COSINE_WITH_MIN_LR", "max_steps": 100, "warmup_steps": 0.1,
        "lr_scheduler_kwargs": "{\"min_lr\": 1e-6}"
    }));
    assert_eq!(last(&text.unwrap()), "warmup(10 steps) >> cosine(5e-5 -> 1e-6)");
    let error = arguments(json!({ "lr_scheduler_type": "cosine", "num_train_epochs": 3 })).unwrap_err();
    assert!(error.contains("`max_steps` is missing"), "{error}");
    let error = arguments(json!({ "max_steps": 9, "lr_scheduler_kwargs": { "num_cycle": 2 } })).unwrap_err();
    assert!(error.contains("unknown parameter of linear `num_cycle`"), "{error}");
}

/// What a file in one of the libraries' own forms becomes: the end of the program or of the error.
fn file(library: &str, text: &str) -> String {
    match etude::import::import(library, text) {
        Ok(program) => last(&program).into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn training_arguments_come_as_yaml() {
    let recipe = "\
### model
model_name_or_path: meta-llama/Meta-Llama-3-8B-Instruct
lora_target: [q_proj, v_proj]
### train
per_device_train_batch_size: 1
learning_rate: LR
num_train_epochs: 3.0
lr_scheduler_type: cosine
warmup_ratio: 0.1
bf16: true
eval_steps: 500
max_steps: 1000
";
    let with = |from: &str, to: &str| file("transformers", &recipe.replace("LR", "1.0e-4").replace(from, to));
    for rate in ["1.0e-4", "1e-4", "'1e-4'", "0.0001"] {
        let got = file("transformers", &recipe.replace("LR", rate));
        assert_eq!(got, "warmup(100 steps) >> cosine(1e-4 -> 0)", "{rate}");
    }
    let cases: &[(&str, &str, &str)] = &[
        ("warmup_ratio: 0.1", "warmup_steps: 0.0301", "warmup(31 steps) >> cosine(1e-4 -> 0)"),
        ("warmup_ratio: 0.1", "warmup_steps: 5\nwarmup_ratio: 0.5", "warmup(5 steps) >> cosine(1e-4 -> 0)"),
        (
            "cosine",
            "cosine_with_min_lr\nlr_scheduler_kwargs: {min_lr: 1e-5}",
            "warmup(100 steps) >> cosine(1e-4 -> 1e-5)",
        ),
        ("lr_scheduler_type", "lr_scheduler", "warmup(100 steps) >> cosine(1e-4 -> 0)"),
        ("max_steps: 1000", "max_steps: -1", "`max_steps` is missing: num_train_epochs 3 does not say"),
        ("max_steps: 1000", "max_steps: -1\ntotal_steps: 50", "warmup(5 steps) >> cosine(1e-4 -> 0)"),
        ("warmup_ratio", "warmup_ration", "did you mean `warmup_ratio`?"),
        ("lr_scheduler_type", "lr_sheduler_type", "did you mean `lr_scheduler_type`?"),
        ("warmup_ratio: 0.1", "warmup_ratio: 1.5", "`warmup_ratio` is 1.5, but must be up to 1"),
        ("warmup_ratio: 0.1", "warmup_steps: -5", "`warmup_steps` is -5, but must be 0 or more"),
        ("1.0e-4", ".nan", "neither a JSON object nor YAML: .nan is not a finite number"),
        ("bf16: true", "1: 2", "a key that is no text"),
        ("1.0e-4", "!env RATE", "the tag `!env` says what nothing here knows"),
        ("max_steps: 1000", "<<: {max_steps: 2000}", "warmup(200 steps) >> cosine(1e-4 -> 0)"),
        ("1.0e-4", "fast", "`learning_rate` is \"fast\", but must be a number"),
        ("learning_rate", "lr", "`lr` is no field of TrainingArguments: write `learning_rate`"),
        ("bf16: true", "min_lr: 1e-5", "it belongs into `lr_scheduler_kwargs`"),
        ("bf16: true", "bf16: [", "neither a JSON object nor YAML"),
        ("bf16: true", "max_steps: 2000", "duplicate"),
    ];
    for (from, to, expected) in cases {
        let got = with(from, to);
        assert!(got.contains(expected), "{to}: {got}");
    }
}

#[test]
fn deepspeed_configs_are_read() {
    let config = r#"{"train_batch_size": 8, "optimizer": {"type": "AdamW", "params": {"lr": 3e-4}}, "scheduler": {
        "type": "WarmupDecayLR",
        "params": {"warmup_max_lr": 3e-4, "warmup_num_steps": 10, "warmup_type": "linear", "total_num_steps": 110}}}"#;
    let program = "0 for 1 step >> 0 -> 3e-4 for 10 steps >> (3e-4 -> 0 | cycle(100 steps))";
    let cases: &[(&str, &str, &str)] = &[
        ("", "", program),
        ("\"scheduler\"", "\"schedular\"", "did you mean `scheduler`?"),
        ("\"scheduler\"", "\"zero\"", "`scheduler` is missing"),
        ("\"type\": \"WarmupDecayLR\",", "", "`scheduler.type` is missing"),
        ("WarmupDecayLR", "WarmupDecay", "did you mean `WarmupDecayLR`?"),
        ("\"warmup_max_lr\": 3e-4", "\"warmup_max_lr\": \"auto\"", "put the Trainer's `learning_rate`"),
        (
            "\"warmup_num_steps\": 10",
            "\"warmup_num_steps\": \"auto\"",
            "`scheduler.params.warmup_num_steps` is \"auto\"",
        ),
        ("\"lr\": 3e-4", "\"lr\": \"auto\"", program),
        ("\"total_num_steps\": 110", "\"warmup_min_lr\": 0", "`total_steps` is missing: WarmupDecayLR"),
        ("warmup_num_steps", "warmup_nums_teps", "unknown parameter of WarmupDecayLR"),
    ];
    for (from, to, expected) in cases {
        let got = file("deepspeed", &config.replacen(from, to, 1));
        assert!(got.contains(expected), "{to}: {got}");
    }
    let block = r#"{"type": "WarmupCosineLR", "params": {"total_num_steps": 50, "warmup_num_steps": 5}"#;
    assert!(file("deepspeed", &format!("{block}}}")).contains("`optimizer.params.lr` is missing"));
    assert!(file("deepspeed", &format!("{block}, \"base_lr\": 0.1}}")).starts_with("0 for 1 step >> 0.1 * ln("));
}

/// Nothing that JSON can say makes an import panic, and what it gives is a program.
#[test]
fn odd_values_are_refused_or_become_programs() {
    let (mut wrong, mut seen) = (BTreeMap::new(), HashSet::new());
    let odd = [
        json!(null),
        json!(0),
        json!(-1),
        json!(1),
        json!(1e308),
        json!(u64::MAX),
        json!("x"),
        json!([]),
        json!([1, 1]),
        json!({}),
        json!(true),
    ];
    let keys = [
        "step_size",
        "gamma",
        "milestones",
        "factor",
        "total_iters",
        "start_factor",
        "power",
        "T_max",
        "T_0",
        "T_mult",
        "max_lr",
        "step_size_up",
        "step_size_down",
        "total_steps",
        "pct_start",
        "div_factor",
        "lr_lambda",
        "schedulers",
        "num_warmup_steps",
        "num_training_steps",
        "num_cycles",
        "num_decay_steps",
        "min_lr",
        "timescale",
        "lr_end",
    ];
    for dialect in ALL {
        for (class, _) in dialect.classes {
            for a in keys {
                for value in &odd {
                    let mut params = json!({ "step_size": 7, "gamma": 0.5, "T_max": 30, "T_0": 4, "max_lr": 1, "num_decay_steps": 5 });
                    params[a] = value.clone();
                    for total in [50u64, 1 << 53] {
                        let mut object =
                            json!({ "class": class, "params": params, "base_lr": 0.1, "total_steps": total });
                        let text = loop {
                            match import(dialect.name, &object).map_err(|e| e.to_string()) {
                                Ok(text) => break Some(text),
                                // Leave out what this class does not know.
                                Err(e) if e.starts_with("unknown parameter") => {
                                    let key = e.split('`').nth(1).expect("a name");
                                    object["params"].as_object_mut().expect("an object").remove(key);
                                }
                                Err(_) => break None,
                            }
                        };
                        let Some(text) = text else { continue };
                        if total > 50 || text.contains("(metric") || !seen.insert(last(&text).to_owned()) {
                            continue;
                        }
                        if let Err(found) = Input::new(&text, Clock::steps(total)).on(Backend::Eval).program() {
                            let code = found.list[0].code.code;
                            wrong
                                .entry((*class, a, code))
                                .or_insert_with(|| format!("{object}\n{text}{}", found.list[0].message));
                        }
                    }
                }
            }
        }
    }
    let wrong: Vec<String> = wrong.into_values().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
