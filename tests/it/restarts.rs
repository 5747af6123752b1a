//! Restarts come at the first step that is not before the exact end of a cycle: none is missed or doubled, at any
//! size of run. The oracle counts in integers and in fractions of any size.

use std::cell::Cell;

use etude::{Backend, Clock, Input};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;

use crate::cases::at;
use crate::props::check;

/// Runs of a few steps, of many, and of as many as there may be.
fn total() -> impl Strategy<Value = u64> {
    prop_oneof![1..5000u64, (1u64 << 40)..(1u64 << 52), ((1u64 << 53) - 100)..=(1u64 << 53)]
}

/// Restarts are where integers say, at any size of run.
#[test]
fn cycles_restart_exactly() {
    check(200, (total(), 1..400u64, prop::collection::vec(any::<u64>(), 24)), |(n, k, picks)| {
        let run = |source: &str| {
            Input::new(source, Clock::steps(n))
                .on(Backend::best())
                .program()
                .map_err(|d| TestCaseError::fail(d.to_string()))
        };
        let (place, index) = (run(&format!("t | cycle({k})"))?, run(&format!("1 | cycle({k}, decay: 0.5)"))?);
        // Every restart that is asked for, the steps around it, and any other step.
        let near = picks.iter().map(|p| (u128::from(p % k) * u128::from(n)).div_ceil(u128::from(k)) as u64);
        for step in
            near.flat_map(|s| [s.saturating_sub(1), s, s + 1]).chain(picks.iter().map(|p| p % n)).filter(|&s| s < n)
        {
            let count = u128::from(step) * u128::from(k);
            let (j, rest) = (count / u128::from(n), count % u128::from(n));
            prop_assert_eq!(
                at(&place, step)[0],
                rest as f64 / n as f64,
                "place at step {} of {}, {} cycles",
                step,
                n,
                k
            );
            prop_assert_eq!(
                at(&index, step)[0].to_bits(),
                (1023 - j as u64) << 52,
                "cycle at step {} of {}, {} cycles",
                step,
                n,
                k
            );
        }
        prop_assert_eq!(at(&place, n)[0], 1.0);
        Ok(())
    });
}

/// The same for cycles of a given length, in thousandths of a step.
#[test]
fn cycles_of_a_length_restart_exactly() {
    check(200, (1..(1u64 << 50), 1..10_000_000u64, prop::collection::vec(any::<u64>(), 24)), |(n, d, picks)| {
        let source = format!("t | cycle({}.{:03} steps)", d / 1000, d % 1000);
        let program = Input::new(&source, Clock::steps(n))
            .on(Backend::best())
            .program()
            .map_err(|d| TestCaseError::fail(d.to_string()))?;
        for step in picks.iter().map(|p| p % n) {
            let rest = u128::from(step) * 1000 % u128::from(d);
            prop_assert_eq!(at(&program, step)[0], rest as f64 / d as f64, "{} at step {}", source, step);
        }
        Ok(())
    });
}

/// How cycles of one test are given.
#[derive(Clone, Copy, Debug)]
enum Given {
    /// So many.
    Count(u64),
    /// The first one takes one of so many shares of the run, to a thousandth of a step.
    Length(u64),
}

/// Thousandths as a program writes them.
fn thousandths(n: u64) -> String {
    format!("{}.{:03}", n / 1000, n % 1000)
}

fn ratio(n: impl Into<BigInt>, d: impl Into<BigInt>) -> BigRational {
    BigRational::new(n.into(), d.into())
}

/// The exact ends of cycles over `span` steps, or nothing where there are more of them than a test wants to see.
fn ends(given: Given, first: u64, grow: u64, span: &BigRational) -> Option<Vec<BigRational>> {
    let grow = ratio(grow, 1000);
    let powers = |k: u64| std::iter::successors(Some(ratio(1, 1)), |p| Some(p * &grow)).take(k as usize);
    let (mut length, most) = match given {
        Given::Count(k) => (span / powers(k).sum::<BigRational>(), k),
        Given::Length(_) => (ratio(first, 1000), 60),
    };
    let (mut ends, mut passed) = (vec![], ratio(0, 1));
    while passed < *span && (ends.len() as u64) < most {
        passed += &length;
        ends.push(passed.clone());
        length *= &grow;
        if length < ratio(1, 1u64 << 30) {
            return None;
        }
    }
    (passed >= *span).then_some(ends)
}

/// Cycles of equal, growing and shrinking lengths, by count and by length, from a start that may lie within a step.
#[test]
fn growing_cycles_restart_exactly() {
    let grow = prop_oneof![
        select(vec![1000u64, 2000, 3000, 7000, 1500, 1100, 1250, 900, 750, 500]),
        501..4000u64,
        998..1003u64
    ];
    let given = prop_oneof![(1..40u64).prop_map(Given::Count), (1..30u64).prop_map(Given::Length)];
    let (tried, ran) = (Cell::new(0), Cell::new(0));
    check(400, (total(), given, grow, 0..3000u64, any::<Index>()), |(n, given, grow, before, pick)| {
        tried.set(tried.get() + 1);
        let start = ratio(before, 1000);
        let span = ratio(n, 1) - &start;
        let first = match given {
            Given::Length(shares) => (u128::from(n) * 1000 / u128::from(shares)) as u64,
            Given::Count(_) => 0,
        };
        if span <= ratio(0, 1) || matches!(given, Given::Length(_)) && first == 0 {
            return Ok(());
        }
        let Some(ends) = ends(given, first, grow, &span) else { return Ok(()) };
        // Equal cycles are counted in parts of a step, of which a run has fewer than 2^62.
        let parts = start.denom() * ratio(start.denom().clone(), ends[0].denom().clone()).denom();
        if grow == 1000 && parts * n >= BigInt::from(1u64 << 62) {
            return Ok(());
        }
        ran.set(ran.get() + 1);
        let how = match given {
            Given::Count(k) => k.to_string(),
            Given::Length(_) => format!("{} steps", thousandths(first)),
        };
        let cycles = |body: &str, more: &str| {
            let cycles = format!("({body} | cycle({how}, grow: {}{more}))", thousandths(grow));
            let lead = format!("1 for {} steps >> ", thousandths(before));
            let source = if before == 0 { cycles } else { lead + &cycles };
            Input::new(&source, Clock::steps(n))
                .on(Backend::best())
                .program()
                .map(|program| (program, source))
                .map_err(|d| TestCaseError::fail(d.to_string()))
        };
        let ((index, source), (place, _)) = (cycles("1", ", decay: 0.5")?, cycles("t", "")?);
        // Every restart with the steps around it, and one step anywhere.
        let first_after = |end: &BigRational| u64::try_from((&start + end).ceil().to_integer()).expect("a step");
        let near = ends.iter().map(first_after).flat_map(|step| [step.saturating_sub(1), step, step + 1]);
        for step in near.chain([pick.index(n as usize) as u64]).filter(|&step| step < n) {
            let since = ratio(step, 1) - &start;
            if since < ratio(0, 1) {
                continue;
            }
            let j = ends.iter().filter(|&end| *end <= since).count();
            prop_assert_eq!(at(&index, step)[0].to_bits(), (1023 - j as u64) << 52, "{} at step {}", source, step);
            // The place within the cycle, to what the ends are kept to where they are no simple fractions.
            let from = j.checked_sub(1).map_or_else(|| ratio(0, 1), |k| ends[k].clone());
            let length = &ends[j] - &from;
            let exact = (since - from) / &length;
            let got = BigRational::from_float(at(&place, step)[0]).expect("a finite value");
            let off = if got > exact { got - exact } else { exact - got };
            let slack = ratio(1, 1u64 << 31) / length + ratio(1, 1u64 << 50);
            prop_assert!(off <= slack, "{} is off by {} at step {}", source, off, step);
        }
        Ok(())
    });
    println!("{} of {} random cycles were compared", ran.get(), tried.get());
    assert!(ran.get() * 2 > tried.get(), "only {} of {} were compared", ran.get(), tried.get());
}
