//! What `fmt` makes of programs: the canonical style by example, and what must hold for every program.

use etude::{fmt, prelude, syntax};
use proptest::prelude::*;
use proptest::sample::select;

use crate::{cases, props};

/// Programs and what they become.
const STYLE: &[(&str, &str)] = &[
    ("warmup( 5 % )", ""),
    ("1e-3", "1e-3\n"),
    ("\n\n  1e-3  \n\n", "1e-3\n"),
    ("warmup(5%)>>cosine(1e-3->0)|cycle( 4,decay:0.7 , )", "warmup(5%) >> cosine(1e-3 -> 0) | cycle(4, decay: 0.7)\n"),
    ("10k   steps+10ksteps", "10k steps + 10 ksteps\n"),
    ("1_000.50e-3  +.5 - -  2**-1 / (  t)", "1_000.50e-3 + .5 - -2 ** -1 / (t)\n"),
    ("->0 for 20 %", ""),
    ("3e-4>>->0 for   20%", "3e-4 >> -> 0 for 20%\n"),
    ("1 ->2->  3", "1 -> 2 -> 3\n"),
    ("cosine (1 -> 0)", "cosine(1 -> 0)\n"),
    ("decay(0.1, by:0.1, at:[ 30epochs,80 epochs, ])", "decay(0.1, by: 0.1, at: [30 epochs, 80 epochs])\n"),
    ("let  f(x,y:2)=x*y\n\n\n\nf(1)", "let f(x, y: 2) = x * y\n\nf(1)\n"),
    ("edition   1\nuse   \"a.etude\"\nlr:1", "edition 1\nuse \"a.etude\"\nlr: 1\n"),
    // Entries below each other are aligned, up to a blank line or a comment.
    ("lr:1\nbeta1:   2\n\neps: 3", "lr:    1\nbeta1: 2\n\neps: 3\n"),
    ("a: 1\n# why\nlonger: 2", "a: 1\n# why\nlonger: 2\n"),
    // A block stays on its line, or has a line for each item.
    ("run{epochs:20,batch:64,}", "run { epochs: 20, batch: 64 }\n"),
    ("run {\n\n epochs: 20, batch: 64\n\n}", "run {\n  epochs: 20\n  batch:  64\n}\n"),
    ("run\n{ }", "run {}\n"),
    ("data   \"digits\"\nmodel mlp( hidden:[128] )", "data \"digits\"\nmodel mlp(hidden: [128])\n"),
    (
        "optimizer adamw { lr: warmup(5%) >> cosine(1e-3 -> 0), beta1: 0.85 -> 0.95 for 30% >> 0.95, weight_decay: 0.1 }",
        "optimizer adamw {\n  lr:           warmup(5%) >> cosine(1e-3 -> 0)\n  beta1:        0.85 -> 0.95 for 30% >> 0.95\n  weight_decay: 0.1\n}\n",
    ),
    // Comments stay where they are; those behind lines below each other are aligned.
    ("#a\n#  b\n\n\n# c\n1 # d", "#a\n#  b\n\n# c\n1  # d\n"),
    ("lr: 1 # a\nb: 100 # b\n# c", "lr: 1    # a\nb:  100  # b\n# c\n"),
    ("run { # a\n\n# b\n epochs: 1 # c\n # d\n }# e", "run {  # a\n  # b\n  epochs: 1  # c\n  # d\n}  # e\n"),
    ("run { # only\n }", "run {  # only\n}\n"),
    (
        "warmup(5%) # up\n>> # down\n1e-3 # flat\n >> 0",
        "warmup(5%)  # up\n  >>        # down\n  1e-3      # flat\n  >> 0\n",
    ),
    ("f(a, # first\n b # second\n)", "f(\n  a,  # first\n  b,  # second\n)\n"),
    ("f(a # first\n , b)", "f(\n  a,  # first\n  b,\n)\n"),
    // What is longer than a line: a line for each phase, modifier or argument.
    (
        "let f(peak) = warmup(5%) >> cosine(peak -> peak / 10) for 30% >> linear(peak / 10 -> peak / 100) for 20% >> 1e-5",
        "let f(peak) =\n  warmup(5%) >> cosine(peak -> peak / 10) for 30% >> linear(peak / 10 -> peak / 100) for 20% >> 1e-5\n",
    ),
    (
        "let f(peak) = warmup(5%) >> cosine(peak -> peak / 10) for 30% >> linear(peak / 10 -> peak / 100) for 20% >> 0.00001",
        "let f(peak) =\n  warmup(5%)\n  >> cosine(peak -> peak / 10) for 30%\n  >> linear(peak / 10 -> peak / 100) for 20%\n  >> 0.00001\n",
    ),
    (
        "0.1 | adapt(train_loss, mode: min, factor: 0.9, patience: 5, threshold: 1e-6, cooldown: 0, warmup: 0, min: 1e-3)",
        "0.1\n  | adapt(\n    train_loss,\n    mode: min,\n    factor: 0.9,\n    patience: 5,\n    threshold: 1e-6,\n    cooldown: 0,\n    warmup: 0,\n    min: 1e-3,\n  )\n",
    ),
    (
        "table([0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 1e-3, 8e-4])",
        "table([\n  0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 0, 1e-3, 8e-4, 3e-4, 1e-4, 0, 1e-3,\n  8e-4,\n])\n",
    ),
    (
        "lr: min(1e-3 * 0.95 ** epoch, 5e-4 + 1e-3 * sin(run.t * 2 * pi), 4e-4 + cos(run.t * 2 * pi)) * 0.5 ** (run.epoch / 10)",
        "lr:\n  min(1e-3 * 0.95 ** epoch, 5e-4 + 1e-3 * sin(run.t * 2 * pi), 4e-4 + cos(run.t * 2 * pi))\n  * 0.5 ** (run.epoch / 10)\n",
    ),
    ("1\r\n>> 2\r\n", "1 >> 2\r\n"),
];

#[test]
fn the_style_is_this() {
    for (source, expected) in STYLE {
        let formatted = fmt(source).unwrap_or_default();
        assert_eq!(&formatted, expected, "\n{source}\nbecomes\n{formatted}");
        if !expected.is_empty() {
            holds(source);
        }
    }
}

/// The tokens of a program without the commas, which may come and go at a list's end, and its comments.
fn parts(source: &str) -> (String, Vec<&str>) {
    let (mut code, mut comments) = (String::new(), vec![]);
    let (mut at, mut string) = (0, false);
    while let Some(c) = source[at..].chars().next() {
        let length = match c {
            '#' if !string => {
                let line = source[at..].lines().next().unwrap_or_default();
                comments.push(line.trim_end());
                line.len()
            }
            '\\' if string => 2,
            _ => c.len_utf8(),
        };
        string ^= c == '"';
        let written = &source[at..at + length];
        if string || !(c == '#' || c == ',' || c.is_whitespace() || c == '\u{FEFF}') {
            code.push_str(written);
        }
        at += length;
    }
    (code, comments)
}

/// What must hold for every program that parses; false where it does not.
fn holds(source: &str) -> bool {
    let tree = |text: &str| syntax::parse(text).map(|ast| ast.to_string());
    let Ok(before) = tree(source) else {
        assert!(fmt(source).is_err());
        return false;
    };
    let formatted = fmt(source).unwrap_or_else(|found| panic!("{source}\n{found}"));
    assert_eq!(tree(&formatted).as_ref(), Ok(&before), "\n{source}\nbecomes\n{formatted}");
    assert_eq!(parts(&formatted), parts(source), "\n{source}\nbecomes\n{formatted}");
    let again = fmt(&formatted).expect("it parses");
    assert_eq!(again, formatted, "\n{source}\nbecomes\n{formatted}\nbecomes\n{again}");
    assert!(formatted.lines().all(|line| line.trim_end() == line), "blanks at a line's end:\n{formatted}");
    assert!(formatted.ends_with('\n') && !formatted.ends_with("\n\n") && !formatted.contains("\n\n\n"));
    true
}

/// Every program of the repository.
fn corpus() -> Vec<String> {
    let mut all = vec![prelude::TEXT.to_owned()];
    all.extend(prelude::TEXT.lines().map(String::from));
    for path in cases::files() {
        let text = std::fs::read_to_string(path).expect("a case file is readable");
        all.extend(cases::sources(&text));
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(root.join("examples")).expect("there are examples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "etude") {
            all.push(std::fs::read_to_string(path).expect("an example is readable"));
        }
    }
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md is readable");
    for block in readme.split("```etude").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let (info, body) = block.split_once('\n').unwrap_or_default();
        match info {
            "" => all.push(body.to_owned()),
            _ => all.extend(body.lines().map(String::from)),
        }
    }
    for code in etude::diag::all() {
        all.extend([code.wrong, code.right].map(String::from));
    }
    all.extend(etude::catalogue::ALL.iter().map(|e| e.example.to_owned()));
    all
}

#[test]
fn every_program_of_the_repository_keeps_its_meaning() {
    let corpus = corpus();
    let parsed = corpus.iter().filter(|source| holds(source)).count();
    println!("{parsed} of {} programs parse", corpus.len());
    assert!(parsed > 400, "{parsed}");
}

#[test]
fn examples_are_written_in_the_style() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in std::fs::read_dir(folder).expect("there are examples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "etude") {
            let text = std::fs::read_to_string(&path).expect("an example is readable");
            assert_eq!(fmt(&text).as_deref(), Ok(&*text), "{}", path.display());
        }
    }
}

#[test]
fn random_programs_keep_their_meaning() {
    props::check(200, props::schedule(), |body| {
        prop_assert!(holds(&props::program(&body)));
        Ok(())
    });
}

/// Gaps of every kind between the words of a program, and words that were not there.
#[test]
fn gaps_and_edits_change_nothing() {
    const CASES: u32 = 1000;
    const GAPS: &[&str] =
        &[" ", "", "\n", "\t", "\n\n\n", "  # (a comment\n", " # one\n\n # two, \"\n  ", "\n# own |\n", ",\n# c\n"];
    let sources: Vec<String> = corpus().into_iter().filter(|s| s.len() < 2000 && syntax::parse(s).is_ok()).collect();
    let source = prop_oneof![
        1 => props::schedule().prop_map(|body| props::program(&body)),
        2 => select(sources),
    ];
    let parsed = std::cell::Cell::new(0);
    let picks = prop::collection::vec((0..12usize, select(GAPS)), 64);
    const WORDS: &[&str] =
        &["-", "->", "- ", ",", "x", "%", "5", "()", "[1]", " >> 1", "\"#\"", "a: ", "{}", "{ a: 1 }"];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), select(WORDS)), 0..3);
    props::check(CASES, (source, picks, edits, any::<bool>()), |(source, picks, edits, crlf)| {
        let mut mangled = String::new();
        let mut next = picks.iter().cycle();
        for (k, piece) in source.split_inclusive([' ', '(', ')', ',', '{', '\n']).enumerate() {
            mangled.push_str(piece);
            match next.next() {
                Some((0, gap)) if k < 64 => mangled.push_str(gap),
                _ => {}
            }
        }
        for (at, word) in edits {
            let places: Vec<usize> = mangled.char_indices().map(|(at, _)| at).collect();
            mangled.insert_str(places[at.index(places.len())], word);
        }
        let mangled = if crlf { mangled.replace("\r\n", "\n").replace('\n', "\r\n") } else { mangled };
        parsed.set(parsed.get() + u32::from(holds(&mangled)));
        Ok(())
    });
    println!("{} of {CASES} parse", parsed.get());
    assert!(parsed.get() > CASES / 4, "{} of {CASES} parse", parsed.get());
}

#[test]
fn what_does_not_parse_is_explained() {
    let found = fmt("warmup(5%").expect_err("it is not closed");
    assert_eq!(found.list[0].code.code, "S0101");
}

/// Long and deep programs take time that is linear in their length.
#[test]
fn large_programs_are_formatted() {
    let chain = vec!["cosine(1e-3 -> 0) for 1 step"; 9_999].join(">>");
    let list = format!("table([{}])", vec!["1e-3"; 100_000].join(","));
    let deep = "(".repeat(60) + "1" + &")".repeat(60);
    let entries = "lr: 1 # a\n".repeat(20_000);
    let sum = (0..190).map(|k| k.to_string()).collect::<Vec<_>>().join(" + ");
    for source in [chain, list, deep, entries, sum] {
        assert!(holds(&source));
    }
}
