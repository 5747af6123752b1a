//! Every construct of the language, grown to the limits: each ends soon, in little memory, whatever it is asked for.
//!
//! `cargo test --release --test it bounded -- --ignored --nocapture` grows them to a whole mebibyte and prints what each takes.

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use etude::{Backend, Clock, Input};
use serde_json::json;

mod cases;

use cases::{cases, chain, functions, long, multiplying};

/// The longest source.
const MOST: usize = 1 << 20;

type Use = fn(&str);

/// What is done with a program.
const USES: &[(&str, Use)] = &[("check", check), ("eval", eval), ("editor", editor), ("fmt", fmt)];

fn clock() -> Clock {
    Clock::steps(1_000_000).steps_per_epoch(1000).batch(64).tokens_per_sample(512)
}

/// What the command does: one reading, and everything that can be said of it.
fn check(source: &str) {
    let found = etude::lint(source, clock());
    assert!(found.to_string().len() < 100_000, "a message repeats the input");
}

fn eval(source: &str) {
    // Native code is checked in a debug build, which takes long.
    let backend = if cfg!(debug_assertions) { Backend::Eval } else { Backend::best() };
    let Ok(program) = Input::new(source, clock()).on(backend).program() else { return };
    let mut out = vec![0.0; program.names().count()];
    for step in [0, 1, 999, 500_000, 999_999, u64::MAX] {
        program.at(step, &mut out);
        assert!(out.iter().all(|v| v.is_finite()));
    }
    std::hint::black_box(program.start());
}

fn fmt(source: &str) {
    std::hint::black_box(etude::fmt::fmt(source).is_ok());
}

/// Opens the program as an editor does and looks at it from all sides.
fn editor(source: &str) {
    let uri = "file:///a.etude";
    let id = json!({ "uri": uri });
    let at = json!({ "textDocument": id, "position": { "line": 0, "character": 3 } });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 100_000, "character": 0 } });
    let document = json!({ "uri": uri, "languageId": "etude", "version": 1, "text": source });
    let options = json!({ "clock": { "steps": 1_000_000, "steps_per_epoch": 1000, "batch": 64 } });
    let mut messages = vec![
        json!({ "id": 1, "method": "initialize", "params": { "capabilities": {}, "initializationOptions": options } }),
        json!({ "method": "initialized", "params": {} }),
        json!({ "method": "textDocument/didOpen", "params": { "textDocument": document } }),
    ];
    for (k, method) in ["hover", "completion", "definition"].iter().enumerate() {
        messages.push(json!({ "id": 10 + k, "method": format!("textDocument/{method}"), "params": at }));
    }
    let ranged = json!({ "textDocument": id, "range": whole, "context": { "diagnostics": [] } });
    for (k, method) in ["inlayHint", "codeAction", "semanticTokens/full"].iter().enumerate() {
        messages.push(json!({ "id": 20 + k, "method": format!("textDocument/{method}"), "params": ranged }));
    }
    messages.push(json!({ "id": 2, "method": "shutdown" }));
    messages.push(json!({ "method": "exit" }));
    let mut input = Vec::new();
    for mut message in messages {
        message["jsonrpc"] = "2.0".into();
        let text = message.to_string();
        input.extend(format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes());
    }
    let mut output = Vec::new();
    let ended = etude::lsp::serve(Cursor::new(input), &mut output, |_| Box::new(etude::host::NoFiles));
    assert!(ended.is_ok_and(|shut_down| shut_down), "the server ends in order");
}

/// Small ones, and of what multiplies, which takes as long however short it is, some: far longer than this where it is not
/// paid for.
#[test]
fn small_programs_end() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let short = multiplying(1_000).into_iter().step_by(7).map(|case| (case, &USES[..1]));
    for ((name, source), uses) in short.chain(long(1_000).into_iter().map(|case| (case, USES))) {
        for (what, work) in uses {
            let (text, work) = (source.clone(), *work);
            let started = Instant::now();
            let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || work(&text)).expect("a thread");
            thread.join().unwrap_or_else(|_| panic!("{what} of {name} panics"));
            let took = started.elapsed();
            println!("{took:>10.1?} {what} of {name}");
            assert!(took < PATIENCE, "{what} of {name} takes {took:?}");
        }
    }
}

/// What `source` is refused for.
fn codes(source: &str) -> Vec<&'static str> {
    Input::new(source, clock())
        .on(Backend::Eval)
        .program()
        .err()
        .map_or_else(Vec::new, |found| found.list.iter().map(|d| d.code.code).collect())
}

#[test]
fn what_multiplies_is_refused_where_it_stands() {
    let doubled = |last: &str| chain("1", 40, |a| format!("{a} + {a}"), |a| last.replace('A', a));
    for last in ["A", "1 -> 0 | cycle(A)", "step | staircase(A)", "warmup(A) >> 1", "cosine(1 -> 0, A)"] {
        assert_eq!(codes(&doubled(last)), ["S0009"], "{last}");
    }
    // Every phase asks again, and nobody starts over.
    let often = doubled(&vec!["(1 | cycle(A))"; 200].join(" >> "));
    assert_eq!(codes(&often), ["S0009"]);
    let source = doubled("1 -> 0 | cycle(A)");
    let found = Input::new(&source, clock()).on(Backend::Eval).program().expect_err("too much");
    assert!(source[found.list[0].span.range()].starts_with('a'), "{found}");
}

/// What is shared is written once, so that it costs what it looks like, and is worth what it is written out.
#[test]
fn what_is_shared_is_written_once() {
    let written = |source: &str| {
        let ast = etude::syntax::parse(source).expect(source);
        let plan = etude::check::check(&ast, &clock(), &etude::host::NoFiles).expect(source);
        let ir = etude::lower::lower(&plan).expect(source);
        ir.outputs.iter().map(|output| output.block.operations()).sum::<usize>()
    };
    let links = |n: usize| {
        let sum = ["w"; 8].join(" + ");
        format!("let w = warmup(1 step)\nlet a = {sum}\n{} >> base", vec!["a"; n].join(" >> "))
    };
    assert!(written(&links(7)) < 4 * written(&links(4)), "{} {}", written(&links(7)), written(&links(4)));
    let program = Input::new(&links(7), clock()).on(Backend::Eval).program().expect("it compiles");
    let mut out = [0.0];
    for k in 0..8 {
        program.at(k, &mut out);
        // At its start each sum is 8 times nothing, and the next starts there.
        assert_eq!(out[0], if k < 7 { 0.0 } else { 1.0 });
    }
    let groups = |n: usize| {
        let sum = |unit: &str| vec![unit; n].join(" + ");
        let (own, more) = (sum("sin(step)"), sum("inherited"));
        format!("optimizer adamw {{ lr: {own} }}\ngroup \"bias\" {{ lr: {more} }}")
    };
    assert!(written(&groups(100)) < 11 * written(&groups(10)));
    let program = Input::new(&groups(100), clock()).on(Backend::Eval).program().expect("it compiles");
    let mut out = [0.0; 2];
    program.at(7, &mut out);
    let inherited = out[0];
    assert_eq!(out[1], (1..100).fold(inherited, |sum, _| sum + inherited));
}

/// Where bounds have given up, one run of every step decides for all values.
#[test]
fn many_doubtful_values_are_run_together() {
    let source: String = (0..5_000).map(|k| format!("v{k}: 1 / (sin(step) - sin(7.5) + {k})\n")).collect();
    let started = Instant::now();
    let run = Clock::steps(30);
    let program = Input::new(&source, run).on(Backend::Eval).program().expect("every step is run");
    assert_eq!(program.names().count(), 5_000);
    let found = etude::lint(&source.replace("7.5) + 4321", "7) + 0"), run);
    assert!(found.to_string().contains("v4321 is infinite at step 7"), "{found}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

/// A name, text or list of names may be as long as a source, and a message never is.
#[test]
fn messages_are_short() {
    let long = "x".repeat(100_000);
    let parameters: Vec<String> = (0..10_000).map(|k| format!("p{k}")).collect();
    for source in [format!("let {long} = 1\n1"), long.clone(), format!("let f({}) = 1\nf(1)", parameters.join(", "))] {
        let found = etude::lint(&source, clock());
        assert!(!found.list.is_empty() && found.to_string().len() < 3_000, "{}", found.to_string().len());
    }
}

/// What a grammar is given is bounded by more than its bytes.
#[test]
fn sources_of_too_many_words_are_refused_where_they_go_on() {
    let source = format!("table([1{}])", ",1".repeat(300_000));
    assert_eq!(codes(&source), ["S0009"]);
    let found = etude::lint(&source, clock());
    assert_eq!(found.list[0].span, etude::diag::Span::new(2 * 250_000 + 5, 2 * 250_000 + 6));
}

#[test]
fn a_small_stack_suffices() {
    let names = chain("1", 84, |a| format!("{a} + 1"), str::to_owned);
    let calls = functions(40, |f| format!("{f}(x) + 1"), "F(1)");
    let brackets = "(".repeat(64) + "t" + &")".repeat(64);
    for size in [64 << 10, 128 << 10, 256 << 10] {
        for source in [&names, &calls, &brackets] {
            let source = source.clone();
            let work =
                move || (codes(&source), etude::lint(&source, clock()).has_errors(), etude::fmt(&source).is_ok());
            let thread = std::thread::Builder::new().stack_size(size).spawn(work).expect("a thread");
            assert_eq!(thread.join().expect("no panic"), (vec![], false, true));
        }
    }
}

#[test]
fn sources_are_within_the_limit() {
    for (name, source) in cases(MOST / 16).into_iter().chain(multiplying(MOST)) {
        assert!(source.len() <= MOST, "{name}: {}", source.len());
    }
}

/// One use of the program that comes in, for the process that is watched.
#[test]
#[ignore = "started by `full_size`"]
fn one() {
    let Ok(what) = std::env::var("BOUNDED_USE") else { return };
    let mut source = String::new();
    std::io::stdin().read_to_string(&mut source).expect("a program");
    let (_, work) = USES.iter().find(|(n, _)| *n == what).expect("a use");
    let (started, spent) = (Instant::now(), spent());
    work(&source);
    let spent = self::spent().zip(spent).map_or_else(|| started.elapsed(), |(after, before)| after - before);
    println!("\ntook {} ms, {} ms at work, peak {} kB", started.elapsed().as_millis(), spent.as_millis(), peak());
}

/// How long this thread has worked, whatever else the machine did meanwhile. All that is bounded works on one thread.
fn spent() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The largest programs of each operation that become native code: as one value, as phases, and as a value each.
fn native() -> Vec<(String, String)> {
    let units = [
        "sin(step + K)",
        "exp(-t * K)",
        "step ** 0.K",
        "tanh(t - K)",
        "bezier(1 -> K, x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4)",
        "cosine(K -> 0)",
        "(sin(step + K) | jitter(0.5, seed: K))",
        "(1 -> K | cycle(3))",
        "max(step, K) * base / (1 + step)",
    ];
    let is_native = |source: &str| {
        Input::new(source, clock()).on(Backend::best()).program().is_ok_and(|program| program.code_size() > 0)
    };
    let mut all = vec![];
    for unit in units {
        let unit = |k: usize| unit.replace('K', &(k + 1).to_string());
        let row = |from: usize, n: usize, by: &str| (from..n.min(from + 150)).map(unit).collect::<Vec<_>>().join(by);
        let rows = |n: usize| (0..n).step_by(150).map(|from| format!("({})", row(from, n, " + "))).collect::<Vec<_>>();
        let shapes: [(&str, &dyn Fn(usize) -> String); 3] = [
            ("a sum", &|n| rows(n).join(" + ")),
            ("phases", &|n| (0..n.min(9_999)).map(unit).collect::<Vec<_>>().join(" >> ")),
            ("entries", &|n| (0..n).map(|k| format!("v{k}: {}\n", unit(k))).collect()),
        ];
        for (shape, source) in shapes {
            let (mut least, mut most) = (1, 20_000);
            while most - least > 20 {
                let middle = usize::midpoint(least, most);
                if is_native(&source(middle)) { least = middle } else { most = middle }
            }
            all.push((format!("native {shape} of {least} {}", unit(0)), source(least)));
        }
    }
    all
}

/// How long the sources are: the limit, unless `BOUNDED_SIZE` says otherwise.
fn size() -> usize {
    std::env::var("BOUNDED_SIZE").ok().and_then(|text| text.parse().ok()).unwrap_or(MOST)
}

/// The most memory that this process has had, in kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}

/// What one use of one program takes.
struct Taken {
    /// Milliseconds, others' turns at the processor included.
    wall: u64,
    /// Milliseconds of work.
    work: u64,
    /// The most memory, in kB.
    peak: u64,
}

/// What one use of `source` takes in a process of its own, which holds nothing else.
fn measured(source: &str, what: &str) -> Result<Taken, String> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "bounded::one", "--ignored", "--nocapture"])
        .env("BOUNDED_USE", what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    child.stdin.take().expect("it is piped").write_all(source.as_bytes()).map_err(|e| e.to_string())?;
    let started = Instant::now();
    while child.try_wait().map_err(|e| e.to_string())?.is_none() {
        if started.elapsed() > PATIENCE {
            _ = child.kill();
            return Err(format!("more than {PATIENCE:?}"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut text = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut text).map_err(|e| e.to_string())?;
    let line = text.lines().find_map(|line| line.strip_prefix("took ")).ok_or("it panics")?;
    let numbers: Vec<u64> = line.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    if let [wall, work, peak] = numbers[..] { Ok(Taken { wall, work, peak }) } else { Err(line.into()) }
}

/// `cargo test --release --test it bounded -- --ignored --nocapture`; `BOUNDED_ONLY` picks cases by a part of their names,
/// and two sizes of `BOUNDED_SIZE` show in any build what is not linear.
#[test]
#[ignore = "a measurement of some minutes, for a release build"]
fn full_size() {
    const MILLISECONDS: u64 = 2_000;
    const KILOBYTES: u64 = 256 << 10;
    let only = std::env::var("BOUNDED_ONLY").unwrap_or_default();
    let mut wrong = vec![];
    let mut all = cases(size());
    if "native".contains(&only) || only.contains("native") {
        all.extend(native());
    }
    for (name, source) in all.iter().filter(|(name, _)| name.contains(&only)) {
        let mut row = format!("{name:<44.44} {:>8}", source.len());
        for (what, _) in USES {
            match measured(source, what) {
                Ok(Taken { wall, work, peak }) => {
                    _ = write!(row, "  {what} {work:>5} of {wall:>5} ms {:>4} MB", peak >> 10);
                    if work > MILLISECONDS || peak > KILOBYTES {
                        wrong.push(format!("{what} of {name}: {work} ms of work, {} MB", peak >> 10));
                    }
                }
                Err(why) => {
                    _ = write!(row, "  {what} {why:>14}");
                    wrong.push(format!("{what} of {name}: {why}"));
                }
            }
        }
        println!("{row}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
