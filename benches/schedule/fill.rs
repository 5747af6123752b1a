//! Ranges of steps: `fill` against the same bytes moved, and against loops as people write them.

use std::hint::black_box;
use std::time::Instant;

use etude::{Backend, Clock, Input};

const ROUNDS: usize = 20;

/// A range that is longer than the caches that belong to one core, and one that fits into them.
const LENGTHS: [usize; 2] = [1_000_000, 10_000];

type Fill<'a> = Box<dyn Fn(&mut [f64]) + 'a>;

/// One contestant: fills a range, nanoseconds for each value, best so far.
struct Row<'a> {
    name: &'static str,
    run: Fill<'a>,
    best: f64,
}

fn row<'a>(name: &'static str, run: impl Fn(&mut [f64]) + 'a) -> Row<'a> {
    Row { name, run: Box::new(run), best: f64::INFINITY }
}

/// Every contestant in turn, all into one buffer; each runs often enough to be timed.
fn race(title: &str, n: usize, rows: &mut [Row]) {
    let times = 10_000_000 / n;
    let mut out = vec![1.0; n];
    for _ in 0..ROUNDS {
        for row in rows.iter_mut() {
            (row.run)(&mut out);
            let start = Instant::now();
            for _ in 0..times {
                (row.run)(black_box(&mut out));
            }
            row.best = row.best.min(start.elapsed().as_nanos() as f64 / (times * n) as f64);
        }
    }
    println!("\n{title}\n| | ns/value | × memcpy | × memset | × std cos |\n| --- | --- | --- | --- | --- |");
    let [copy, set, cos] = [0, 1, 2].map(|k: usize| rows[k].best);
    for Row { name, best, .. } in rows {
        println!("| {name} | {best:.3} | {:.2} | {:.2} | {:.3} |", *best / copy, *best / set, *best / cos);
    }
}

/// The cosine as people write it, a loop over the steps.
#[inline(never)]
#[allow(clippy::disallowed_methods)]
fn std_cos(steps: u64, out: &mut [f64]) {
    for (step, out) in out.iter_mut().enumerate() {
        *out = 1e-3 * 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / steps as f64).cos());
    }
}

pub fn fill() {
    for n in LENGTHS {
        let steps = n as u64;
        let source: Vec<f64> = (0..n).map(|k| k as f64).collect();
        let mut rows = vec![
            row("memcpy", |out| out.copy_from_slice(black_box(&source))),
            // Zeros are set by memset.
            row("memset", |out| out.fill(0.0)),
            row("Rust, std cos", move |out| std_cos(black_box(steps), out)),
        ];
        let ten = super::ten_phases();
        for (name, source) in programs(&ten) {
            let schedule = Input::new(source, Clock::steps(steps)).on(Backend::Jit).schedule().expect(source);
            rows.push(row(name, move |out| schedule.fill(0..steps, out)));
        }
        race(&format!("{n} steps"), n, &mut rows);
    }
    by_calls();
}

fn programs(ten: &str) -> [(&'static str, &str); 8] {
    [
        ("constant", "1e-3"),
        ("linear", "1e-3 -> 0"),
        ("cosine", "cosine(1e-3 -> 0)"),
        ("exponential", "exp(1e-3 -> 1e-6)"),
        ("warmup + cosine", super::ONE_LINER),
        ("ten phases", ten),
        ("no phases: sin(3 * pi * u)", "let u = 0 -> 1\n1e-3 * sin(3 * 3.14 * u)"),
        ("ten cycles of cosines", "cosine(1e-3 -> 0) | cycle(10)"),
    ]
}

/// What the same schedules take by a call for each step.
fn by_calls() {
    let n = LENGTHS[1];
    let (ten, mut out) = (super::ten_phases(), vec![0.0; n]);
    println!("\n{n} steps by `lr(step)`\n| | ns/value |\n| --- | --- |");
    for (name, source) in programs(&ten) {
        let schedule = Input::new(source, Clock::steps(n as u64)).on(Backend::Jit).schedule().expect(source);
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for (step, out) in (0..).zip(&mut out) {
                *out = schedule.lr(step);
            }
            best = best.min(start.elapsed().as_nanos() as f64 / n as f64);
            black_box(&mut out);
        }
        println!("| {name} | {best:.3} |");
    }
}
