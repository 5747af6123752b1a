//! What compiles computes the same finite bits interpreted and as native code, and holds its value past the end.
#![no_main]

use etude::{Backend, Clock, Input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &str)| {
    let (steps, text) = input;
    let total = u64::from(steps) + 1;
    let clock = Clock::steps(total).steps_per_epoch(10).batch(8).tokens_per_sample(4);
    let Ok(oracle) = Input::new(text, clock).on(Backend::Eval).program() else { return };
    let native = Input::new(text, clock).on(Backend::Jit).program().expect("the interpreter took it");
    let count = oracle.names().count();
    let (mut a, mut b, mut held) = (vec![0.0; count], vec![0.0; count], vec![0.0; count]);
    oracle.at(total, &mut held);
    for step in [0, 1, 2, total / 3, total / 2, total - 1, total, total + 1, 1 << 53, u64::MAX] {
        oracle.at(step, &mut a);
        native.at(step, &mut b);
        for k in 0..count {
            assert!(a[k].to_bits() == b[k].to_bits(), "step {step}: {} interpreted, {} compiled", a[k], b[k]);
            assert!(step < total || a[k].to_bits() == held[k].to_bits(), "step {step} after the end");
        }
    }
});
