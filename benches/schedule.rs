//! Schedules: cost of a call, of compiling, and memory, as ratios to named peers in the same run.
//!
//! `cargo bench --bench schedule`. Every figure is the fastest of many interleaved rounds.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures, and compares with the platform")]

use std::hint::black_box;
use std::time::Instant;

use etude::host::NoFiles;
use etude::{Backend, Clock, Input, Schedule};

#[path = "schedule/fill.rs"]
mod fill;

const STEPS: u64 = 10_000;
const ROUNDS: usize = 200;
const ONE_LINER: &str = "warmup(5%) >> cosine(1e-3 -> 0)";
const COLD: &str = "--cold";
const FILL: &str = "--fill";

fn main() {
    // Run again as a process of its own, this only compiles one program.
    if std::env::args().any(|a| a == COLD) {
        let start = Instant::now();
        black_box(schedule(ONE_LINER, Backend::Jit).lr(black_box(7)));
        println!("{}", start.elapsed().as_nanos() as f64 / 1e3);
        return;
    }
    if std::env::args().any(|a| a == FILL) {
        return fill::fill();
    }
    calls();
    fill::fill();
    cold();
    compiling();
    memory();
}

/// One contestant: a name and the time of one call in nanoseconds, best so far.
struct Row<'a> {
    name: &'a str,
    run: Box<dyn Fn(u64) -> f64 + 'a>,
    best: f64,
}

/// A Rust function is called through a pointer, as a compiled schedule is.
fn rust(name: &str, f: fn(u64) -> f64) -> Row<'_> {
    row(name, black_box(f))
}

fn row<'a>(name: &'a str, run: impl Fn(u64) -> f64 + 'a) -> Row<'a> {
    Row { name, run: Box::new(run), best: f64::INFINITY }
}

/// Independent calls through a pointer, results stored, over the whole run.
fn race(title: &str, mut rows: Vec<Row>) {
    let mut out = vec![0.0; STEPS as usize];
    for _ in 0..ROUNDS {
        for row in &mut rows {
            let start = Instant::now();
            for (step, out) in (0..STEPS).zip(&mut out) {
                *out = (row.run)(step);
            }
            row.best = row.best.min(start.elapsed().as_nanos() as f64 / STEPS as f64);
            black_box(&mut out);
        }
    }
    println!("\n{title}\n| | ns/call | ratio |\n| --- | --- | --- |");
    for row in &rows {
        println!("| {} | {:.2} | {:.2} |", row.name, row.best, row.best / rows[0].best);
    }
}

fn schedule(source: &str, backend: Backend) -> Schedule {
    Input::new(source, Clock::steps(STEPS)).on(backend).schedule().expect(source)
}

fn calls() {
    let source = ONE_LINER;
    let (jit, eval) = (schedule(source, Backend::Jit), schedule(source, Backend::Eval));
    race(
        "warmup + cosine",
        vec![
            rust("Rust, std cos", peers::std_cos),
            rust("Rust, std sin, near-end form", peers::std_near),
            row("étude jit", |step| jit.lr(step)),
            rust("Rust, étude's math, target features on", peers::own_math),
            row("étude eval", |step| eval.lr(step)),
        ],
    );
    let constant = schedule("1e-3", Backend::Jit);
    race("constant", vec![rust("Rust", peers::constant), row("étude jit", |step| constant.lr(step))]);
    let linear = schedule("1e-3 -> 0", Backend::Jit);
    race("linear", vec![rust("Rust", peers::linear), row("étude jit", |step| linear.lr(step))]);
    let exp = schedule("exp(1e-3 -> 1e-6)", Backend::Jit);
    race("exponential", vec![rust("Rust, std powf", peers::exponential), row("étude jit", |step| exp.lr(step))]);
    let ten = ten_phases();
    let (jit, eval) = (schedule(&ten, Backend::Jit), schedule(&ten, Backend::Eval));
    race("ten phases", vec![row("étude jit", |step| jit.lr(step)), row("étude eval", |step| eval.lr(step))]);
}

/// The same functions as people write them.
mod peers {
    use super::STEPS;
    use std::f64::consts::PI;

    #[inline(never)]
    pub fn constant(_step: u64) -> f64 {
        1e-3
    }

    #[inline(never)]
    pub fn linear(step: u64) -> f64 {
        let step = step.min(STEPS);
        1e-3 + (0.0 - 1e-3) * (step as f64 / STEPS as f64)
    }

    #[inline(never)]
    pub fn exponential(step: u64) -> f64 {
        1e-3 * 1e-3f64.powf(step.min(STEPS) as f64 / STEPS as f64)
    }

    const WARMUP: u64 = STEPS / 20;

    #[inline(never)]
    pub fn std_cos(step: u64) -> f64 {
        if step < WARMUP {
            return 1e-3 * (step as f64 / WARMUP as f64);
        }
        let u = (step.min(STEPS) - WARMUP) as f64 / (STEPS - WARMUP) as f64;
        1e-3 * 0.5 * (1.0 + (PI * u).cos())
    }

    #[inline(never)]
    pub fn std_near(step: u64) -> f64 {
        if step < WARMUP {
            return 1e-3 * (step as f64 / WARMUP as f64);
        }
        let left = (STEPS - step.min(STEPS)) as f64 / (STEPS - WARMUP) as f64;
        let s = (PI / 2.0 * left).sin();
        1e-3 * s * s
    }

    #[inline(never)]
    pub fn own_math(step: u64) -> f64 {
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: benches run on machines with these features; the first call of `main` checked.
            #[allow(unsafe_code)]
            unsafe {
                own_math_fma(step)
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        own(step)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "fma,avx2,bmi2")]
    fn own_math_fma(step: u64) -> f64 {
        own(step)
    }

    #[inline(always)]
    fn own(step: u64) -> f64 {
        let o = &mut etude::math::Native;
        if step < WARMUP {
            return 0.0 + (1e-3 - 0.0) * (step as f64 / WARMUP as f64);
        }
        if step >= STEPS {
            return 0.0;
        }
        let (count, len) = ((step - WARMUP) as i64, (STEPS - WARMUP) as i64);
        if 2 * count < len {
            etude::ir::ops::ramp(o, etude::ir::Curve::Cosine, 1e-3, -1e-3, count, len as f64)
        } else {
            etude::ir::ops::ramp(o, etude::ir::Curve::Cosine, 0.0, 1e-3, len - count, len as f64)
        }
    }
}

fn ten_phases() -> String {
    let phases: Vec<String> = (0..10)
        .map(|k| match k % 3 {
            0 => format!("cosine({}e-3 -> {}e-3)", k + 1, k + 2),
            1 => format!("{}e-3 -> {}e-3", k + 1, k + 2),
            _ => format!("exp({}e-3 -> {}e-3) for 7%", k + 1, k + 2),
        })
        .collect();
    phases.join(" >> ")
}

fn compiling() {
    println!(
        "\ntext to callable, warm, checks included\n| | median µs | fastest µs | of it parse | check | lower |\n| --- | --- | --- | --- | --- | --- |"
    );
    let ten = ten_phases();
    let clock = Clock::steps(STEPS);
    for (name, source) in [("one-liner", ONE_LINER), ("ten phases", &ten), ("constant", "1e-3")] {
        let time = |f: &mut dyn FnMut()| {
            let mut times: Vec<f64> = (0..2000)
                .map(|_| {
                    let start = Instant::now();
                    f();
                    start.elapsed().as_nanos() as f64 / 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            (times[times.len() / 2], times[0])
        };
        let (median, best) = time(&mut || drop(black_box(etude::compile(black_box(source), clock))));
        let ast = etude::syntax::parse(source).expect(source);
        let plan = etude::check::check(&ast, &clock, &NoFiles).expect(source);
        let parse = time(&mut || drop(black_box(etude::syntax::parse(black_box(source))))).0;
        let check = time(&mut || drop(black_box(etude::check::check(black_box(&ast), &clock, &NoFiles)))).0;
        let lower = time(&mut || drop(black_box(etude::lower::lower(black_box(&plan))))).0;
        println!("| {name} | {median:.1} | {best:.1} | {parse:.1} | {check:.1} | {lower:.1} |");
    }
}

/// The first schedule of a process: text to the first value, with everything that is set up once.
fn cold() {
    let program = std::env::current_exe().expect("this program has a path");
    let mut times: Vec<f64> = (0..40)
        .filter_map(|_| {
            let run = std::process::Command::new(&program).arg(COLD).output().ok()?;
            String::from_utf8(run.stdout).ok()?.trim().parse().ok()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("\ncold process, first schedule\n| median µs | fastest µs |\n| --- | --- |");
    println!("| {:.0} | {:.0} |", times[times.len() / 2], times[0]);
}

/// Resident bytes of a live schedule, and what is left after all are dropped.
fn memory() {
    let resident = || -> f64 {
        let pages = std::fs::read_to_string("/proc/self/statm").ok();
        let pages = pages.and_then(|s| s.split_whitespace().nth(1)?.parse::<f64>().ok());
        pages.unwrap_or(f64::NAN) * 4096.0
    };
    let make = |n: u64| -> Vec<Schedule> {
        let mut all = Vec::with_capacity(n as usize);
        all.extend((0..n).map(|k| schedule(&format!("warmup({}%) >> cosine(1e-3 -> 0)", 1 + k % 50), Backend::Jit)));
        all
    };
    drop(make(1000));
    let before = resident();
    let many = make(20_000);
    let live = resident();
    drop(many);
    let again = make(20_000);
    let twice = resident();
    drop(again);
    println!("\nmemory, 20 000 live schedules\n| bytes each | growth when made again |\n| --- | --- |");
    println!("| {:.0} | {:.0} |", (live - before) / 20_000.0, (twice - live).max(0.0));
}
