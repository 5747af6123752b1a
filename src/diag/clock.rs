//! Band E04: facts about the run that a program needs and the clock lacks.

use super::{Code, Severity};

/// Every code of the band.
pub const CODES: &[&Code] = &[&NO_TOTAL, &BAD_TOTAL, &NO_EPOCH, &NO_BATCH, &NO_TOKENS];

/// the run\u{2019}s length is unknown
pub const NO_TOTAL: Code = Code {
    code: "E0401",
    severity: Severity::Error,
    title: "the run\u{2019}s length is unknown",
    explain: "`%`, shares and ramps that fill the rest need the number of steps: `--steps N` on the command line, `Clock::steps(n)` in Rust, `run { steps: n }` in a file.",
    wrong: "",
    right: "",
};

/// a run of no steps, or of too many
pub const BAD_TOTAL: Code = Code {
    code: "E0402",
    severity: Severity::Error,
    title: "a run of no steps, or of too many",
    explain: "A run has at least 1 and at most 2^53 steps.",
    wrong: "",
    right: "",
};

/// an epoch\u{2019}s length is unknown
pub const NO_EPOCH: Code = Code {
    code: "E0404",
    severity: Severity::Error,
    title: "an epoch\u{2019}s length is unknown",
    explain: "Epochs need `--steps-per-epoch K` on the command line, `Clock::steps_per_epoch(k)` in Rust.",
    wrong: "warmup(2 epochs) >> 1e-3",
    right: "warmup(100 steps) >> 1e-3",
};

/// samples per step are unknown
pub const NO_BATCH: Code = Code {
    code: "E0405",
    severity: Severity::Error,
    title: "samples per step are unknown",
    explain: "Samples and tokens need `--batch B` on the command line, `Clock::batch(b)` in Rust: the samples of one optimizer update, over all devices and accumulated micro-batches.",
    wrong: "warmup(1k samples) >> 1e-3",
    right: "warmup(100 steps) >> 1e-3",
};

/// tokens per sample are unknown
pub const NO_TOKENS: Code = Code {
    code: "E0406",
    severity: Severity::Error,
    title: "tokens per sample are unknown",
    explain: "Tokens need `--tokens-per-sample T` on the command line, `Clock::tokens_per_sample(t)` in Rust: the sequence length. (Samples per step are needed, too.)",
    wrong: "warmup(1k tokens) >> 1e-3",
    right: "warmup(100 steps) >> 1e-3",
};
