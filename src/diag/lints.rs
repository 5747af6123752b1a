//! Band W: programs that are probably wrong, found by looking at their values and shape. All but [`NOT_FINITE`] are legal.

use super::{Code, Severity};

/// Every code of the band.
pub const CODES: &[&Code] = &[
    &BAND,
    &JUMP,
    &NO_STEP,
    &NEGATIVE,
    &NOT_FINITE,
    &PERCENT,
    &NEVER,
    &ZERO_START,
    &CUT,
    &UNUSED,
    &RUN_ON,
    &WARMUP_AGAIN,
    &NO_EFFECT,
    &SHADOW,
    &PER_EPOCH,
    &NO_METRIC,
    &MOMENTUM,
    &UNKNOWN_ALLOW,
    &UNUSED_ALLOW,
    &BASE,
];

/// a learning rate far outside the usual
pub const BAND: Code = Code {
    code: "W0301",
    severity: Severity::Warning,
    title: "a learning rate far outside the usual",
    explain: "The peak is more than ten times above, or less than a tenth of, what the optimizer usually takes: 1e-6 to 1e-2 for AdamW, 1e-4 to 10 for SGD, 1e-6 to 10 where no optimizer is named. Often a minus sign is missing in the exponent.",
    wrong: "cosine(1e3 -> 0)",
    right: "cosine(1e-3 -> 0)",
};

/// the value jumps between two phases
pub const JUMP: Code = Code {
    code: "W0302",
    severity: Severity::Warning,
    title: "the value jumps between two phases",
    explain: "Where one phase ends and the next starts, the value changes by more than 1 %. Inferred ends (`-> b`, `warmup` without `to:`) join phases without a jump. Phases that are constants are meant to jump.",
    wrong: "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)",
    right: "warmup(5%) >> cosine(3e-4 -> 0)",
};

/// a phase that no step falls into
pub const NO_STEP: Code = Code {
    code: "W0303",
    severity: Severity::Warning,
    title: "a phase that no step falls into",
    explain: "A phase covers the steps from its start up to its end. This one starts and ends between two steps, so its values are never used.",
    wrong: "1e-3 for 10.2 steps >> 2e-3 for 0.5 steps >> 1e-4",
    right: "1e-3 for 10 steps >> 2e-3 for 1 step >> 1e-4",
};

/// a negative value
pub const NEGATIVE: Code = Code {
    code: "W0304",
    severity: Severity::Warning,
    title: "a negative value",
    explain: "A learning rate, a momentum, a weight decay or an epsilon below 0 trains away from the minimum. Every step of the run and the value held after its end is looked at.",
    wrong: "1e-3 - 2e-6 * step",
    right: "1e-3 - 1e-6 * step",
};

/// not a finite number
pub const NOT_FINITE: Code = Code {
    code: "W0305",
    severity: Severity::Error,
    title: "not a finite number",
    explain: "A schedule is finite at every step, for every scale that a metric may lead to. A division by zero, a root or logarithm of a negative number, or an overflow is not. The only finding of its band that is an error: nothing compiles that would give such a value, or of which it could not be decided.",
    wrong: "1e-3 * sqrt(1 - step / 100)",
    right: "1e-3 * sqrt(max(0, 1 - step / 100))",
};

/// a percentage over 100
pub const PERCENT: Code = Code {
    code: "W0306",
    severity: Severity::Warning,
    title: "a percentage over 100",
    explain: "`%` is of the enclosing span: the run, one cycle, or parentheses that have a length. More than 100 % of it never comes.",
    wrong: "decay(1e-3, by: 0.5, every: 150%)",
    right: "decay(1e-3, by: 0.5, every: 15%)",
};

/// a moment that never comes
pub const NEVER: Code = Code {
    code: "W0307",
    severity: Severity::Warning,
    title: "a moment that never comes",
    explain: "The next cycle, decay or milestone would come only after the span has ended.",
    wrong: "cosine(1e-3 -> 0) | cycle(2k steps)",
    right: "cosine(1e-3 -> 0) | cycle(200 steps)",
};

/// the first step trains with 0
pub const ZERO_START: Code = Code {
    code: "W0308",
    severity: Severity::Note,
    title: "the first step trains with 0",
    explain: "At step 0 the value is 0, so the first update changes nothing. That is what most libraries do; `warmup(…, skip_zero: true)` starts one step in.",
    wrong: "warmup(5%) >> cosine(1e-3 -> 0)",
    right: "warmup(5%, skip_zero: true) >> cosine(1e-3 -> 0)",
};

/// the last cycle is cut
pub const CUT: Code = Code {
    code: "W0309",
    severity: Severity::Warning,
    title: "the last cycle is cut",
    explain: "The span ends within a cycle, so the run does not end where a cycle does. A count (`cycle(4)`) divides the span evenly.",
    wrong: "cosine(1e-3 -> 0) | cycle(300 steps)",
    right: "cosine(1e-3 -> 0) | cycle(250 steps)",
};

/// a `let` that nothing uses
pub const UNUSED: Code = Code {
    code: "W0310",
    severity: Severity::Warning,
    title: "a `let` that nothing uses",
    explain: "The binding has no effect.",
    wrong: "let peak = 1e-3\ncosine(2e-3 -> 0)",
    right: "let peak = 1e-3\ncosine(peak -> 0)",
};

/// a decay that ran on under the warmup
pub const RUN_ON: Code = Code {
    code: "W0311",
    severity: Severity::Note,
    title: "a decay that ran on under the warmup",
    explain: "`overlay` leaves the clock underneath running, so the value falls at the warmup\u{2019}s end to where the decay has come by then. BERT\u{2019}s optimizer does so; `warmup(…) >> …` starts the decay after the warmup.",
    wrong: "linear(1e-3 -> 0) | overlay(warmup(10%))",
    right: "warmup(10%) >> linear(1e-3 -> 0)",
};

/// a cycle that repeats the warmup
pub const WARMUP_AGAIN: Code = Code {
    code: "W0312",
    severity: Severity::Warning,
    title: "a cycle that repeats the warmup",
    explain: "`|` takes the whole chain on its left, so every cycle starts with the warmup. Parentheses around one phase repeat only that.",
    wrong: "warmup(5%) >> cosine(1e-3 -> 0) | cycle(4)",
    right: "warmup(5%) >> (cosine(1e-3 -> 0) | cycle(4))",
};

/// a modifier that changes nothing
pub const NO_EFFECT: Code = Code {
    code: "W0313",
    severity: Severity::Warning,
    title: "a modifier that changes nothing",
    explain: "The values are the same without it.",
    wrong: "1e-3 | clamp(min: 1e-5)",
    right: "cosine(1e-3 -> 0) | clamp(min: 1e-5)",
};

/// a name that hides another
pub const SHADOW: Code = Code {
    code: "W0314",
    severity: Severity::Warning,
    title: "a name that hides another",
    explain: "What the name meant before cannot be used any more where this one is seen.",
    wrong: "let step = 100 steps\ndecay(1e-3, by: 0.5, every: step)",
    right: "let stair = 100 steps\ndecay(1e-3, by: 0.5, every: stair)",
};

/// an epoch that counts in fractions
pub const PER_EPOCH: Code = Code {
    code: "W0315",
    severity: Severity::Note,
    title: "an epoch that counts in fractions",
    explain: "`epoch` grows a little at every step. Schedulers of other libraries that are stepped once per epoch see whole numbers: `floor(epoch)`, or `| staircase(1 epoch)` for the whole value.",
    wrong: "",
    right: "1e-3 * 0.99 ** floor(step / 10)",
};

/// a metric that nothing reports
pub const NO_METRIC: Code = Code {
    code: "W0316",
    severity: Severity::Warning,
    title: "a metric that nothing reports",
    explain: "The run of a config reports `loss` and `grad_norm` after every step, and `train_loss`, `test_loss`, `test_accuracy`, `val_loss` and `val_accuracy` after every epoch. A modifier that watches another metric never acts.",
    wrong: "run { epochs: 5 }\noptimizer adamw { lr: 1e-3 | plateau(valid_loss) }",
    right: "run { epochs: 5 }\noptimizer adamw { lr: 1e-3 | plateau(val_loss) }",
};

/// a momentum of 1 or more
pub const MOMENTUM: Code = Code {
    code: "W0317",
    severity: Severity::Warning,
    title: "a momentum of 1 or more",
    explain: "A running mean forgets nothing from 1 on: momentum and the betas are at least 0 and below 1.",
    wrong: "momentum: 0.85 -> 1.05",
    right: "momentum: 0.85 -> 0.95",
};

/// an `allow` of what cannot be allowed
pub const UNKNOWN_ALLOW: Code = Code {
    code: "W0318",
    severity: Severity::Warning,
    title: "an `allow` of what cannot be allowed",
    explain: "`# allow(W0308): reason` silences warnings and notes with this code on its own line, or on the next one that is not a comment; before the first line of the program it holds for all of it. Errors cannot be allowed.",
    wrong: "# allow(W9999): a typo\n1e-3",
    right: "1e-3",
};

/// an `allow` that silences nothing
pub const UNUSED_ALLOW: Code = Code {
    code: "W0319",
    severity: Severity::Warning,
    title: "an `allow` that silences nothing",
    explain: "Nothing with this code is found where it would be silenced.",
    wrong: "# allow(W0302): they meet now\nwarmup(5%, skip_zero: true) >> cosine(1e-3 -> 0)",
    right: "warmup(5%, skip_zero: true) >> cosine(1e-3 -> 0)",
};

/// a base at which it is not finite
pub const BASE: Code = Code {
    code: "W0320",
    severity: Severity::Note,
    title: "a base at which it is not finite",
    explain: "A program is used with the base that the trainer supplies, and at this one, 0 or one up to 1e6, it divides by zero, takes a root of a negative number or overflows. `with_base` and `--base` refuse such a base; any other may be used.",
    wrong: "1e-3 / base",
    right: "1e-3 / max(base, 1e-6)",
};
