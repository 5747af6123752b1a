//! The metrics that a run of a config reports.

/// A metric.
#[derive(Debug)]
#[non_exhaustive]
pub struct Metric {
    /// The name that a program writes: `plateau(val_loss)`.
    pub name: &'static str,
    /// One line of help.
    pub meaning: &'static str,
    /// When it is reported.
    pub after: After,
}

/// After what a metric is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum After {
    /// Every step.
    Step,
    /// Every epoch.
    Epoch,
}

/// Every metric, in the order in which help lists them.
pub const METRICS: &[&Metric] = &[&LOSS, &GRAD_NORM, &TRAIN_LOSS, &TEST_LOSS, &TEST_ACCURACY, &VAL_LOSS, &VAL_ACCURACY];

/// The batch's mean loss.
pub static LOSS: Metric = metric("loss", "the mean loss of the batch", After::Step);
/// The norm of all gradients.
pub static GRAD_NORM: Metric = metric("grad_norm", "the norm of all gradients, before it is clipped", After::Step);
/// The epoch's mean loss.
pub static TRAIN_LOSS: Metric = metric("train_loss", "the mean loss of the epoch's batches", After::Epoch);
/// The loss on the test part.
pub static TEST_LOSS: Metric = metric("test_loss", "the mean loss on the test data", After::Epoch);
/// The accuracy on the test part.
pub static TEST_ACCURACY: Metric =
    metric("test_accuracy", "the share of the test data that is classified rightly", After::Epoch);
/// The data sets have two parts, so that this is another word for [`TEST_LOSS`].
pub static VAL_LOSS: Metric = metric("val_loss", "the same as `test_loss`", After::Epoch);
/// As [`VAL_LOSS`].
pub static VAL_ACCURACY: Metric = metric("val_accuracy", "the same as `test_accuracy`", After::Epoch);

const fn metric(name: &'static str, meaning: &'static str, after: After) -> Metric {
    Metric { name, meaning, after }
}

/// The metric of this name, if a run reports it.
pub fn reported(name: &str) -> Option<&'static Metric> {
    METRICS.iter().copied().find(|metric| metric.name == name)
}

/// What to say of a modifier that watches a metric of this name which no run reports, and of those that one does.
pub(crate) fn unreported(name: &str) -> Option<(String, String)> {
    let message = || format!("the run never reports `{name}`, so this never acts");
    let names = || METRICS.iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ");
    reported(name).is_none().then(|| (message(), format!("the metrics are {}", names())))
}
