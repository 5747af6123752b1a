//! What an update is made for, and its kernels' text.

use std::fmt::Write;

use crate::backend::c::{HEAD, number};
use crate::optim::error::Error;
use crate::optim::rule::RuleRow;

/// Where a step's hyperparameters come from. Both give the same bits.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Values {
    /// The host fills a table, one row of `[group][hyperparameter]` for each step of a window.
    #[default]
    Table,
    /// Device code.
    Code(Code),
}

/// Device code that computes a step's hyperparameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    text: String,
    inputs: usize,
}

impl Code {
    /// A text that defines `etude_values(step, row, inputs, values)`.
    ///
    /// # Safety
    /// It ends, reads at most so many `inputs`, writes `values`, one for each group and hyperparameter, and touches no other
    /// memory: it runs on the GPU, where nothing checks that.
    #[allow(unsafe_code)]
    pub unsafe fn new(text: String, inputs: usize) -> Self {
        Self { text, inputs }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many numbers it reads.
    pub fn inputs(&self) -> usize {
        self.inputs
    }
}

/// What an update is made for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rule.
    pub rule: &'static RuleRow,
    /// Which of its switches are on.
    pub flags: Vec<bool>,
    /// How many groups there are, the default one included.
    pub groups: usize,
    /// Gradients are scaled down to this global norm where theirs is greater.
    pub clip_norm: Option<f64>,
    /// The decay of the moving average, if there is one.
    pub ema_decay: Option<f64>,
    /// Where the hyperparameters come from.
    pub values: Values,
}

impl Settings {
    /// A rule with the switches named in `flags`; no clipping, no average, values from a table.
    ///
    /// # Errors
    /// [`Error::UnknownFlag`].
    pub fn new(rule: &'static RuleRow, flags: &[String], groups: usize) -> Result<Self, Error> {
        let flags = rule.switches(flags)?;
        Ok(Self { rule, flags, groups, clip_norm: None, ema_decay: None, values: Values::Table })
    }

    /// Values of one step.
    pub fn width(&self) -> usize {
        self.groups * self.rule.words.hypers.len()
    }

    /// Numbers that are recorded of one step: the loss, the norm and the values.
    pub(super) fn record(&self) -> usize {
        2 + self.width()
    }

    /// The kernels in CUDA C.
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        let flags = self.flags.iter().rev().fold(0u32, |bits, &on| bits << 1 | u32::from(on));
        let numbers = [("GROUPS", self.groups), ("HYPERS", self.rule.words.hypers.len()), ("FLAGS", flags as usize)];
        for (name, value) in numbers {
            _ = writeln!(text, "#define ETUDE_{name} {value}");
        }
        if let Some(norm) = self.clip_norm {
            _ = writeln!(text, "#define ETUDE_CLIP_NORM {}", number(norm));
        }
        if let Some(decay) = self.ema_decay {
            _ = writeln!(text, "#define ETUDE_EMA_WEIGHT {:?}f", (1.0 - decay) as f32);
        }
        text += match &self.values {
            Values::Code(code) => code.text(),
            Values::Table => TABLE,
        };
        text += "\nstatic __device__ bool etude_allowed(int hyper, double x)\n{\n    switch (hyper) {\n";
        for (i, hyper) in self.rule.words.hypers.iter().enumerate() {
            let (min, max) = (number(hyper.range.min), number(hyper.range.max));
            let below = if hyper.range.closed { "<=" } else { "<" };
            _ = writeln!(text, "    case {i}: return x >= {min} && x {below} {max}; // {}", hyper.name);
        }
        text += "    }\n    return false;\n}\n\n";
        let parts = [
            include_str!("../rule.cu"),
            self.rule.cuda,
            include_str!("../norm.cu"),
            include_str!("../tick.cu"),
            include_str!("../update.cu"),
        ];
        text + &parts.join("\n")
    }
}

const TABLE: &str = "
static __device__ void etude_values(etude_u64, etude_u64 row, const double *table, double *values)
{
    for (int i = 0; i < ETUDE_GROUPS * ETUDE_HYPERS; i++)
        values[i] = table[row * (ETUDE_GROUPS * ETUDE_HYPERS) + i];
}
";
