//! Band C05: whole training configs.

use super::{Code, Severity};

/// Every code of the band.
pub const CODES: &[&Code] = &[&BLOCK, &KEY, &CHOICE, &VALUE, &NOT_YET, &MISSING, &TWICE, &GROUP, &HYPER, &METRIC];

/// unknown block
pub const BLOCK: Code = Code {
    code: "C0501",
    severity: Severity::Error,
    title: "unknown block",
    explain: "A config is made of the blocks `run`, `data`, `model`, `optimizer`, `group`, `clip` and `ema`. A block that nothing reads would be a setting that does nothing, so it is an error.",
    wrong: "optimiser adamw { lr: 1e-3 }",
    right: "optimizer adamw { lr: 1e-3 }",
};

/// unknown key
pub const KEY: Code = Code {
    code: "C0502",
    severity: Severity::Error,
    title: "unknown key",
    explain: "Every block knows its keys. An optimizer and its groups know the hyperparameters of the update rule; each of them is a schedule.",
    wrong: "optimizer adamw { lr: 1e-3, weight_decya: 0.1 }",
    right: "optimizer adamw { lr: 1e-3, weight_decay: 0.1 }",
};

/// unknown optimizer, model, data set, activation or device
pub const CHOICE: Code = Code {
    code: "C0503",
    severity: Severity::Error,
    title: "unknown optimizer, model, data set, activation or device",
    explain: "The runner brings the update rules, models and data sets that the message lists, and trains on `cpu` or on a GPU: `cuda`, or `\"cuda:1\"` for the second one.",
    wrong: "data \"digit\"",
    right: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3 }",
};

/// a setting outside its range
pub const VALUE: Code = Code {
    code: "C0504",
    severity: Severity::Error,
    title: "a setting outside its range",
    explain: "Settings of the run, such as `epochs`, `batch` and `seed`, are numbers that do not change in time: they may use `let`s, but no time and no phase. An epoch has as many steps as the data give, a batch no more samples than there are, a run whole epochs, and a model at most 2^30 parameters. Hyperparameters of the optimizer may change at every step.",
    wrong: "run { epochs: 1.5 }",
    right: "run { epochs: 2 }",
};

/// not implemented yet
pub const NOT_YET: Code = Code {
    code: "C0505",
    severity: Severity::Error,
    title: "not implemented yet",
    explain: "The language has this block, this version's runner does not. It is refused rather than ignored.",
    wrong: "save { best: val_accuracy }",
    right: "ema { decay: 0.99 }",
};

/// something is missing
pub const MISSING: Code = Code {
    code: "C0506",
    severity: Severity::Error,
    title: "something is missing",
    explain: "Training needs the blocks `run` (with `epochs` or `steps`), `data`, `model` and `optimizer`, and the optimizer its `lr`. A config that names data or a model is one for training; any other is a schedule for a trainer of one's own, which may have the rest.",
    wrong: "clip { }",
    right: "clip { norm: 1.0 }",
};

/// given twice
pub const TWICE: Code = Code {
    code: "C0507",
    severity: Severity::Error,
    title: "given twice",
    explain: "Each setting is written once, so that no other place can change it unseen.",
    wrong: "run { seed: 1, seed: 2 }",
    right: "run { seed: 2 }",
};

/// a group without parameters
pub const GROUP: Code = Code {
    code: "C0508",
    severity: Severity::Error,
    title: "a group without parameters",
    explain: "A group's text is a regular expression over parameter names. A parameter belongs to the first group that matches; a group that gets none would do nothing.",
    wrong: "data \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3 }\ngroup \"conv\" { lr: 0 }",
    right: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3 }\ngroup \"bias\" { lr: 0 }",
};

/// a hyperparameter outside its range
pub const HYPER: Code = Code {
    code: "C0509",
    severity: Severity::Error,
    title: "a hyperparameter outside its range",
    explain: "Each hyperparameter of an update rule has a range, and the runner makes no step with a value outside it. Every step of the run is looked at; a value that depends on what will be measured, at the first step.",
    wrong: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3, beta1: 0.85 -> 1.05 }",
    right: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3, beta1: 0.85 -> 0.95 }",
};

/// a metric that no run reports
pub const METRIC: Code = Code {
    code: "C0510",
    severity: Severity::Error,
    title: "a metric that no run reports",
    explain: "The runner reports `loss` and `grad_norm` after every step, and `train_loss`, `test_loss`, `test_accuracy`, `val_loss` and `val_accuracy` after every epoch. A modifier that watches another metric would never act.",
    wrong: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3 | plateau(valid_loss) }",
    right: "run { epochs: 2 }\ndata \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1e-3 | plateau(val_loss) }",
};
