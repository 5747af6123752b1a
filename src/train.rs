//! The bundled runner: data, a model, the training loop and its outputs.
//!
//! Guarantees:
//! * a run is a function of its [`Spec`](crate::config::Spec) and of the hyperparameters fed to it: the same seed gives the same bits, for any
//!   number of threads, on machines with the same instruction set, or with the same GPU and cuBLAS;
//! * a step on the CPU allocates nothing, and one on a GPU is a graph's replay; each asks for its hyperparameters once;
//! * a number that is not finite ends the run with an error; it is never trained on or reported.

pub mod activation;
mod cpu;
#[cfg(feature = "cuda")]
pub mod cuda;
pub mod data;
mod digits;
mod engine;
pub mod error;
pub mod float;
pub mod folder;
pub mod hypers;
mod lock;
pub mod log;
pub mod loss;
mod matmul;
pub mod model;
pub mod observe;
pub mod rng;
pub mod run;
pub mod source;

pub use data::{Dataset, Split};
pub use error::Error;
pub use folder::Folder;
pub use hypers::{Hypers, Watch};
pub use log::Log;
pub use observe::{EpochRecord, Observer, Report, RunInfo, StepRecord, Weights};
pub use run::{Trainer, train};
pub use source::Source;
