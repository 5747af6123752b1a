//! Programs whose values were worked out by hand: they test the oracle, not the compiler.

use super::program::{Cycles, Drops, Facts, Lasts, Modifier, Name, Node, Number, One, Phase, Shape, Time, Two, Unit};
use super::value::Oracle;

fn num(text: &str) -> Number {
    Number(text.to_owned())
}

fn n(text: &str) -> Node {
    Node::Number(num(text))
}

fn two(two: Two, a: Node, b: Node) -> Node {
    Node::Two(two, Box::new(a), Box::new(b))
}

fn one(one: One, a: Node) -> Node {
    Node::One(one, Box::new(a))
}

fn time(text: &str, unit: Unit) -> Time {
    Time::Of(num(text), unit)
}

fn steps(text: &str) -> Time {
    time(text, Unit::Step)
}

fn lasts(node: Node, d: Time) -> Phase {
    Phase { node, lasts: Lasts::For(d) }
}

fn shares(node: Node) -> Phase {
    Phase { node, lasts: Lasts::Share }
}

fn modified(s: Node, m: Modifier) -> Node {
    Node::Modified(Box::new(s), m)
}

fn cycles(s: Node, count: u64, grow: Option<&str>) -> Node {
    modified(s, Modifier::Cycle(Cycles::Count(count), grow.map(num), None))
}

fn every(s: Node, d: Time, grow: Option<&str>) -> Node {
    modified(s, Modifier::Cycle(Cycles::Length(d), grow.map(num), None))
}

fn stairs(s: Node, d: Time) -> Node {
    modified(s, Modifier::Staircase(d))
}

fn reverse(s: Node) -> Node {
    modified(s, Modifier::Reverse)
}

fn ramp(shape: Shape, ends: &[&str]) -> Node {
    Node::Ramp(shape, false, ends.iter().map(|end| n(end)).collect())
}

fn to(end: &str) -> Node {
    Node::Ramp(Shape::Arrow, true, vec![n(end)])
}

fn run(steps: u64, epoch: u64, batch: u64, tokens: u64) -> Facts {
    Facts { steps, epoch, batch, tokens, base: 1.0 }
}

fn plain(steps: u64) -> Facts {
    run(steps, 100, 1, 1)
}

/// A program with its text, its run, and values: at a step, to within a share of it.
type Known = (Node, &'static str, Facts, Vec<(u64, f64, f64)>);

/// Values are exact where the last number is 0.
fn programs() -> Vec<Known> {
    use Name::{Epoch, RunStep, RunT, Step, T};
    let name = Node::Name;
    let exactly = |values: &[(u64, f64)]| values.iter().map(|&(step, v)| (step, v, 0.0)).collect::<Vec<_>>();
    let million = run(1_000_000, 1000, 1000, 1000);
    let jitter = |s| modified(s, Modifier::Jitter(num("0.5"), 0));
    let held = |phase: Node, d: Time, rest: Node| Node::Sequence(vec![lasts(phase, d), shares(rest)]);
    let tail = |k: u64, grow: &str, d: &str| {
        cycles(Node::Sequence(vec![shares(n("1")), lasts(n("0"), steps(d))]), k, Some(grow))
    };
    let mut all: Vec<Known> = vec![
        (
            stairs(
                every(two(Two::Mul, n("1e-3"), two(Two::Pow, n("0.95"), name(Epoch))), steps("1000"), Some("1.3")),
                time("1001", Unit::Token),
            ),
            "((1e-3 * (0.95 ** epoch)) | cycle(1000 steps, grow: 1.3)) | staircase(1001 tokens)",
            million,
            vec![(621_415, 8.675_556_798_831_15e-7, 1e-9)],
        ),
        (
            held(n("1"), time("0.00000001", Unit::Percent), name(Step)),
            "1 for 0.00000001% >> step",
            plain(1_000_000_007),
            vec![(922_337_204, 922_337_203.9, 1e-12)],
        ),
        (
            cycles(held(n("1"), Time::Over(Box::new(time("1", Unit::Percent)), num("7")), name(Step)), 7, Some("0.75")),
            "(1 for (1% / 7) >> step) | cycle(7, grow: 0.75)",
            plain(2_147_483_647),
            vec![(966_367_640, 346_129_744.424_276_35, 1e-9)],
        ),
        (
            Node::Sequence(vec![
                shares(cycles(every(name(Step), time("2.5", Unit::Percent), Some("1.5")), 6, None)),
                lasts(n("1"), time("0.1", Unit::Percent)),
            ]),
            "((step | cycle(2.5%, grow: 1.5)) | cycle(6)) >> 1 for 0.1%",
            plain(2_147_483_647),
            vec![(966_367_640, 65_494_055.779_501_95, 1e-9)],
        ),
        (
            jitter(cycles(
                reverse(Node::Rsqrt(num("1"), Time::Times(num("0.001"), Box::new(time("18.2542", Unit::Percent))))),
                37,
                None,
            )),
            "((rsqrt(1, timescale: (0.001 * 18.2542%)) | reverse) | cycle(37)) | jitter(0.5, seed: 0)",
            plain(9_007_199_254_740_881),
            vec![(77_366_796_216_777, 0.012_812_961_024_818_522, 1e-12)],
        ),
        (
            every(stairs(name(RunStep), steps("5")), steps("10"), None),
            "(run.step | staircase(5 steps)) | cycle(10 steps)",
            plain(1000),
            exactly(&[(3, 0.0), (5, 5.0), (13, 10.0), (17, 15.0), (999, 995.0), (1000, 995.0)]),
        ),
        (
            every(stairs(jitter(n("1")), steps("5")), steps("10"), None),
            "((1 | jitter(0.5, seed: 0)) | staircase(5 steps)) | cycle(10 steps)",
            plain(1000),
            vec![(3, 1.383_310_808_213_642_5, 1e-15), (7, 0.827_325_764_218_125_8, 1e-15)],
        ),
        (
            every(Node::Sequence(vec![lasts(name(RunStep), steps("5")), shares(to("0"))]), steps("10"), None),
            "(run.step for 5 steps >> (-> 0)) | cycle(10 steps)",
            plain(1000),
            exactly(&[(4, 4.0), (5, 5.0), (6, 4.0), (14, 14.0), (15, 15.0), (16, 12.0), (19, 3.0)]),
        ),
        (
            modified(
                Node::Sequence(vec![lasts(name(RunT), time("1k", Unit::Token))]),
                Modifier::Cycle(Cycles::Count(4), None, Some(num("0.9"))),
            ),
            "(run.t for 1k tokens) | cycle(4, decay: 0.9)",
            run(1000, 100, 10, 10),
            vec![(9, 0.009, 1e-12), (200, 0.01, 1e-12), (300, 0.26 * 0.9, 1e-12), (999, 0.76 * 0.729, 1e-12)],
        ),
        (
            every(
                two(Two::Mul, Node::Times(num("1")), Node::Sequence(vec![lasts(name(RunStep), steps("5"))])),
                steps("20"),
                None,
            ),
            "(1x * (run.step for 5 steps)) | cycle(20 steps)",
            plain(1000),
            exactly(&[(4, 4.0), (9, 5.0), (24, 24.0), (29, 25.0), (1000, 985.0)]),
        ),
        (
            tail(5, "1.1", "10"),
            "(1 >> 0 for 10 steps) | cycle(5, grow: 1.1)",
            plain(100),
            exactly(&[(89, 1.0), (90, 0.0), (99, 0.0), (100, 0.0)]),
        ),
        (
            tail(7, "1.1", "1"),
            "(1 >> 0 for 1 steps) | cycle(7, grow: 1.1)",
            plain(100),
            exactly(&[(98, 1.0), (99, 0.0), (100, 0.0)]),
        ),
        (
            cycles(
                reverse(Node::Sequence(vec![
                    shares(Node::Warmup(steps("1"), num("0"), Some(num("6.7")), Shape::Linear, false)),
                    shares(ramp(Shape::Cosine, &["0.7", "9.94"])),
                ])),
                5,
                Some("1.1"),
            ),
            "((warmup(1 steps, from: 0, to: 6.7) >> cosine(0.7 -> 9.94)) | reverse) | cycle(5, grow: 1.1)",
            plain(100),
            vec![(99, 6.7, 1e-12), (100, 0.0, 0.0)],
        ),
        (
            reverse(one(One::Floor, two(Two::Div, name(Step), n("5")))),
            "floor((step / 5)) | reverse",
            plain(20),
            exactly(&[(0, 3.0), (4, 3.0), (5, 2.0), (10, 1.0), (15, 0.0), (19, 0.0), (20, 0.0)]),
        ),
        (
            reverse(Node::Decay(num("8"), num("0.5"), Drops::Every(steps("5")))),
            "decay(8, by: 0.5, every: 5 steps) | reverse",
            plain(20),
            exactly(&[(0, 1.0), (5, 2.0), (10, 4.0), (15, 8.0)]),
        ),
        (
            one(One::Floor, two(Two::Mul, name(T), n("10"))),
            "floor((t * 10))",
            plain(100_000_000_000),
            exactly(&[(100_000_000_000, 9.0), (u64::MAX, 9.0)]),
        ),
        (
            one(One::Floor, two(Two::Mul, name(Step), n("3000000"))),
            "floor((step * 3000000))",
            plain(10),
            exactly(&[(9, 27_000_000.0), (10, 29_999_999.0)]),
        ),
        (
            two(Two::Pow, n("0"), two(Two::Sub, n("1"), name(T))),
            "0 ** (1 - t)",
            plain(1000),
            exactly(&[(0, 0.0), (999, 0.0), (1000, 0.0)]),
        ),
        (
            Node::Sequence(vec![
                lasts(
                    cycles(cycles(ramp(Shape::Arrow, &["1", "0", "3", "1"]), 8, None), 8, Some("0.75")),
                    steps("3.5"),
                ),
                shares(n("1")),
            ]),
            "(((1 -> 0 -> 3 -> 1) | cycle(8)) | cycle(8, grow: 0.75)) for 3.5 steps >> 1",
            plain(1000),
            vec![(0, 1.0, 0.0), (1, 0.089_843_75, 1e-9), (4, 1.0, 0.0)],
        ),
    ];
    let ends = [
        (Shape::Poly(num("0.1")), 7, "1.3", 97, "poly(1 -> 0, power: 0.1) | cycle(7, grow: 1.3)"),
        (Shape::Tanh(num("-7"), num("3")), 8, "1.1", 100, "tanh(1 -> 0, lo: -7, hi: 3) | cycle(8, grow: 1.1)"),
        (Shape::Arrow, 9, "1.1", 97, "(1 -> 0) | cycle(9, grow: 1.1)"),
    ];
    for (shape, k, grow, steps, text) in ends {
        all.push((cycles(ramp(shape, &["1", "0"]), k, Some(grow)), text, plain(steps), exactly(&[(steps, 0.0)])));
    }
    all
}

#[test]
fn the_oracle_knows_what_was_worked_out_by_hand() {
    for (node, text, facts, values) in programs() {
        assert_eq!(node.source(), text);
        let oracle = Oracle::new(&node, facts).expect(text);
        for (step, expected, share) in values {
            let got = oracle.at(step).unwrap_or_else(|stop| panic!("{text} at step {step}: {stop:?}"));
            let off = (got.x - expected).abs();
            assert!(off <= share * expected.abs() + 1e-50, "{text} at step {step}: {got:?}, expected {expected:?}");
            // What another rounding may give is close to it, too.
            assert!(2.0 * got.e <= 1e-6 * (1.0 + expected.abs()), "{text} at step {step}: {got:?}");
        }
    }
}
