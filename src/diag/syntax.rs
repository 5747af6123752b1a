//! Band S01: text that the grammar does not read.

use super::Code;

/// Anything the other rows do not name.
pub const UNEXPECTED: Code = Code {
    code: "S0100",
    title: "unexpected text",
    explain: "The text up to here is a program, and what follows does not continue it. The message lists what may \
              stand here.",
    wrong: "cosine(1e-3 -> 0) ~",
    right: "cosine(1e-3 -> 0)",
};

/// An opening bracket without its partner.
pub const UNCLOSED: Code = Code {
    code: "S0101",
    title: "a bracket is never closed",
    explain: "Every `(`, `[` and `{` needs its closing partner.",
    wrong: "cosine(1e-3 -> 0",
    right: "cosine(1e-3 -> 0)",
};

/// A closing bracket of another kind.
pub const MISMATCHED: Code = Code {
    code: "S0102",
    title: "a bracket is closed by another kind",
    explain: "`(` is closed by `)`, `[` by `]` and `{` by `}`.",
    wrong: "warmup(5%] >> 1e-3",
    right: "warmup(5%) >> 1e-3",
};

/// A closing bracket without its partner.
pub const NOT_OPEN: Code = Code {
    code: "S0103",
    title: "a closing bracket without an opening one",
    explain: "Nothing is open where this bracket closes. Remove it, or open one before.",
    wrong: "cosine(1e-3 -> 0)) | clamp(min: 0)",
    right: "cosine(1e-3 -> 0) | clamp(min: 0)",
};

/// Nothing to run.
pub const EMPTY: Code = Code {
    code: "S0104",
    title: "an empty program",
    explain: "A program holds an expression, bindings, or a config's entries and blocks. The smallest schedule is a \
              number.",
    wrong: "# nothing yet",
    right: "1e-3",
};

/// Strings without an end.
pub const UNTERMINATED: Code = Code {
    code: "S0106",
    title: "a string is never closed",
    explain: "A string begins and ends with `\"` on one line. A `\"` inside is written `\\\"`.",
    wrong: "group \"bias { weight_decay: 0 }",
    right: "group \"bias\" { weight_decay: 0 }",
};

/// Literals beyond f64.
pub const OUT_OF_RANGE: Code = Code {
    code: "S0127",
    title: "a number out of range",
    explain: "Numbers are IEEE doubles: up to about 1.8e308, and from 4.9e-324 on the small side. A literal beyond \
              would silently become infinite or zero.",
    wrong: "1e999",
    right: "1e99",
};

/// Editions this version does not know.
pub const EDITION: Code = Code {
    code: "S0128",
    title: "an unknown edition",
    explain: "`edition N` says which edition of the language a file is written in. This version reads edition 1; a \
              missing line means the same.",
    wrong: "edition 2\n1e-3",
    right: "edition 1\n1e-3",
};

/// Every code of the band.
pub const CODES: &[&Code] =
    &[&UNEXPECTED, &UNCLOSED, &MISMATCHED, &NOT_OPEN, &EMPTY, &UNTERMINATED, &OUT_OF_RANGE, &EDITION];
