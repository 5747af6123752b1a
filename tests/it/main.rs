//! The integration tests: one binary, so that the library is linked once.

mod cases;
mod codes;
mod malformed;
mod catalogue;
mod props;
mod fmt;
mod restarts;
mod oracle;
mod interval;
mod lint;
mod metrics;
mod torture;
mod mutants;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(feature = "cuda")]
mod gpu;
mod tidy;
mod examples;
mod features;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod snapshots;
#[cfg(feature = "cli")]
mod readme;
#[cfg(feature = "cli")]
mod dialects;
#[cfg(feature = "cli")]
mod golden;
#[cfg(feature = "cli")]
mod import;
#[cfg(feature = "cli")]
mod lsp;
