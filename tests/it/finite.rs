//! What compiles is finite at every step, for every base and scale that it takes.

use etude::{Backend, Clock, Input, Program, Schedule, compile};

use crate::cases;

fn schedule(source: &str) -> Schedule {
    compile(source, Clock::steps(1000)).unwrap_or_else(|found| panic!("{source}\n{found}"))
}

/// What a program says of a base that it cannot have.
fn refused(source: &str, base: f64) -> String {
    schedule(source).with_base(base).expect_err(source).to_string()
}

fn message(source: &str, clock: Clock) -> String {
    let found = compile(source, clock).expect_err(source);
    format!("{}: {}", found.list[0].code.code, found.list[0].message)
}

#[test]
fn a_base_is_a_finite_number_from_0_on() {
    let lr = schedule("warmup(5%) >> cosine(1x -> 0)");
    for base in [-1.0, -1e-300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = lr.with_base(base).unwrap_err();
        assert_eq!(error.base().to_bits(), base.to_bits());
        assert!(error.to_string().ends_with("is not a finite number from 0 on"), "{error}");
    }
    for base in [0.0, -0.0] {
        let frozen = lr.with_base(base).unwrap();
        assert!((0..1100).all(|step| frozen.lr(step).to_bits() == 0), "base {base}");
    }
    // Only the sign of the zero tells ∞ from −∞.
    assert_eq!(schedule("max(0, min(1 / base, 1))").with_base(-0.0).unwrap().lr(0), 1.0);
}

#[test]
fn a_base_at_which_it_is_not_finite_is_named() {
    let prefix = |base: &str| format!("the base {base} is none that the program can have: ");
    for (source, base, shown, why) in [
        ("1 / base", 0.0, "0", "lr is infinite from step 0 on: the divisor is 0"),
        ("1 / (base - 0.1)", 0.1, "0.1", "lr is infinite from step 0 on: the divisor is 0"),
        ("sqrt(1.5 - base)", 2.0, "2", "lr is not a number from step 0 on: the root's argument is negative"),
        ("exp(base)", 1000.0, "1000", "lr is infinite from step 0 on: the exponent is 1000"),
        ("1e-3 until 40 steps >> 1 / (base * step - 3.5)", 0.5, "0.5", "lr is infinite at step 47: the divisor is 0"),
        ("2x", 1.5e308, "1.5e308", "lr is infinite from step 0 on: 2 * 1.5e308 overflows"),
    ] {
        assert_eq!(refused(source, base), prefix(shown) + why, "{source}");
    }
    assert_eq!(schedule("1 / (base - 0.1)").with_base(0.100001).unwrap().lr(3), 1.0 / (0.100001 - 0.1));
    assert_eq!(schedule("exp(base)").with_base(709.0).unwrap().lr(0), 8.218407461554972e307);
    assert_eq!(schedule("sqrt(1.5 - base)").with_base(1.5).unwrap().lr(0), 0.0);
}

/// The first base of a stretch at which it is not finite, to the last digit.
#[test]
fn a_base_at_which_it_is_not_finite_is_noted() {
    let noted = |source: &str| {
        let found = etude::lint(source, Clock::steps(1000));
        found.list.into_iter().find(|d| d.code.code == "W0320").map(|d| format!("{}: {}", d.severity, d.message))
    };
    for (source, why) in [
        ("1 / base", "note: at the base 0, lr is infinite from step 0 on: the divisor is 0"),
        (
            "1e-3 for 9 steps >> ln(base)",
            "note: at the base 0, lr is infinite from step 9 on: the logarithm's argument is 0",
        ),
        (
            "sqrt(1.5 - base)",
            "note: at the base 1.5000000000000002, lr is not a number from step 0 on: the root's argument is negative",
        ),
        ("1 / (base - 0.1)", "note: at the base 0.1, lr is infinite from step 0 on: the divisor is 0"),
        ("1 / (2 - 1x)", "note: at the base 2, lr is infinite from step 0 on: the divisor is 0"),
    ] {
        assert_eq!(noted(source).as_deref(), Some(why), "{source}");
    }
    for source in ["2x", "exp(1x -> 0.1x)", "1e-3 / max(base, 1e-9)", "1e-3", "base ** 3", "1x | plateau(loss)"] {
        assert_eq!(noted(source), None, "{source}");
    }
}

#[test]
fn most_programs_are_proven_for_every_usual_base_at_once() {
    for (source, most) in [
        ("warmup(5%) >> cosine(1e-3 -> 0)", f64::MAX),
        ("2x", 1e100),
        ("warmup(5%) >> cosine(1x -> 0.1x) | cycle(4, decay: 0.5)", 1e100),
        ("1x * 0.95 ** (step / 10) | plateau(val_loss)", 1e100),
        ("base ** 2 | adapt(loss)", 1e100),
    ] {
        let program = Program::compile(source, Clock::steps(1000)).unwrap();
        assert_eq!(program.bases(), 0.0..=most, "{source}");
    }
    // The stretch around 1 where it is not finite for all.
    for (source, least, most) in [
        ("1e-3 / base", 9e-101..2e-100, 9e99..1e101),
        ("exp(base)", 0.0..1e-300, 600.0..710.0),
        ("sqrt(1.5 - base)", 0.0..1e-300, 1.4..1.6),
    ] {
        let (from, to) = Program::compile(source, Clock::steps(1000)).unwrap().bases().into_inner();
        assert!(least.contains(&from) && most.contains(&to), "{source}: {from} .. {to}");
    }
}

#[test]
fn what_cannot_be_decided_is_refused() {
    let long = Clock::steps(10_000_000);
    // The proof reaches the first of the bad steps, not the last.
    assert_eq!(message("1 / (sin(step) - sin(12345))", long), "W0305: lr is infinite at step 12345: the divisor is 0");
    let open = message("1 / (sin(step) - sin(9_123_457))", long);
    assert!(open.starts_with("W0305: it could not be decided whether lr is finite from step "), "{open}");
    // Short enough to be run.
    let clock = Clock::steps(100_000);
    assert_eq!(
        message("1 / (sin(step) - sin(99_990))", clock),
        "W0305: lr is infinite at step 99990: the divisor is 0"
    );
    let near = compile("1 / (sin(step) - sin(99_990.5))", clock).unwrap();
    assert!((0..100_010).all(|step| near.lr(step).is_finite()));
    let bounded = compile("1 / max(1e-12, sin(step) - sin(123457))", long).unwrap();
    assert_eq!(bounded.lr(123_457), 1e12);
}

#[test]
fn a_scale_at_which_it_is_not_finite_is_named() {
    let open = message("1 / ((1 | plateau(val_loss, factor: 0.5)) - 0.5)", Clock::steps(1000));
    assert_eq!(
        open,
        "W0305: it could not be decided whether lr is finite from step 0 on for every scale from 1e-3 to 1 that \
         `val_loss` may lead to"
    );
}

/// Ends that are multiples of the base have a ratio for every base.
#[test]
fn a_group_whose_base_is_0_is_frozen() {
    for source in [
        "exp(1x -> 0.01x)",
        "let peak = 2x\nexp(peak -> peak / 100) >> inv(-> 0.001x)",
        "inv(2x -> 0.5x)",
        "warmup(5%, shape: exp, from: 0.1x) >> cosine(1x -> 0)",
        "sgdr(1x, first: 100 steps) | plateau(val_loss)",
    ] {
        let frozen = schedule(source).with_base(0.0).unwrap_or_else(|e| panic!("{source}: {e}"));
        assert!((0..1100).all(|step| frozen.lr(step) == 0.0), "{source}");
    }
}

/// A scale is never set beyond what the program is proven for.
#[test]
fn scales_stay_where_the_program_is_finite() {
    for &backend in cases::BACKENDS {
        let with = |source: &str| Input::new(source, Clock::steps(100)).on(backend).schedule().unwrap();
        let mut run = with("1 / (1 | plateau(m, factor: 1e-30, patience: 0, eps: 0))").start();
        for step in 0..20 {
            run.observe_at(step, "m", f64::NAN).unwrap();
            assert!(run.lr(step).is_finite(), "{}", run.lr(step));
        }
        let (_, scale) = run.scales().next().unwrap();
        assert!(scale < 1e-89, "{scale}");
        let mut run = with("1e300 | adapt(m, factor: 1e-5, patience: 0, max: 1e305)").start();
        run.observe("m", 1.0).unwrap();
        run.observe("m", 0.0).unwrap();
        assert_eq!(run.lr(1), 1e305);
    }
}

#[cfg(feature = "cli")]
#[test]
fn a_state_that_no_run_has_is_refused() {
    let schedule = schedule("1 | plateau(a, patience: 3) | adapt(b, window: 2, smooth: true, patience: 2)");
    let mut run = schedule.start();
    for metric in [3.0, 2.0, 2.5, 1.0, 1.5] {
        run.observe("a", metric).unwrap();
        run.observe("b", metric).unwrap();
    }
    let good = serde_json::to_value(run.state()).unwrap();
    let restore = |state: &serde_json::Value| {
        let mut run = schedule.start();
        let before = run.state();
        let result = run.restore(&serde_json::from_value(state.clone()).unwrap());
        assert!(result.is_ok() || run.state() == before, "{state}");
        result.map_err(|e| e.to_string())
    };
    assert_eq!(restore(&good), Ok(()));
    for (k, field, value, why) in [
        (0, "scale", "\"1e308\"", "the state of `a` is damaged: `scale` is 1e308, and must be from 0.0 to 1.0"),
        (0, "scale", "\"NaN\"", "the state of `a` is damaged: `scale` is NaN, and must be from 0.0 to 1.0"),
        (0, "scale", "\"-0.5\"", "the state of `a` is damaged: `scale` is -0.5, and must be from 0.0 to 1.0"),
        (1, "scale", "\"1e101\"", "the state of `b` is damaged: `scale` is 1e101, and must be from 0.0 to 1e100"),
        (0, "best", "\"NaN\"", "the state of `a` is damaged: `best` is NaN"),
        (0, "bad", "4", "the state of `a` is damaged: `bad` is 4, and must be at most 3"),
        (
            1,
            "bad",
            "18446744073709551615",
            "the state of `b` is damaged: `bad` is 18446744073709551615, and must be at most 2",
        ),
        (1, "good", "3", "the state of `b` is damaged: `good` is 3, and must be at most 2"),
        (0, "cooldown", "1", "the state of `a` is damaged: `cooldown` is 1, and must be at most 0"),
        (0, "warmup", "1", "the state of `a` is damaged: `warmup` is 1, and must be at most 0"),
        (1, "at_floor", "500", "the state of `b` is damaged: `at_floor` is 500, and must be at most 499"),
        (1, "recent", "[\"1\",\"2\",\"3\"]", "the state of `b` is damaged: `recent` has 3, and must be at most 2"),
        (0, "sum", "\"1\"", "the state of `a` is damaged: `sum` is 1.0 of no numbers"),
        (0, "good", "9", "the state of `a` is damaged: `bad` is 1 and `good` is 9, and one must be 0"),
    ] {
        let mut state = good.clone();
        state["controls"][k]["state"][field] = serde_json::from_str(value).unwrap();
        assert_eq!(restore(&state), Err(why.to_owned()));
    }
    // As many better observations as can be counted.
    let mut state = good;
    state["controls"][0]["state"]["bad"] = 0.into();
    state["controls"][0]["state"]["good"] = u64::MAX.into();
    let mut run = schedule.start();
    run.restore(&serde_json::from_value(state).unwrap()).unwrap();
    run.observe("a", -1e9).unwrap();
}

/// splitmix64
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Every base that a program takes, whether proven at once or alone, gives finite values, whatever was observed.
#[test]
fn accepted_bases_give_finite_values() {
    let (mut random, mut values, mut refused, mut programs, mut at_once) = (3, 0, 0, 0, 0);
    for case in cases::all() {
        let Ok(program) = Input::new(&case.source, case.clock).with(&cases::recording).on(Backend::Eval).program()
        else {
            continue;
        };
        let (least, most) = program.bases().into_inner();
        programs += 1;
        at_once += usize::from(least == 0.0 && most >= 1e100);
        let mut out = vec![0.0; program.names().count()];
        let near = |base: f64| [base.next_down(), base, base.next_up()];
        let bases = [near(least), near(most), near(0.1), near(709.0)].concat();
        for base in bases.into_iter().chain([0.0, 1.0, 1e-9, 1e9, 1e100, 1e300, f64::MAX]) {
            let Ok(group) = program.with_base(base) else {
                refused += 1;
                assert!(!(least..=most).contains(&base), "{}\n{base}", case.source);
                continue;
            };
            let metrics: Vec<String> = group.metrics().into_iter().map(String::from).collect();
            let mut run = group.start();
            let end = case.clock.total().unwrap_or(100_000);
            for _ in 0..12 {
                let step = next(&mut random) % (end + end / 8 + 2);
                for metric in &metrics {
                    let metric_value = (next(&mut random) % 8) as f64;
                    run.observe_at(step, metric, metric_value).unwrap();
                }
                run.at(step, &mut out);
                assert!(out.iter().all(|v| v.is_finite()), "{}\nbase {base}, step {step}: {out:?}", case.source);
                values += out.len();
            }
        }
    }
    println!("{at_once} of {programs} programs are proven at once; {values} values; {refused} bases refused");
    assert!(at_once * 10 > programs * 9, "{at_once} of {programs}");
    assert!(values > 50_000 && refused > 100, "{values}, {refused}");
}
