//! A config's blocks → the run's [`Spec`], its clock, and where each hyperparameter comes from.
//!
//! Guarantees: no name is ignored (a block, key, rule, model or data set that is not known is an error with the nearest
//! known one); nothing is read from disk; a program without blocks is a config in which nothing is set.

#[doc(hidden)]
pub mod block;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod metrics;
#[doc(hidden)]
pub mod activation;
#[doc(hidden)]
pub mod data;
#[doc(hidden)]
pub mod device;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod groups;
mod facts;
mod spec;
mod constant;
mod choice;
mod parts;
mod reader;
mod refused;
mod over;
mod words;
#[cfg(test)]
mod tests;

use crate::diag::{Diagnostic, Span};
use crate::syntax::ast::{Ast, Expr, ExprKind, Item};

pub use activation::Activation;
pub use block::Block;
pub use data::{DATASETS, DatasetRow, dataset};
pub use device::Device;
pub use facts::Facts;
pub use metrics::{METRICS, Metric};
pub use model::{MODELS, ModelRow, Shape};
pub use over::{SetError, set};
pub(crate) use refused::refused;
pub use rules::{Flag, Hyper, Interval, RULES, Rule, rule};
pub use spec::Spec;
pub use words::{Head, choices, heads, keys};

/// What a config says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What its `run` and `data` blocks say of time.
    pub facts: Facts,
    spec: Spec,
    rule: Option<&'static Rule>,
    /// The blocks that are there once at most, and where.
    seen: Vec<(Block, Span)>,
    has_lr: bool,
    /// Where `steps` of the run is set, and `hidden` of the model.
    steps_at: Option<Span>,
    hidden_at: Option<Span>,
}

/// Reads the blocks of a config. Which of them a run needs is not asked here: see [`Config::incomplete`].
///
/// # Errors
/// Every mistake found.
#[doc(hidden)]
pub fn read(ast: &Ast) -> Result<Config, Vec<Diagnostic>> {
    let (config, found) = all(ast);
    if found.is_empty() { Ok(config) } else { Err(found) }
}

/// What the blocks of a config say as far as they are right, and every mistake found.
pub(crate) fn all(ast: &Ast) -> (Config, Vec<Diagnostic>) {
    let mut reader = reader::Reader::new(ast);
    for item in &ast.items {
        if let Item::Block { kind, head, items, span } = item {
            reader.block(kind, head.as_ref(), items, *span);
        }
    }
    reader.entries_outside(&ast.items);
    reader.finish()
}

impl Config {
    /// What to train.
    ///
    /// # Errors
    /// What it lacks for that, as [`incomplete`](Self::incomplete) says.
    pub fn spec(&self) -> Result<Spec, Vec<Diagnostic>> {
        let found = self.incomplete();
        let epochs = self.facts.whole_epochs().ok().flatten();
        if found.is_empty() {
            Ok(Spec { epochs: epochs.unwrap_or(self.spec.epochs), ..self.spec.clone() })
        } else {
            Err(found)
        }
    }

    /// Where the block of this kind is, if there is one; of groups there may be many, and none is told of.
    fn place(&self, block: Block) -> Option<Span> {
        self.seen.iter().find(|(known, _)| *known == block).map(|(_, span)| *span)
    }

    /// The update rule; AdamW where there is no optimizer.
    pub fn rule(&self) -> &'static Rule {
        self.rule.unwrap_or(RULES[0])
    }

    /// The regular expressions of the groups.
    pub fn groups(&self) -> &[String] {
        &self.spec.groups
    }
}

/// The text of a name or string.
fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Str(s) | ExprKind::Name(s) => Some(s),
        _ => None,
    }
}

fn examples(name: &str) -> Option<usize> {
    dataset(name).map(|row| row.train)
}
