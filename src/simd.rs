//! Runs one piece of plain Rust with the widest vectors that the processor has.
//!
//! A [`Pass`] is ordinary safe code; it is compiled once per instruction set and chosen at run time. The compiler never
//! contracts a multiplication and an addition nor reorders f64 operations, so all versions of a pass that treats every
//! element alike give the same bits.

/// A vector instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isa {
    /// What the compilation target guarantees: SSE2 on x86-64, NEON on AArch64.
    Portable,
    /// 256-bit vectors, and a fused multiply-add.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl Isa {
    /// The instruction sets of this processor, narrowest first.
    pub fn available() -> Vec<Self> {
        [Self::Portable, Self::Avx2, Self::Avx512].into_iter().filter(|isa| isa.is_available()).collect()
    }

    /// The widest that this processor has. 512-bit vectors gain nothing where memory is the limit, but on processors
    /// with full-width dividers AdamW is up to twice as fast in cache.
    pub fn best() -> Self {
        [Self::Avx512, Self::Avx2].into_iter().find(|isa| isa.is_available()).unwrap_or(Self::Portable)
    }

    /// Whether this processor can run it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && Self::Avx2.is_available()
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Whether it has a fused multiply-add; without, `mul_add` is a call with the same result.
    pub const fn fuses(self) -> bool {
        cfg!(target_arch = "aarch64") || !matches!(self, Self::Portable)
    }
}

/// A computation to be compiled per instruction set. Mark `run`, and whatever it calls, `#[inline(always)]`: only code that
/// is inlined takes on the wider vectors.
pub trait Pass {
    /// The result.
    type Out;
    /// Computes.
    fn run(self) -> Self::Out;
}

/// Runs `pass` with `isa`, or portably where the processor lacks it.
#[inline]
#[allow(unsafe_code)]
pub fn dispatch<P: Pass>(isa: Isa, pass: P) -> P::Out {
    #[cfg(target_arch = "x86_64")]
    if isa.is_available() {
        match isa {
            // SAFETY: `is_available` has just detected AVX2 and FMA.
            Isa::Avx2 => return unsafe { avx2(pass) },
            // SAFETY: `is_available` has just detected every one of the features.
            Isa::Avx512 => return unsafe { avx512(pass) },
            Isa::Portable => {}
        }
    }
    let _ = isa;
    pass.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<P: Pass>(pass: P) -> P::Out {
    pass.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
fn avx512<P: Pass>(pass: P) -> P::Out {
    pass.run()
}
