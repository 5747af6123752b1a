//! The invariants that `src/lib.rs` states, read off the sources.

use std::path::{Path, PathBuf};

/// The longest file that needs no excuse.
const LONGEST: usize = 450;

/// Longer files and why they may be.
const LONG: &[(&str, &str)] = &[];

/// What a module may import of ours: everything else below `crate::` is a broken edge. A module that is not listed
/// may import anything that is above it in the pipeline.
const EDGES: &[(&str, &[&str])] = &[
    ("diag", &["diag", "printable"]),
    ("clock", &["clock"]),
    ("math", &["math"]),
    ("ir", &["ir", "math", "clock"]),
    ("catalogue", &["catalogue", "check", "clock", "diag", "ir", "metric", "plan"]),
    ("stack", &["stack"]),
    ("syntax", &["syntax", "diag", "stack", "work"]),
    ("fmt", &["fmt", "diag", "syntax", "stack"]),
    ("work", &["work", "diag"]),
    ("prelude", &["prelude", "syntax"]),
    ("fix", &["diag", "syntax"]),
    ("metric", &["metric"]),
    ("files", &["files"]),
    ("recording", &["files", "recording"]),
    ("host", &["files", "recording"]),
    ("plan", &["plan", "catalogue", "clock", "diag", "ir", "metric", "recording", "work"]),
    ("eval", &["eval", "ir", "math"]),
    ("interval", &["interval", "eval", "ir", "math"]),
    ("lower", &["lower", "catalogue", "clock", "diag", "ir", "plan", "work"]),
    (
        "check",
        &[
            "check",
            "catalogue",
            "clock",
            "config",
            "diag",
            "host",
            "interval",
            "ir",
            "lower",
            "math",
            "metric",
            "plan",
            "prelude",
            "recording",
            "stack",
            "syntax",
            "work",
        ],
    ),
    (
        "config",
        &[
            "Clock",
            "check",
            "clock",
            "config",
            "diag",
            "explain",
            "finite",
            "host",
            "interval",
            "ir",
            "lower",
            "plan",
            "recording",
            "syntax",
        ],
    ),
    ("simd", &[]),
    ("backend", &["backend", "eval", "interval", "ir", "math", "simd"]),
    ("cuda", &["cuda"]),
];

/// A Rust source: its path from the root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// `check` for `src/check.rs` and `src/check/call.rs`.
    fn module(&self) -> &str {
        let inner = self.path.strip_prefix("src/").unwrap_or("");
        inner.split(['/', '.']).next().unwrap_or("")
    }

    fn is_test(&self) -> bool {
        !self.path.starts_with("src/") || self.path.contains("/tests")
    }

    /// The lines that are code, up to a module of unit tests; numbered from 1.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(k, line)| (k + 1, line));
        let code = lines.take_while(|(_, line)| *line != "#[cfg(test)]" || self.is_test());
        code.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut folders: Vec<PathBuf> = ["src", "tests", "examples", "benches"].map(|f| root().join(f)).into();
    let mut sources = vec![];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "pest" || e == "etude") {
                let text = std::fs::read_to_string(&path).expect("sources are text");
                let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 60, "the sources are not where they should be");
    sources
}

fn fail(odd: Vec<String>) {
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}

#[test]
fn imports_follow_the_pipeline() {
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test()) {
        let Some((_, allowed)) = EDGES.iter().find(|(module, _)| *module == source.module()) else { continue };
        for (number, line) in source.code() {
            for name in imported(line) {
                if !allowed.contains(&name) {
                    odd.push(format!("{}:{number}: `{}` may not import `{name}`", source.path, source.module()));
                }
            }
        }
    }
    fail(odd);
}

/// The modules of the crate that a line names: `crate::a::B`, `use crate::{a, b::C}`.
fn imported(line: &str) -> Vec<&str> {
    let first = |path: &'_ str| path.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(path.len());
    let mut names = vec![];
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if !rest.starts_with('{') {
            names.push(&rest[..first(rest)]);
            continue;
        }
        let mut depth = 0;
        let mut start = true;
        for (k, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if start && depth == 1 && c.is_ascii_alphabetic() {
                names.push(&rest[k..k + first(&rest[k..])]);
            }
            start = depth == 1 && matches!(c, '{' | ',') || start && c == ' ';
        }
    }
    names
}

/// Checking a program and reading a config need each other: the checker reads rows alone, and those import nothing of ours.
#[test]
fn the_checker_reads_only_rows_of_configs() {
    const ROWS: &[&str] = &["block", "metrics", "rules"];
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test()) {
        let rows = ROWS.iter().any(|row| source.path == format!("src/config/{row}.rs"));
        for (number, line) in source.code() {
            if rows && (line.contains("crate::") || line.contains("super::")) {
                odd.push(format!("{}:{number}: rows import nothing of ours", source.path));
            }
            let read = |at: usize| ROWS.iter().any(|row| line[at..].starts_with(&format!("config::{row}")));
            if source.module() == "check"
                && line.match_indices("config::").any(|(at, _)| !line[..at].ends_with("diag::") && !read(at))
            {
                odd.push(format!("{}:{number}: the checker reads nothing of configs but rows", source.path));
            }
        }
    }
    fail(odd);
}

/// A row is built, and its arguments are judged, through what the checker lists for rows.
#[test]
fn rows_see_of_the_checker_what_is_listed() {
    let mut odd = vec![];
    for source in sources().iter().filter(|s| s.module() == "catalogue") {
        for (number, line) in source.code() {
            if line.match_indices("check::").any(|(at, _)| !line[at..].starts_with("check::build::")) {
                odd.push(format!("{}:{number}: rows see nothing of the checker but `check::build`", source.path));
            }
        }
    }
    fail(odd);
}

/// What an entry does stands in its row, so that a new one is known everywhere at once.
#[test]
fn nothing_knows_an_entry_by_its_name() {
    const READERS: &[&str] = &[
        "check", "cli", "compile", "explain", "finite", "fix", "fmt", "interval", "lint", "lower", "lsp", "plan",
        "schedule",
    ];
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test() && READERS.contains(&s.module())) {
        for (number, line) in source.code() {
            for entry in etude::catalogue::ALL.iter().filter(|e| line.contains(&format!("\"{}\"", e.name))) {
                odd.push(format!("{}:{number}: `{}` is spelled outside of its row", source.path, entry.name));
            }
        }
    }
    fail(odd);
}

#[test]
fn imports_are_read() {
    assert_eq!(imported("use crate::ir::{Val, ops};"), ["ir"]);
    assert_eq!(imported("use crate::{finite, syntax::ast, ir::{a, b}, clock};"), ["finite", "syntax", "ir", "clock"]);
    assert_eq!(imported("let x = crate::explain::table(crate::clock::x);"), ["explain", "clock"]);
    assert_eq!(imported("use std::fmt;"), [""; 0]);
}

#[test]
fn only_the_jit_names_cranelift() {
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test()) {
        let may = ["src/backend/jit", "src/backend/aot"].iter().any(|p| source.path.starts_with(p));
        for (number, line) in source.code() {
            let names = ["cranelift", "target_lexicon"].iter().any(|word| line.contains(word));
            if !may && names {
                odd.push(format!("{}:{number}: only backend/jit names Cranelift", source.path));
            }
        }
    }
    fail(odd);
}

#[test]
fn only_cuda_names_cudarc() {
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test() && !s.path.starts_with("src/cuda")) {
        for (number, _) in source.code().filter(|(_, line)| line.contains("cudarc")) {
            odd.push(format!("{}:{number}: only src/cuda names cudarc", source.path));
        }
    }
    fail(odd);
}

/// The pipeline reads no file, no clock and no random number, prints nothing and starts nothing.
#[test]
fn the_pipeline_is_pure() {
    const PURE: &[&str] = &[
        "diag",
        "clock",
        "math",
        "syntax",
        "fmt",
        "ir",
        "catalogue",
        "prelude",
        "plan",
        "config",
        "metric",
        "recording",
        "check",
        "lower",
        "eval",
        "interval",
        "finite",
        "explain",
        "fix",
    ];
    const IMPURE: &[&str] = &[
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::time",
        "std::process",
        "std::thread",
        "println!",
        "eprintln!",
        "rand",
        "static mut",
    ];
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test() && PURE.contains(&s.module())) {
        for (number, line) in source.code() {
            for what in IMPURE.iter().filter(|what| uses(line, what)) {
                odd.push(format!("{}:{number}: {what} in the pipeline", source.path));
            }
        }
    }
    fail(odd);
}

/// A child of `fork` inherits locks that other threads held, and things half made. What can be compiled there is made
/// without; the slab's lock is each process's own.
#[test]
fn a_child_of_fork_waits_for_nothing() {
    const HELD: &[&str] = &["OnceLock", "LazyLock", "Once", "Mutex", "RwLock", "Condvar", "Barrier"];
    const NEVER_COMPILES: &[&str] = &["plot", "cuda", "train", "cli", "lsp"];
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test() && !NEVER_COMPILES.contains(&s.module())) {
        for (number, line) in source.code().filter(|_| source.path != "src/backend/jit/slab.rs") {
            for what in HELD.iter().filter(|what| uses(line, what)) {
                odd.push(format!("{}:{number}: {what} where a child of fork may compile", source.path));
            }
        }
    }
    fail(odd);
}

/// Whether `line` has `word` as a word of its own.
fn uses(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !line[..at].ends_with(part) && (word.ends_with('!') || !line[at + word.len()..].starts_with(part))
    })
}

#[test]
fn files_are_short() {
    let mut odd = vec![];
    for source in sources().iter().filter(|s| s.path.ends_with(".rs")) {
        let lines = source.text.lines().count();
        if lines > LONGEST && !LONG.iter().any(|(path, _)| *path == source.path) {
            odd.push(format!("{} has {lines} lines: split it, or say in tests/it/tidy.rs why not", source.path));
        }
    }
    fail(odd);
}

#[test]
fn modules_say_what_they_are() {
    let starts = |s: &&Source| !s.text.trim_start_matches("\u{feff}").starts_with("//!");
    let odd = sources()
        .iter()
        .filter(|s| s.path.ends_with(".rs"))
        .filter(starts)
        .map(|s| format!("{} does not start with `//!`", s.path))
        .collect();
    fail(odd);
}

#[test]
fn nothing_names_this_machine() {
    // Written apart, so that this file does not name them either.
    let paths = [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"], ["/wo", "rk/"], ["/t", "mp/"], ["C:", "\\"]]
        .map(|parts| parts.concat());
    let mut odd = vec![];
    for source in sources() {
        for (k, line) in source.text.lines().enumerate() {
            for path in paths.iter().filter(|p| line.contains(p.as_str())) {
                odd.push(format!("{}:{}: {path}", source.path, k + 1));
            }
        }
    }
    fail(odd);
}

/// Every `unsafe` that is allowed stands next to its reason.
#[test]
fn unsafe_code_is_where_it_may_be() {
    const MAY: &[&str] = &[
        "src/schedule.rs",
        "src/backend",
        "src/cuda",
        "src/eval.rs",
        "src/math/host.rs",
        "src/math/native.rs",
        "src/simd.rs",
        "src/optim",
        "src/ffi",
        "src/train",
        "src/model",
    ];
    let mut odd = vec![];
    for source in sources().iter().filter(|s| !s.is_test() && !MAY.iter().any(|p| s.path.starts_with(p))) {
        for (number, _) in source.code().filter(|(_, line)| uses(line, "unsafe")) {
            odd.push(format!("{}:{number}: unsafe", source.path));
        }
    }
    fail(odd);
}
