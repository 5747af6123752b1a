//! A config's blocks → the run's [`Spec`], its clock, and where each hyperparameter comes from.
//!
//! Guarantees: no name is ignored (a block, key, rule, model or data set that is not known is an error with the nearest
//! known one); nothing is read from disk; a program without blocks is a config in which nothing is set.

pub mod block;
pub mod rules;
pub mod metrics;
pub mod activation;
pub mod data;
pub mod device;
pub mod model;
pub mod groups;
mod facts;
mod spec;
mod constant;
mod choice;
mod parts;
mod reader;
mod over;
mod words;
#[cfg(test)]
mod tests;

use crate::diag::{Diagnostic, Span, config};
use crate::syntax::ast::{Ast, Expr, ExprKind, Item};

pub use activation::Activation;
pub use block::Block;
pub use data::{DATASETS, DatasetRow, dataset};
pub use device::Device;
pub use facts::Facts;
pub use metrics::{METRICS, Metric};
pub use model::{MODELS, ModelRow, Shape};
pub use over::{SetError, set};
pub use rules::{Flag, Hyper, Interval, RULES, Rule, rule};
pub use spec::Spec;
pub use words::{Head, choices, heads, keys};

/// What a config says.
#[derive(Clone, Debug)]
pub struct Config {
    /// What its `run` and `data` blocks say of time.
    pub facts: Facts,
    spec: Spec,
    rule: Option<&'static Rule>,
    /// The blocks that are there once at most, and where.
    seen: Vec<(Block, Span)>,
    has_lr: bool,
}

/// Reads the blocks of a config.
///
/// # Errors
/// Every mistake found.
pub fn read(ast: &Ast) -> Result<Config, Vec<Diagnostic>> {
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
    /// What is missing for a run.
    pub fn spec(&self) -> Result<Spec, Vec<Diagnostic>> {
        let place = self.place(Block::Optimizer).unwrap_or_default();
        let missing = |what: String, help: &str| Diagnostic::error(&config::MISSING, place, what).help(help);
        let needed = [Block::Run, Block::Data, Block::Model, Block::Optimizer];
        let absent: Vec<_> = needed.into_iter().filter(|block| self.place(*block).is_none()).map(Block::row).collect();
        let mut list = Vec::new();
        if !absent.is_empty() {
            let names: Vec<String> = absent.iter().map(|row| format!("`{}`", row.name)).collect();
            let (s, are) = if let [_] = absent[..] { ("", "is") } else { ("s", "are") };
            let what = format!("the block{s} {} that training needs {are} missing", names.join(", "));
            let examples: Vec<&str> = absent.iter().map(|row| row.example).collect();
            list.push(missing(what, &format!("write\n{}", examples.join("\n"))));
        }
        if self.rule.is_some() && !self.has_lr {
            list.push(missing("the optimizer has no `lr`".into(), "write `lr: 1e-3`, or a schedule"));
        }
        let mut spec = self.spec.clone();
        match self.facts.whole_epochs() {
            Ok(Some(epochs)) => spec.epochs = epochs,
            Ok(None) if self.place(Block::Run).is_some() && self.facts.steps.is_none() => {
                list.push(missing("the run has no length".into(), "write `epochs: 20` in the `run` block"));
            }
            Ok(None) => {}
            Err(help) => list.push(missing("the run ends within an epoch, and runs end with one here".into(), &help)),
        }
        if list.is_empty() { Ok(spec) } else { Err(list) }
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
