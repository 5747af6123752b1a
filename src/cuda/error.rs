//! What can be missing or refused on the way to a GPU, as plain sentences.

use std::fmt;

/// Why a GPU cannot be used, or not any longer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no driver library on this machine.
    NoDriver,
    /// The driver finds no such GPU.
    NoDevice {
        /// The number asked for, from 0.
        ordinal: usize,
        /// How many there are.
        count: usize,
    },
    /// The driver is older than the oldest that works.
    Driver {
        /// The CUDA version that it supports.
        version: Version,
    },
    /// The run-time compiler is not on this machine.
    NoCompiler,
    /// The run-time compiler refuses; its messages.
    Compile {
        /// What it was doing.
        what: &'static str,
        /// What it says.
        log: String,
    },
    /// The driver cannot read what the newer run-time compiler writes.
    Unread {
        /// The CUDA version that the driver supports.
        driver: Version,
        /// The compiler's.
        compiler: Version,
    },
    /// The GPU has no room.
    Memory {
        /// Bytes asked for.
        bytes: usize,
        /// Bytes free.
        free: usize,
        /// Bytes in all.
        total: usize,
    },
    /// A call of the driver or of cuBLAS failed.
    Call {
        /// What was tried.
        what: &'static str,
        /// The library's own words.
        reason: String,
    },
}

/// A CUDA version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 12 in 12.4.
    pub major: i32,
    /// 4 in 12.4.
    pub minor: i32,
}

impl Version {
    /// The oldest that works: graphs, stream-ordered memory and compiled programs as they are used here.
    pub const OLDEST: Self = Self { major: 12, minor: 0 };

    /// From the number that CUDA's libraries give: 12040 is 12.4.
    pub fn numbered(number: i32) -> Self {
        Self { major: number / 1000, minor: number % 1000 / 10 }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDriver => f.write_str(
                "there is no NVIDIA driver on this machine: its library (libcuda) is not found; \
                 install the driver, or train with `device: cpu`",
            ),
            Self::NoDevice { ordinal, count: 0 } => {
                write!(
                    f,
                    "the NVIDIA driver finds no GPU, and `cuda:{ordinal}` was asked for; train with `device: cpu`"
                )
            }
            Self::NoDevice { ordinal, count: 1 } => {
                write!(f, "there is no GPU `cuda:{ordinal}`: the driver finds one, `cuda`")
            }
            Self::NoDevice { ordinal, count } => {
                let last = count - 1;
                write!(f, "there is no GPU `cuda:{ordinal}`: the driver finds {count}, `cuda:0` to `cuda:{last}`")
            }
            Self::Driver { version } => write!(
                f,
                "the NVIDIA driver supports CUDA {version}, and {} is the oldest that works; update the driver",
                Version::OLDEST
            ),
            Self::NoCompiler => f.write_str(
                "CUDA's run-time compiler (libnvrtc) is not found; it comes with the CUDA toolkit (CUDA_HOME says where) and \
                 with `pip install nvidia-cuda-nvrtc` in the active Python environment",
            ),
            Self::Compile { what, log } => write!(f, "CUDA's run-time compiler cannot {what}: {}", log.trim()),
            Self::Unread { driver, compiler } => write!(
                f,
                "the NVIDIA driver supports CUDA {driver} and cannot read what the run-time compiler of CUDA {compiler} \
                 writes; update the driver, or install the compiler of CUDA {driver}"
            ),
            Self::Memory { bytes, free, total } => write!(
                f,
                "the GPU has no room for {} more: {} of its {} are free; train a smaller model or batch",
                Bytes(*bytes),
                Bytes(*free),
                Bytes(*total)
            ),
            Self::Call { what, reason } => write!(f, "the GPU cannot {what}: {reason}"),
        }
    }
}

impl std::error::Error for Error {}

/// A size as people read it.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GiB", 1usize << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match units.iter().find(|(_, size)| self.0 >= *size) {
            Some((unit, size)) => write!(f, "{:.1} {unit}", self.0 as f64 / *size as f64),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_have_their_numbers() {
        let memory = Error::Memory { bytes: 3 << 30, free: 5 << 20, total: 16 << 30 };
        assert!(memory.to_string().contains("room for 3.0 GiB more: 5.0 MiB of its 16.0 GiB are free"), "{memory}");
        let old = Error::Unread { driver: Version::numbered(12040), compiler: Version { major: 13, minor: 0 } };
        assert!(old.to_string().contains("supports CUDA 12.4 and cannot read"), "{old}");
        assert!(Error::NoDevice { ordinal: 3, count: 2 }.to_string().contains("`cuda:0` to `cuda:1`"));
        assert_eq!(Bytes(1023).to_string(), "1023 bytes");
    }
}
