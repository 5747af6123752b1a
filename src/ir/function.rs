//! The functions that are more than a few operations: the one list from which interpreter, native code and texts take
//! names, parameters, operations and addresses.

use crate::math::{self, Native, Ops, host};

/// What a parameter or a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An f64.
    Float,
    /// A 64-bit integer.
    Int,
}

/// An f64 or an integer, in whatever form a backend has them.
#[derive(Clone, Copy, Debug)]
pub enum Value<F, I> {
    /// An f64.
    Float(F),
    /// A 64-bit integer.
    Int(I),
}

impl<F, I> Value<F, I> {
    /// The f64 that it is.
    #[inline(always)]
    pub fn float(self) -> F {
        match self {
            Self::Float(x) => x,
            Self::Int(_) => unreachable!("an f64 stands where one is expected"),
        }
    }

    /// The f64, if it is one.
    pub fn as_float(self) -> Option<F> {
        match self {
            Self::Float(x) => Some(x),
            Self::Int(_) => None,
        }
    }

    /// The integer that it is.
    #[inline(always)]
    pub fn int(self) -> I {
        match self {
            Self::Int(x) => x,
            Self::Float(_) => unreachable!("an integer stands where one is expected"),
        }
    }
}

impl<T> Value<T, T> {
    /// Whichever it is, where a backend has one form for both.
    pub fn either(self) -> T {
        let (Self::Float(x) | Self::Int(x)) = self;
        x
    }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident = $name:ident($($x:ident: $kind:ident),+), $host:expr;)*) => {
        /// A function that a backend may call instead of writing its operations out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Function { $($(#[$doc])* $variant,)* }

        impl Function {
            /// Its name in the language, where it has one.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name),)* }
            }

            /// What it takes.
            pub const fn params(self) -> &'static [Kind] {
                match self { $(Self::$variant => &[$(Kind::$kind),+],)* }
            }

            /// Its operations.
            #[inline(always)]
            pub fn write<O: Ops>(self, o: &mut O, args: &[Value<O::F, O::I>]) -> O::F {
                match (self, args) {
                    $((Self::$variant, &[$(Value::$kind($x)),+]) => math::$name(o, $($x),+),)*
                    _ => unreachable!("{} has other parameters", self.name()),
                }
            }

            /// Its value, by this machine's fastest instructions.
            #[inline(always)]
            pub fn run(self, args: &[Value<f64, i64>]) -> f64 {
                match (self, args) {
                    $((Self::$variant, &[$(Value::$kind($x)),+]) => $host($($x),+),)*
                    _ => unreachable!("{} has other parameters", self.name()),
                }
            }

            /// Where its code lies in this process: a function with C's calling convention.
            pub fn address(self) -> *const () {
                match self {
                    $(Self::$variant => {
                        extern "C" fn called($($x: functions!(@$kind)),+) -> f64 {
                            $host($($x),+)
                        }
                        called as *const ()
                    })*
                }
            }
        }
    };
    (@Float) => { f64 };
    (@Int) => { i64 };
}

functions! {
    /// cos x
    Cos = cos(x: Float), host::cos;
    /// e^x
    Exp = exp(x: Float), host::exp;
    /// 2^x
    Exp2 = exp2(x: Float), host::exp2;
    /// The natural logarithm.
    Ln = ln(x: Float), host::ln;
    /// The logarithm to base 10.
    Log10 = log10(x: Float), host::log10;
    /// The logarithm to base 2.
    Log2 = log2(x: Float), host::log2;
    /// 1 / (1 + e^−x)
    Sigmoid = sigmoid(x: Float), host::sigmoid;
    /// sin x
    Sin = sin(x: Float), host::sin;
    /// tanh x
    Tanh = tanh(x: Float), host::tanh;
    /// x^y
    Pow = pow(x: Float, y: Float), host::pow;
    /// (1 − cos πv)/2 for v in [0, 1/2]
    Hav = hav(v: Float), host::hav;
    /// Noise in [−1, 1) for a seed and a count.
    Noise = noise(seed: Int, count: Int), |seed, count| math::noise(&mut Native, seed, count);
    /// The easing curve: u, then its handles.
    Bezier = bezier(u: Float, x1: Float, y1: Float, x2: Float, y2: Float), host::bezier;
}
