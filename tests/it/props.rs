//! What holds for all programs, tried on random ones. The seed is fixed: a failure comes back.

use std::cell::Cell;

use etude::{Backend, Clock, Input, Program, syntax};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::cases::{self, BACKENDS, at};

/// Runs `test` on so many values of `strategy`.
pub fn check<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(&strategy, test) {
        panic!("{error}");
    }
}

fn clock() -> Clock {
    Clock::steps(997).steps_per_epoch(90).batch(8).tokens_per_sample(16)
}

// ---- Programs ----

fn number() -> impl Strategy<Value = String> {
    select(vec!["0", "1", "0.5", "1e-3", "3e-4", "0.1", "2", "0.3", "10", "1x", "0.1x", "2x", "1/3", "peak"])
        .prop_map(String::from)
}

fn positive() -> impl Strategy<Value = String> {
    select(vec!["1", "0.5", "1e-3", "3e-4", "0.1", "2", "1x", "0.1x", "peak"]).prop_map(String::from)
}

fn duration() -> impl Strategy<Value = String> {
    select(vec![
        "1%",
        "2.5%",
        "7%",
        "3 steps",
        "10.5 steps",
        "40 steps",
        "0.5 epochs",
        "100 samples",
        "1k tokens",
        "(1 epoch / 7)",
        "(3% + 1 step)",
        "d",
    ])
    .prop_map(String::from)
}

/// A phase without a time.
fn leaf() -> impl Strategy<Value = String> {
    let shape = select(vec!["linear", "cosine", "sqrt", "poly"]);
    let power = select(vec!["0.5", "1", "2", "3.7"]);
    prop_oneof![
        3 => number(),
        2 => (number(), number()).prop_map(|(a, b)| format!("({a} -> {b})")),
        1 => (number(), number(), number()).prop_map(|(a, b, c)| format!("({a} -> {b} -> {c})")),
        3 => (shape, number(), number()).prop_map(|(s, a, b)| format!("{s}({a} -> {b})")),
        1 => (power, number(), number()).prop_map(|(p, a, b)| format!("poly({a} -> {b}, power: {p})")),
        1 => (positive(), positive()).prop_map(|(a, b)| format!("exp({a} -> {b})")),
        1 => (number(), duration()).prop_map(|(a, d)| format!("rsqrt({a}, timescale: {d})")),
        1 => (number(), duration()).prop_map(|(a, d)| format!("decay({a}, by: 0.7, every: {d})")),
        1 => number().prop_map(|a| format!("decay({a}, by: 0.5, at: [3%, 3%, 20 steps, 9%])")),
        1 => select(vec!["t", "run.t", "step * 1e-3", "sin(step)", "floor(epoch)", "0.9 ** run.epoch", "sqrt(run.step)", "round(7 * t)", "sigmoid(5 - step)"])
            .prop_map(String::from),
    ]
}

fn modifier() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..9u32).prop_map(|k| format!("cycle({k})")),
        duration().prop_map(|d| format!("cycle({d})")),
        select(vec![
            "cycle(3, grow: 2)",
            "cycle(4, grow: 0.75, decay: 0.5)",
            "cycle(10 steps, grow: 1.5)",
            "cycle(5, decay: 0.9)"
        ])
        .prop_map(String::from),
        Just("clamp(min: 0.01, max: 1.5)".to_string()),
        duration().prop_map(|d| format!("staircase({d})")),
        (number(), duration()).prop_map(|(a, d)| format!("overlay({a} for {d}, at: end)")),
        duration().prop_map(|d| format!("overlay(warmup({d}))")),
    ]
}

/// A schedule: phases in time, nested, multiplied and modified.
pub fn schedule() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let timed = prop_oneof![
            4 => inner.clone(),
            4 => (inner.clone(), duration()).prop_map(|(p, d)| format!("{p} for {d}")),
            1 => (positive(), duration()).prop_map(|(b, d)| format!("cosine(-> {b}) for {d}")),
        ];
        let chain = (any::<bool>(), inner.clone(), prop::collection::vec(timed, 1..4)).prop_map(|(warm, first, rest)| {
            let first = if warm { format!("warmup(4%) >> {first}") } else { first };
            format!("({first} >> {})", rest.join(" >> "))
        });
        prop_oneof![
            3 => chain,
            2 => (inner.clone(), modifier()).prop_map(|(s, m)| format!("({s} | {m})")),
            2 => (select(vec!["+", "-", "*"]), inner.clone(), inner.clone()).prop_map(|(op, a, b)| format!("({a} {op} {b})")),
            1 => (select(vec!["min", "max"]), inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            1 => inner.prop_map(|s| format!("-abs({s})")),
        ]
    })
}

pub fn program(body: &str) -> String {
    format!("let peak = 2e-3\nlet d = 12.5 steps\nlet _use = peak for d\n{body}")
}

/// The program on every backend, if it is one.
fn compiled(source: &str) -> Vec<Program> {
    cases::compile(source, clock()).0
}

fn same(a: &[Program], b: &[Program], more: &[u64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.is_empty(), b.is_empty(), "only one of them compiles");
    let steps = (0..=1000).step_by(7).chain(990..1000).chain(more.iter().copied()).chain([1 << 53, u64::MAX]);
    if let (Some(a), Some(b)) = (a.first(), b.first()) {
        for step in steps {
            let (x, y) = (at(a, step)[0], at(b, step)[0]);
            prop_assert_eq!(x.to_bits(), y.to_bits(), "{:?} and {:?} at step {}", x, y, step);
        }
    }
    Ok(())
}

#[test]
fn backends_agree_and_values_are_finite() {
    let (tried, ran) = (Cell::new(0), Cell::new(0));
    let steps = prop::collection::vec(prop_oneof![0..1000u64, any::<u64>()], 24);
    check(400, (schedule(), steps, 0.01..10.0f64), |(body, steps, base)| {
        let programs: Vec<Program> = compiled(&program(&body)).iter().filter_map(|p| p.with_base(base).ok()).collect();
        tried.set(tried.get() + 1);
        if !programs.is_empty() {
            ran.set(ran.get() + 1);
            let wrong = cases::probe(&programs, steps);
            prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
        Ok(())
    });
    println!("{} of {} random programs compile, on {} backends", ran.get(), tried.get(), BACKENDS.len());
    assert!(ran.get() * 2 > tried.get(), "only {} of {} random programs compile", ran.get(), tried.get());
}

#[test]
fn joining_associates() {
    let phase = || (leaf(), select(vec!["", " for 7%", " for 40 steps", " for 12.5 steps"])).prop_map(|(p, d)| p + d);
    check(120, (phase(), phase(), phase()), |(a, b, c)| {
        let flat = compiled(&program(&format!("{a} >> {b} >> {c}")));
        same(&flat, &compiled(&program(&format!("({a} >> {b}) >> {c}"))), &[])?;
        same(&flat, &compiled(&program(&format!("{a} >> ({b} >> {c})"))), &[])?;
        same(&flat, &compiled(&program(&format!("let bc = {b} >> {c}\n{a} >> bc"))), &[])
    });
}

#[test]
fn names_and_functions_mean_what_they_stand_for() {
    check(120, schedule(), |body| {
        let plain = compiled(&program(&body));
        same(&plain, &compiled(&program(&format!("let whole = {body}\nwhole"))), &[])?;
        same(&plain, &compiled(&program(&format!("let f(x) = x\nf({body})"))), &[])?;
        same(&plain, &compiled(&program(&format!("({body})"))), &[])
    });
}

#[test]
fn line_breaks_and_comments_change_nothing() {
    check(120, schedule(), |body| {
        let broken = [" >> ", " | ", " -> ", " + ", " * "]
            .iter()
            .fold(body.clone(), |text, op| text.replace(op, &format!("\n # {op} >> (\n {} # )\n\t", op.trim())));
        let tree = |text: &str| syntax::parse(text).map(|ast| ast.to_string());
        prop_assert_eq!(tree(&body), tree(&broken));
        Ok(())
    });
}

/// Ramps stay between their ends, and never turn back.
#[test]
fn shapes_are_monotone() {
    let shape = select(vec![
        "linear(A -> B)",
        "cosine(A -> B)",
        "sqrt(A -> B)",
        "exp(A -> B)",
        "poly(A -> B)",
        "poly(A -> B, power: 2.5)",
        "poly(A -> B, power: 0.3)",
    ]);
    let end = || (1..1000u32, -6..4i32).prop_map(|(m, e)| format!("{m}e{e}"));
    check(300, (shape, end(), end(), 1..3000u64), |(shape, a, b, n)| {
        let source = shape.replace('A', &a).replace('B', &b);
        let program = Input::new(&source, Clock::steps(n))
            .on(Backend::Eval)
            .program()
            .map_err(|d| TestCaseError::fail(d.to_string()))?;
        let (a, b): (f64, f64) = (a.parse().unwrap_or(0.0), b.parse().unwrap_or(0.0));
        // b + (a - b)·1 rounds: of all shapes, poly alone is not exact at its start.
        let slack = if shape.starts_with("poly") { f64::EPSILON * a.max(b) } else { 0.0 };
        let mut last = at(&program, 0)[0];
        prop_assert!((last - a).abs() <= slack, "{} starts at {:?}", source, last);
        for step in 0..=n {
            let value = at(&program, step)[0];
            prop_assert!(
                a.min(b) - slack <= value && value <= a.max(b) + slack,
                "{} at {} is {:?}",
                source,
                step,
                value
            );
            prop_assert!(if a <= b { last <= value } else { last >= value }, "{} turns back at {}", source, step);
            last = value;
        }
        prop_assert_eq!(last, b);
        Ok(())
    });
}

/// Whatever a metric does to a schedule, it does by one factor, on every backend.
#[test]
fn a_metric_scales_any_schedule() {
    let observed = prop::collection::vec((0..1000u64, select(vec![0.0, 1.0, 2.0, f64::NAN])), 0..6);
    check(60, (schedule(), observed, select(vec![1.0, 0.3])), |(body, observed, base)| {
        let plain = compiled(&program(&body));
        let scaled = compiled(&program(&format!("({body}) | plateau(m, factor: 0.3, patience: 0, min: -9, eps: 0)")));
        for (plain, scaled) in plain.iter().zip(&scaled) {
            let (Ok(plain), Ok(scaled)) = (plain.with_base(base), scaled.with_base(base)) else { continue };
            let mut run = scaled.start();
            for &(step, value) in &observed {
                run.observe_at(step, "m", value).expect("it is watched");
                let (_, scale) = run.scales().next().expect("there is one");
                for step in [0, 1, step, step + 1, 996, 997, 5000] {
                    let expected = at(&plain, step)[0] * scale;
                    prop_assert_eq!(run.lr(step).to_bits(), expected.to_bits(), "{} at {}", body, step);
                }
            }
        }
        Ok(())
    });
}
