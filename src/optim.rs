//! Update rules as fused single-pass kernels over a flat parameter arena.
//!
//! Guarantees:
//! * one file per rule; its row in [`RULES`] points to what a program says of it, in [`config`](crate::config);
//! * an update gives the same bits on every instruction set and for every thread count: the kernels are element-wise,
//!   use separate multiplications and additions (never a fused one), and reductions have one fixed order;
//! * an update is a function of (parameters, gradients, state, step count, hyperparameters): nothing else is remembered,
//!   so a run resumes from those alone;
//! * a step allocates nothing.

#[doc(hidden)]
pub mod adamw;
#[doc(hidden)]
pub mod arena;
#[cfg(feature = "cuda")]
#[doc(hidden)]
pub mod cuda;
#[doc(hidden)]
pub mod ema;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod layout;
#[doc(hidden)]
pub mod norm;
#[doc(hidden)]
pub mod rule;
#[doc(hidden)]
pub mod sgd;
#[doc(hidden)]
pub mod simd;
#[doc(hidden)]
pub mod update;

pub use arena::Arena;
pub use error::Error;
pub use layout::{Layout, Tensor};
pub use rule::{RULES, RuleRow, rule};
pub use update::Optimizer;
