//! Valid programs and their trees.

use super::tree;
use crate::syntax::ast::{ExprKind, Item};
use crate::syntax::parse;

/// One program of each kind of schedule in use, and how it nests.
pub(super) const PROGRAMS: &[(&str, &str)] = &[
    ("1e-3", "1e-3"),
    ("cosine(1e-3 -> 0)", "(cosine (-> 1e-3 0))"),
    ("warmup(5%) >> cosine(1e-3 -> 1e-5)", "(>> (warmup 5%) (cosine (-> 1e-3 1e-5)))"),
    ("warmup(2k steps) >> linear(3e-4 -> 0)", "(>> (warmup 2k_steps) (linear (-> 3e-4 0)))"),
    ("warmup(10 steps) >> 3e-4", "(>> (warmup 10_steps) 3e-4)"),
    ("warmup(1%) >> 3e-4 >> linear(-> 0, for: 20%)", "(>> (warmup 1%) 3e-4 (linear (-> previous 0) for: 20%))"),
    (
        "warmup(1%) >> 3e-4 for 79% >> (1 - sqrt(t)) * 3e-4",
        "(>> (warmup 1%) (for 3e-4 79%) (* (paren (- 1 (sqrt t))) 3e-4))",
    ),
    ("warmup(10%) >> (cosine(1x -> 0) | cycle(3))", "(>> (warmup 10%) (paren (| (cosine (-> 1x 0)) (cycle 3))))"),
    ("cosine(0.1 -> 0) | cycle(10 epochs, grow: 2)", "(| (cosine (-> 0.1 0)) (cycle 10_epochs grow: 2))"),
    ("1x * 0.1 ** floor(epoch / 30)", "(* 1x (** 0.1 (floor (/ epoch 30))))"),
    ("0.1 until 30 epochs >> 0.01 until 60 epochs >> 1e-3", "(>> (until 0.1 30_epochs) (until 0.01 60_epochs) 1e-3)"),
    ("1x / 3 for 5 epochs >> 1x", "(>> (for (/ 1x 3) 5_epochs) 1x)"),
    ("(0.1x -> 1x) for 5 epochs >> 1x", "(>> (for (paren (-> 0.1x 1x)) 5_epochs) 1x)"),
    ("1x * 0.95 ** epoch", "(* 1x (** 0.95 epoch))"),
    ("poly(1x -> 0, power: 2)", "(poly (-> 1x 0) power: 2)"),
    (
        "warmup(1k steps) >> 1x * sqrt(1000 / (1000 + step))",
        "(>> (warmup 1k_steps) (* 1x (sqrt (/ 1000 (paren (+ 1000 step))))))",
    ),
    (
        "512**-0.5 * min((step+1)**-0.5, (step+1) * 4000**-1.5)",
        "(* (** 512 (neg 0.5)) (min (** (paren (+ step 1)) (neg 0.5)) (* (paren (+ step 1)) (** 4000 (neg 1.5)))))",
    ),
    (
        "(1e-4 -> 1e-2 >> 1e-2 -> 1e-4) | cycle(4k steps)",
        "(| (paren (>> (-> 1e-4 1e-2) (-> 1e-2 1e-4))) (cycle 4k_steps))",
    ),
    (
        "cosine(4e-3 -> 0.1, for: 30%) >> cosine(0.1 -> 4e-7)",
        "(>> (cosine (-> 4e-3 0.1) for: 30%) (cosine (-> 0.1 4e-7)))",
    ),
    (
        "1e-3 | plateau(val_loss, factor: 0.1, patience: 10, min: 1e-6)",
        "(| 1e-3 (plateau val_loss factor: 0.1 patience: 10 min: 1e-6))",
    ),
    (
        "cosine(1x -> 0) * (1 - 0.1 * t) | staircase(1 epoch) | clamp(min: 1e-6)",
        "(| (* (cosine (-> 1x 0)) (paren (- 1 (* 0.1 t)))) (staircase 1_epoch) (clamp min: 1e-6))",
    ),
    ("table([0, 1, 0.6, 0.6, 0]) * 1e-3", "(* (table (list 0 1 0.6 0.6 0)) 1e-3)"),
    ("exp(1e-7 -> 10, for: 200 steps)", "(exp (-> 1e-7 10) for: 200_steps)"),
    (
        "let tri(lo, hi, p) = (lo -> hi >> hi -> lo) | cycle(p)\ntri(1e-4, 1e-2, 2 epochs) * 0.5 ** (run.epoch / 10)",
        "(let (tri lo hi p) (| (paren (>> (-> lo hi) (-> hi lo))) (cycle p)))\n\
         (* (tri 1e-4 1e-2 2_epochs) (** 0.5 (paren (/ run.epoch 10))))",
    ),
    (CONFIG, CONFIG_TREE),
];

const CONFIG: &str = r#"edition 1
let peak = 3e-4

run   { epochs: 20, batch: 64, seed: 42 }
data  "digits"
model mlp(hidden: [128], activation: relu)

optimizer adamw {
  lr:           warmup(5%) >> cosine(peak -> peak / 10)
  beta1:        0.85 -> 0.95 for 30% >> 0.95
  weight_decay: 0.1
}
group "bias|norm" { weight_decay: 0 }     # regex over parameter names
group "head"      { lr: 10 * inherited }

clip  { norm: 1.0 }
ema   { decay: 0.999 }
stop  early(val_loss, patience: 5)
save  { every: 1 epoch, best: val_accuracy }
sweep random(32) { peak: log(1e-5 -> 1e-1), seed: [1, 2, 3] }
"#;

const CONFIG_TREE: &str = r#"(edition 1)
(let peak 3e-4)
(block run (epochs: 20) (batch: 64) (seed: 42))
(block data "digits")
(block model (mlp hidden: (list 128) activation: relu))
(block optimizer adamw (lr: (>> (warmup 5%) (cosine (-> peak (/ peak 10))))) (beta1: (>> (for (-> 0.85 0.95) 30%) 0.95)) (weight_decay: 0.1))
(block group "bias|norm" (weight_decay: 0))
(block group "head" (lr: (* 10 inherited)))
(block clip (norm: 1.0))
(block ema (decay: 0.999))
(block stop (early val_loss patience: 5))
(block save (every: 1_epoch) (best: val_accuracy))
(block sweep (random 32) (peak: (log (-> 1e-5 1e-1))) (seed: (list 1 2 3)))"#;

#[test]
fn schedules_in_use_parse() {
    for (source, expected) in PROGRAMS {
        assert_eq!(tree(source), *expected, "{source}");
    }
}

#[test]
fn precedence_is_pythons() {
    for (source, expected) in [
        ("-2 ** 2", "(neg (** 2 2))"),
        ("2 ** -3 ** 2", "(** 2 (neg (** 3 2)))"),
        ("2 ** -3 * 4", "(* (** 2 (neg 3)) 4)"),
        ("2 ** 3 ** 4", "(** 2 (** 3 4))"),
        ("-a * b", "(* (neg a) b)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a / b * c", "(* (/ a b) c)"),
        ("a + b * c - d", "(- (+ a (* b c)) d)"),
        ("a -- b", "(- a (neg b))"),
        ("- -a", "(neg (neg a))"),
        ("a->-b", "(-> a (neg b))"),
        ("a + 1 -> b * 2 -> c", "(-> (+ a 1) (* b 2) c)"),
        ("-> a -> b", "(-> previous a b)"),
        ("a >> -> b for 5%", "(>> a (for (-> previous b) 5%))"),
        ("a -> b for 5% until 1 epoch", "(until (for (-> a b) 5%) 1_epoch)"),
        ("a for f(x) >> b until (1 epoch - 5 steps)", "(>> (for a (f x)) (until b (paren (- 1_epoch 5_steps))))"),
        ("a >> b | m >> n | o", "(| (>> a b) (>> m n) o)"),
        ("a for d >> b", "(>> (for a d) b)"),
    ] {
        assert_eq!(tree(source), expected, "{source}");
    }
}

#[test]
fn words_that_begin_like_keywords_are_names() {
    for (source, expected) in [
        ("lettuce", "lettuce"),
        ("forty >> until_then", "(>> forty until_then)"),
        ("let user = 1\nuser", "(let user 1)\nuser"),
        ("let letter = 1\nletter", "(let letter 1)\nletter"),
        ("editions + infra + nano + iff", "(+ (+ (+ editions infra) nano) iff)"),
        ("5 forty", "5_forty"),
        ("1e-3 for 5%", "(for 1e-3 5%)"),
        ("1for 5%", "(for 1 5%)"),
        ("(a)for(b)", "(for (paren a) (paren b))"),
        ("f(for: 80%, until: 3, let: 1, if: 2)", "(f for: 80% until: 3 let: 1 if: 2)"),
    ] {
        assert_eq!(tree(source), expected, "{source}");
    }
}

#[test]
fn numbers_keep_their_digits() {
    for (source, text, value) in [
        ("0", "0", 0.0),
        (".5", ".5", 0.5),
        ("5.", "5.", 5.0),
        ("5.e2", "5.e2", 500.0),
        ("10_000", "10000", 1e4),
        ("10k", "10k", 1e4),
        ("0.3k", "0.3k", 300.0),
        ("1.5e3M", "1.5e3M", 1.5e9),
        ("2B", "2B", 2e9),
        ("1E+05", "1E+05", 1e5),
        (
            "0.1000000000000000055511151231257827021181583404541015625",
            "0.1000000000000000055511151231257827021181583404541015625",
            0.1,
        ),
        ("0e999", "0e999", 0.0),
        ("1e-320", "1e-320", 1e-320),
        ("1e-99999999999999999999k", "", f64::NAN),
    ] {
        let Ok(ast) = parse(source) else {
            assert!(value.is_nan(), "{source}");
            continue;
        };
        let Some(ExprKind::Number(number)) = ast.body.map(|body| body.kind) else { panic!("{source}") };
        assert_eq!((&*number.text, number.value), (text, value));
    }
}

#[test]
fn units_stand_on_their_numbers_line() {
    for (source, expected) in [
        ("5%", "5%"),
        ("0.1x", "0.1x"),
        ("30epochs", "30_epochs"),
        ("10k   steps", "10k_steps"),
        ("2B tokens", "2B_tokens"),
        ("100 stpes", "100_stpes"),
        ("3 run.step", "3_run.step"),
        ("2x3", "2_x3"),
        ("10K steps * 2", ""),
        ("f(5 stpes, 3)", "(f 5_stpes 3)"),
        ("let a = 5\nsteps", "(let a 5)\nsteps"),
        ("a {\n  b: 5\n  epochs: 3\n}", "(block a (b: 5) (epochs: 3))"),
    ] {
        if expected.is_empty() {
            assert!(parse(source).is_err(), "{source}");
        } else {
            assert_eq!(tree(source), expected, "{source}");
        }
    }
}

#[test]
fn line_ends_separate_items_only_where_they_can() {
    for (source, expected) in [
        ("let a = 1\n(a) * 2", "(let a 1)\n(* (paren a) 2)"),
        ("let a = b\n(a) * 2", "(let a b)\n(* (paren a) 2)"),
        ("a\n  >> b\n  # remark\n  >> c | m\n", "(| (>> a b c) m)"),
        ("f (x)", "(f x)"),
        ("f(\n  x, # remark\n  y: 2,\n)", "(f x y: 2)"),
        ("\u{FEFF}# remark\r\nlet a = 1\r\n\r\na\r\n", "(let a 1)\na"),
        ("b { c: 1, d: 2\n e: 3,\n}", "(block b (c: 1) (d: 2) (e: 3))"),
        ("b {}\nc \"d\"\n{ e: 1 }", "(block b)\n(block c \"d\" (e: 1))"),
        ("use \"a \\\"b\\\\.etude\"\nlet f() = 1", "(use \"a \\\"b\\\\.etude\")\n(let (f) 1)"),
        ("a: b\nlet c = 1\nd { let e = c }", "(a: b)\n(let c 1)\n(block d (let e c))"),
        ("optimizer.lr: 3", "(optimizer.lr: 3)"),
        ("f()", "(f)"),
        ("[]", "(list)"),
        ("\"é#(\"", "\"é#(\""),
    ] {
        assert_eq!(tree(source), expected, "{source}");
    }
}

#[test]
fn spans_cover_what_was_written() {
    let source = "let a = (1 + 2) # x\nwarmup( 5 steps ) >> a ** -b for 3% | m\n";
    let ast = parse(source).expect("valid");
    let text = |span: crate::diag::Span| &source[span.range()];
    let Item::Let { name, value, span, .. } = &ast.items[0] else { panic!() };
    assert_eq!((text(name.span), text(value.span), text(*span)), ("a", "(1 + 2)", "let a = (1 + 2)"));
    let body = ast.body.expect("has a body");
    assert_eq!(text(body.span), "warmup( 5 steps ) >> a ** -b for 3% | m");
    let ExprKind::Pipe(seq, modifiers) = body.kind else { panic!() };
    assert_eq!((text(seq.span), text(modifiers[0].span)), ("warmup( 5 steps ) >> a ** -b for 3%", "m"));
    let ExprKind::Seq(phases) = seq.kind else { panic!() };
    assert_eq!((text(phases[0].span), text(phases[1].span)), ("warmup( 5 steps )", "a ** -b for 3%"));
    let ExprKind::Call { args, .. } = &phases[0].kind else { panic!() };
    let ExprKind::Quantity(_, unit) = &args[0].value.kind else { panic!() };
    assert_eq!((text(args[0].value.span), text(unit.span)), ("5 steps", "steps"));
}
