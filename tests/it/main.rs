//! The integration tests: one binary, so that the library is linked once.

#![allow(clippy::disallowed_methods, reason = "tests read cases and write what they compare")]

mod cases;
mod codes;
mod malformed;
mod catalogue;
mod props;
mod fmt;
mod restarts;
mod finite;
mod oracle;
mod interval;
mod lint;
mod metrics;
mod fill;
mod torture;
#[cfg(feature = "cli")]
mod bounded;
mod mutants;
#[cfg(feature = "train")]
mod configs;
#[cfg(all(feature = "jit", target_os = "linux", target_arch = "x86_64"))]
mod process;
#[cfg(all(feature = "jit", target_os = "linux", target_arch = "x86_64"))]
mod fork;
#[cfg(all(feature = "jit", target_os = "linux", target_arch = "x86_64"))]
mod refused;
#[cfg(feature = "cuda")]
mod cuda;
#[cfg(feature = "cuda")]
mod gpu;
mod emit;
mod tidy;
#[cfg(feature = "cli")]
mod surface;
mod examples;
mod features;
mod host;
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
#[cfg(all(feature = "cli", unix))]
mod faults;
#[cfg(feature = "cli")]
mod import;
#[cfg(feature = "cli")]
mod lsp;
