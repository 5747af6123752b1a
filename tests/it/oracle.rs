//! The language's time model, written a second time in exact fractions from what LANGUAGE.md says of it, and compared
//! with every backend on random programs.
//!
//! It shares no code with the compiler: its programs are trees of its own (`program`), made at random (`generate`),
//! and only their text is compiled. `layout` gives phases and cycles their places, `value` says what a program is worth
//! at a moment, `compare` asks both. `known` holds programs whose values were worked out by hand.
//!
//! `ORACLE_PROGRAMS=100000 cargo test --profile torture --test it oracle -- --nocapture` tries more of them, and
//! `ORACLE_SEED=…` others; it ends after
//! `ORACLE_SHOW` disagreements. Each is printed with its seed: with that and `ORACLE_PROGRAMS=1` it comes back.

#![allow(clippy::disallowed_methods, reason = "another kernel than the compiler's is wanted here")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

mod compare;
mod exact;
mod generate;
mod known;
mod layout;
mod moment;
mod number;
mod program;
mod random;
mod shape;
mod shrink;
mod value;

use compare::{Outcome, compare};
use random::Random;

/// A number from the environment.
fn asked(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[derive(Default)]
struct Tally {
    compared: usize,
    doubted: usize,
    alike: usize,
    refused: usize,
    limits: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        self.compared += outcome.compared;
        self.doubted += outcome.doubted;
        self.alike += outcome.alike;
        self.refused += usize::from(outcome.refused);
        if let Some(limit) = outcome.limit {
            *self.limits.entry(limit).or_default() += 1;
        }
    }
}

#[test]
fn random_programs_mean_what_the_oracle_says() {
    let (count, first) = (asked("ORACLE_PROGRAMS", 2000), asked("ORACLE_SEED", 1));
    let shown = asked("ORACLE_SHOW", 12) as usize;
    let (next, tally, started) = (AtomicU64::new(0), Mutex::new(Tally::default()), Instant::now());
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= count || tally.lock().expect("no panic").wrong.len() >= shown {
                return;
            }
            let seed = first.wrapping_add(k);
            let mut random = Random::new(seed);
            let facts = generate::facts(&mut random);
            let node = generate::program(&mut random, &facts);
            match compare(&node, &facts, seed) {
                Ok(outcome) => tally.lock().expect("no panic").add(&outcome),
                Err(wrong) => {
                    let same = |n: &_, f: &_| compare(n, f, seed).is_err_and(|m| m.kind == wrong.kind);
                    let (small, run) = shrink::shrink(node.clone(), facts, same);
                    let text = compare(&small, &run, seed).err().map_or_else(String::new, |m| m.text);
                    let text = format!(
                        "seed {seed}: {}\n{}   @ {facts}\nor, smaller: {text}\n{}   @ {run}\n",
                        wrong.text,
                        node.source(),
                        small.source()
                    );
                    tally.lock().expect("no panic").wrong.push(text);
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            std::thread::Builder::new().stack_size(16 << 20).spawn_scoped(scope, work).expect("a thread");
        }
    });
    let Tally { compared, doubted, alike, refused, limits, wrong } = tally.into_inner().expect("no panic");
    println!(
        "{count} programs in {:.1?}: {compared} values compared, {doubted} too close to a boundary, {alike} the same on \
         every backend, {refused} programs refused by both, refused for a limit: {limits:?}",
        started.elapsed()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let limited: usize = limits.values().sum();
    assert!(limited as u64 * 10 <= count.max(100), "too many are refused: {limits:?}");
    assert!(refused as u64 * 5 <= count.max(100), "{refused} of {count} have no meaning");
    assert!(doubted * 50 <= compared, "{doubted} of {compared} values are too close to a boundary");
}
