//! What a program computes, by name.

use super::Program;
use crate::plan::Plan;

/// One of the values that a program computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Output<'p> {
    /// The label of the group that sets it, as the config writes it; none for the optimizer's own values, which groups that
    /// do not set them inherit.
    pub group: Option<&'p str>,
    /// What it is a value of, such as `lr`.
    pub name: &'p str,
}

/// The names of a program's outputs.
pub(super) struct Names {
    /// A line each: `lr`, or `label.lr` in a group.
    lines: Box<str>,
    count: usize,
    /// How long the label in each line is; empty where there are no groups.
    labels: Box<[Option<usize>]>,
}

impl Names {
    pub(super) fn new(plan: &Plan) -> Self {
        let lines: Vec<&str> = plan.outputs.iter().map(|(name, _)| name.as_str()).collect();
        let grouped = plan.labels.iter().any(Option::is_some);
        let labels = if grouped { plan.labels.clone() } else { vec![] };
        Self { lines: lines.join("\n").into(), count: lines.len(), labels: labels.into() }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.split('\n').take(self.count)
    }
}

impl Program {
    /// What is computed: the entries of the file, `lr` for an expression, `label.lr` for what a group sets.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.live.names.lines()
    }

    /// What is computed, in the same order: the group and the name apart.
    ///
    /// ```
    /// use etude::{Clock, Program};
    ///
    /// let source = "optimizer adamw { lr: 1e-3 -> 0 }\ngroup \"head.*|.*bias\" { lr: inherited / 2, weight_decay: 0 }";
    /// let program = Program::compile(source, Clock::steps(100))?;
    /// let all: Vec<_> = program.outputs().map(|output| (output.group, output.name)).collect();
    /// assert_eq!(all, [(None, "lr"), (Some("head.*|.*bias"), "lr"), (Some("head.*|.*bias"), "weight_decay")]);
    /// assert_eq!(program.groups(), ["head.*|.*bias"]);
    /// # Ok::<(), etude::Diagnostics>(())
    /// ```
    pub fn outputs(&self) -> impl Iterator<Item = Output<'_>> {
        let Names { labels, .. } = &self.live.names;
        self.names().enumerate().map(|(k, line)| match labels.get(k) {
            Some(&Some(label)) => Output { group: Some(&line[..label]), name: &line[label + 1..] },
            _ => Output { group: None, name: line },
        })
    }

    /// The labels of the groups that set values, each once, in the order of the config.
    pub fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = self.outputs().filter_map(|output| output.group).collect();
        groups.dedup();
        groups
    }
}
