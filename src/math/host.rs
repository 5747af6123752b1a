//! The functions on plain f64, for evaluation by this program.
//!
//! Where the processor has a fused multiply-add they use it; elsewhere Rust's exact but slow `mul_add` stands in. The
//! bits are the same either way.

use super::Native;

/// Whether the fast variants can run here. Code that evaluates many operations at a time checks once, enters a function
/// with these target features, and calls the generic functions from there: they are always inlined.
#[inline]
pub fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($x:ident),+);)+) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name($($x: f64),+) -> f64 {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn fast($($x: f64),+) -> f64 {
                    super::$name(&mut Native, $($x),+)
                }
                if has_fma() {
                    // SAFETY: the processor has avx2 and fma.
                    #[allow(unsafe_code)]
                    return unsafe { fast($($x),+) };
                }
            }
            portable::$name($($x),+)
        }
    )+

        /// What runs without a fused multiply-add.
        pub(super) mod portable {
            use crate::math::Native;
            $(pub(in crate::math) fn $name($($x: f64),+) -> f64 {
                crate::math::$name(&mut Native, $($x),+)
            })+
        }
    };
}

functions! {
    /// See [`hav`](super::hav).
    hav(v);
    /// cos πx
    cospi(x);
    /// sin πx
    sinpi(x);
    /// cos x
    cos(x);
    /// sin x
    sin(x);
    /// 2^x
    exp2(x);
    /// e^x
    exp(x);
    /// The natural logarithm.
    ln(x);
    /// The logarithm to base 2.
    log2(x);
    /// The logarithm to base 10.
    log10(x);
    /// x^y; see `pow`.
    pow(x, y);
    /// See [`bezier`](super::bezier).
    bezier(u, x1, y1, x2, y2);
    /// tanh x
    tanh(x);
    /// 1 / (1 + e^−x)
    sigmoid(x);
}
