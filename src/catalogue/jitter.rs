//! Noise.

use std::sync::Arc;

use super::{Entry, Form, Kind, Modifier, PLAIN, Param, Time};
use crate::check::build::Modified;
use crate::diag::{Diagnostic, names};
use crate::ir::Binary;
use crate::plan::Sig;

/// `s | jitter(amount, seed: n)`
pub const JITTER: Entry = Entry {
    name: "jitter",
    summary: "varies the value at random, the same way in every run",
    formula: "s * (1 + amount * z), z in [-1, 1) from a hash of seed and the run's step; the last step's z holds after the end",
    source: "timm lr_noise, TF1 noisy_linear_cosine_decay; splitmix64 (Steele, Lea & Flood, 2014)",
    example: "cosine(1e-3 -> 1e-4) | jitter(0.1, seed: 7)",
    params: &[
        Param {
            name: "amount",
            kind: Kind::Number(0.0, 1.0),
            default: None,
            doc: "the largest change, as a share of the value",
        },
        Param {
            name: "seed",
            kind: Kind::Number(-1.0, 9_007_199_254_740_992.0),
            default: Some("0"),
            doc: "a whole number; each seed is another noise",
        },
    ],
    form: Form::Modifier(Modifier { time: Time::Kept, build }),
    ..PLAIN
};

fn build(mut m: Modified) -> Option<Arc<Sig>> {
    let sig = m.body()?;
    let args = m.given.args();
    let (amount, seed) = (args.value("amount")?.clone(), args.number("seed")?);
    if seed.fract() != 0.0 || seed < 0.0 {
        let message = format!("`seed` of `jitter` is {seed}, and must be a whole number from 0 on");
        let d = Diagnostic::new(&names::OUT_OF_RANGE, m.given.bound.call.span(), message);
        return m.checker.fail(d.help("any whole number: another one gives other noise"));
    }
    let change = Arc::new(Sig::Binary(Binary::Mul, amount, Arc::new(Sig::Noise(seed as u64))));
    let factor = Arc::new(Sig::Binary(Binary::Add, Arc::new(Sig::Const(1.0)), change));
    Some(Arc::new(Sig::Binary(Binary::Mul, sig, factor)))
}
