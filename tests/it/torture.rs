//! Bad and huge inputs: each ends soon with a value or a diagnostic, on a stack of 2 MiB, and never with a panic.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::{Duration, Instant};

use etude::{Clock, Diagnostics, Program};

use crate::cases;

/// Everything here takes well below 2 s in a debug build on an idle machine. What is to be caught takes minutes.
const LIMIT: Duration = Duration::from_secs(60);

/// The codes that `source` gives; empty where it compiles, and then it is run, too.
fn codes(source: String, clock: Clock) -> Vec<&'static str> {
    let head: String = source.chars().take(60).collect();
    let started = Instant::now();
    let work = move || {
        let found = match Program::compile(&source, clock) {
            // Long sources are read once; all others run on every backend.
            Ok(_) if source.len() > 200_000 => return vec![],
            Ok(_) => {
                let (programs, _) = cases::compile(&source, clock);
                let wrong = cases::probe(&programs, [500, 1_000_000]);
                assert!(wrong.is_empty(), "{}", wrong.join("\n"));
                return vec![];
            }
            Err(found) => found,
        };
        let shown = Diagnostics::new("torture", source, found.list);
        assert!(shown.to_string().len() < 100_000, "a message repeats the input");
        shown.list.iter().map(|d| d.code.code).collect()
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    let codes = thread.join().unwrap_or_else(|_| panic!("{head} panicked"));
    let took = started.elapsed();
    println!("{took:>10.2?}  {head:?} {:?}", codes.first());
    assert!(took < LIMIT, "{head}: {took:?}");
    codes
}

fn run(source: impl Into<String>) -> Vec<&'static str> {
    codes(source.into(), Clock::steps(1000))
}

#[test]
fn repeated_tokens() {
    for token in [
        "(", "-", ">>", "f(", "[", "{", "->", "|", "**", "1+", "1*", "a ", "\"", "1 for ", "let ", "1 >> ", "1->", "1|",
    ] {
        assert_ne!(run(token.repeat(100_000)), [""; 0], "{token}");
    }
    for (open, close) in [("(", ")"), ("f(", ")"), ("[", "]"), ("-(", ")"), ("1+(", ")"), ("(1 | clamp(min: ", "))")] {
        let source = open.repeat(20_000) + "1" + &close.repeat(20_000);
        assert_ne!(run(source), [""; 0], "{open}");
    }
    assert_eq!(run("(".repeat(60) + "1" + &")".repeat(60)), [""; 0]);
    assert_eq!(run("-".repeat(60) + "1"), [""; 0]);
}

#[test]
fn no_text() {
    for source in [
        "",
        " ",
        "\n\n",
        "#",
        "\0",
        "\0\0\0\0",
        "1\0",
        "\u{FEFF}",
        "\u{FEFF}1e-3 \u{202E}",
        "é",
        "1é",
        "\r",
        "日本",
        "1 >> 😀",
    ] {
        assert_ne!(run(source), [""; 0], "{source:?}");
    }
    assert_eq!(run("\0".repeat(1 << 20)), ["S0002"]);
    assert_eq!(run(" ".repeat((1 << 20) + 1)), ["S0001"]);
    assert_eq!(run("#".repeat(1 << 20)), ["S0104"]);
    assert_eq!(run("1".to_string() + &" ".repeat((1 << 20) - 1)), [""; 0]);
    assert_eq!(run("\u{FEFF}1e-3\r\n"), [""; 0]);
}

/// A generator that is good enough for noise.
fn noise(seed: u64) -> impl FnMut() -> usize {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    }
}

#[test]
fn a_mebibyte_of_noise() {
    let words = [
        "cosine", "(", ")", "->", ">>", "|", "1e-3", "5%", "for", "let", "=", "\n", ",", "x", "steps", "-", "*", "#",
        "{", "}", ":", "cycle",
    ];
    for seed in 1..=3 {
        let mut next = noise(seed);
        let text: String =
            std::iter::repeat_with(|| words[next() % words.len()].to_string() + " ").take(150_000).collect();
        assert_ne!(run(&text[..text.len().min(1 << 20)]), [""; 0]);
        let mut next = noise(seed);
        let bytes: String = std::iter::repeat_with(|| (32 + next() % 95) as u8 as char).take(1 << 20).collect();
        assert_ne!(run(bytes), [""; 0]);
    }
}

/// Programs that are almost right.
#[test]
fn mutated_programs() {
    let programs: Vec<&str> = etude::catalogue::ALL.iter().map(|e| e.example).collect();
    let mut next = noise(7);
    let work = move || {
        for _ in 0..4000 {
            let mut text: Vec<char> = programs[next() % programs.len()].chars().collect();
            for _ in 0..1 + next() % 4 {
                let (at, other, len) = (next() % text.len(), next() % 95, text.len());
                match next() % 3 {
                    0 => drop(text.remove(at)),
                    1 => text.insert(at, (32 + other) as u8 as char),
                    _ => text.swap(at, other % len),
                }
            }
            let text: String = text.into_iter().collect();
            let (programs, _) = cases::compile(&text, Clock::steps(1000));
            if !programs.is_empty() {
                let wrong = cases::probe(&programs, []);
                assert!(wrong.is_empty(), "{text}\n{}", wrong.join("\n"));
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    thread.join().expect("no program panics");
}

#[test]
fn odd_numbers() {
    for source in [
        "0,001",
        "1e999",
        "1e-999",
        "nan",
        "inf",
        "-inf",
        "1e",
        "1.2.3",
        "0x10",
        "1__0",
        "00",
        "1e99999999999999999999",
    ] {
        assert_ne!(run(source), [""; 0], "{source}");
    }
    assert_ne!(run("1".repeat(400)), [""; 0]);
    assert_eq!(run("0.".to_string() + &"1".repeat(100_000)), [""; 0]);
    assert_eq!(run("1e308 -> 1e307"), [""; 0]);
    assert_eq!(run("5e-324 -> 0"), [""; 0]);
    for d in [
        "33.333333333333%",
        "1e-9 steps",
        "1e-12 steps",
        "1e30 steps",
        "1e300 steps",
        "0.000000001%",
        "1e-300%",
        "99999999999999999999 steps",
    ] {
        run(format!("1 for {d} >> 2"));
        run(format!("1 -> 0 | cycle({d})"));
        run(format!("1 -> 0 | staircase({d})"));
        run(format!("decay(1, by: 0.5, every: {d})"));
        run(format!("decay(1, by: 0.5, at: [{d}])"));
        run(format!("rsqrt(1, timescale: {d})"));
        run(format!("1 | overlay(2 for {d}, at: end)"));
        run(format!("warmup({d}, skip_zero: true) >> 1"));
        run(format!("1 -> 0 | cycle({d}, grow: 1.5)"));
        run(format!("(1 -> 0 | cycle({d})) for 33.333% >> cosine(-> 1) | cycle(7)"));
    }
}

#[test]
fn odd_clocks() {
    let sources = [
        "1e-3",
        "warmup(5%) >> cosine(1e-3 -> 0)",
        "1 -> 0 | cycle(3)",
        "1 -> 0 | cycle(7 steps, grow: 2)",
        "t * run.epoch",
        "1 -> 0 | staircase(1 epoch)",
    ];
    for source in sources {
        for total in [0, 1, 2, 3, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, 1 << 63, u64::MAX] {
            let clock = Clock::steps(total);
            let found = codes(source.into(), clock.steps_per_epoch(7).batch(3).tokens_per_sample(5));
            assert_eq!(found.contains(&"E0402"), total == 0 || total > 1 << 53, "{source} with {total} steps");
            codes(source.into(), clock.steps_per_epoch(u64::MAX).batch(u64::MAX).tokens_per_sample(u64::MAX));
            codes(source.into(), clock.steps_per_epoch(0).batch(0).tokens_per_sample(0));
        }
        codes(source.into(), Clock::unknown());
    }
    for unit in ["epochs", "samples", "tokens"] {
        let most = Clock::steps(1 << 53).steps_per_epoch(u64::MAX).batch(u64::MAX).tokens_per_sample(u64::MAX);
        codes(format!("1 for 3 {unit} >> 2"), most);
        codes(format!("1 -> 0 | cycle(3 {unit})"), most);
    }
}

#[test]
fn odd_cycles() {
    for modifier in [
        "cycle(1000000000000)",
        "cycle(1e15)",
        "cycle(1e-9 steps)",
        "cycle(1 step, grow: 1.0000001)",
        "cycle(10000, grow: 1.0000001)",
        "cycle(10000, grow: 0.9999999)",
        "cycle(10001, grow: 2)",
        "cycle(10000, grow: 1000)",
        "cycle(200, grow: 1.5)",
        "cycle(40, grow: 0.333333333)",
        "cycle(0.001 steps, grow: 1.01)",
        "cycle(10000, grow: 1.0001, decay: 0.999)",
        "cycle(3) | cycle(3) | cycle(3) | cycle(3) | cycle(3) | cycle(3) | cycle(3) | cycle(3)",
        "cycle(3.3 steps) | cycle(4.7 steps) | cycle(7.9 steps) | cycle(97.1 steps)",
        "cycle(50, grow: 1.1) | cycle(50, grow: 1.1) | cycle(50, grow: 1.1)",
        "staircase(0.1 steps) | staircase(0.7 steps) | staircase(1.3 steps) | cycle(1.7 steps)",
    ] {
        run(format!("cosine(1 -> 0) | {modifier}"));
        run(format!("warmup(5%) >> (cosine(1 -> 0) | {modifier})"));
    }
}

#[test]
fn many_phases() {
    let phases = |n: usize| vec!["1 -> 2"; n].join(" >> ");
    assert_eq!(run(phases(2000)), [""; 0]);
    assert_eq!(codes(phases(10_000), Clock::steps(1_000_000)), [""; 0]);
    assert_eq!(run(phases(10_001)), ["S0007"]);
    let waits = "1 for 1 step".to_string() + &" >> -> 2 for 0.1 steps".repeat(5000);
    assert_eq!(run(waits), [""; 0]);
    for end in ["1", "1x"] {
        assert_eq!(run("warmup(0.1 steps) >> ".repeat(3000) + end), [""; 0]);
        assert_eq!(run("warmup(1 step, skip_zero: true) >> ".repeat(15) + end), [""; 0]);
        run("warmup(0.1 steps, skip_zero: true) >> ".repeat(3000) + end);
        run("warmup(0.1 steps, shape: poly, power: 3) >> ".repeat(3000) + end);
    }
    let untils: Vec<String> = (1..=5000).map(|k| format!("{k} until {k} steps")).collect();
    assert_eq!(codes(untils.join(" >> "), Clock::steps(10_000)), [""; 0]);
    let keypoints = vec!["1"; 10_000].join(" -> ");
    run(keypoints);
}

#[test]
fn many_of_anything() {
    let milestones: Vec<String> = (1..=20_000).map(|k| format!("{k} steps")).collect();
    let list = milestones.join(", ");
    codes(format!("decay(1, by: 0.999, at: [{list}])"), Clock::steps(100_000));
    let lets: String = (0..10_000).map(|k| format!("let _a{k} = {k}\n")).collect();
    run(lets + "1");
    let chain: String = (1..5000).map(|k| format!("let a{k} = a{} + 1\n", k - 1)).collect();
    run("let a0 = 1\n".to_string() + &chain + "a4999");
    let entries: String = (0..5000).map(|k| format!("v{k}: 1 -> {k}\n")).collect();
    run(entries);
    let clamps = "1 -> 0".to_string() + &" | clamp(min: 0.1)".repeat(5000);
    run(clamps);
    let stairs = "1 -> 0".to_string() + &" | staircase(2 steps)".repeat(3000);
    run(stairs);
    run("min(".to_string() + &vec!["t"; 20_000].join(", ") + ")");
    run("f(".to_string() + &vec!["t"; 20_000].join(", ") + ")");
    let params: Vec<String> = (0..5000).map(|k| format!("p{k}")).collect();
    run(format!("let f({}) = 1\nf({})", params.join(", "), vec!["1"; 5000].join(", ")));
}

/// Functions that double, forty times: 2^40 copies.
#[test]
fn expansion_is_bounded() {
    let body = |form: &str| -> String {
        let lines: String =
            (1..40).map(|k| format!("let f{k}(x) = {}\n", form.replace("F", &format!("f{}", k - 1)))).collect();
        "let f0(x) = x\n".to_string() + &lines
    };
    for form in [
        "F(x) + F(x)",
        "F(x) >> F(x)",
        "F(F(x))",
        "F(x) -> F(x)",
        "max(F(x), F(x))",
        "(F(x) | cycle(2)) >> F(x)",
        "F(x) * F(-x) ** F(x)",
    ] {
        let found = run(body(form) + "f39(t)");
        assert!(found.iter().any(|c| ["S0006", "S0009", "S0208"].contains(c)), "{form}: {found:?}");
    }
    let times: String = (1..40).map(|k| format!("let d{k} = d{0} + d{0}\n", k - 1)).collect();
    run("let d0 = 1 step\n".to_string() + &times + "1 for d39 >> 2");
    let nested: String = (1..60).map(|k| format!("let p{k} = p{0} >> p{0}\n", k - 1)).collect();
    assert_eq!(run("let p0 = 1 -> 2\n".to_string() + &nested + "p59"), ["S0006"]);
    let cycles: String = (1..20).map(|k| format!("let c{k} = (c{0} | cycle(100, grow: 1.01))\n", k - 1)).collect();
    assert_ne!(run("let c0 = 1 -> 2\n".to_string() + &cycles + "c19"), [""; 0]);
}

#[test]
fn a_program_is_small_and_shared_between_threads() {
    fn everywhere<T: Clone + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>(_: &T) {}
    let program = Program::compile("warmup(5%) >> cosine(1 -> 0)", Clock::steps(1000)).expect("it compiles");
    everywhere(&program);
    everywhere(&etude::compile("1 | plateau(loss)", Clock::steps(1000)).expect("it compiles"));
    let start = |k: u64| {
        let program = program.clone();
        std::thread::spawn(move || cases::at(&program, k * 100)[0])
    };
    let threads: Vec<_> = (0..4).map(start).collect();
    let values: Vec<f64> = threads.into_iter().map(|t| t.join().expect("no panic")).collect();
    assert_eq!(values[0], 0.0);
    assert!(values[1] < 1.0 && values[3] < values[2]);
}
