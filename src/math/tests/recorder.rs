//! Which operations and constants the functions use, by running them through operations that write both down.

use std::collections::{BTreeMap, BTreeSet};

use crate::math::{self, Native, Ops};

#[derive(Default)]
struct Recorder {
    constants: BTreeSet<u64>,
    operations: BTreeMap<&'static str, usize>,
}

macro_rules! forward {
    ($($name:ident($($x:ident: $t:ty),+) -> $r:ty;)+) => {$(
        fn $name(&mut self, $($x: $t),+) -> $r {
            *self.operations.entry(stringify!($name)).or_default() += 1;
            Native.$name($($x),+)
        }
    )+};
}

impl Ops for Recorder {
    type F = f64;
    type I = i64;
    type B = bool;

    fn f(&mut self, c: f64) -> f64 {
        self.constants.insert(c.to_bits());
        c
    }
    fn i(&mut self, c: i64) -> i64 {
        c
    }
    forward! {
        add(a: f64, b: f64) -> f64;
        sub(a: f64, b: f64) -> f64;
        mul(a: f64, b: f64) -> f64;
        div(a: f64, b: f64) -> f64;
        fma(a: f64, b: f64, c: f64) -> f64;
        sqrt(a: f64) -> f64;
        neg(a: f64) -> f64;
        abs(a: f64) -> f64;
        floor(a: f64) -> f64;
        nearest(a: f64) -> f64;
        lt(a: f64, b: f64) -> bool;
        eq(a: f64, b: f64) -> bool;
        ult(a: i64, b: i64) -> bool;
        select(c: bool, a: f64, b: f64) -> f64;
        iselect(c: bool, a: i64, b: i64) -> i64;
        bits(a: f64) -> i64;
        from_bits(a: i64) -> f64;
        to_int(a: f64) -> i64;
        to_float(a: i64) -> f64;
        imul(a: i64, b: i64) -> i64;
        iadd(a: i64, b: i64) -> i64;
        isub(a: i64, b: i64) -> i64;
        iand(a: i64, b: i64) -> i64;
        ior(a: i64, b: i64) -> i64;
        shl(a: i64, n: u32) -> i64;
        sar(a: i64, n: u32) -> i64;
        lookup(table: &'static [i64], index: i64) -> i64;
    }
}

type Unary = (&'static str, fn(&mut Recorder, f64) -> f64);

const UNARY: [Unary; 14] = [
    ("hav", math::hav),
    ("cospi", math::cospi),
    ("sinpi", math::sinpi),
    ("cos", math::cos),
    ("sin", math::sin),
    ("exp2", math::exp2),
    ("exp", math::exp),
    ("ln", math::ln),
    ("log2", math::log2),
    ("log10", math::log10),
    ("tanh", math::tanh),
    ("sigmoid", math::sigmoid),
    ("ceil", math::ceil),
    ("canonical", math::canonical),
];

#[test]
fn the_sequence_of_operations_does_not_depend_on_the_argument() {
    for (name, function) in UNARY {
        let count = |x| {
            let mut recorder = Recorder::default();
            function(&mut recorder, x);
            (recorder.operations, recorder.constants)
        };
        // An index outside the table would panic.
        for x in [0.0, -0.0, 1e-320, -3.5, 1e22, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert_eq!(count(x), count(0.3), "{name}({x})");
        }
    }
}

/// The hot functions stay as short as they are: sums, products and fused multiply-adds.
#[test]
fn operation_counts() {
    let count = |name: &str| {
        let mut recorder = Recorder::default();
        match UNARY.into_iter().find(|(n, _)| *n == name) {
            Some((_, function)) => function(&mut recorder, 0.3),
            None => math::pow(&mut recorder, 0.3, 0.7),
        };
        let of = |operation| recorder.operations.get(operation).copied().unwrap_or(0);
        [of("add") + of("sub"), of("mul"), of("fma"), of("div")]
    };
    assert_eq!(count("hav"), [0, 4, 8, 0]);
    assert_eq!(count("exp2"), [4, 5, 15, 0]);
    assert_eq!(count("exp"), [5, 5, 17, 0]);
    assert_eq!(count("pow"), [27, 19, 40, 1]);
}
