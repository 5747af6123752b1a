//! What a run is, apart from the hyperparameters that change from step to step.

use super::activation::Activation;
use super::device::Device;

/// A run. Hyperparameters are not in it: they are asked for at every step.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Spec {
    /// The dataset's name in [`DATASETS`](super::DATASETS).
    pub data: String,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// What follows each hidden layer.
    pub activation: Activation,
    /// The update rule's name in [`RULES`](super::RULES).
    pub rule: String,
    /// The rule's switches that are on, such as `nesterov`.
    pub flags: Vec<String>,
    /// Parameter groups besides the default one: regular expressions over parameter names; the first that matches wins.
    pub groups: Vec<String>,
    /// Passes over the training examples; at least 1.
    pub epochs: u64,
    /// Examples per step; at least 1. An epoch's last batch may be smaller.
    pub batch: usize,
    /// Seeds the initial parameters and the order of the examples.
    pub seed: u64,
    /// Gradients are scaled down to this global norm where theirs is greater, as `torch.nn.utils.clip_grad_norm_`.
    pub clip_norm: Option<f64>,
    /// Evaluates on an exponential moving average of the parameters with this decay, in [0, 1).
    pub ema_decay: Option<f64>,
    /// Where it is computed.
    pub device: Device,
    /// On a GPU: the host computes the hyperparameters and sends them as a table, instead of the GPU by compiled code. No
    /// result depends on it.
    pub host_schedule: bool,
    /// Threads that an update may use; `None` is the machine's number. No result depends on it.
    pub threads: Option<usize>,
}

impl Default for Spec {
    /// The digits on one hidden layer of 128 relus; AdamW, 30 epochs, batch 64, seed 0, on the processor.
    fn default() -> Self {
        Self {
            data: "digits".to_owned(),
            hidden: vec![128],
            activation: Activation::Relu,
            rule: "adamw".to_owned(),
            flags: Vec::new(),
            groups: Vec::new(),
            epochs: 30,
            batch: 64,
            seed: 0,
            clip_norm: None,
            ema_decay: None,
            device: Device::Cpu,
            host_schedule: false,
            threads: None,
        }
    }
}

impl Spec {
    /// This with what `set` changes.
    ///
    /// ```
    /// let spec = etude::config::Spec::default().with(|spec| spec.seed = 7);
    /// assert_eq!((spec.seed, spec.batch), (7, 64));
    /// ```
    #[must_use]
    pub fn with(mut self, set: impl FnOnce(&mut Self)) -> Self {
        set(&mut self);
        self
    }

    /// Optimizer steps per epoch on `examples` training examples: the last batch may be smaller.
    pub fn steps_per_epoch(&self, examples: usize) -> u64 {
        examples.div_ceil(self.batch.max(1)) as u64
    }

    /// Checks what can be checked without data.
    ///
    /// # Errors
    /// As a sentence.
    #[doc(hidden)]
    pub fn check(&self) -> Result<(), String> {
        let fail = |text: String| Err(text);
        if self.epochs == 0 {
            return fail("a run needs at least 1 epoch".to_owned());
        }
        if self.batch == 0 {
            return fail("a batch needs at least 1 example".to_owned());
        }
        if let Some(norm) = self.clip_norm.filter(|n| !(n.is_finite() && *n > 0.0)) {
            return fail(format!("the clip norm is {norm:?}; it must be above 0 and finite"));
        }
        if let Some(decay) = self.ema_decay.filter(|d| !(0.0..1.0).contains(d)) {
            return fail(format!("the ema decay is {decay:?}; it must be in [0, 1)"));
        }
        Ok(())
    }
}
