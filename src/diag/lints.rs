//! Band W: programs that are legal and probably wrong.

use super::Code;

/// Every code of the band.
pub const CODES: &[&Code] = &[&JUMP, &ZERO_START, &UNUSED];

/// the value jumps between two phases
pub const JUMP: Code = Code {
    code: "W0302",
    title: "the value jumps between two phases",
    explain: "Where one phase ends and the next starts, the value changes by more than 1 %. Inferred ends (`-> b`, `warmup` without `to:`) join phases without a jump. Phases that are constants are meant to jump.",
    wrong: "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)",
    right: "warmup(5%) >> cosine(3e-4 -> 0)",
};

/// the first step trains with 0
pub const ZERO_START: Code = Code {
    code: "W0308",
    title: "the first step trains with 0",
    explain: "At step 0 the value is 0, so the first update changes nothing. That is what most libraries do; `warmup(…, skip_zero: true)` starts one step in.",
    wrong: "warmup(5%) >> cosine(1e-3 -> 0)",
    right: "warmup(5%, skip_zero: true) >> cosine(1e-3 -> 0)",
};

/// a `let` that nothing uses
pub const UNUSED: Code = Code {
    code: "W0310",
    title: "a `let` that nothing uses",
    explain: "The binding has no effect.",
    wrong: "let peak = 1e-3\ncosine(2e-3 -> 0)",
    right: "let peak = 1e-3\ncosine(peak -> 0)",
};
