//! Datasets: named, built in, split once and for all.

use super::digits;
use super::error::Error;
use super::rng::Stream;
use crate::config::DatasetRow;

/// How a data set is unpacked, beside the words of [`config`](crate::config) for it.
#[derive(Debug)]
pub struct Loader {
    /// What is known of it before.
    pub row: &'static DatasetRow,
    /// Unpacks it.
    pub load: fn() -> Result<Dataset, Error>,
}

/// Every data set that a program can name.
pub const LOADERS: &[Loader] = &[digits::LOADER];

/// A classification dataset in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Numbers per example.
    pub inputs: usize,
    /// Classes; labels are below it. At most 256.
    pub classes: usize,
    /// What the model is trained on.
    pub train: Split,
    /// What it is measured on.
    pub test: Split,
}

impl Dataset {
    /// Whether the parts fit together.
    ///
    /// # Errors
    /// An empty split, more than 2^32 − 1 training examples, not `inputs` numbers per label, a label that is no class.
    pub fn check(&self) -> Result<(), Error> {
        for (name, split) in [("training", &self.train), ("test", &self.test)] {
            let fail = |what: String| Err(Error::Spec(format!("the dataset's {name} part {what}")));
            if split.is_empty() || u32::try_from(split.len()).is_err() {
                return fail(format!("has {} examples", split.len()));
            }
            if split.len().checked_mul(self.inputs) != Some(split.x.len()) {
                let (numbers, examples) = (split.x.len(), split.len());
                return fail(format!("has {numbers} numbers for {examples} examples of {}", self.inputs));
            }
            if let Some(label) = split.y.iter().find(|&&y| usize::from(y) >= self.classes) {
                return fail(format!("has the label {label}, but only {} classes", self.classes));
            }
        }
        Ok(())
    }
}

/// Examples.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// Row-major: examples × inputs.
    pub x: Vec<f32>,
    /// One label per example.
    pub y: Vec<u8>,
}

impl Split {
    /// The number of examples.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }
}

/// Unpacks the data set of this name.
///
/// # Errors
/// A sentence that lists the names.
pub fn load(name: &str) -> Result<Dataset, Error> {
    let loader = LOADERS.iter().find(|loader| loader.row.name == name).ok_or_else(|| {
        let known: Vec<_> = LOADERS.iter().map(|loader| loader.row.name).collect();
        Error::Spec(format!("there is no dataset \"{name}\"; the known ones are {}", known.join(", ")))
    })?;
    (loader.load)()
}

/// The order in which epoch `epoch` visits the examples 0..`order.len()`: a Fisher–Yates shuffle by stream `epoch` of `seed`.
/// It depends on nothing else, so a run resumes from (seed, epoch, position).
pub fn epoch_order(seed: u64, epoch: u64, order: &mut [u32]) {
    for (i, slot) in (0..).zip(order.iter_mut()) {
        *slot = i;
    }
    Stream::new(seed, epoch).shuffle(order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_tell_the_truth() {
        let loaded: Vec<&str> = LOADERS.iter().map(|loader| loader.row.name).collect();
        assert_eq!(loaded, crate::config::DATASETS.iter().map(|row| row.name).collect::<Vec<_>>());
        for Loader { row, .. } in LOADERS {
            let data = load(row.name).unwrap();
            assert_eq!((data.train.len(), data.test.len()), (row.train, row.test));
            assert_eq!((data.inputs, data.classes), (row.inputs, row.classes));
            data.check().unwrap();
            assert!(Dataset { inputs: 0, ..data.clone() }.check().is_err());
            assert!(Dataset { classes: 1, ..data.clone() }.check().unwrap_err().to_string().contains("label"));
            assert!(Dataset { test: Split::default(), ..data }.check().is_err());
        }
        assert!(load("mnist").unwrap_err().to_string().contains("digits"));
    }

    #[test]
    fn epochs_are_different_permutations() {
        let (mut a, mut b) = ([0; 100], [0; 100]);
        epoch_order(3, 0, &mut a);
        epoch_order(3, 1, &mut b);
        assert_ne!(a, b);
        b.sort_unstable();
        assert!(b.iter().zip(0..).all(|(&x, i)| x == i));
    }
}
