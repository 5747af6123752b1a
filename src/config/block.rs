//! The blocks of a config: what each is called, what it is for, and the keys that it knows.

/// A kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// How long, with what batch, where.
    Run,
    /// The data set.
    Data,
    /// The model.
    Model,
    /// The update rule and its hyperparameters.
    Optimizer,
    /// Parameters with hyperparameters of their own.
    Group,
    /// The norm of the gradients.
    Clip,
    /// The mean of the parameters.
    Ema,
    /// When to end before the end.
    Stop,
    /// What to keep.
    Save,
    /// Runs over values of a setting.
    Sweep,
}

/// What is known of a kind of block.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The word that a program writes.
    pub name: &'static str,
    /// One that is right.
    pub example: &'static str,
    /// Its own keys. An optimizer and its groups know the hyperparameters of the rule.
    pub keys: &'static [Key],
    /// Whether the runner of this version has it.
    pub runs: bool,
}

/// A key of a block.
#[derive(Debug)]
#[non_exhaustive]
pub struct Key {
    /// The word that a program writes.
    pub name: &'static str,
    /// One line of help.
    pub meaning: &'static str,
    /// What its value chooses from, as it is written; nothing where it is no choice.
    pub choices: &'static [&'static str],
}

impl Row {
    /// What its own keys are called.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Block {
    /// Every kind, in the order in which help lists them.
    pub const ALL: [Self; 10] = [
        Self::Run,
        Self::Data,
        Self::Model,
        Self::Optimizer,
        Self::Group,
        Self::Clip,
        Self::Ema,
        Self::Stop,
        Self::Save,
        Self::Sweep,
    ];

    /// What is known of it.
    pub const fn row(self) -> Row {
        match self {
            Self::Run => RUN,
            Self::Data => block("data", "data \"digits\"", &[]),
            Self::Model => block("model", "model mlp(hidden: [128], activation: relu)", &[]),
            Self::Optimizer => block("optimizer", "optimizer adamw { lr: warmup(5%) >> cosine(1e-3 -> 0) }", &[]),
            Self::Group => block("group", "group \"bias\" { weight_decay: 0 }", &[]),
            Self::Clip => block("clip", "clip { norm: 1.0 }", NORM),
            Self::Ema => block("ema", "ema { decay: 0.999 }", DECAY),
            Self::Stop => later("stop"),
            Self::Save => later("save"),
            Self::Sweep => later("sweep"),
        }
    }

    /// The word that a program writes.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The kind that a program calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Those that the runner of this version has.
    pub fn running() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| kind.row().runs)
    }

    /// Whether a program calls this kind `name`.
    pub fn is(self, name: &str) -> bool {
        self.name() == name
    }
}

/// Where it trains, as it may be written.
pub const DEVICES: &[&str] = &["cpu", "cuda", "\"cuda:1\""];

const RUN: Row = block(
    "run",
    "run { epochs: 20, batch: 64, seed: 42 }",
    &[
        key("epochs", "passes over the data"),
        key("steps", "optimizer updates, instead of epochs"),
        key("batch", "samples per update"),
        key("seed", "of everything that is drawn at random"),
        Key {
            name: "device",
            meaning: "where it trains: `cpu`, `cuda` (the first GPU), or with a GPU's number as in `\"cuda:1\"`",
            choices: DEVICES,
        },
        key("steps_per_epoch", "updates per pass over the data"),
        key("tokens_per_sample", "the sequence length"),
    ],
);
const NORM: &[Key] = &[key("norm", "the most that the norm of all gradients may be")];
const DECAY: &[Key] = &[key("decay", "of the mean of the parameters")];

const fn block(name: &'static str, example: &'static str, keys: &'static [Key]) -> Row {
    Row { name, example, keys, runs: true }
}

const fn later(name: &'static str) -> Row {
    Row { runs: false, ..block(name, "", &[]) }
}

const fn key(name: &'static str, meaning: &'static str) -> Key {
    Key { name, meaning, choices: &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in Block::ALL {
            assert_eq!(Block::named(kind.name()), Some(kind));
            assert!(!kind.row().runs || kind.row().example.starts_with(kind.name()));
        }
        assert_eq!(Block::named("optimiser"), None);
    }
}
