//! Mutants that are programs: they run the same on every backend, are finite for every base and whatever is observed,
//! read the same when formatted, and can be linted and explained.

use etude::{Input, Program, RunState, fmt};

use super::{Random, programs};
use crate::cases::{self, BACKENDS};

/// Metrics that rules treat differently.
const OBSERVED: &[f64] = &[1.0, 0.5, 0.0, -0.0, -3.0, 1e308, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

#[test]
fn mutants_that_compile_run_alike() {
    let count = std::env::var("ETUDE_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_500);
    let programs = programs();
    let mut random = Random(5);
    let (mut ran, mut observed, mut refused) = (0, 0, 0);
    for _ in 0..count {
        let (program, clock) = &programs[random.below(programs.len())];
        let edits = 1 + random.below(2);
        let source = random.mutant(program, edits);
        let compile = |&backend| Input::new(&source, *clock).with(&cases::recording).on(backend).program();
        let all: Vec<_> = BACKENDS.iter().map(compile).collect();
        let Ok(all) = all.into_iter().collect::<Result<Vec<Program>, _>>() else { continue };
        ran += 1;
        let steps: Vec<u64> = (0..8).map(|k| random.below(1 << (4 * k)) as u64).collect();
        let wrong = cases::probe(&all, steps.iter().copied());
        assert!(wrong.is_empty(), "{source:?} @ {clock:?}\n{}", wrong.join("\n"));

        let base = [0.0, 0.1, 3.0, 1e9, 1e200, f64::MAX][random.below(6)];
        match all.iter().map(|p| p.with_base(base)).collect::<Result<Vec<_>, _>>() {
            Ok(groups) => {
                let wrong = cases::probe(&groups, steps.iter().copied());
                assert!(wrong.is_empty(), "{source:?} @ {clock:?}, base {base}\n{}", wrong.join("\n"));
            }
            Err(_) => {
                refused += 1;
                assert!(!all[0].bases().contains(&base), "{source:?}, base {base}");
            }
        }

        let formatted = fmt(&source).unwrap_or_else(|e| panic!("{source:?}\n{e}"));
        assert_eq!(fmt(&formatted).as_ref(), Ok(&formatted), "{source:?}");
        let again = Input::new(&formatted, *clock).with(&cases::recording).on(BACKENDS[0]).program();
        let again = again.unwrap_or_else(|e| panic!("{source:?} became {formatted:?}\n{e}"));
        for &step in &steps {
            let bits = |p: &Program| cases::at(p, step).into_iter().map(f64::to_bits).collect::<Vec<_>>();
            assert_eq!(bits(&again), bits(&all[0]), "{source:?} became {formatted:?}");
        }

        let found = Input::new(&source, *clock).with(&cases::recording).lint();
        assert!(!found.has_errors(), "{source:?} compiles, and is refused: {found}");
        assert!(all[0].explain().ends_with('\n') || all[0].names().next().is_none(), "{source:?}");
        observed += usize::from(observe(&source, &all, &steps, &mut random));
    }
    println!("{count} mutants: {ran} ran, {observed} of them with metrics, {refused} bases were refused");
    assert!(ran * 10 > count && observed > 0, "{ran} of {count} ran, {observed} with metrics");
}

/// Runs with the same observations: alike on every backend, finite, and the same after saving and restoring.
fn observe(source: &str, all: &[Program], steps: &[u64], random: &mut Random) -> bool {
    let metrics: Vec<String> = all[0].metrics().into_iter().map(String::from).collect();
    if metrics.is_empty() {
        return false;
    }
    let mut runs: Vec<_> = all.iter().map(Program::start).collect();
    let mut out = vec![0.0; all[0].names().count()];
    for _ in 0..40 {
        let step = steps[random.below(steps.len())];
        let metric = &metrics[random.below(metrics.len())];
        let value = OBSERVED[random.below(OBSERVED.len())];
        let mut bits: Vec<Vec<u64>> = vec![];
        let mut states: Vec<RunState> = vec![];
        for run in &mut runs {
            run.observe_at(step, metric, value).expect("it is watched");
            let saved = run.state();
            let mut again = run.program().start();
            again.restore(&saved).unwrap_or_else(|e| panic!("{source:?}: {e}"));
            *run = again;
            run.at(step, &mut out);
            assert!(out.iter().all(|v| v.is_finite()), "{source:?} at {step}: {out:?}, {saved:?}");
            bits.push(out.iter().map(|v| v.to_bits()).collect());
            states.push(saved);
        }
        assert!(bits.iter().all(|b| *b == bits[0]), "{source:?} at {step}");
        assert!(states.iter().all(|s| format!("{s:?}") == format!("{:?}", states[0])), "{source:?} at {step}");
    }
    true
}
