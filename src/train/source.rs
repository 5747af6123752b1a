//! Where a run's hyperparameters come from: any function of the step, or a compiled program.

#[cfg(feature = "cuda")]
use crate::optim::cuda::Code;

/// The hyperparameters of a run. Any `Fn(u64, &mut [f64])` is one.
pub trait Source {
    /// Fills `values` for step `step`, laid out `[group][hyperparameter]`: group 0 is the default group, then one per
    /// pattern of [`Spec::groups`](crate::config::Spec::groups); hyperparameters are in the order of the rule's table
    /// ([`Rule::hypers`](crate::config::Rule::hypers)). Asked for once per step, before it.
    fn fill(&self, step: u64, values: &mut [f64]);

    /// Whether what is observed of a step may change the next one. If not, a GPU makes many steps at a time, and only an
    /// epoch's metrics may change what follows.
    fn watches_steps(&self) -> bool {
        true
    }

    /// The same values as device code, if there is such code.
    #[cfg(feature = "cuda")]
    #[doc(hidden)]
    fn code(&self) -> Option<Code> {
        None
    }

    /// What the code reads, as it is now: always as many numbers.
    #[cfg(feature = "cuda")]
    #[doc(hidden)]
    fn inputs(&self) -> Vec<f64> {
        Vec::new()
    }
}

impl<F: Fn(u64, &mut [f64])> Source for F {
    fn fill(&self, step: u64, values: &mut [f64]) {
        self(step, values);
    }
}
