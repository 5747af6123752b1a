//! `fill` gives the bits of a call for each step: every case, backend and instruction set that this machine has, around
//! all that may end a stretch.

use std::collections::BTreeSet;

use etude::simd::Isa;
use etude::{Backend, Clock, Input, Program};

use crate::cases::{self, BACKENDS};

/// Steps before and after a boundary, so that ranges start and end in the middle of vectors and of blocks.
const AROUND: u64 = 40;

/// Ranges of every kind: around the boundaries, the far ends of what a step can be, and a long one from the start.
fn ranges(program: &Program) -> Vec<std::ops::Range<u64>> {
    let mut moments = BTreeSet::from([0, 1 << 31, 1 << 51, 1 << 52, 1 << 53, 1 << 62, 1 << 63, u64::MAX]);
    if let Some(end) = program.clock().total() {
        moments.extend([end, end.saturating_mul(2)]);
    }
    for phase in program.phases() {
        moments.extend(
            [phase.start, phase.end.unwrap_or(0.0), (phase.start + phase.end.unwrap_or(0.0)) / 2.0].map(|m| m as u64),
        );
    }
    let around = moments.into_iter().map(|m| m.saturating_sub(AROUND)..m.saturating_add(AROUND + m % 17));
    around.chain([0..1300, 7..7, 3..4, 5..38, u64::MAX - 1300..u64::MAX]).collect()
}

/// Where `fill` and `at` differ.
pub fn differs(program: &Program, isa: Isa, range: std::ops::Range<u64>) -> Option<String> {
    let outputs = program.names().count();
    let mut rows = vec![f64::NAN; (range.end - range.start) as usize * outputs];
    program.fill_by(isa, range.clone(), &mut rows);
    for (step, row) in range.clone().zip(rows.chunks(outputs.max(1))) {
        for (k, (got, expected)) in row.iter().zip(cases::at(program, step)).enumerate() {
            if got.to_bits() != expected.to_bits() {
                return Some(format!("value {k} at {step} of {range:?} is {got:?} by {isa:?}, {expected:?} by a call"));
            }
        }
    }
    None
}

/// Every range by every instruction set.
fn same(program: &Program) {
    for range in ranges(program) {
        for isa in Isa::available() {
            if let Some(wrong) = differs(program, isa, range.clone()) {
                panic!("{wrong}, {:?}\n{}", program.backend(), program.source());
            }
        }
    }
}

#[test]
fn every_case_is_filled_with_its_values() {
    let mut filled = 0;
    for case in cases::all() {
        for program in cases::compile(&case.source, case.clock).0 {
            same(&program.with_base(case.base).expect("the case's base"));
            filled += 1;
        }
    }
    assert!(filled > 100, "{filled}");
}

fn programs(source: &str, steps: u64) -> impl Iterator<Item = Program> {
    BACKENDS.iter().map(move |&backend| Input::new(source, Clock::steps(steps)).on(backend).program().expect(source))
}

/// What cases have too small to fill several turns: long phases, short ones, many, nested, several values, and ways that change
/// at every few steps or only far away.
#[test]
fn every_kind_of_program_is_filled_with_its_values() {
    let many: Vec<String> = (1..=40).map(|k| format!("cosine({k}e-3 -> {}e-3) for {} steps", k + 1, 3 * k)).collect();
    let many = many.join(" >> ");
    for (source, steps) in [
        ("1e-3", 10),
        ("warmup(5%) >> cosine(1e-3 -> 0)", 1_000),
        ("warmup(5%) >> cosine(1e-3 -> 0)", 1 << 52),
        ("exp(1e-3 -> 1e-6)", (1 << 48) + 1),
        ("1 -> 0 >> 0 -> 1", 3_000),
        (&many, 3_000),
        ("cosine(1e-3 -> 0) | cycle(10)", 2_500),
        ("cosine(1e-3 -> 0) | cycle(700)", 2_100),
        ("cosine(1e-3 -> 0) | cycle(7, grow: 2)", 2_540),
        ("lr: warmup(10%) >> cosine(1e-3 -> 0)\nbeta1: 0.85 -> 0.95\nwd: 0.1", 2_000),
        ("2x for 900 steps >> exp(1x -> 0.1x)", 2_000),
        ("let u = 0 -> 1\nmin(sin(20 * u), 0.3) ** 2 + sqrt(u) * tanh(3 * u - 1) + sigmoid(u) * ln(u + 1)", 2_000),
        ("(1 -> 0) | staircase(3 steps)", 2_000),
        ("cosine(1 -> 0) | jitter(0.1, seed: 3)", 2_000),
        ("bezier(1 -> 0, x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4)", 2_000),
    ] {
        for program in programs(source, steps) {
            for base in [1.0, 0.3] {
                same(&program.with_base(base).expect("a base"));
            }
        }
    }
}

/// A run's scales are read as the metrics have left them; those of the program stay 1.
#[test]
fn a_run_is_filled_at_its_scales() {
    let source = "cosine(1e-3 -> 0) | plateau(loss, factor: 0.3, patience: 0) | plateau(acc, mode: max, patience: 0)";
    for program in programs(source, 2_000) {
        same(&program);
        let mut run = program.with_base(0.5).expect("a base").start();
        for metric in ["loss", "acc"] {
            run.observe(metric, 1.0).expect("it is watched");
            run.observe(metric, 1.0).expect("it is watched");
        }
        let mut filled = vec![0.0; 1_900];
        run.fill(50..1_950, &mut filled);
        assert_ne!(filled[0], program.start().lr(50));
        for (step, value) in (50..).zip(&filled) {
            assert_eq!(value.to_bits(), run.lr(step).to_bits(), "{step}, {:?}", program.backend());
        }
    }
}

/// Native code is called until filling has taken as long as looking at the source again; the values stay the same.
#[test]
fn what_fills_may_change_and_the_values_do_not() {
    for source in ["warmup(5%) >> cosine(1e-3 -> 0)", "1e-3 * sin(3 -> 0)"] {
        let schedule = Input::new(source, Clock::steps(1_000)).on(Backend::best()).schedule().expect(source);
        let expected: Vec<u64> = (0..1_000).map(|step| schedule.lr(step).to_bits()).collect();
        let mut values = vec![0.0; 1_000];
        for _ in 0..200 {
            schedule.fill(0..1_000, &mut values);
            assert!(values.iter().map(|v| v.to_bits()).eq(expected.iter().copied()), "{source}");
        }
    }
}

#[test]
fn threads_fill_from_one_program() {
    let schedule = etude::compile("warmup(5%) >> cosine(1e-3 -> 0)", Clock::steps(100_000)).expect("a schedule");
    let fill = || {
        let mut values = vec![0.0; 100_000];
        schedule.fill(0..100_000, &mut values);
        values
    };
    let all: Vec<Vec<f64>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(fill)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it fills")).collect()
    });
    let expected: Vec<f64> = (0..100_000).map(|step| schedule.lr(step)).collect();
    assert!(all.iter().all(|values| *values == expected));
}

#[test]
#[should_panic = "one place for each value at each step"]
fn a_buffer_of_another_length_is_refused() {
    let program = Program::compile("a: 1\nb: 2", Clock::steps(10)).expect("a program");
    program.fill(0..10, &mut [0.0; 10]);
}

#[test]
fn a_range_that_ends_before_it_starts_is_empty() {
    let schedule = etude::compile("1 -> 0", Clock::steps(10)).expect("a schedule");
    let (last, first) = (3, 7);
    schedule.fill(first..last, &mut []);
}
