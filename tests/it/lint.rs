//! What `lint` says beyond the case files: comments that allow, and fixes.

use etude::diag::{Applicability, Severity};
use etude::{Clock, Diagnostic, lint};

fn found(source: &str) -> Vec<Diagnostic> {
    lint(source, Clock::steps(1000)).list
}

/// The codes of what is found and no note, with their lines.
fn codes(source: &str) -> Vec<(&'static str, usize)> {
    let all = lint(source, Clock::steps(1000));
    let told = all.list.iter().filter(|d| d.severity > Severity::Note);
    told.map(|d| (d.code.code, all.line_column(d.span.start).0)).collect()
}

const JUMP: &str = "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)";

#[test]
fn comments_allow() {
    for (source, expected) in [
        // Its own line, the next line of code, the whole program.
        ("let idle = 1 # allow(W0310): kept\nJUMP", &[("W0302", 2)][..]),
        ("let idle = 1\n# allow(W0302): kept\nJUMP", &[("W0310", 1)]),
        ("let idle = 1\n# allow(W0302)\n\n# more\nJUMP", &[("W0310", 1)]),
        ("\n# allow(W0302): kept\nlet idle = 1\nJUMP", &[("W0310", 3)]),
        ("# allow( W0302 , W0310 )\nlet idle = 1\nJUMP", &[]),
        ("# allow(W0302)\n# allow(W0310)\n\nlet idle = 1\nJUMP", &[]),
        // Both lines that a place is on count by its first.
        ("lr:\n# allow(W0302)\nwarmup(5%, to: 1e-3) >>\ncosine(3e-4 -> 0)", &[("W0319", 2), ("W0302", 4)]),
        ("lr:\nwarmup(5%, to: 1e-3) >>\ncosine(3e-4 -> 0) # allow(W0302)", &[]),
        // Not the line after the next, and not from behind.
        (
            "let idle = 1\n# allow(W0302)\nlet idle2 = 2\nJUMP",
            &[("W0310", 1), ("W0319", 2), ("W0310", 3), ("W0302", 4)],
        ),
        ("JUMP\n# allow(W0302)", &[("W0302", 1), ("W0319", 2)]),
        // What is no code, an error, or nothing here.
        ("# allow(W9999)\n1e-3", &[("W0318", 1)]),
        ("# allow()\n1e-3", &[("W0318", 1)]),
        ("# allow(W0305): never\n1e-3", &[("W0318", 1)]),
        ("# allow(W0310): gone\n1e-3", &[("W0319", 1)]),
        ("# allow(W0319)\n1e-3", &[("W0319", 1)]),
        // Text and prose are no comments that allow.
        ("lr: 1e-3\ngroup \"# allow(W0302)\" { lr: 1e-4 }", &[]),
        ("# do not allow(W0302)\n1e-3", &[]),
        ("# allow W0302\n1e-3", &[]),
        ("# allow(W0302\n1e-3", &[]),
    ] {
        assert_eq!(codes(&source.replace("JUMP", JUMP)), expected, "{source}");
    }
    let note = |source: &str| found(source).iter().any(|d| d.code.code == "W0308");
    assert!(note("warmup(5%) >> 1e-3") && !note("warmup(5%) >> 1e-3 # allow(W0308)"));
}

#[test]
fn errors_cannot_be_allowed() {
    assert_eq!(codes("# allow(W0305)\n1 / step"), [("W0305", 2)]);
    assert_eq!(codes("# allow(W0302)\nwarmup(5 stpes) >> 1e-3"), [("S0201", 2)]);
}

/// With another clock it may silence something, and the reason in it is a person's: `--fix` leaves it.
#[test]
fn an_idle_allow_is_removed_by_a_person() {
    let source = "1e-3 # allow(W0302): once\n";
    let all = found(source);
    let fix = all[0].fix.as_ref().expect("it has a fix");
    assert_eq!(fix.applicability, Applicability::MaybeIncorrect);
    assert_eq!(etude::fix::fix(source, found).text, source);
    let mended = fix.mended(source);
    assert_eq!((mended.as_str(), found(&mended)), ("1e-3 \n", vec![]));
}

/// What is suggested mends what it is suggested for.
#[test]
fn suggestions_mend() {
    for (code, source, mended) in [
        ("W0301", "warmup(5%) >> cosine(1e3 -> 0)", "warmup(5%) >> cosine(1e-3 -> 0)"),
        (
            "W0301",
            "let peak = 3E4\nwarmup(5%) >> cosine(peak -> 0)",
            "let peak = 3e-4\nwarmup(5%) >> cosine(peak -> 0)",
        ),
        ("W0302", JUMP, "warmup(5%) >> cosine(3e-4 -> 0)"),
        (
            "W0302",
            "warmup(5%, to: 1e-3, shape: exp, from: 1e-6) >> cosine(3e-4 -> 0)",
            "warmup(5%, shape: exp, from: 1e-6) >> cosine(3e-4 -> 0)",
        ),
        ("W0312", "warmup(5%) >> cosine(1e-3 -> 0) | cycle(4)", "warmup(5%) >> (cosine(1e-3 -> 0) | cycle(4))"),
        ("W0305", "1e-3 * sqrt(1 - step / 100)", "1e-3 * sqrt(max(0, 1 - step / 100))"),
    ] {
        let all = found(source);
        let d = all.iter().find(|d| d.code.code == code).unwrap_or_else(|| panic!("{source}: {all:#?}"));
        let fix = d.fix.as_ref().unwrap_or_else(|| panic!("{source} has no fix"));
        let text = fix.mended(source);
        assert_eq!(text, mended);
        assert!(found(&text).iter().all(|d| d.code.code != code), "{text}: {:#?}", found(&text));
    }
}

/// A fix that cannot know which operation it is for is none.
#[test]
fn two_roots_have_no_suggestion() {
    let all = found("sqrt(1 - step / 100) + sqrt(2 - step / 100)");
    assert!(all[0].code.code == "W0305" && all[0].fix.is_none(), "{all:#?}");
}

#[test]
fn undecided_programs_end_soon_and_are_not_blamed() {
    // Above 0 at every step, but too narrowly for bounds.
    let source = "1e-3 * (1 + 1e-15 + sin(step))";
    let started = std::time::Instant::now();
    let all = lint(source, Clock::steps(1 << 52)).list;
    assert!(all.is_empty(), "{all:#?}");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
