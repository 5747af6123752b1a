//! The data sets that a program can name, as far as they need not be loaded: enough to resolve a clock and a model.

/// What is known of a data set before it is loaded.
#[derive(Debug)]
#[non_exhaustive]
pub struct DatasetRow {
    /// The name that a program writes: `data "digits"`.
    pub name: &'static str,
    /// One line of help, with the source.
    pub summary: &'static str,
    /// Training examples.
    pub train: usize,
    /// Test examples.
    pub test: usize,
    /// Numbers per example.
    pub inputs: usize,
    /// Classes.
    pub classes: usize,
}

/// Every data set, in the order in which help lists them.
pub const DATASETS: &[&DatasetRow] = &[&DIGITS];

/// The UCI handwritten digits. The split is part of the data set: 80 %, rounded down, train.
pub static DIGITS: DatasetRow = DatasetRow {
    name: "digits",
    summary: "1,797 handwritten digits of 8 × 8 pixels (UCI, Alpaydin & Kaynak 1998)",
    train: 1437,
    test: 360,
    inputs: 64,
    classes: 10,
};

/// The data set that `data "NAME"` names.
pub fn dataset(name: &str) -> Option<&'static DatasetRow> {
    DATASETS.iter().copied().find(|row| row.name == name)
}
