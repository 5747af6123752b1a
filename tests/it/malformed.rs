//! Malformed programs that people write: the code, the words it is said of, a part of the reason, and what the fix makes of it.

use etude::diag::Diagnostic;

use crate::codes;

/// A program; its finding's code, the text at its place and a part of the message; the program that its fix leaves, empty where
/// only the author can know.
type Malformed = (&'static str, &'static str, &'static str, &'static str, &'static str);

const MALFORMED: &[Malformed] = &[
    ("cosine(1e-3 => 0)", "S0105", "=>", "is not an operator: a ramp is written `->`", "cosine(1e-3 -> 0)"),
    ("cosine(1e-3 → 0)", "S0105", "→", "is not an operator: a ramp is written `->`", "cosine(1e-3 -> 0)"),
    ("cosine(0,001 -> 0)", "S0108", "0,001", "`,` separates arguments", "cosine(0.001 -> 0)"),
    ("cosine(1e -3 -> 0)", "S0109", "1e -3", "the exponent is split by a space", "cosine(1e-3 -> 0)"),
    ("cosine(1e−3 -> 0)", "S0109", "−", "U+2212 is a typographic minus, not `-`", "cosine(1e-3 -> 0)"),
    ("cosine(1e-3 -> 0", "S0101", "cosine(", "`cosine(` is never closed", "cosine(1e-3 -> 0)"),
    ("warmup(5%] >> 1e-3", "S0102", "]", "`(` is closed by `]`", "warmup(5%) >> 1e-3"),
    ("cosine(1e-3 -> 0)) | clamp(min: 0)", "S0103", ")", "nothing is open here", "cosine(1e-3 -> 0) | clamp(min: 0)"),
    ("cosine(1e-3 -> 0 80%)", "S0116", "80%", "missing `,` between arguments of `cosine`", "cosine(1e-3 -> 0, 80%)"),
    ("cosine(1e-3 -> 0, for=80%)", "S0115", "=", "named arguments use `:`, not `=`", "cosine(1e-3 -> 0, for: 80%)"),
    ("warmup(5%) >> >> 1e-3", "S0110", ">>", "expected a phase after `>>`", "warmup(5%) >> 1e-3"),
    ("cosine(1e-3 -> )", "S0110", "->", "expected an end value after `->`", "cosine(1e-3 -> 0 )"),
    ("warmup(5%), cosine(1 -> 0)", "S0123", ",", "`,` does not join phases", "warmup(5%) >> cosine(1 -> 0)"),
    ("cosine(1e-3 -> 0) @ 80%", "S0119", "@", "`@` does not set a duration", "cosine(1e-3 -> 0) for 80%"),
    ("lambda step: 0.95 ** step", "S0121", "lambda", "`lambda` is not needed", "0.95 ** step"),
    ("0.1 if step < 30 else 0.01", "S0122", "if", "there is no `if`", "0.1 until 30 steps >> 0.01"),
    ("warmup(100 stpes) >> 1e-3", "S0201", "stpes", "unknown unit `stpes`", "warmup(100 steps) >> 1e-3"),
    ("CosineAnnealingLR(1 -> 0)", "S0202", "CosineAnnealingLR", "`CosineAnnealingLR`", "cosine(1 -> 0)"),
    ("warmup(0.05) >> 1e-3", "S0204", "0.05", "needs a duration, and 0.05 has no unit", "warmup(5%) >> 1e-3"),
    ("1e-3 | cycle(3) >> 1e-4", "S0205", "cycle", "`cycle` is a modifier and cannot be a phase", ""),
    ("cosine(1e3 -> 0)", "W0301", "1e3", "lr peaks at 1000 (step 0), far outside the usual", "cosine(1e-3 -> 0)"),
    (
        "warmup(5%, to: 1e-3) >> cosine(3e-4 -> 0)",
        "W0302",
        "cosine(3e-4 -> 0)",
        "the value drops by 70% at step 50: 0.001 ends here, 0.0003 starts there",
        "warmup(5%) >> cosine(3e-4 -> 0)",
    ),
    ("1e-3 for 80% >> -> 0 for 30%", "S0303", "-> 0 for 30%", "the phases take 1 100 steps (110%)", ""),
    ("warmup(2 epochs) >> 1e-3", "E0404", "2 epochs", "an epoch's length is unknown", ""),
    (
        "1e-3 * sqrt(1 - step / 100)",
        "W0305",
        "1 - step / 100",
        "not a number from step 101 on: the root's argument is negative (range 1 .. -8.99)",
        "1e-3 * sqrt(max(0, 1 - step / 100))",
    ),
];

#[test]
fn mistakes_are_named_and_mended() {
    let mut odd = vec![];
    for (source, code, text, message, mended) in MALFORMED {
        let found = codes::found(source);
        let told =
            |d: &Diagnostic| format!("{} {:?} {:?} {:?}", d.code.code, &source[d.span.range()], d.message, d.fix);
        let all = || found.iter().map(told).collect::<Vec<_>>().join("\n    ");
        let is =
            |d: &&Diagnostic| d.code.code == *code && &source[d.span.range()] == *text && d.message.contains(message);
        let Some(d) = found.iter().find(is) else {
            odd.push(format!("{source}\n    {}", all()));
            continue;
        };
        let after = d.fix.as_ref().map_or(String::new(), |fix| fix.mended(source));
        let still = codes::found(&after).into_iter().any(|left| left.code == d.code || left.severity > d.severity);
        if after != *mended || !mended.is_empty() && still || d.help.is_none() {
            odd.push(format!("{source} becomes {after:?}\n    {}", all()));
        }
    }
    assert!(odd.is_empty(), "\n{}", odd.join("\n"));
}
