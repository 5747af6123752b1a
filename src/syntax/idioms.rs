//! What other libraries call what is written here.

use crate::diag::{Diagnostic, Span, names};

/// A library's class or function, and a program like it.
#[derive(Debug)]
pub struct Idiom {
    /// What the library calls it.
    pub name: &'static str,
    /// The entry that does it.
    pub entry: &'static str,
    /// A program like it.
    pub program: &'static str,
    /// What `etude import` calls the library.
    pub library: &'static str,
}

const fn idiom(library: &'static str, name: &'static str, entry: &'static str, program: &'static str) -> Idiom {
    Idiom { name, entry, program, library }
}

/// Every name, library by library.
const ALL: &[Idiom] = &[
    idiom("torch", "CosineAnnealingLR", "cosine", "cosine(1x -> 0)"),
    idiom("torch", "CosineAnnealingWarmRestarts", "cycle", "cosine(1x -> 0) | cycle(10 epochs, grow: 2)"),
    idiom("torch", "LinearLR", "linear", "(0.1x -> 1x) for 5 epochs >> 1x"),
    idiom("torch", "PolynomialLR", "poly", "poly(1x -> 0, power: 1)"),
    idiom("torch", "StepLR", "decay", "decay(1x, by: 0.1, every: 30 epochs)"),
    idiom("torch", "MultiStepLR", "decay", "decay(1x, by: 0.1, at: [30 epochs, 60 epochs])"),
    idiom("torch", "ExponentialLR", "decay", "decay(1x, by: 0.95, every: 1 epoch)"),
    idiom("torch", "ConstantLR", "const", "1x / 3 for 5 epochs >> 1x"),
    idiom("torch", "MultiplicativeLR", "product", "product(1x, 0.95, every: 1 epoch)"),
    idiom("torch", "LambdaLR", "staircase", "1x * 0.95 ** epoch | staircase(1 epoch)"),
    idiom("torch", "OneCycleLR", "onecycle", "onecycle(1e-3)"),
    idiom("torch", "CyclicLR", "triangular", "triangular(1e-4, 1e-3, half: 2k steps)"),
    idiom("torch", "ReduceLROnPlateau", "plateau", "1x | plateau(val_loss)"),
    idiom("torch", "SequentialLR", "warmup", "warmup(5 epochs) >> cosine(1x -> 0)"),
    idiom("transformers", "get_linear_schedule_with_warmup", "warmup", "warmup(5%) >> linear(1x -> 0)"),
    idiom("transformers", "get_cosine_schedule_with_warmup", "cosine", "warmup(5%) >> cosine(1x -> 0)"),
    idiom("transformers", "get_constant_schedule_with_warmup", "warmup", "warmup(5%) >> 1x"),
    idiom(
        "transformers",
        "get_polynomial_decay_schedule_with_warmup",
        "poly",
        "warmup(5%) >> poly(1x -> 1e-7, power: 1)",
    ),
    idiom("transformers", "get_inverse_sqrt_schedule", "rsqrt", "warmup(1k steps) >> rsqrt(1x, timescale: 1k steps)"),
    idiom("transformers", "get_wsd_schedule", "wsd", "wsd(1x, up: 5%, down: 20%)"),
    idiom("transformers", "inverse_sqrt", "rsqrt", "warmup(1k steps) >> rsqrt(1x, timescale: 1k steps)"),
    idiom("transformers", "warmup_stable_decay", "wsd", "wsd(1x, up: 5%, down: 20%)"),
    idiom("transformers", "GreedyLR", "adapt", "1x | adapt(train_loss)"),
    idiom("optax", "cosine_decay_schedule", "cosine", "cosine(1e-3 -> 0)"),
    idiom("optax", "warmup_cosine_decay_schedule", "cosine", "warmup(5%) >> cosine(1e-3 -> 0)"),
    idiom("optax", "linear_schedule", "linear", "linear(1e-3 -> 0)"),
    idiom("optax", "polynomial_schedule", "poly", "poly(1e-3 -> 0, power: 2)"),
    idiom("optax", "exponential_decay", "exp", "exp(1e-3 -> 1e-5)"),
    idiom("optax", "piecewise_interpolate_schedule", "table", "table([0, 1e-3, 0])"),
    idiom("optax", "piecewise_constant_schedule", "decay", "0.1 until 30 epochs >> 0.01"),
    idiom("optax", "cosine_onecycle_schedule", "onecycle", "onecycle(1e-3)"),
    idiom("optax", "reduce_on_plateau", "plateau", "1x | plateau(val_loss)"),
    idiom("keras", "CosineDecay", "cosine", "cosine(1e-3 -> 0)"),
    idiom("keras", "PolynomialDecay", "poly", "poly(1e-3 -> 1e-4, power: 1)"),
    idiom("keras", "ExponentialDecay", "exp", "exp(1e-3 -> 1e-5)"),
    idiom("keras", "InverseTimeDecay", "inv", "inv(1e-3, every: 1k steps, rate: 0.5)"),
    idiom("timm", "CosineLRScheduler", "cosine", "warmup(5 epochs) >> cosine(1x -> 0)"),
    idiom("timm", "TanhLRScheduler", "tanh", "tanh(1x -> 0)"),
    idiom("pytorch_optimizer", "REXScheduler", "rex", "rex(1x -> 0)"),
    idiom("", "polynomial", "poly", "poly(1e-3 -> 0, power: 2)"),
    idiom("", "exponential", "exp", "exp(1e-3 -> 1e-5)"),
    idiom("", "constant", "const", "1e-3"),
    idiom("", "inv_sqrt", "rsqrt", "rsqrt(1e-3, timescale: 1k steps)"),
    idiom("", "inverse_time", "inv", "inv(1e-3 -> 1e-5)"),
    idiom("", "repeat", "cycle", "cosine(1e-3 -> 0) | cycle(3)"),
    idiom("", "clip", "clamp", "cosine(1e-3 -> 0) | clamp(min: 1e-5)"),
];

/// What another library's name is here.
pub fn find(name: &str) -> Option<&'static Idiom> {
    let last = name.rsplit('.').next().unwrap_or(name);
    ALL.iter().find(|idiom| idiom.name.eq_ignore_ascii_case(last))
}

/// Every name with its program.
#[cfg(test)]
pub(super) fn all() -> &'static [Idiom] {
    ALL
}

impl Idiom {
    /// What to say of it at `name`.
    pub fn diagnostic(&self, name: Span) -> Diagnostic {
        let Self { name: theirs, entry, program, library } = self;
        let message = format!("no function `{theirs}`: this is written `{entry}` here");
        let import = match *library {
            "" => String::new(),
            library => format!("; `etude import {library}` translates it with its parameters"),
        };
        Diagnostic::new(&names::UNKNOWN_NAME, name, message).help(format!("such as `{program}`{import}"))
    }
}
