//! Band S01: text that the grammar does not read.

use super::{Code, Severity};

/// Anything the other rows do not name.
pub const UNEXPECTED: Code = Code {
    code: "S0100",
    severity: Severity::Error,
    title: "unexpected text",
    explain: "The text up to here is a program, and what follows does not continue it. The message lists what may \
              stand here.",
    wrong: "cosine(1e-3 -> 0) ~",
    right: "cosine(1e-3 -> 0)",
};

/// An opening bracket without its partner.
pub const UNCLOSED: Code = Code {
    code: "S0101",
    severity: Severity::Error,
    title: "a bracket is never closed",
    explain: "Every `(`, `[` and `{` needs its closing partner.",
    wrong: "cosine(1e-3 -> 0",
    right: "cosine(1e-3 -> 0)",
};

/// A closing bracket of another kind.
pub const MISMATCHED: Code = Code {
    code: "S0102",
    severity: Severity::Error,
    title: "a bracket is closed by another kind",
    explain: "`(` is closed by `)`, `[` by `]` and `{` by `}`.",
    wrong: "warmup(5%] >> 1e-3",
    right: "warmup(5%) >> 1e-3",
};

/// A closing bracket without its partner.
pub const NOT_OPEN: Code = Code {
    code: "S0103",
    severity: Severity::Error,
    title: "a closing bracket without an opening one",
    explain: "Nothing is open where this bracket closes. Remove it, or open one before.",
    wrong: "cosine(1e-3 -> 0)) | clamp(min: 0)",
    right: "cosine(1e-3 -> 0) | clamp(min: 0)",
};

/// Nothing to run.
pub const EMPTY: Code = Code {
    code: "S0104",
    severity: Severity::Error,
    title: "an empty program",
    explain: "A program holds an expression, bindings, or a config's entries and blocks. The smallest schedule is a \
              number.",
    wrong: "# nothing yet",
    right: "1e-3",
};

/// Arrows of elsewhere.
pub const ARROW: Code = Code {
    code: "S0105",
    severity: Severity::Error,
    title: "an arrow of another language",
    explain: "A ramp is written `a -> b`, with a minus and a greater-than sign.",
    wrong: "cosine(1e-3 => 0)",
    right: "cosine(1e-3 -> 0)",
};

/// Strings without an end.
pub const UNTERMINATED: Code = Code {
    code: "S0106",
    severity: Severity::Error,
    title: "a string is never closed",
    explain: "A string begins and ends with `\"` on one line. A `\"` inside is written `\\\"`.",
    wrong: "group \"bias { weight_decay: 0 }",
    right: "group \"bias\" { weight_decay: 0 }",
};

/// Escapes that no string has.
pub const ESCAPE: Code = Code {
    code: "S0107",
    severity: Severity::Error,
    title: "an unknown escape",
    explain: "In a string `\\\"` is a quote and `\\\\` a backslash; nothing else is escaped. Paths are written with `/`, a regex's dot as `[.]`.",
    wrong: "group \"layers\\.0\" { weight_decay: 0 }",
    right: "group \"layers[.]0\" { weight_decay: 0 }",
};

/// Commas inside numbers.
pub const DECIMAL_COMMA: Code = Code {
    code: "S0108",
    severity: Severity::Error,
    title: "a decimal comma",
    explain: "Decimals begin with a point, since `,` separates arguments: `0,001` would be two of them. \
              Thousands are grouped by `_`.",
    wrong: "cosine(0,001 -> 0)",
    right: "cosine(0.001 -> 0)",
};

/// Broken numbers, dashes, quotes and spaces.
pub const SPLIT: Code = Code {
    code: "S0109",
    severity: Severity::Error,
    title: "a number or sign that typesetting broke",
    explain: "Word processors turn `-` into a longer dash, `\"` into curly quotes, and put spaces where none \
              were. A number is one word: `1e-3`.",
    wrong: "cosine(1e -3 -> 0)",
    right: "cosine(1e-3 -> 0)",
};

/// An operator or comma without one of its sides.
pub const MISSING: Code = Code {
    code: "S0110",
    severity: Severity::Error,
    title: "something is missing beside an operator or comma",
    explain: "Every operator needs both of its sides, except the sign `-` and the arrow `-> b`, which starts \
              where the previous phase ended.",
    wrong: "warmup(5%) >> >> 1e-3",
    right: "warmup(5%) >> 1e-3",
};

/// Durations that need parentheses.
pub const DURATION: Code = Code {
    code: "S0111",
    severity: Severity::Error,
    title: "a duration of more than one part",
    explain: "`for` and `until` take one number, name, call or pair of parentheses. Anything longer is ambiguous \
              and needs parentheses.",
    wrong: "1e-3 for 50% - 5 steps >> 0",
    right: "1e-3 for (50% - 5 steps) >> 0",
};

/// Keywords as names.
pub const KEYWORD: Code = Code {
    code: "S0112",
    severity: Severity::Error,
    title: "a keyword used as a name",
    explain: "`let`, `use`, `edition`, `for` and `until` are keywords: they name nothing, except arguments and \
              entries.",
    wrong: "let for = 3\n1e-3",
    right: "let for_ = 3\nfor_ * 1e-3",
};

/// Items that share a line.
pub const SEPARATOR: Code = Code {
    code: "S0114",
    severity: Severity::Error,
    title: "two items on one line",
    explain: "Items stand on lines of their own; inside braces a `,` separates them too.",
    wrong: "run { epochs: 20 batch: 64 }",
    right: "run { epochs: 20, batch: 64 }",
};

/// Python's named arguments.
pub const EQUALS: Code = Code {
    code: "S0115",
    severity: Severity::Error,
    title: "`=` where `:` belongs",
    explain: "Arguments and entries are `name: value`. Only `let` uses `=`.",
    wrong: "cosine(1e-3 -> 0, for=80%)",
    right: "cosine(1e-3 -> 0, for: 80%)",
};

/// Arguments or elements that nothing separates.
pub const MISSING_COMMA: Code = Code {
    code: "S0116",
    severity: Severity::Error,
    title: "a comma is missing",
    explain: "Arguments and elements are separated by `,`, also where they stand on different lines.",
    wrong: "1e-3 | clamp(min: 0 max: 1)",
    right: "1e-3 | clamp(min: 0, max: 1)",
};

/// Values that nothing joins.
pub const SIDE_BY_SIDE: Code = Code {
    code: "S0117",
    severity: Severity::Error,
    title: "two values without an operator",
    explain: "Phases are joined by `>>`, values by `+ - * / **`, and a modifier follows `|`.",
    wrong: "warmup(5%) >> cosine(1 -> 0) cosine(1 -> 0)",
    right: "warmup(5%) >> cosine(1 -> 0) >> cosine(1 -> 0)",
};

/// Other trouble with digits.
pub const NUMBER: Code = Code {
    code: "S0118",
    severity: Severity::Error,
    title: "a badly written number",
    explain: "A number has no leading zeros and at most one point. `_` groups its digits, and the suffixes are \
              `k`, `M` and `B`.",
    wrong: "007",
    right: "7",
};

/// Durations after `@`.
pub const AT: Code = Code {
    code: "S0119",
    severity: Severity::Error,
    title: "`@` for a duration",
    explain: "`for 80%` gives a phase's length, and `until 80%` its end.",
    wrong: "cosine(1e-3 -> 0) @ 80%",
    right: "cosine(1e-3 -> 0) for 80%",
};

/// Operators of elsewhere.
pub const OPERATOR: Code = Code {
    code: "S0120",
    severity: Severity::Error,
    title: "an operator of another language",
    explain: "The operators are `+ - * / **`, `->`, `for`, `until`, `>>` and `|`. There are no comparisons: \
              phases replace conditions.",
    wrong: "0.1 * (step < 30)",
    right: "0.1 for 30 steps >> 0",
};

/// Functions of Python.
pub const LAMBDA: Code = Code {
    code: "S0121",
    severity: Severity::Error,
    title: "`lambda` is not needed",
    explain: "An expression over `step`, `epoch` or `t` already is a function of time.",
    wrong: "lambda step: 0.95 ** step",
    right: "0.95 ** step",
};

/// Conditions.
pub const CONDITION: Code = Code {
    code: "S0122",
    severity: Severity::Error,
    title: "there is no `if`",
    explain: "Phases replace conditions: `until` says up to when the first one lasts.",
    wrong: "0.1 if step < 30 else 0.01",
    right: "0.1 until 30 steps >> 0.01",
};

/// Commas between phases.
pub const COMMA: Code = Code {
    code: "S0123",
    severity: Severity::Error,
    title: "a comma between phases",
    explain: "`,` separates arguments and elements. Phases are joined by `>>`.",
    wrong: "warmup(5%), cosine(1e-3 -> 0)",
    right: "warmup(5%) >> cosine(1e-3 -> 0)",
};

/// Infinity and not-a-number.
pub const NOT_FINITE: Code = Code {
    code: "S0124",
    severity: Severity::Error,
    title: "a value that is not finite",
    explain: "Every value of a schedule is finite, so there is no way to write infinity or not-a-number.",
    wrong: "1e-3 | clamp(max: inf)",
    right: "1e-3 | clamp(max: 1)",
};

/// Units apart from their numbers.
pub const LOOSE_UNIT: Code = Code {
    code: "S0125",
    severity: Severity::Error,
    title: "a space before `%` or `x`",
    explain: "`5%` and `2x` are written without a space.",
    wrong: "warmup(5 %) >> 1e-3",
    right: "warmup(5%) >> 1e-3",
};

/// Powers of elsewhere.
pub const CARET: Code = Code {
    code: "S0126",
    severity: Severity::Error,
    title: "`^` for a power",
    explain: "Powers are written `**`, as in Python.",
    wrong: "0.95 ^ step",
    right: "0.95 ** step",
};

/// Literals beyond f64.
pub const OUT_OF_RANGE: Code = Code {
    code: "S0127",
    severity: Severity::Error,
    title: "a number out of range",
    explain: "Numbers are IEEE doubles: up to about 1.8e308, and from 4.9e-324 on the small side. A literal beyond \
              would silently become infinite or zero.",
    wrong: "1e999",
    right: "1e99",
};

/// Editions this version does not know.
pub const EDITION: Code = Code {
    code: "S0128",
    severity: Severity::Error,
    title: "an unknown edition",
    explain: "`edition N` says which edition of the language a file is written in. This version reads edition 1; a \
              missing line means the same.",
    wrong: "edition 2\n1e-3",
    right: "edition 1\n1e-3",
};

/// Bindings, imports, entries and blocks gone wrong.
pub const ITEM: Code = Code {
    code: "S0129",
    severity: Severity::Error,
    title: "a badly written item",
    explain: "A binding is `let name = value` or `let name(x, y) = value`, an import `use \"file\"`, an entry \
              `key: value`, and a block `kind head { … }`.",
    wrong: "peak = 3e-4\npeak",
    right: "let peak = 3e-4\npeak",
};

/// Comments of elsewhere.
pub const REMARK: Code = Code {
    code: "S0130",
    severity: Severity::Error,
    title: "a comment of another language",
    explain: "A comment begins with `#` and ends with its line.",
    wrong: "1e-3 // constant",
    right: "1e-3 # constant",
};

/// Names with other letters.
pub const NAME: Code = Code {
    code: "S0131",
    severity: Severity::Error,
    title: "a character that names cannot have",
    explain: "Names are made of the letters a-z and A-Z, digits and `_`, and do not begin with a digit.",
    wrong: "let α = 1e-3\n1e-3",
    right: "let alpha = 1e-3\nalpha",
};

/// More than one expression.
pub const AFTER_BODY: Code = Code {
    code: "S0132",
    severity: Severity::Error,
    title: "text after a program's expression",
    explain: "A program is bindings and then one expression. In a config every value stands in an entry or a \
              binding.",
    wrong: "1e-3\nlet peak = 3e-4",
    right: "let peak = 3e-4\n1e-3",
};

/// Signs where they mean nothing.
pub const OUT_OF_PLACE: Code = Code {
    code: "S0133",
    severity: Severity::Error,
    title: "a sign or keyword out of place",
    explain: "`:` follows the name of an argument or entry, `=` the name that `let` binds, `.` stands inside numbers \
              and dotted names, and `let`, `use` and `edition` begin a line.",
    wrong: "cosine(1e-3 -> : 0)",
    right: "cosine(1e-3 -> 0)",
};

/// Every code of the band.
pub const CODES: &[&Code] = &[
    &UNEXPECTED,
    &UNCLOSED,
    &MISMATCHED,
    &NOT_OPEN,
    &EMPTY,
    &ARROW,
    &UNTERMINATED,
    &ESCAPE,
    &DECIMAL_COMMA,
    &SPLIT,
    &MISSING,
    &DURATION,
    &KEYWORD,
    &SEPARATOR,
    &EQUALS,
    &MISSING_COMMA,
    &SIDE_BY_SIDE,
    &NUMBER,
    &AT,
    &OPERATOR,
    &LAMBDA,
    &CONDITION,
    &COMMA,
    &NOT_FINITE,
    &LOOSE_UNIT,
    &CARET,
    &OUT_OF_RANGE,
    &EDITION,
    &ITEM,
    &REMARK,
    &NAME,
    &AFTER_BODY,
    &OUT_OF_PLACE,
];
