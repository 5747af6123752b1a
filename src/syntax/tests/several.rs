//! Several mistakes in one text are all reported, and one mistake only once.

use crate::clock::Clock;
use crate::compile::{Checked, Input};
use crate::diag::Diagnostics;

fn check(source: &str, clock: Clock) -> Result<Checked, Diagnostics> {
    Input::new(source, clock).named("").check()
}

/// Code and text under the primary span of each finding, of syntax and of names.
fn found(source: &str) -> Vec<(&'static str, &str)> {
    let list = check(source, Clock::steps(1000)).expect_err(source).list;
    list.iter().map(|d| (d.code.code, &source[d.span.range()])).collect()
}

#[test]
fn independent_mistakes_are_all_found() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("warmup(5 epocs) >> cosine(1e-3 => 0)", &[("S0201", "epocs"), ("S0105", "=>")]),
        (
            "warmup(0.05) >> cosin(1e−3 → 0, for=80%)",
            &[("S0204", "0.05"), ("S0202", "cosin"), ("S0109", "−"), ("S0105", "→"), ("S0115", "=")],
        ),
        (
            "let a = (1 + 2\nlet b = 5 %\nlet c = 0,5\nwarmup(b) >> a => c",
            &[("S0101", "("), ("S0125", "5 %"), ("S0108", "0,5"), ("S0105", "=>")],
        ),
        (
            "run { epochs: 3, }\noptimizer adamw {\n  lr: warmup(5%] >> 1e-3,\n  beta1: 0.9 @ 3%,\n}",
            &[("S0102", "]"), ("S0119", "@")],
        ),
        // The shadow of an unclear mistake is not a second one.
        ("warm%up(5%) >> 1", &[("S0120", "%")]),
        ("1e-3 >> cosine(1e-3 -> )", &[("S0110", "->")]),
        ("cosine(1e-3 -> 0))", &[("S0103", ")")]),
    ];
    for (source, expected) in cases {
        assert_eq!(found(source), *expected, "{source}");
    }
}

#[test]
fn idioms_name_programs() {
    for idiom in crate::syntax::idioms::all() {
        let clock = Clock::steps(100_000).steps_per_epoch(100);
        let plan = check(idiom.program, clock);
        assert!(plan.is_ok(), "{}: {}", idiom.name, plan.err().map(|e| e.to_string()).unwrap_or_default());
        assert!(
            idiom.program.contains(idiom.entry) || matches!(idiom.entry, "const" | "decay" | "linear"),
            "{}",
            idiom.name
        );
    }
    assert_eq!(found("CosineAnnealingLR(T_max=50, eta_min=0)"), [("S0202", "CosineAnnealingLR")]);
    assert_eq!(
        found("warmup(5%) >> torch.optim.lr_scheduler.StepLR(30, gamma=0.1)"),
        [("S0202", "torch.optim.lr_scheduler.StepLR")]
    );
    assert_eq!(found("CosineDecay(1 -> 0)"), [("S0202", "CosineDecay")]);
}
