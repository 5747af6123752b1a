//! The bundled runner: data, a model, the training loop and its outputs.
//!
//! Guarantees:
//! * a run is a function of its [`Spec`] and of the hyperparameters fed to it: the same seed gives the same bits, for any
//!   number of threads, on machines with the same instruction set, or with the same GPU and cuBLAS;
//! * a step on the CPU allocates nothing, and one on a GPU is a graph's replay; each asks for its hyperparameters once;
//! * a number that is not finite ends the run with an error; it is never trained on or reported.

pub mod activation;
pub mod config;
mod cpu;
#[cfg(feature = "cuda")]
pub mod cuda;
pub mod data;
pub mod device;
mod digits;
mod engine;
pub mod error;
pub mod float;
pub mod folder;
mod lock;
pub mod log;
pub mod loss;
mod matmul;
pub mod model;
pub mod observe;
pub mod rng;
pub mod run;
pub mod source;
pub mod spec;

pub use activation::Activation;
pub use data::{DATASETS, Dataset, Split};
pub use device::Device;
pub use error::Error;
pub use folder::Folder;
pub use log::Log;
pub use observe::{EpochRecord, Observer, Report, RunInfo, StepRecord, Weights};
pub use run::{Trainer, train};
pub use source::Source;
pub use spec::Spec;
