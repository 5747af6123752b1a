//! The non-linearities that a program can name. What they compute stands in the runner.

/// A non-linearity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activation {
    /// max(x, 0); its derivative at 0 is 0.
    #[default]
    Relu,
    /// tanh x.
    Tanh,
    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))): the tanh form of Hendrycks & Gimpel 2016, `approximate="tanh"` in torch.
    Gelu,
    /// x / (1 + e^−x), also called swish (Elfwing et al. 2017).
    Silu,
}

impl Activation {
    /// Every activation.
    pub const ALL: [Self; 4] = [Self::Relu, Self::Tanh, Self::Gelu, Self::Silu];

    /// The name that a program writes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Gelu => "gelu",
            Self::Silu => "silu",
        }
    }

    /// Finds an activation by name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for activation in Activation::ALL {
            assert_eq!(Activation::by_name(activation.name()), Some(activation));
        }
    }
}
