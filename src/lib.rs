//! **étude**: training schedules as a language, compiled to native code.
//!
//! ```
//! let schedule = etude::compile("warmup(5%) >> cosine(1e-3 -> 0)", etude::Clock::steps(10_000))?;
//! assert_eq!(schedule.lr(500), 1e-3);
//! # Ok::<(), etude::Diagnostics>(())
//! ```
//!
//! What is documented here is the surface, recorded in `tests/surface.txt`. The stages themselves are hidden: they may change
//! with every version.
//!
//! # The pipeline is the folder listing
//!
//! | stage | file | in → out |
//! | --- | --- | --- |
//! | parse | `syntax` | text → `Ast`, exactly what was written |
//! | check | `check` | `Ast` + [`Clock`] → `Plan`, or every diagnostic |
//! | lower | `lower` | `Plan` → `Ir`, a small closed set of operations |
//! | interval | `interval` | `Ir` + a stretch of steps → bounds of the values: proofs, lints |
//! | eval | `eval` | `Ir` → f64: the interpreter, the oracle |
//! | jit | `backend::jit` | `Ir` → native function |
//! | batch | `backend::batch` | `Ir` + a range of steps → their values, with the vectors that `simd` finds |
//! | text | `backend::text` | `Ir` → Python, JAX |
//! | compile | [`Input`] | text + [`Host`] → a checked program: every stage above, each once |
//! | c | `backend::c` | `Ir` → C as CUDA has it; the module `cuda` compiles and runs it |
//! | lint | [`lint`](fn@lint) | text + `Clock` → every finding, doubtful values among them |
//! | schedule | [`Schedule`], [`Program`] | the handles that users hold |
//! | run | [`Run`], `metric` | a schedule with the metrics that it has observed |
//! | config | [`mod@config`] | `Ast` of a training config → what to train, and its clock; the rows that a program can name |
//! | fix | [`mod@fix`] | text + what a check finds → the text with the certain fixes |
//! | train | `train` | config + data → trained model, through `optim`'s kernels |
//! | fmt | [`fmt`](fn@fmt) | text → text in one style |
//! | import | `import` | another library's scheduler → text |
//! | lsp | `lsp` | text → what an editor shows |
//! | cli | `cli` | thin views over the library |
//!
//! # Invariants
//!
//! * [`diag`] and `clock` import nothing of ours (but how to print what cannot be printed), `ir` only `math` and `clock`.
//! * What a phase or modifier is stands in its row of the `catalogue`, and nothing else knows one by its name. How a row
//!   is lowered knows only `ir` and `clock`; how it is built, and its arguments are judged, sees `plan`, [`diag`] and
//!   of the checker what `check::build` lists.
//! * Only `backend/jit.rs` and its parts name Cranelift, only `cuda.rs` and its parts cudarc.
//! * No stage of the pipeline does I/O, reads a clock or draws a random number; the core fails only by
//!   returning diagnostics.
//! * Code that can be called is writable through no mapping, and processes share none that either can change. What
//!   compiles waits for no other thread to have made something, which a child of `fork` may not have.
//! * `metric` imports nothing of ours; only a [`Run`] has state.
//! * What a config can say stands in [`config`](mod@config) and is compiled without any feature: `check`, `optim`, `train` and `lsp`
//!   read its rows, and it reads none of theirs.
//! * No f64 transcendental comes from the platform: all of it from `math`.
//! * Exact times and counts are computed with checked operations alone: what 128 bits do not hold is a diagnostic.
//! * Serde stops at configs, reports and the state of a run; trees and IR are not a serialised format.

// Fractions overflow where integers would not: see clippy.toml for what may be computed with plain operators.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read, write and measure"))]

pub mod config;
pub mod diag;
pub mod fix;
pub mod host;
#[doc(hidden)]
#[cfg(feature = "cli")]
#[allow(rustdoc::invalid_html_tags, reason = "what is documented there is help for a terminal")]
pub mod cli;
#[cfg(feature = "cuda")]
pub mod cuda;
#[cfg(feature = "cli")]
pub mod import;
#[cfg(feature = "lsp")]
pub mod lsp;
#[cfg(feature = "train")]
pub mod optim;
#[cfg(feature = "plot")]
pub mod plot;
#[cfg(feature = "train")]
pub mod train;

// The stages, for our own tests and benches: what is hidden promises nothing and may change with every version.
#[doc(hidden)]
pub mod backend;
#[doc(hidden)]
pub mod catalogue;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod clock;
#[doc(hidden)]
pub mod eval;
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod fmt;
#[doc(hidden)]
pub mod interval;
#[doc(hidden)]
pub mod ir;
#[doc(hidden)]
pub mod lint;
#[doc(hidden)]
pub mod lower;
#[doc(hidden)]
pub mod math;
#[doc(hidden)]
pub mod metric;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod prelude;
#[doc(hidden)]
pub mod recording;
#[doc(hidden)]
pub mod simd;
#[doc(hidden)]
pub mod syntax;
mod compile;
mod error;
mod files;
mod finite;
mod printable;
mod schedule;
mod stack;
mod work;

pub use backend::Backend;
pub use clock::{Clock, Fact};
pub use compile::Input;
pub use diag::{Diagnostic, Diagnostics};
pub use error::Error;
pub use explain::{PhaseRow, Value};
pub use fmt::fmt;
pub use host::{FileError, FileErrorKind, Host};
pub use lint::lint;
pub use recording::Recording;
pub use schedule::{BaseError, Output, Program, Run, RunError, RunState, Schedule, TextError, compile};

/// The blocks of the README are tests, too.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
