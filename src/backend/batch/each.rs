//! One operation on columns of f64, a loop for each: what the interpreter does for one step.

use crate::ir::ops::{along, binary, unary};
use crate::ir::{Binary, Curve, Function, Unary, Value};
use crate::math::Native;
use crate::simd::{Isa, Pass, dispatch};

/// What an operation makes of its arguments, and of what its place holds.
trait Each<const N: usize> {
    fn value(held: f64, args: [f64; N]) -> f64;
}

struct Columns<'a, E, const N: usize> {
    _each: E,
    args: [&'a [f64]; N],
    out: &'a mut [f64],
}

impl<E: Each<N>, const N: usize> Pass for Columns<'_, E, N> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let (n, out) = (self.out.len(), self.out);
        let args = self.args.map(|column| &column[..n]);
        for i in 0..n {
            out[i] = E::value(out[i], std::array::from_fn(|k| args[k][i]));
        }
    }
}

/// A loop over `$out` and as many columns of arguments.
macro_rules! columns {
    ($isa:ident, $out:ident, [$($x:ident),*] => $value:expr) => { columns!($isa, $out, _held, [$($x),*] => $value) };
    ($isa:ident, $out:ident, $held:ident, [$($x:ident),*] => $value:expr) => {{
        struct Here;
        const ARGS: &[&str] = &[$(stringify!($x)),*];
        impl Each<{ ARGS.len() }> for Here {
            #[inline(always)]
            fn value($held: f64, [$($x),*]: [f64; ARGS.len()]) -> f64 {
                $value
            }
        }
        dispatch($isa, Columns { _each: Here, args: [$($x),*], out: $out })
    }};
}

/// op a
pub(super) fn one(isa: Isa, op: Unary, a: &[f64], out: &mut [f64]) {
    macro_rules! each_of {
        ($($op:ident)*) => {
            match op { $(Unary::$op => columns!(isa, out, [a] => unary(&mut Native, Unary::$op, a)),)* }
        };
    }
    each_of!(Neg Abs Floor Ceil Round Sqrt Exp Exp2 Ln Log2 Log10 Sin Cos Tanh Sigmoid);
}

/// a op b
pub(super) fn two(isa: Isa, op: Binary, a: &[f64], b: &[f64], out: &mut [f64]) {
    macro_rules! each_of {
        ($($op:ident)*) => {
            match op { $(Binary::$op => columns!(isa, out, [a, b] => binary(&mut Native, Binary::$op, a, b)),)* }
        };
    }
    each_of!(Add Sub Mul Div Min Max Pow);
}

/// The ramp from a by c, at the u that `out` holds.
pub(super) fn ramp(isa: Isa, curve: Curve, a: &[f64], c: &[f64], out: &mut [f64]) {
    macro_rules! each_of {
        ($($curve:ident)*) => {
            match curve {
                $(Curve::$curve => columns!(isa, out, u, [a, c] => along(&mut Native, Curve::$curve, a, c, u)),)*
            }
        };
    }
    each_of!(Linear Cosine Exp);
}

/// The easing curve at u, by its handles.
pub(super) fn bezier(isa: Isa, [u, x1, y1, x2, y2]: [&[f64]; 5], out: &mut [f64]) {
    columns!(isa, out, [u, x1, y1, x2, y2] => {
        Function::Bezier.write(&mut Native, &[u, x1, y1, x2, y2].map(Value::Float))
    });
}
