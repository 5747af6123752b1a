//! From the text of a config to what a trainer takes.

use super::Hypers;
use crate::compile::{Input, Known};
use crate::config::Spec;
use crate::diag::{Diagnostics, Severity};

impl Input<'_> {
    /// Compiles a config for training: what to train, and the values of its hyperparameters at every step. How long the run
    /// is, the config itself says.
    ///
    /// ```
    /// use etude::Input;
    /// use etude::train::train;
    ///
    /// let source = "
    ///     data \"digits\"
    ///     model mlp(hidden: [32], activation: relu)
    ///     optimizer adamw { lr: cosine(1e-2 -> 0) }
    ///     run { epochs: 1, seed: 3 }
    /// ";
    /// let (spec, hypers) = Input::config(source).training()?;
    /// let report = train(&spec, &hypers, &mut hypers.watch())?;
    /// assert_eq!(report.epochs.len(), 1);
    /// # Ok::<(), etude::Error>(())
    /// ```
    ///
    /// # Errors
    /// Every mistake found, what keeps the config from being trained among them.
    pub fn training(self) -> Result<(Spec, Hypers), Diagnostics> {
        let checked = self.known(Known::own()).check()?;
        let parsed = checked.parsed.clone();
        let config = parsed.config.clone().unwrap_or_default();
        // All that a lint would say, where it is a config for training; where it is not, what is missing.
        let judged = if config.trains() { checked.lint().list } else { config.incomplete() };
        let errors: Vec<_> = judged.into_iter().filter(|d| d.severity == Severity::Error).collect();
        if !errors.is_empty() {
            return Err(parsed.text.found(errors));
        }
        let spec = config.spec().map_err(|list| parsed.text.found(list))?;
        let program = checked.program(self.backend)?;
        Ok((spec, Hypers::new(&config, program)))
    }
}
