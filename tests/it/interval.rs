//! The bounds that interval analysis gives hold what the interpreter computes.

use etude::interval::range::{binary, unary};
use etude::interval::{Budget, Proof, Range, bounds, points, prove};
use etude::ir::{Binary, Ir, Unary, ops};
use etude::math::{Native, host};
use etude::{Clock, check, eval, lower, syntax};

use crate::cases;

/// The programs of all case files that compile, with their bases.
fn programs() -> Vec<(String, Ir, u64, f64)> {
    let mut all = vec![];
    for case in cases::all() {
        let Ok(ast) = syntax::parse(&case.source) else { continue };
        let Ok(plan) = check::check(&ast, &case.clock, &cases::recording) else { continue };
        all.push((
            case.source,
            lower::lower(&plan).expect("it is small"),
            case.clock.total().unwrap_or(1 << 53),
            case.base,
        ));
    }
    all
}

/// Output `k` at `step`, by the interpreter.
fn value(ir: &Ir, k: usize, step: u64, inputs: &[f64]) -> f64 {
    let mut out = vec![0.0; ir.outputs.len()];
    eval::eval(ir, step, inputs, &mut out);
    out[k]
}

/// splitmix64
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn bounds_hold_every_value() {
    let (mut random, mut held, mut tight) = (7, 0, 0);
    let programs = programs();
    assert!(programs.len() > 300, "{} programs", programs.len());
    for (source, ir, end, base) in &programs {
        let mut inputs = vec![1.0; ir.inputs];
        inputs[0] = *base;
        for k in 0..ir.outputs.len() {
            for round in 0..60 {
                let span = end + end / 8 + 2;
                let first = next(&mut random) % span;
                // From a single step to the whole run and far beyond it.
                let last = match round {
                    0 => u64::MAX,
                    _ => first.saturating_add(next(&mut random) % (1 + (span >> (round % 16)))),
                };
                let range = bounds(ir, k, (first, last), &points(&inputs), &mut Budget::default());
                for pick in 0..8 {
                    let step = match pick {
                        0 => first,
                        1 => last,
                        _ => first + next(&mut random) % (last - first).saturating_add(1).max(1),
                    };
                    let v = value(ir, k, step, &inputs);
                    assert!(range.contains(v), "{source}\n{first} .. {last}: {v:?} at {step} is not in {range:?}");
                    held += 1;
                }
                tight += usize::from(range.is_finite());
                let v = value(ir, k, first, &inputs);
                let one = bounds(ir, k, (first, first), &points(&inputs), &mut Budget::default());
                assert!(
                    one.known().is_none_or(|one| one.to_bits() == v.to_bits()),
                    "{source}\n{first}: {one:?}, {v:?}"
                );
                assert!(one.known().is_some() || v.is_nan(), "{source}\n{first}: {one:?}, {v:?}");
            }
        }
    }
    println!("{} programs, {held} values, {tight} finite stretches", programs.len());
}

/// What a proof says, step by step.
#[test]
fn proofs_hold_at_every_step() {
    let mut known = [0; 3];
    for (source, ir, end, _) in programs().iter().filter(|(_, _, end, _)| *end <= 20_000) {
        let inputs = vec![1.0; ir.inputs];
        for k in 0..ir.outputs.len() {
            let good = |r: Range| r.is_finite() && r.lo >= 0.0;
            let proof = prove(ir, k, &points(&inputs), &mut Budget::default(), good);
            let first = (0..end + 3).find(|&step| !good(Range::point(value(ir, k, step, &inputs))));
            match proof {
                Proof::Holds => assert_eq!(first, None, "{source}"),
                Proof::Fails(step) => assert_eq!(first, Some(step), "{source}"),
                Proof::Unknown(at) => assert!(first.is_none_or(|first| first >= at), "{source}"),
            }
            let unknown = matches!(proof, Proof::Unknown(_));
            known[usize::from(proof == Proof::Holds) + 2 * usize::from(unknown)] += 1;
            if unknown {
                println!("unknown: {source}");
            }
        }
    }
    let [fails, holds, unknown] = known;
    println!("{holds} hold, {fails} fail, {unknown} unknown");
    assert!(unknown * 50 < holds, "{unknown} of {holds} are not decided");
}

fn ir(source: &str, clock: Clock) -> Ir {
    let ast = syntax::parse(source).expect(source);
    lower::lower(&check::check(&ast, &clock, &cases::recording).expect(source)).expect(source)
}

#[test]
fn narrow_poles_are_found() {
    let long = Clock::steps(100_000);
    for (source, clock, at) in [
        ("1 / (step - 777)", long, Some(777)),
        ("1e-3 >> 1 / (run.step - 77_777)", long, Some(77_777)),
        ("1 / (step - 777.5)", long, None),
        ("1 / (step - 123_456_789_012)", Clock::unknown(), Some(123_456_789_012)),
        ("sqrt(100_000 - step)", long, None),
        ("sqrt(99_998 - step)", long, Some(99_999)),
        ("min(1e-3, 1 / step)", long, None),
        ("cosine(1 -> 0) / (1 - t)", long, Some(100_000)),
    ] {
        let ir = ir(source, clock);
        let proof = prove(&ir, 0, &points(&[1.0]), &mut Budget::default(), Range::is_finite);
        let expected = at.map_or(Proof::Holds, Proof::Fails);
        assert_eq!(proof, expected, "{source}");
    }
}

/// A number of any size, often one of the special ones.
fn number(state: &mut u64) -> f64 {
    const SPECIAL: &[f64] = &[0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, -3.0, f64::INFINITY, f64::NEG_INFINITY];
    let n = next(state);
    match n % 4 {
        0 => SPECIAL[(n >> 8) as usize % SPECIAL.len()],
        1 => ((n >> 8) % 41) as f64 - 20.0,
        2 => ((n >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * 8.0,
        _ => ((n >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * host::exp2((n % 400) as f64 - 200.0),
    }
}

/// Bounds, and numbers within them, the bounds among them.
fn stretch(state: &mut u64) -> (Range, Vec<f64>) {
    let (a, b) = (number(state), number(state));
    let close = next(state).is_multiple_of(3);
    let b = if close && a.is_finite() { a + a.abs() * 1e-3 } else { b };
    let (lo, hi) = if a.total_cmp(&b).is_le() { (a, b) } else { (b, a) };
    let mut inside: Vec<f64> = [0.1, 0.5, 0.9].map(|u| lo + (hi - lo) * u).into();
    inside.extend([number(state), 0.0, -0.0, 1.0, 2.0, lo, hi]);
    inside.retain(|x| lo.total_cmp(x).is_le() && x.total_cmp(&hi).is_le());
    (Range::new(lo, hi), inside)
}

#[test]
fn operations_stay_within_their_bounds() {
    let mut state = 11;
    for _ in 0..20_000 {
        let ((a, xs), (b, ys)) = (stretch(&mut state), stretch(&mut state));
        for op in Unary::WORDS.iter().filter_map(|word| Unary::named(word)) {
            let range = unary(op, a);
            for &x in &xs {
                let y = ops::unary(&mut Native, op, x);
                assert!(range.contains(y), "{}({x:?}) = {y:?} is not in {range:?}, for {a:?}", op.word());
            }
        }
        for op in Binary::WORDS.iter().filter_map(|word| Binary::named(word)) {
            let range = binary(op, a, b);
            for (&x, &y) in xs.iter().flat_map(|x| ys.iter().map(move |y| (x, y))) {
                let z = ops::binary(&mut Native, op, x, y);
                assert!(range.contains(z), "{x:?} {} {y:?} = {z:?} is not in {range:?}, for {a:?}, {b:?}", op.word());
                // Of two zeros the sign decides what a division by it gives.
                let signed = z != 0.0 || range.lo.total_cmp(&z).is_le() && z.total_cmp(&range.hi).is_le();
                assert!(signed, "{x:?} {} {y:?} = {z:?} has another sign than {range:?}", op.word());
            }
        }
    }
}
