//! Where a run is computed.
//!
//! Guarantees: what is displayed is read back as the same device; nothing here asks what the machine or this build has,
//! so that a config means the same everywhere.

use std::fmt;
use std::str::FromStr;

use crate::diag::nearest;

/// Where a run is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this ordinal, counted from 0 as CUDA counts them.
    Cuda(usize),
}

impl Device {
    /// The device that a text which names none is probably about: `gpu`, `CUDA`, `cuda1`, `cpu:0`.
    pub fn meant(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (name, number) = text.split_at(text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len()));
        let number = number.trim_start_matches([':', ' ', '_', '(', '[']).trim_end_matches([')', ']']);
        let name = match name {
            "cpu" | "cuda" => name,
            "gpu" | "gpus" | "nvidia" => "cuda",
            // One letter from `cpu`, and not what their user has in mind.
            "tpu" | "xpu" | "npu" | "hpu" | "ipu" => return None,
            _ => nearest(name, ["cpu", "cuda"])?,
        };
        match number {
            _ if name == "cpu" => Some(Self::Cpu),
            "" => Some(Self::Cuda(0)),
            _ => number.parse().ok().map(Self::Cuda),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(0) => f.write_str("cuda"),
            Self::Cuda(ordinal) => write!(f, "cuda:{ordinal}"),
        }
    }
}

/// `cpu`, `cuda` and `cuda:N`, spelled as torch takes them: no other case, no sign, no leading zero.
impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let device = match text.split_once(':') {
            None if text == "cpu" => Some(Self::Cpu),
            None if text == "cuda" => Some(Self::Cuda(0)),
            // Rust's numbers may have a sign and leading zeros: the text of the number says that they are absent.
            Some(("cuda", number)) => number.parse::<usize>().ok().filter(|n| n.to_string() == number).map(Self::Cuda),
            _ => None,
        };
        device.ok_or_else(|| {
            let help = match Self::meant(text) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the known ones are cpu, cuda (the first GPU), cuda:1, …".to_owned(),
            };
            format!("there is no device \"{text}\"; {help}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_back() {
        assert_eq!(Device::default(), Device::Cpu);
        for device in [Device::Cpu, Device::Cuda(0), Device::Cuda(1), Device::Cuda(10), Device::Cuda(usize::MAX)] {
            assert_eq!(device.to_string().parse::<Device>().unwrap(), device);
        }
        let texts = [Device::Cpu, Device::Cuda(0), Device::Cuda(1)].map(|d| d.to_string());
        assert_eq!(texts, ["cpu", "cuda", "cuda:1"]);
        assert_eq!("cuda:0".parse::<Device>().unwrap(), Device::Cuda(0));
    }

    #[test]
    fn other_texts_are_refused_with_the_nearest_device() {
        for (text, near) in [
            ("gpu", "cuda"),
            ("gpu:1", "cuda:1"),
            ("GPU 1", "cuda:1"),
            ("CUDA", "cuda"),
            ("cuda1", "cuda:1"),
            ("cuda(2)", "cuda:2"),
            ("cuda:", "cuda"),
            ("cuda:01", "cuda:1"),
            ("cuda:+1", "cuda:1"),
            ("cdua", "cuda"),
            (" cpu", "cpu"),
            ("cpu:0", "cpu"),
            ("cup", "cpu"),
        ] {
            let message = text.parse::<Device>().unwrap_err();
            assert_eq!(message, format!("there is no device \"{text}\"; did you mean `{near}`?"));
        }
        for text in ["", "tpu", "mps", "1", "cuda:-1", "cuda:1.5", "cuda:99999999999999999999", "é"] {
            let message = text.parse::<Device>().unwrap_err();
            assert!(message.contains("the known ones are cpu, cuda") && message.contains("cuda:1"), "{message}");
        }
    }
}
