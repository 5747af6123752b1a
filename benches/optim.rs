//! Update kernels against loops of the same memory traffic and no arithmetic.
//!
//! `cargo bench --no-default-features --features train --bench optim [-- <millions of parameters> …]`
//!
//! Candidates take turns, round by round, and each counts with its fastest round: other work on the machine only adds
//! time. The figure to look at is the last column, the kernel's bandwidth over the empty loop's.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures, and compares with the platform")]

use std::time::Instant;

use etude::optim::rule::{At, RULES, RuleRow};
use etude::optim::simd::{Isa, Pass, dispatch};
use etude::optim::{Arena, Layout, Optimizer};

fn main() {
    let sizes: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![0.01, 0.1, 1.0, 10.0, 100.0] } else { sizes };
    println!("{:<8} {:>12} {:>20} {:>10} {:>10} {:>8}", "rule", "parameters", "kernel", "ms", "GB/s", "ratio");
    for size in sizes {
        for rule in RULES {
            compare(rule, (size * 1e6) as usize);
        }
    }
}

fn compare(rule: &'static RuleRow, parameters: usize) {
    let mut arena = filled(rule, parameters);
    let values: Vec<f64> = rule
        .words
        .hypers
        .iter()
        .map(|h| match h.name {
            "lr" => 1e-3,
            "momentum" => 0.9,
            _ => h.default.unwrap_or(0.0),
        })
        .collect();
    let at = At { step: 9, hypers: &values, flags: &vec![false; rule.words.flags.len()], grad_scale: 1.0 };
    let scalars = (rule.prepare)(&at);
    let mut one = optimizer(rule, 1);
    let mut all = optimizer(rule, std::thread::available_parallelism().map_or(1, usize::from));

    let isas = Isa::available();
    let mut names = vec!["no arithmetic".to_owned()];
    names.extend(isas.iter().map(|isa| format!("{isa:?}")));
    names.extend(["step, 1 thread".to_owned(), format!("step, {} threads", all.1)]);
    let mut best = vec![f64::INFINITY; names.len()];

    let repeats = (20_000_000 / parameters.max(1)).clamp(1, 1000);
    for _ in 0..12 {
        for (i, best) in best.iter_mut().enumerate() {
            let begin = Instant::now();
            for _ in 0..repeats {
                match i {
                    0 => empty(&mut arena),
                    i if i <= isas.len() => (rule.update)(isas[i - 1], &scalars, arena.slices().1),
                    i => {
                        let (optimizer, _) = if i == isas.len() + 1 { &mut one } else { &mut all };
                        optimizer.step(&mut arena, 9, &values, 1.0).expect("the values are in range");
                    }
                }
            }
            *best = best.min(begin.elapsed().as_secs_f64() / repeats as f64);
        }
    }
    for (name, time) in names.iter().zip(&best) {
        let rate = (rule.bytes_per_param() * parameters) as f64 / time / 1e9;
        let ratio = best[0] / time;
        println!("{:<8} {parameters:>12} {name:>20} {:>10.4} {rate:>10.1} {ratio:>8.2}", rule.words.name, time * 1e3);
    }
}

fn optimizer(rule: &'static RuleRow, threads: usize) -> (Optimizer, usize) {
    (Optimizer::new(rule, &[], threads).expect("no switches"), threads)
}

fn filled(rule: &RuleRow, parameters: usize) -> Arena {
    let layout = Layout::new(&[("w".to_owned(), vec![parameters])], &[]).expect("one tensor");
    let mut arena = Arena::new(layout, rule).expect("enough memory");
    let mut x = 1u32;
    for (p, g) in arena.param.iter_mut().zip(arena.grad.iter_mut()) {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *p = (x >> 8) as f32 / (1 << 24) as f32 - 0.5;
        *g = 0.1 * *p + 0.01;
    }
    // Subnormal state would slow the arithmetic as no real run does.
    arena.state.iter_mut().for_each(|s| s.fill(1e-3));
    arena
}

/// Reads and writes what a rule with this many state slots does: a few sums, which cost nothing next to memory.
fn empty(arena: &mut Arena) {
    let (_, slices) = arena.slices();
    let [a, b] = slices.state;
    if b.is_empty() {
        dispatch(Isa::best(), Empty1(slices.param, slices.grad, a));
    } else {
        dispatch(Isa::best(), Empty2(slices.param, slices.grad, a, b));
    }
}

struct Empty1<'a>(&'a mut [f32], &'a [f32], &'a mut [f32]);

impl Pass for Empty1<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for ((p, g), a) in self.0.iter_mut().zip(self.1).zip(self.2) {
            *p += g * 1e-9;
            *a += g * 1e-9;
        }
    }
}

struct Empty2<'a>(&'a mut [f32], &'a [f32], &'a mut [f32], &'a mut [f32]);

impl Pass for Empty2<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for (((p, g), a), b) in self.0.iter_mut().zip(self.1).zip(self.2).zip(self.3) {
            *p += g * 1e-9;
            *a += g * 1e-9;
            *b += g * 1e-9;
        }
    }
}
