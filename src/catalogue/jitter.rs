//! Noise.

use super::{Entry, Form, Kind, Modifier, Param};

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
    form: Form::Modifier(Modifier::Jitter),
};
