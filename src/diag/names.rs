//! Band S02: names, kinds, units and arguments.

use super::{Code, Severity};

/// Every code of the band.
pub const CODES: &[&Code] = &[
    &UNKNOWN_UNIT,
    &UNKNOWN_NAME,
    &NOT_A_VALUE,
    &NOT_A_DURATION,
    &MODIFIER_AS_PHASE,
    &NOT_A_MODIFIER,
    &ARGUMENTS,
    &CHANGES_IN_TIME,
    &OUT_OF_RANGE,
    &DEFINED_TWICE,
    &NO_RAMP,
    &NOT_A_FUNCTION,
    &ONE_VALUE,
    &RECORDING,
    &USE,
];

/// unknown unit
pub const UNKNOWN_UNIT: Code = Code {
    code: "S0201",
    severity: Severity::Error,
    title: "unknown unit",
    explain: "A number may be followed by a unit of time (`%`, `steps`, `epochs`, `samples`, `tokens`) or by `x`, a multiple of the base value. Nothing else follows a number directly.",
    wrong: "warmup(100 stpes) >> 1e-3",
    right: "warmup(100 steps) >> 1e-3",
};

/// unknown name
pub const UNKNOWN_NAME: Code = Code {
    code: "S0202",
    severity: Severity::Error,
    title: "unknown name",
    explain: "No phase, modifier, function or `let` above has this name. `etude explain NAME` describes every catalogue entry.",
    wrong: "cosin(1e-3 -> 0)",
    right: "cosine(1e-3 -> 0)",
};

/// not a value
pub const NOT_A_VALUE: Code = Code {
    code: "S0203",
    severity: Severity::Error,
    title: "not a value",
    explain: "A value is a number, or an expression over numbers, time and `base`. Durations, texts and lists are not values.",
    wrong: "1e-3 + 5%",
    right: "1e-3 + 0.05",
};

/// not a duration
pub const NOT_A_DURATION: Code = Code {
    code: "S0204",
    severity: Severity::Error,
    title: "not a duration",
    explain: "A duration always carries a unit: `5%`, `100 steps`, `2 epochs`, `1M samples`, `2B tokens`. A bare number could mean any of them, so it is never guessed.",
    wrong: "warmup(0.05) >> 1e-3",
    right: "warmup(5%) >> 1e-3",
};

/// a modifier cannot be a phase
pub const MODIFIER_AS_PHASE: Code = Code {
    code: "S0205",
    severity: Severity::Error,
    title: "a modifier cannot be a phase",
    explain: "`>>` binds tighter than `|`, so `a | m >> b` reads as `a | (m >> b)`. A modifier such as `cycle` or `clamp` stands after `|` only.",
    wrong: "1e-3 | cycle(3) >> 1e-4",
    right: "(1e-3 | cycle(3)) >> 1e-4",
};

/// only a modifier can follow `|`
pub const NOT_A_MODIFIER: Code = Code {
    code: "S0206",
    severity: Severity::Error,
    title: "only a modifier can follow `|`",
    explain: "`s | m(…)` applies modifier m to everything on its left. Phases are joined by `>>`, values by arithmetic.",
    wrong: "1e-3 | cosine(1 -> 0)",
    right: "1e-3 * cosine(1 -> 0)",
};

/// wrong arguments
pub const ARGUMENTS: Code = Code {
    code: "S0207",
    severity: Severity::Error,
    title: "wrong arguments",
    explain: "Each entry lists its parameters; `etude explain NAME` shows them. At most one value or ramp and one duration go without a name, everything else is `name: value`.",
    wrong: "decay(0.1, by: 0.5)",
    right: "decay(0.1, by: 0.5, every: 10%)",
};

/// this value must not change in time
pub const CHANGES_IN_TIME: Code = Code {
    code: "S0208",
    severity: Severity::Error,
    title: "this value must not change in time",
    explain: "The ends of a ramp and the parameters of a phase are fixed: they may use numbers, `let`s and `base`, but not `t`, `step`, `epoch` or another phase.",
    wrong: "cosine(1e-3 * t -> 0)",
    right: "cosine(1e-3 -> 0) * t",
};

/// a number outside its range
pub const OUT_OF_RANGE: Code = Code {
    code: "S0209",
    severity: Severity::Error,
    title: "a number outside its range",
    explain: "The parameter accepts a limited range; the message names it.",
    wrong: "cosine(1e-3 -> 0) | cycle(0)",
    right: "cosine(1e-3 -> 0) | cycle(2)",
};

/// defined twice, or later
pub const DEFINED_TWICE: Code = Code {
    code: "S0210",
    severity: Severity::Error,
    title: "defined twice, or later",
    explain: "A name is bound once, before it is used; functions cannot call themselves.",
    wrong: "let a = b\nlet b = 1e-3\na",
    right: "let b = 1e-3\nlet a = b\na",
};

/// a ramp is missing or out of place
pub const NO_RAMP: Code = Code {
    code: "S0211",
    severity: Severity::Error,
    title: "a ramp is missing or out of place",
    explain: "Shapes such as `cosine` and `poly` need to know both ends: `cosine(1e-3 -> 0)`.",
    wrong: "cosine(1e-3)",
    right: "cosine(1e-3 -> 0)",
};

/// called like a function, or used without its arguments
pub const NOT_A_FUNCTION: Code = Code {
    code: "S0212",
    severity: Severity::Error,
    title: "called like a function, or used without its arguments",
    explain: "A `let` with parameters is called with exactly that many arguments; one without takes none.",
    wrong: "let f(x) = 2 * x\nf(1, 2)",
    right: "let f(x) = 2 * x\nf(1)",
};

/// one value is wanted
pub const ONE_VALUE: Code = Code {
    code: "S0213",
    severity: Severity::Error,
    title: "one value is wanted",
    explain: "A schedule computes one value. A file with several entries (`lr`, `beta1`, …) is a `Program`.",
    wrong: "lr: 1e-3\nbeta1: 0.9",
    right: "lr: 1e-3",
};

/// a recorded curve cannot be used
pub const RECORDING: Code = Code {
    code: "S0214",
    severity: Severity::Error,
    title: "a recorded curve cannot be used",
    explain: "`table(\"curve.csv\")` replays a file beside the program: a header with the columns `step` and `value`, then a row every so many steps, ascending, without gaps. The command line reads files in the program's folder; another host must resolve them.",
    wrong: "table(\"curve.csv\")",
    right: "table([0, 1e-3, 0])",
};

/// a file cannot be used
pub const USE: Code = Code {
    code: "S0215",
    severity: Severity::Error,
    title: "a file cannot be used",
    explain: "`use \"base.etude\"` brings the `let`s, functions, entries and blocks of another file in the program's folder or below, named relative to the file that uses it. What a file says itself holds before what it uses; two used files that give one key different values are a mistake until the file that uses both says which. Files do not use one another in a circle. The command line and the editor read files; another host must resolve them.",
    wrong: "use \"base.etude\"\nwarmup(5%) >> cosine(peak -> 0)",
    right: "let peak = 1e-3\nwarmup(5%) >> cosine(peak -> 0)",
};
