//! The bundled runner: data, a model, the training loop and its outputs.
//!
//! Guarantees:
//! * a run is a function of its [`Spec`](crate::config::Spec) and of the hyperparameters fed to it: the same seed gives the same bits, for any
//!   number of threads, on machines with the same instruction set, or with the same GPU and cuBLAS;
//! * a step on the CPU allocates nothing, and one on a GPU is a graph's replay; each asks for its hyperparameters once;
//! * a number that is not finite ends the run with an error; it is never trained on or reported.

#[doc(hidden)]
pub mod activation;
mod cpu;
#[cfg(feature = "cuda")]
#[doc(hidden)]
pub mod cuda;
#[doc(hidden)]
pub mod data;
mod digits;
mod engine;
#[doc(hidden)]
pub mod error;
#[doc(hidden)]
pub mod float;
#[doc(hidden)]
pub mod folder;
#[doc(hidden)]
pub mod hypers;
mod input;
mod lock;
#[doc(hidden)]
pub mod log;
#[doc(hidden)]
pub mod loss;
mod matmul;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod observe;
#[doc(hidden)]
pub mod rng;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod source;

pub use data::{Dataset, Split};
pub use error::Error;
pub use folder::Folder;
pub use hypers::{Hypers, Watch};
pub use log::Log;
pub use observe::{EpochRecord, Observer, Report, RunInfo, StepRecord, Weights};
pub use run::{Trainer, train};
pub use source::Source;
