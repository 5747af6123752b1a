//! Invalid programs: what is said about them, where, and that the fixes mend them.

use crate::diag::{Applicability, Code, Diagnostic, Fix, limits, syntax};
use crate::syntax::parse;

fn errors(source: &str) -> Vec<Diagnostic> {
    parse(source).expect_err(source)
}

/// Code and text under the primary span of each finding.
fn found(source: &str) -> Vec<(&'static str, &str)> {
    errors(source).iter().map(|d| (d.code.code, source.get(d.span.range()).unwrap_or_default())).collect()
}

/// The source with the fixes of all findings applied.
fn mended(source: &str) -> String {
    let mut fixes: Vec<_> = errors(source).into_iter().filter_map(|d| d.fix).collect();
    fixes.sort_by_key(|fix| fix.span().start);
    Fix::apply(source, &fixes)
}

/// The codes that parsing gives; an expansion shows only when names are resolved.
fn parsed() -> impl Iterator<Item = &'static Code> {
    limits::CODES.iter().chain(syntax::CODES).copied().filter(|code| *code != &limits::EXPANSION)
}

#[test]
fn each_code_has_its_program() {
    for code in parsed() {
        if !code.wrong.is_empty() {
            let codes: Vec<_> = errors(code.wrong).iter().map(|d| d.code.code).collect();
            assert_eq!(codes, [code.code], "{}", code.wrong);
        }
        if let Err(errors) = parse(code.right) {
            panic!("{}: {}\n{errors:#?}", code.code, code.right);
        }
    }
}

#[test]
fn codes_are_unique_and_in_order() {
    for band in [limits::CODES, syntax::CODES] {
        assert!(band.is_sorted_by(|a, b| a.code < b.code));
    }
}

/// A program, what is found in it, and what the fixes make of it (empty where not every finding has one).
type Malformed = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const MALFORMED: &[Malformed] = &[
    ("cosine(1e-3 => 0)", &[("S0105", "=>")], "cosine(1e-3 -> 0)"),
    ("cosine(1e-3 → 0)", &[("S0105", "→")], "cosine(1e-3 -> 0)"),
    ("cosine(0,001 -> 0)", &[("S0108", "0,001")], "cosine(0.001 -> 0)"),
    ("cosine(1e -3 -> 0)", &[("S0109", "1e -3")], "cosine(1e-3 -> 0)"),
    ("cosine(1e−3 -> 0)", &[("S0109", "−")], "cosine(1e-3 -> 0)"),
    ("cosine(1e-3 -> 0", &[("S0101", "cosine(")], "cosine(1e-3 -> 0)"),
    ("warmup(5%] >> 1e-3", &[("S0102", "]")], "warmup(5%) >> 1e-3"),
    ("cosine(1e-3 -> 0)) | clamp()", &[("S0103", ")")], "cosine(1e-3 -> 0) | clamp()"),
    ("cosine(1e-3 -> 0 80%)", &[("S0116", "80%")], "cosine(1e-3 -> 0, 80%)"),
    ("cosine(1e-3 -> 0, for=80%)", &[("S0115", "=")], "cosine(1e-3 -> 0, for: 80%)"),
    ("warmup(5%) >> >> 1e-3", &[("S0110", ">>")], "warmup(5%) >> 1e-3"),
    ("cosine(1e-3 -> )", &[("S0110", "->")], ""),
    ("warmup(5%), cosine(1e-3 -> 0)", &[("S0123", ",")], "warmup(5%) >> cosine(1e-3 -> 0)"),
    ("cosine(1e-3 -> 0) @ 80%", &[("S0119", "@")], "cosine(1e-3 -> 0) for 80%"),
    ("clip { norm 1.0 }", &[("S0129", "norm")], "clip { norm: 1.0 }"),
    ("a { b: 0,1\n c: 0,5, d: 1 }", &[("S0108", "0,1"), ("S0108", "0,5")], "a { b: 0.1\n c: 0.5, d: 1 }"),
    ("lambda e: 0.95**e", &[("S0121", "lambda")], "0.95**epoch"),
    ("step % 10 steps", &[("S0120", "%")], ""),
    ("1e-3 * (step % 10)", &[("S0120", "%")], "1e-3 * ((step - 10 * floor(step / 10)))"),
    ("let η = 1e-3\nη", &[("S0131", "η"), ("S0131", "η")], "let eta = 1e-3\neta"),
    ("f(1, [2)]", &[("S0102", ")]")], "f(1, [2])"),
    ("f(1 -> }0)", &[("S0103", "}")], "f(1 -> 0)"),
    ("cosin-(1 -> 0, for: 5%)", &[("S0133", "for:")], "cosin(1 -> 0, for: 5%)"),
    ("run { device: cuda:1 }", &[("S0133", "cuda:1")], "run { device: \"cuda:1\" }"),
    ("f(1, grow: :2)", &[("S0133", ":")], "f(1, grow: 2)"),
    ("f(fact=r: 1)", &[("S0133", "=")], "f(factr: 1)"),
    ("lt f(x) = x\nf(1)", &[("S0129", "lt")], "let f(x) = x\nf(1)"),
    ("f(1 -/> 0)", &[("S0105", "-/>")], "f(1 -> 0)"),
    ("lambda step: 0.95 ** step", &[("S0121", "lambda")], "0.95 ** step"),
    ("0.1 if epoch < 30 else 0.01", &[("S0122", "if")], "0.1 until 30 epochs >> 0.01"),
    // Brackets
    ("f([1, 2)", &[("S0101", "[")], "f([1, 2])"),
    ("a {\n  b: f(1\n}", &[("S0101", "f(")], "a {\n  b: f(1)\n}"),
    ("lr: f(1 -> 0   # down\nb: 2", &[("S0101", "f(")], "lr: f(1 -> 0)   # down\nb: 2"),
    ("(((1)", &[("S0101", "("), ("S0101", "(")], "(((1)))"),
    ("a {", &[("S0101", "{")], "a {}"),
    // Numbers
    ("1,5 >> 2", &[("S0108", "1,5")], "1.5 >> 2"),
    ("f(10,000 steps)", &[("S0108", "10,000")], "f(10_000 steps)"),
    ("f(007)", &[("S0118", "007")], "f(7)"),
    ("00.5", &[("S0118", "00.5")], "0.5"),
    ("1.2.3", &[("S0118", "1.2.3")], ""),
    ("1e- 3", &[("S0109", "1e- 3")], "1e-3"),
    ("1 e-3", &[("S0109", "1 e-3")], "1e-3"),
    ("1e", &[("S0109", "1e")], ""),
    ("10K steps", &[("S0118", "K")], "10k steps"),
    ("1e999 + 1e-999", &[("S0127", "1e999"), ("S0127", "1e-999")], ""),
    ("1e303M", &[("S0127", "1e303M")], ""),
    ("a for 5 %", &[("S0125", "5 %")], "a for 5%"),
    ("2 x -> 0", &[("S0125", "2 x")], "2x -> 0"),
    ("nan", &[("S0124", "nan")], ""),
    ("clamp(max: Infinity)", &[("S0124", "Infinity")], ""),
    ("f(∞)", &[("S0124", "∞")], ""),
    // Operators
    ("1 – 2", &[("S0109", "–")], "1 - 2"),
    ("1e-3 to 0", &[("S0105", "to")], "1e-3 -> 0"),
    ("peak to 0", &[("S0105", "to")], "peak -> 0"),
    ("1e-3 .. 0", &[("S0105", "..")], "1e-3 -> 0"),
    ("warmup(5%) then 1", &[("S0120", "then")], "warmup(5%) >> 1"),
    ("a |> cycle(3)", &[("S0120", "|>")], "a | cycle(3)"),
    ("a × b", &[("S0109", "×")], "a * b"),
    ("a ^ 2", &[("S0126", "^")], "a ** 2"),
    ("a % 3", &[("S0120", "%")], ""),
    ("step % 10 steps", &[("S0120", "%")], ""),
    ("f(1e-3 > 0)", &[("S0120", ">")], "f(1e-3 -> 0)"),
    ("f(1e-3 >- 0)", &[("S0120", ">-")], "f(1e-3 -> 0)"),
    ("f(a) > > 1", &[("S0120", "> >")], "f(a) >> 1"),
    ("a >=  b", &[("S0120", ">=")], ""),
    ("+3", &[("S0110", "+")], "3"),
    (">> a", &[("S0110", ">>")], ""),
    ("a >>", &[("S0110", ">>")], "a "),
    ("a | ", &[("S0110", "|")], "a  "),
    ("a * * b", &[("S0110", "*")], "a * b"),
    ("a for", &[("S0110", "for")], ""),
    ("f(,)", &[("S0110", ",")], "f()"),
    ("f(a,, b)", &[("S0110", ",")], "f(a, b)"),
    ("()", &[("S0110", "()")], ""),
    ("a for -5%", &[("S0111", "-")], ""),
    ("a for b * 2 >> c", &[("S0111", "*")], "a for (b * 2) >> c"),
    ("1 for 5% -> 3", &[("S0111", "->")], ""),
    ("(a, b)", &[("S0123", ",")], "(a >> b)"),
    ("a b c", &[("S0117", "b")], ""),
    ("a f(1) >> c", &[("S0117", "f")], "a >> f(1) >> c"),
    ("f(a) f(b)", &[("S0117", "f")], "f(a) >> f(b)"),
    ("2(3)", &[("S0117", "(")], "2 * (3)"),
    ("[a b]", &[("S0116", "b")], "[a, b]"),
    // Text
    ("table(“a.csv”)", &[("S0109", "“a.csv”")], "table(\"a.csv\")"),
    ("table('a.csv')", &[("S0109", "'a.csv'")], "table(\"a.csv\")"),
    ("table(\"a.csv)\n", &[("S0106", "\"a.csv)")], "table(\"a.csv\")\n"),
    ("a\u{A0}+ b", &[("S0109", "\u{A0}")], "a + b"),
    ("a // b", &[("S0130", "//")], "a # b"),
    ("α + 1", &[("S0131", "α")], ""),
    ("a ~ b", &[("S0100", "~")], ""),
    // Items
    ("let x 3", &[("S0129", "")], ""),
    ("let x: 3", &[("S0129", ":")], "let x = 3"),
    ("let = 3", &[("S0129", "=")], ""),
    ("let let = 3", &[("S0112", "let")], "let let_ = 3"),
    ("let f(x y) = x", &[("S0116", "y")], "let f(x, y) = x"),
    ("let f(x = 1) = x", &[("S0129", "=")], ""),
    ("use lib", &[("S0129", "use")], "use \"lib\""),
    ("def f(x) = x", &[("S0129", "def")], "let f(x) = x"),
    ("run { epochs = 3 }", &[("S0115", "=")], "run { epochs: 3 }"),
    ("run { epochs 3 }", &[("S0129", "epochs")], ""),
    ("a: 1 b: 2", &[("S0114", "b")], "a: 1\n b: 2"),
    ("1 * until", &[("S0112", "until")], "1 * until_"),
    ("a\n* b\nc", &[("S0132", "c")], "a\n* b\n  >> c"),
    ("edition\n1", &[("S0128", "edition")], "edition 1\n1"),
    ("edition 7\n1", &[("S0128", "7")], "edition 1\n1"),
    ("", &[("S0104", "")], ""),
    ("edition 1\n", &[("S0104", "edition 1\n")], ""),
    // Several at once, and no more than that
    (
        "cosine(0,001 => 0) >> 1e -3 @ 5 % >> 2 ^ 3",
        &[("S0108", "0,001"), ("S0105", "=>"), ("S0109", "1e -3"), ("S0119", "@"), ("S0125", "5 %"), ("S0126", "^")],
        "cosine(0.001 -> 0) >> 1e-3 for 5% >> 2 ** 3",
    ),
    (
        "run { epochs = 3, batch: 4 5 }\ndata “x”\nmodel mlp(a=1, b=2 3)",
        &[("S0115", "="), ("S0117", "5"), ("S0109", "“x”"), ("S0115", "="), ("S0115", "="), ("S0116", "3")],
        "run { epochs: 3, batch: 4 >> 5 }\ndata \"x\"\nmodel mlp(a: 1, b: 2, 3)",
    ),
    // One finding for one place: the arrow hides that nothing follows it.
    ("lr: 1e-3 =>\nb: 2 if 3\nc: f(1 2)", &[("S0105", "=>"), ("S0122", "if"), ("S0116", "2")], ""),
];

#[test]
fn mistakes_are_named_in_their_place() {
    let mut failed = 0;
    for (source, expected, _) in MALFORMED {
        let got = found(source);
        if got != *expected {
            failed += 1;
            println!("{source:?}\n  expected {expected:?}\n  got      {got:?}");
            errors(source).iter().for_each(|e| println!("    {}", e.message));
        }
    }
    assert_eq!(failed, 0);
}

#[test]
fn fixes_mend() {
    for (source, _, expected) in MALFORMED.iter().filter(|(_, _, mended)| !mended.is_empty()) {
        let text = mended(source);
        assert_eq!(text, *expected, "{source}");
        if let Err(errors) = parse(&text) {
            panic!("{source}\n{text}\n{errors:#?}");
        }
    }
    for code in parsed().filter(|code| !code.wrong.is_empty()) {
        let sure = errors(code.wrong)
            .into_iter()
            .filter_map(|d| d.fix)
            .any(|fix| fix.applicability == Applicability::MachineApplicable);
        if sure {
            assert!(parse(&mended(code.wrong)).is_ok(), "{}", code.wrong);
        }
    }
}

#[test]
fn lists_are_cut() {
    assert_eq!(errors(&")".repeat(1000)).len(), 1);
    assert_eq!(errors(&")\n".repeat(1000)).len(), 20);
    assert_eq!(errors(&"1 @ 5% >> ".repeat(1000)).len(), 20);
    assert_eq!(errors(&format!("f({})", "a b, ".repeat(1000))).len(), 20);
}
