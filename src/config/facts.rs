//! What a config says of time.

use crate::Clock;

/// What is known of a run's length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Facts {
    /// Optimizer updates.
    pub steps: Option<u64>,
    /// Updates per epoch.
    pub steps_per_epoch: Option<u64>,
    /// Samples per update.
    pub batch: Option<u64>,
    /// Tokens per sample.
    pub tokens_per_sample: Option<u64>,
    /// Passes over the data.
    pub epochs: Option<u64>,
    /// Training examples.
    pub examples: Option<u64>,
}

impl Facts {
    /// These facts, where `over` does not say otherwise.
    pub fn or(self, over: Self) -> Self {
        Self {
            steps: over.steps.or(self.steps),
            steps_per_epoch: over.steps_per_epoch.or(self.steps_per_epoch),
            batch: over.batch.or(self.batch),
            tokens_per_sample: over.tokens_per_sample.or(self.tokens_per_sample),
            epochs: over.epochs.or(self.epochs),
            examples: over.examples.or(self.examples),
        }
    }

    /// These facts, where `file`, which speaks for itself, does not say otherwise.
    pub fn below(mut self, file: Self) -> Self {
        if file.steps.or(file.epochs).is_some() {
            (self.steps, self.epochs) = (None, None);
        }
        if file.epoch().is_some() {
            self.steps_per_epoch = None;
        }
        self.or(file)
    }

    /// Updates per epoch: as given, or from the number of examples. An epoch's last batch may be smaller.
    pub fn epoch(&self) -> Option<u64> {
        let counted = self.examples.zip(self.batch).map(|(n, batch)| n.div_ceil(batch.max(1)));
        self.steps_per_epoch.or(counted)
    }

    /// The clock that follows.
    pub fn clock(&self) -> Clock {
        let counted = self.epochs.zip(self.epoch()).map(|(n, steps)| n.saturating_mul(steps));
        let mut clock = self.steps.or(counted).map_or(Clock::unknown(), Clock::steps);
        if let Some(steps) = self.epoch() {
            clock = clock.steps_per_epoch(steps);
        }
        if let Some(batch) = self.batch {
            clock = clock.batch(batch);
        }
        if let Some(tokens) = self.tokens_per_sample {
            clock = clock.tokens_per_sample(tokens);
        }
        clock
    }

    /// The run's length in epochs, if it is known. The error names the lengths next to it.
    pub(super) fn whole_epochs(&self) -> Result<Option<u64>, String> {
        match (self.steps, self.epoch()) {
            (None, _) => Ok(self.epochs),
            (Some(_), None) => Ok(None),
            (Some(_), Some(0)) => Err("an epoch has no steps; write `steps_per_epoch: 1` or more".to_owned()),
            (Some(steps), Some(epoch)) if steps % epoch == 0 => Ok(Some(steps / epoch)),
            (Some(steps), Some(epoch)) => {
                let (below, above) = (steps / epoch * epoch, steps.div_ceil(epoch).saturating_mul(epoch));
                let near = if below == 0 { above.to_string() } else { format!("{below} or {above}") };
                Err(format!("an epoch has {epoch} steps; write `steps: {near}`, or `epochs`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_fact_is_divided_by() {
        let none = Facts { steps: Some(10), steps_per_epoch: Some(0), batch: Some(0), ..Facts::default() };
        assert!(none.whole_epochs().unwrap_err().contains("no steps"));
        let none = Facts { epochs: Some(3), examples: Some(5), batch: Some(0), ..Facts::default() };
        assert_eq!((none.whole_epochs(), none.clock().total()), (Ok(Some(3)), Some(15)));
    }
}
