//! Every construct of the language, grown to the limits: each ends soon, in little memory, whatever it is asked for.
//!
//! `cargo test --release --test it bounded -- --ignored --nocapture` grows them to a whole mebibyte and prints what each takes.

use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use etude::{Backend, Clock, Program};
use serde_json::json;

/// The longest source.
const MOST: usize = 1 << 20;

/// What is done with a program.
const USES: &[(&str, fn(&str))] = &[("check", check), ("eval", eval), ("editor", editor), ("fmt", fmt)];

fn clock() -> Clock {
    Clock::steps(1_000_000).steps_per_epoch(1000).batch(64).tokens_per_sample(512)
}

fn check(source: &str) {
    let found = etude::lint(source, clock());
    assert!(found.to_string().len() < 100_000, "a message repeats the input");
    if let Ok(ast) = etude::syntax::parse(source) {
        std::hint::black_box(etude::train::config::read(&ast).is_ok());
    }
}

fn eval(source: &str) {
    let Ok(program) = Program::with_backend(source, clock(), Backend::best()) else { return };
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
    let ended = etude::lsp::serve(Cursor::new(input), &mut output, |_, _| Err("no files".into()));
    assert!(ended.is_ok_and(|shut_down| shut_down), "the server ends in order");
}

/// `head`, then as many units as fit, then `tail`; at most `most` units.
fn grown(size: usize, most: usize, head: &str, tail: &str, unit: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for k in 0..most {
        let unit = unit(k);
        if text.len() + unit.len() + tail.len() > size {
            break;
        }
        text += &unit;
    }
    text + tail
}

/// `let a1 = F(a0)` and so on, then `last` of the highest one.
fn chain(first: &str, n: usize, next: impl Fn(&str) -> String, last: impl Fn(&str) -> String) -> String {
    let mut text = format!("let a0 = {first}\n");
    for k in 1..=n {
        _ = writeln!(text, "let a{k} = {}", next(&format!("a{}", k - 1)));
    }
    text + &last(&format!("a{n}"))
}

/// The same of functions of x.
fn functions(n: usize, next: impl Fn(&str) -> String, last: &str) -> String {
    let mut text = "let f0(x) = x\n".to_owned();
    for k in 1..=n {
        _ = writeln!(text, "let f{k}(x) = {}", next(&format!("f{}", k - 1)));
    }
    text + &last.replace('F', &format!("f{n}"))
}

/// Every construct, each at most `size` bytes long.
fn cases(size: usize) -> Vec<(String, String)> {
    const ALL: usize = usize::MAX;
    let mut all: Vec<(String, String)> = vec![];
    let mut add = |name: &str, source: String| all.push((name.into(), source));

    // What multiplies: short, however long a source may be.
    for (name, last) in [
        ("cycle", "1 -> 0 | cycle(A)"),
        ("staircase", "step | staircase(A)"),
        ("warmup", "warmup(A) >> 1"),
        ("decay", "decay(A, by: 0.5, every: 1 step)"),
        ("cosine", "cosine(1 -> 0, A)"),
        ("for", "1 for A >> 2"),
        ("value", "A"),
        ("grow", "1 -> 0 | cycle(3, grow: A)"),
    ] {
        for n in [30, 40, 80] {
            let twice = |a: &str| format!("{a} + {a}");
            add(&format!("doubled names, {name} of {n}"), chain("1", n, twice, |a| last.replace('A', a)));
        }
    }
    let steps = |a: &str| format!("{a} + {a}");
    add("doubled durations", chain("1 step", 80, steps, |a| format!("1 for {a} >> 2")));
    for form in ["F(x) + F(x)", "F(x) >> F(x)", "F(F(x))", "max(F(x), F(x))", "F(x + x)"] {
        for last in ["F(t)", "1 | cycle(F(1))", "1 for F(1 step) >> 2"] {
            add(&format!("functions {form} in {last}"), functions(40, |f| form.replace('F', f), last));
        }
    }
    for ways in [2, 8, 30] {
        let sum = vec!["w"; ways].join(" + ");
        for links in [8, 19, 60] {
            let links = vec!["a"; links].join(" >> ");
            add(
                &format!("joined sums, {ways} ways"),
                format!("let w = warmup(1 step)\nlet a = {sum}\n{links} >> base"),
            );
            let ramps = vec!["(-> base)"; ways].join(" + ");
            add(&format!("leaning sums, {ways} ways"), format!("let a = {ramps}\nsin(step) * base >> {links}"));
        }
        let tower =
            |k: usize| format!(" | overlay(({}) for {} steps, at: end)", vec!["(-> 1)"; ways].join(" + "), 100 - 2 * k);
        add(&format!("a tower of overlays, {ways} ways"), grown(size, 25, "base * sin(step)", "", tower));
    }
    for n in [30, 300, 3000] {
        let own = vec!["sin(step)"; n.min(190)].join(" + ");
        let own = vec![format!("({own})"); n.div_ceil(190)].join(" * ");
        let more = vec!["inherited"; n.min(190)].join(" + ");
        let more = vec![format!("({more})"); n.div_ceil(190)].join(" * ");
        add(
            &format!("inherited, {n} of {n}"),
            format!("optimizer adamw {{ lr: {own} }}\ngroup \"bias\" {{ lr: {more} }}"),
        );
        let groups = grown(size, ALL, &format!("optimizer adamw {{ lr: {own} }}\n"), "", |k| {
            format!("group \"b{k}\" {{ lr: inherited }}\n")
        });
        add(&format!("{n} inherited by groups"), groups);
    }
    add("cycles in cycles", format!("sin(step){}", " | cycle(3)".repeat(30)));
    add("growing cycles in cycles", format!("cosine(1 -> 0){}", " | cycle(50, grow: 1.01)".repeat(10)));
    add(
        "growing cycles of many names",
        chain("cosine(1 -> 0)", 20, |a| format!("({a} | cycle(9, grow: 1.1))"), |a| a.into()),
    );
    add("clamps in clamps", format!("sin(step){}", " | clamp(min: -1, max: 0.5)".repeat(30)));
    add("plateaus in plateaus", format!("sin(step){}", " | plateau(loss)".repeat(30)));
    add("products of products", functions(40, |f| format!("{f}(x) * {f}(x)"), "product(1, F(1), every: 1k steps)"));

    // What is long.
    let all_of = |name: &str, head: &str, unit: &'static str, tail: &str| {
        (name.to_owned(), grown(size, ALL, head, tail, |k| unit.replace('K', &k.to_string())))
    };
    let long = [
        all_of("comments", "1\n", "# comment K\n", ""),
        all_of("one comment", "1 #", "é", ""),
        all_of("allows", "1\n", "# allow(W0302): reason K\n", ""),
        all_of("allows of warnings", "", "vK: 1 -> 2 | reverse | cycle(1) # allow(W0308): K\n", ""),
        all_of("blanks", "1", "  ", ""),
        all_of("lines", "1", "\n", ""),
        all_of("one long name", "let ", "x", " = 1"),
        all_of("one long number", "0.", "1", ""),
        all_of("a number of many digits", "1", "_0", ""),
        all_of("names", "", "let aK = K\n", "a0"),
        all_of("names of names", "let a = 1\n", "let bK = a\n", "a"),
        all_of("used names", "", "let aK = K\nvK: aK\n", ""),
        all_of("empty functions", "", "let fK(x) = x\n", "f0(1)"),
        all_of("parameters", "let f(p", ", pK", ") = p\nf(1)"),
        all_of("defaults", "let f(p: 0", ", pK: 0", ") = p\nf(1)"),
        all_of("arguments", "let f(x) = x\nf(1", ", K", ")"),
        all_of("named arguments", "let f(x) = x\nf(1", ", nK: K", ")"),
        all_of("metric names", "", "vK: 1 | plateau(mK)\n", ""),
        all_of("entries", "", "vK: 1e-3\n", ""),
        all_of("entries over time", "", "vK: sin(step)\n", ""),
        all_of("entries of phases", "", "vK: warmup(5%) >> cosine(1e-3 -> 0)\n", ""),
        all_of("rates", "", "group \"gK\" { lr: sin(step) / (1 + step) }\n", ""),
        all_of("entries set twice", "a: 1\n", "a: K\n", ""),
        all_of("divisions by time", "", "vK: 1 / (sin(step) - 2)\n", ""),
        all_of("doubtful divisions", "", "vK: 1 / (sin(step) - sin(123457))\n", ""),
        all_of("roots", "", "vK: sqrt(1.5 - sin(step / K) * base)\n", ""),
        all_of("groups", "optimizer adamw { lr: 1e-3 }\n", "group \"gK\" { lr: 10 * inherited }\n", ""),
        all_of("one group many times", "optimizer adamw { lr: 1e-3 }\n", "group \"g\" { lr: 1 }\n", ""),
        all_of(
            "groups of a model",
            "run { epochs: 1 }\ndata \"digits\"\noptimizer adamw { lr: 1e-3 }\nmodel mlp(hidden: [8, 8, 8])\n",
            "group \"layers.K.weight\" { lr: 1 }\n",
            "",
        ),
        all_of("layers", "data \"digits\"\nmodel mlp(hidden: [1", ", 2", "])"),
        all_of(
            "a regular expression",
            "data \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1 }\ngroup \"a",
            "|bK",
            "\" { lr: 1 }",
        ),
        all_of("unknown blocks", "", "bK { a: 1 }\n", ""),
        all_of("runs", "", "run { epochs: K }\n", ""),
        all_of("keys", "run { epochs: 1\n", "kK: 1\n", "}"),
        all_of("settings", "let n = 1\nrun { ", "epochs: n\n", "}"),
        all_of("nested blocks", "a { b { c {\n", "kK: 1\n", "}}}"),
        all_of("list of moments", "decay(1, by: 0.999, at: [0 steps", ", K steps", "])"),
        all_of("moments that never come", "decay(1, by: 0.999, at: [1000001 steps", ", 2000001 steps", "])"),
        all_of("moments of too many percent", "decay(1, by: 0.999, at: [101%", ", 102%", "])"),
        all_of("a table", "table([1, 1", ", 1", "])"),
        all_of("a table of sums", "table([1, 1", ", 1+K", "])"),
        all_of("tables", "", "vK: table([1, 2, 3])\n", ""),
        all_of("strings", "", "vK: table(\"file K\")\n", ""),
        all_of("one string", "table(\"", "x", "\")"),
        all_of("products", "", "vK: product(1, 0.99 + 0.01 * sin(step), every: 1k steps)\n", ""),
        all_of("a heavy product", "product(1, 0.99 + 0 * (sin(step)", " + (sin(step))", "), every: 200 steps)"),
        all_of("decays", "", "vK: decay(1, by: 0.5, every: 1k steps)\n", ""),
        all_of("growing cycles", "", "vK: 1 -> 0 | cycle(1 step, grow: 1.001)\n", ""),
        all_of("cycles that never fill", "", "vK: 1 -> 0 | cycle(1 step, grow: 0.5)\n", ""),
        all_of("cycles", "", "vK: 1 -> 0 | cycle(7)\n", ""),
        all_of("staircases", "", "vK: sin(step) | staircase(7 steps)\n", ""),
        all_of("reversed", "", "vK: floor(step / 7) | reverse\n", ""),
        all_of("overlays", "", "vK: sin(step) | overlay(-> 1 for 10%, at: end)\n", ""),
        all_of("jitter", "", "vK: 1 | jitter(0.5, seed: K)\n", ""),
        all_of("prelude", "", "vK: onecycle(1e-3)\n", ""),
        all_of("a max of many", "max(t", ", t", ")"),
        all_of("tokens", "", "vK: 1 for K tokens >> 2\n", ""),
        all_of("other scripts", "", "# 학습률 é 🎉 K\n", "1"),
        all_of("unknown names", "", "vK: aK\n", ""),
        all_of("unknown names beside names", "", "let abcdK = 1\nvK: abdcK\n", ""),
        all_of("unknown functions", "", "vK: cosinK(1 -> 0)\n", ""),
        all_of("unknown arguments", "", "vK: cosine(1 -> 0, shapeK: 1)\n", ""),
        all_of("unknown units", "", "vK: 1 for K stps >> 1\n", ""),
        all_of("unknown modifiers", "", "vK: 1 | cylce(K)\n", ""),
        all_of("names used too early", "", "let aK = bK\nlet bK = 1\n", "1"),
        all_of("phases that do not fit", "", "vK: 1 for 200% >> 2\n", ""),
        all_of("groups that do not fit", "", "vK: (1 for 2% >> 2) for 1k steps >> (nope for 300%) >> 1\n", ""),
        all_of("units that are missing", "", "vK: 1 for K >> 1\n", ""),
        all_of("broken lines", "", "vK: 1 -> -> 2 )\n", ""),
        all_of("two words", "", "vK: warmup cosine K\n", ""),
        all_of("other languages", "", "vK = lambda x: x ** K\n", ""),
        all_of("curly quotes", "", "vK: table(“a”)\n", ""),
        all_of("other arrows", "", "vK: 1 → K\n", ""),
        all_of("other equal signs", "", "let vK := K\n", ""),
        all_of("open brackets", "", "(", ""),
        all_of("open calls", "", "f(K, ", ""),
        all_of("open blocks", "", "a { ", ""),
        all_of("open texts", "", "\" K\n", ""),
        all_of("closing brackets", "1", ")", ""),
        all_of("mixed brackets", "", "([)] ", ""),
        all_of("colons", "", "K: ", ""),
        all_of("commas", "", ",", ""),
        all_of("at signs", "", "@ K ", ""),
        all_of("one line of errors", "", "1 2 ", ""),
    ];
    for (name, source) in long {
        add(&name, source);
    }
    for unit in [
        "1 -> 2",
        "-> 2",
        "bezier(1 -> 2, x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4)",
        "sin(step)",
        "1 | cycle(3)",
        "(1 >> 2)",
        "nope",
        "1 for 1%",
    ] {
        add(&format!("phases {unit}"), grown(size, 9_999, "1", "", |_| format!(" >> {unit}")));
    }
    let warm = |n: usize| "warmup(0.1 steps) >> ".repeat(n.min(size / 21));
    add("warmups to 1", warm(9_999) + "1");
    add("warmups to base", warm(9_999) + "base * 2");
    add("keypoints", grown(size, ALL, "1", "", |k| format!(" -> {k}")));
    add("moments after until", grown(size, 9_998, "0", " >> 1", |k| format!(" until {} steps >> {k}", k + 1)));
    add("modifiers", grown(size, ALL, "sin(step)", "", |_| " | clamp(min: 0.1)".into()));
    add("chained names", grown(size, ALL, "let a0 = 1\n", "a0", |k| format!("let a{} = a{k}\n", k + 1)));
    add(
        "chained functions",
        grown(size, ALL, "let f0(x) = x\n", "f0(1)", |k| format!("let f{}(x) = f{k}(x)\n", k + 1)),
    );
    add(
        "uses of a long chain",
        grown(size, ALL, &chain("reverse", 80, str::to_owned, |_| String::new()), "", |k| {
            format!("v{k}: step | a80\n")
        }),
    );
    add("calls of many parameters", {
        let n = size / 16;
        let list = |unit: &dyn Fn(usize) -> String| (0..n).map(unit).collect::<Vec<_>>().join(",");
        format!("let f({}) = {}\nf({})", list(&|k| format!("p{k}")), "p1", list(&|_| "1".into()))
    });
    let sum = |unit: &str, most: usize| {
        let row = vec![unit; 150].join(" + ");
        grown(size.min(most), ALL, "0", "", |_| format!(" + ({row})")).chars().take(size).collect::<String>()
    };
    let balanced = |unit: &str| {
        let row = format!("({})", vec![unit; 190].join(" + "));
        let mut text = row;
        while text.len() * 190 < size {
            text = format!("({})", vec![text; 190].join(" + "));
        }
        let times = (size / (text.len() + 3)).clamp(1, 190);
        vec![text; times].join(" + ")
    };
    for unit in ["1", "t", "base", "sin(step)", "exp(-t)", "run.step", "(1 -> 2)", "2x", "step ** 0.5"] {
        add(&format!("a sum of {unit}"), balanced(unit));
    }
    add("a sum of sums", sum("step", MOST));
    for depth in [64, 60] {
        add(&format!("{depth} brackets"), "(".repeat(depth) + "1" + &")".repeat(depth));
        add(&format!("{depth} calls"), "exp(-".repeat(depth) + "1" + &")".repeat(depth));
        add(&format!("{depth} groups"), "(1 >> ".repeat(depth) + "t" + &") for 50%".repeat(depth));
    }
    all
}

/// `source` within its limit of size.
fn named(name: &str, size: usize) -> Option<String> {
    cases(size).into_iter().find(|(n, _)| n == name).map(|(_, source)| source)
}

/// Small ones: what multiplies takes far longer than this, what is quadratic does not.
#[test]
fn small_programs_end() {
    const PATIENCE: Duration = Duration::from_secs(20);
    for (name, source) in cases(6_000) {
        for (what, work) in USES {
            let (text, work) = (source.clone(), *work);
            let started = Instant::now();
            let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || work(&text)).expect("a thread");
            thread.join().unwrap_or_else(|_| panic!("{what} of {name} panics"));
            let took = started.elapsed();
            assert!(took < PATIENCE, "{what} of {name} takes {took:?}");
        }
    }
}

/// What `source` is refused for.
fn codes(source: &str) -> Vec<&'static str> {
    Program::with_backend(source, clock(), Backend::Eval)
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
    let found = Program::with_backend(&source, clock(), Backend::Eval).expect_err("too much");
    assert!(source[found.list[0].span.range()].starts_with('a'), "{found}");
}

/// What is shared is written once, so that it costs what it looks like, and is worth what it is written out.
#[test]
fn what_is_shared_is_written_once() {
    let written = |source: &str| {
        let ast = etude::syntax::parse(source).expect(source);
        let plan = etude::check::check(&ast, &clock(), &|_| Err("no files".into())).expect(source);
        let ir = etude::lower::lower(&plan).expect(source);
        ir.outputs.iter().map(|output| output.block.operations()).sum::<usize>()
    };
    let links = |n: usize| {
        let sum = vec!["w"; 8].join(" + ");
        format!("let w = warmup(1 step)\nlet a = {sum}\n{} >> base", vec!["a"; n].join(" >> "))
    };
    assert!(written(&links(7)) < 4 * written(&links(4)), "{} {}", written(&links(7)), written(&links(4)));
    let program = Program::with_backend(&links(7), clock(), Backend::Eval).expect("it compiles");
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
    let program = Program::with_backend(&groups(100), clock(), Backend::Eval).expect("it compiles");
    let mut out = [0.0; 2];
    program.at(7, &mut out);
    let inherited = out[0];
    assert_eq!(out[1], (1..100).fold(inherited, |sum, _| sum + inherited));
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
    for (name, source) in cases(MOST) {
        assert!(source.len() <= MOST, "{name}: {}", source.len());
    }
}

/// One use of one program, for the process that is watched.
#[test]
#[ignore = "started by `full_size`"]
fn one() {
    let (Ok(name), Ok(what)) = (std::env::var("BOUNDED_NAME"), std::env::var("BOUNDED_USE")) else { return };
    let source = named(&name, size()).expect("a case");
    let (_, work) = USES.iter().find(|(n, _)| *n == what).expect("a use");
    let started = Instant::now();
    work(&source);
    println!("\ntook {} ms, peak {} kB", started.elapsed().as_millis(), peak());
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

/// Milliseconds and kB of one use of one program, in a process of its own.
fn measured(name: &str, what: &str) -> Result<(u64, u64), String> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "bounded::one", "--ignored", "--nocapture"])
        .envs([("BOUNDED_NAME", name), ("BOUNDED_USE", what)])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
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
    if let [took, peak] = numbers[..] { Ok((took, peak)) } else { Err(line.into()) }
}

/// `cargo test --release --test it bounded -- --ignored --nocapture`; `BOUNDED_ONLY` picks cases by a part of their names,
/// and two sizes of `BOUNDED_SIZE` show in any build what is not linear.
#[test]
#[ignore = "a measurement of some minutes, for a release build on an idle machine"]
fn full_size() {
    const MILLISECONDS: u64 = 2_000;
    const KILOBYTES: u64 = 256 << 10;
    let only = std::env::var("BOUNDED_ONLY").unwrap_or_default();
    let mut wrong = vec![];
    for (name, source) in cases(size()).iter().filter(|(name, _)| name.contains(&only)) {
        let mut row = format!("{name:<44.44} {:>8}", source.len());
        for (what, _) in USES {
            match measured(name, what) {
                Ok((took, peak)) => {
                    _ = write!(row, "  {what} {took:>5} ms {:>4} MB", peak >> 10);
                    if took > MILLISECONDS || peak > KILOBYTES {
                        wrong.push(format!("{what} of {name}: {took} ms, {} MB", peak >> 10));
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
