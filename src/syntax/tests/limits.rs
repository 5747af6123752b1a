//! Worst cases: they end quickly, without a panic, on a small stack.

use std::time::{Duration, Instant};

use crate::diag::{Code, limits, syntax};
use crate::syntax::{MAX_DEPTH, MAX_NESTING, MAX_PHASES, MAX_RUN, MAX_SOURCE, decode, parse};

/// Far more than any case needs on an idle machine (50 ms in release), far less than quadratic time would take.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 1_000 });

/// Runs `f` on a stack as small as a default thread's.
fn on_small_stack(f: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(f).expect("a thread").join().expect("no panic");
}

/// How long this thread has worked, whatever else the machine did meanwhile; nothing where the system does not say.
fn worked() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn code(source: &str) -> Option<&'static Code> {
    parse(source).err().map(|errors| errors[0].code)
}

/// Noise that is the same on every machine.
fn noise(alphabet: &[&str], length: usize) -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut text = String::with_capacity(length + 8);
    while text.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(alphabet[(state >> 33) as usize % alphabet.len()]);
    }
    text
}

#[test]
fn worst_cases_end_quickly() {
    let repeated = |units: &[&str], n: usize| -> Vec<(String, String)> {
        units.iter().map(|unit| (format!("{n} x {unit:?}"), unit.repeat(n))).collect()
    };
    let mut cases = repeated(&["(", "-", ">>", "f(", "\"", ")", "**", "1+"], 100_000);
    let more = [
        "1>>",
        "a|",
        "[",
        "{",
        "a{",
        "->",
        "1->",
        "f(1,",
        "a,",
        "a b ",
        "=>",
        "@",
        "→",
        "1 for ",
        "for ",
        "lambda ",
        "if ",
        "nan ",
        "1e -3 ",
        "0,001 ",
        "a=",
        "a:",
        "“",
        "−",
        "a\n",
        "a: 1\n",
        "let a = 1\n",
        "1*",
        "a^",
        "#",
        "\\",
        "(a)",
        "f(a b)",
        "a (b) c ",
        "'",
        "/*",
        "//",
        "1.",
        "1e",
        "a a(",
        "let ",
        "let f(",
        "edition ",
        "use ",
        "% ",
        "1 to ",
    ];
    cases.extend(repeated(&more, if cfg!(debug_assertions) { 10_000 } else { 100_000 }));
    let printable: Vec<String> = (' '..='~').map(String::from).collect();
    let printable: Vec<&str> = printable.iter().map(String::as_str).collect();
    let tokens = [
        "cosine", "(", ")", "1e-3", " ", ">>", "|", "->", "for", "5%", ",", "\n", "=", ":", "-", "let ", "x", "[", "]",
        "{", "}",
    ];
    let flat = [
        "cosine", "1e-3", " ", ">>", "|", "->", " for ", "5%", ",", "\n", "=", ":", "-", "let ", "x", "@", "if ", "=>",
    ];
    cases.push(("noise".into(), noise(&printable, 1_000_000)));
    cases.push(("token noise".into(), noise(&tokens, 1_000_000)));
    cases.push(("flat noise".into(), noise(&flat, 1_000_000)));
    cases.push(("one word".into(), "x".repeat(1_000_000)));
    cases.push(("one number".into(), "1".repeat(1_000_000)));
    cases.push(("blanks".into(), " ".repeat(1_000_000)));
    cases.push(("NUL".into(), "\0".repeat(1_000_000)));
    cases.push(("open calls".into(), "f(".repeat(40)));
    cases.push(("deep calls".into(), "f(".repeat(MAX_NESTING) + "1" + &")".repeat(MAX_NESTING)));
    cases.push(("deep calls with an error".into(), "f(".repeat(MAX_NESTING) + "=>" + &")".repeat(MAX_NESTING)));
    cases.push(("deep blanks".into(), "(".repeat(MAX_NESTING) + "1" + &(" ".repeat(15_000) + ")").repeat(MAX_NESTING)));
    cases.push(("deep runs".into(), ("-".repeat(MAX_RUN) + "(").repeat(MAX_NESTING)));
    cases.push(("deep powers".into(), "(2**-2**-(".repeat(MAX_NESTING / 2)));
    for (name, source) in cases {
        on_small_stack(move || {
            let (start, before) = (Instant::now(), worked());
            let shown = parse(&source).err().map_or(0, |errors| errors.len());
            let took = worked().zip(before).map_or_else(|| start.elapsed(), |(after, before)| after - before);
            assert!(took < PATIENCE, "{name}: {took:?}");
            assert!(shown < 100, "{name}: {shown} findings");
            if std::env::var_os("SHOW").is_some() {
                println!("{took:>12.1?} {shown:>3} {name}");
            }
        });
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |n| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    on_small_stack(move || {
        assert_eq!(code(&nested(MAX_NESTING)), None);
        assert_eq!(code(&nested(MAX_NESTING + 1)), Some(&limits::NESTING));
    });
    let blocks = |n| format!("{}{}", "a {".repeat(n), "}".repeat(n));
    assert_eq!(code(&blocks(MAX_NESTING)), None);
    assert_eq!(code(&blocks(MAX_NESTING + 1)), Some(&limits::NESTING));
}

#[test]
fn runs_are_bounded() {
    assert_eq!(code(&format!("{}1", "-".repeat(MAX_RUN))), None);
    assert_eq!(code(&format!("{}1", "-".repeat(MAX_RUN + 1))), Some(&limits::RUN));
    assert_eq!(code(&format!("{}1", "2 ** ".repeat(MAX_RUN))), None);
    assert_eq!(code(&format!("{}1", "2 ** ".repeat(MAX_RUN + 1))), Some(&limits::RUN));
    assert_eq!(code(&"a ** b\n".repeat(MAX_RUN + 1).replace("\na", "\nk: a")), Some(&syntax::AFTER_BODY));
    assert_eq!(code(&"k: a ** b\n".repeat(MAX_RUN + 1)), None);
}

#[test]
fn trees_are_bounded() {
    on_small_stack(|| {
        let chain = |operator: &str, n: usize| vec!["a"; n].join(operator);
        for operator in ["+", "-", "*", "/"] {
            assert_eq!(code(&chain(operator, MAX_DEPTH)), None, "{operator}");
            assert_eq!(code(&chain(operator, MAX_DEPTH + 2)), Some(&limits::TOO_DEEP), "{operator}");
        }
        assert_eq!(code(&format!("a{}", " for 1%".repeat(MAX_DEPTH))), Some(&limits::TOO_DEEP));
        // Each kind of nesting is within its own limit here; their sum is not.
        let mixed = format!("{}1{}", "f(a + b * -".repeat(60), ")".repeat(60));
        assert_eq!(code(&mixed), Some(&limits::TOO_DEEP));
        assert_eq!(code("a * b + ".repeat(150).trim_end_matches(" + ")), None);
        assert_eq!(
            code(&format!("{}1{}", "a { ".repeat(60), "}".repeat(60)).replace('1', &format!("k: {}", chain("+", 190)))),
            Some(&limits::TOO_DEEP)
        );
    });
}

#[test]
fn phases_are_bounded() {
    let chain = |n| vec!["a"; n].join(">>");
    assert_eq!(code(&chain(MAX_PHASES)), None);
    assert_eq!(code(&chain(MAX_PHASES + 1)), Some(&limits::TOO_MANY_PHASES));
    assert_eq!(code(&format!("let b = {0}\n{0}", chain(MAX_PHASES))), None);
}

#[test]
fn sources_are_bounded() {
    let padded = |n: usize| format!("1{}", " ".repeat(n - 1));
    assert_eq!(code(&padded(MAX_SOURCE)), None);
    assert_eq!(code(&padded(MAX_SOURCE + 1)), Some(&limits::TOO_LONG));
}

#[test]
fn bytes_decode() {
    assert_eq!(decode(b"\xEF\xBB\xBF1e-3"), Ok("1e-3"));
    let errors = decode(b"\xEF\xBB\xBFab\xFFc").expect_err("not UTF-8");
    assert_eq!((errors[0].code, errors[0].span.start), (&limits::NOT_UTF8, 2));
    assert!(errors[0].message.contains("byte 5 (0xFF)"), "{}", errors[0].message);
    assert!(decode(b"a\xE2\x82").is_err());
}

/// `cargo test --release -- --ignored --nocapture timings`
#[test]
#[ignore = "a measurement, not a check"]
fn timings() {
    let phases = [
        "warmup(5%)",
        "cosine(1e-3 -> 1e-4) for 10%",
        "3e-4 until 30 epochs",
        "(1 - sqrt(t)) * 3e-4",
        "linear(-> 0, for: 20%)",
    ];
    let ten = [phases, phases].concat().join(" >> ");
    for source in ["warmup(5%) >> cosine(1e-3 -> 0) | cycle(4)", &ten] {
        // The best of many batches: other work on the machine only adds.
        let batch = || {
            let start = Instant::now();
            (0..100).for_each(|_| drop(std::hint::black_box(parse(std::hint::black_box(source)))));
            start.elapsed() / 100
        };
        println!("{:>4} bytes: {:?}", source.len(), (0..300).map(|_| batch()).min().unwrap_or_default());
    }
}
