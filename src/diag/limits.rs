//! Band S00: what no program may exceed.

use super::{Code, Severity};

/// Source longer than the limit.
pub const TOO_LONG: Code = Code {
    code: "S0001",
    severity: Severity::Error,
    title: "the source is too long",
    explain: "A source has at most 1 MiB, so that reading any input ends quickly. Recorded curves belong in files: \
              `table(\"curve.csv\")`.",
    wrong: "",
    right: "1e-3",
};

/// Characters that print nothing.
pub const CONTROL: Code = Code {
    code: "S0002",
    severity: Severity::Error,
    title: "an invisible character",
    explain: "NUL bytes, control characters and marks that reorder text make a program mean something else than it \
              shows, so none is allowed, not even in comments. Tabs and line ends are fine. Many NULs mean that the \
              file was saved as UTF-16.",
    wrong: "cosine(1e-3\u{0} -> 0)",
    right: "cosine(1e-3 -> 0)",
};

/// Brackets nested too deep.
pub const NESTING: Code = Code {
    code: "S0003",
    severity: Severity::Error,
    title: "brackets nest too deep",
    explain: "Brackets nest at most 64 deep. Name inner parts with `let`.",
    wrong: "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1",
    right: "((((1))))",
};

/// Bytes that are no text.
pub const NOT_UTF8: Code = Code {
    code: "S0004",
    severity: Severity::Error,
    title: "not UTF-8",
    explain: "Programs are UTF-8 text, with or without a byte order mark. Save the file as UTF-8.",
    wrong: "",
    right: "1e-3",
};

/// Too many operators that nest to the right.
pub const RUN: Code = Code {
    code: "S0005",
    severity: Severity::Error,
    title: "too many signs or powers in a row",
    explain: "At most 64 prefix `-` and `**` may follow one another.",
    wrong: "---------------------------------------------------------------------1",
    right: "-1",
};

/// A tree that is too deep.
pub const TOO_DEEP: Code = Code {
    code: "S0006",
    severity: Severity::Error,
    title: "an expression nests too deep",
    explain: "An expression's tree is at most 200 levels deep, counting every operator of a long `a + b + c …` as one \
              level. Name parts of it with `let`.",
    wrong: "",
    right: "let a = 1 + 2 + 3\na + 4 + 5",
};

/// Too many phases.
pub const TOO_MANY_PHASES: Code = Code {
    code: "S0007",
    severity: Severity::Error,
    title: "too many phases",
    explain: "One sequence holds at most 10 000 phases. `cycle` repeats phases, and `table` holds a recorded curve.",
    wrong: "",
    right: "(1 -> 2 >> 2 -> 1) | cycle(100)",
};

/// A limit that the host sets.
pub const TOO_MUCH_WORK: Code = Code {
    code: "S0008",
    severity: Severity::Error,
    title: "the source could not be read to its end",
    explain: "Reading was given up because the thread's stack is short, or because the process that étude is part of \
              limits the work of its parsers (`pest::set_call_limit`). No program is too much for a thread of 2 MiB in a \
              process without that limit.",
    wrong: "",
    right: "1e-3",
};

/// Functions that multiply what they are given.
pub const EXPANSION: Code = Code {
    code: "S0009",
    severity: Severity::Error,
    title: "the program grows too large",
    explain: "A name or a call of a `let` function stands for a copy, growing cycles are written out, and what follows \
              from a neighbour's value is followed back to it: copies of copies multiply. All that a program comes to is \
              paid from one budget, the work of 250 000 expressions, and a source has no more words than that.",
    wrong: "let a(x) = x + x\nlet b(x) = a(a(a(a(x))))\nlet c(x) = b(b(b(b(x))))\nc(c(1))",
    right: "let a(x) = x + x\na(a(1))",
};

/// Every code of the band.
pub const CODES: &[&Code] =
    &[&TOO_LONG, &CONTROL, &NESTING, &NOT_UTF8, &RUN, &TOO_DEEP, &TOO_MANY_PHASES, &TOO_MUCH_WORK, &EXPANSION];
