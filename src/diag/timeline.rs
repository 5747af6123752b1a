//! Band S03: phases and values over time.

use super::{Code, Severity};

/// Every code of the band.
pub const CODES: &[&Code] = &[&MISSING_END, &NO_TIME, &TOO_LONG, &TOO_FINE, &NEVER_FILLS, &PAST];

/// an end is missing and cannot be inferred
pub const MISSING_END: Code = Code {
    code: "S0301",
    severity: Severity::Error,
    title: "an end is missing and cannot be inferred",
    explain: "A ramp without a start takes the previous phase\u{2019}s end value; the first phase has none.",
    wrong: "cosine(-> 0)",
    right: "cosine(1e-3 -> 0)",
};

/// a phase without any time
pub const NO_TIME: Code = Code {
    code: "S0302",
    severity: Severity::Error,
    title: "a phase without any time",
    explain: "Every phase needs a length above zero. Phases without `for` or `until` share equally what the others leave; nothing was left.",
    wrong: "1e-3 for 100% >> 1e-4",
    right: "1e-3 for 90% >> 1e-4",
};

/// phases longer than their span
pub const TOO_LONG: Code = Code {
    code: "S0303",
    severity: Severity::Error,
    title: "phases longer than their span",
    explain: "Together the phases take more time than the span that they fill.",
    wrong: "1e-3 for 80% >> 1e-4 for 30%",
    right: "1e-3 for 80% >> 1e-4 for 20%",
};

/// a time too fine to be counted exactly
pub const TOO_FINE: Code = Code {
    code: "S0305",
    severity: Severity::Error,
    title: "a time too fine to be counted exactly",
    explain: "Cycle and stair boundaries are counted in whole ticks, in 62 bits for the whole run. This length has too many digits for the run\u{2019}s length.",
    wrong: "1e-3 * t | cycle(3.14159265358979323 steps)",
    right: "1e-3 * t | cycle(3.14159 steps)",
};

/// cycles that never fill their span
pub const NEVER_FILLS: Code = Code {
    code: "S0306",
    severity: Severity::Error,
    title: "cycles that never fill their span",
    explain: "Cycles that shrink add up to a limited time; those that grow too slowly need too many cycles.",
    wrong: "1e-3 * t | cycle(10 steps, grow: 0.5)",
    right: "1e-3 * t | cycle(10 steps, grow: 2)",
};

/// `until` a moment that has passed
pub const PAST: Code = Code {
    code: "S0307",
    severity: Severity::Error,
    title: "`until` a moment that has passed",
    explain: "`until` counts from the start of the enclosing sequence, so its moments ascend.",
    wrong: "1e-3 until 50% >> 1e-4 until 30%",
    right: "1e-3 until 30% >> 1e-4 until 50%",
};
