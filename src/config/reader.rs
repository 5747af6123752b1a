//! One block after the other.

use std::collections::HashSet;

use super::block::Block;
use super::choice::device;
use super::constant::{constant, whole, wholes};
use super::model::{MLP, MODELS};
use super::parts::{arguments, has, near};
use super::{Activation, Config, DATASETS, Hyper, RULES, Rule, examples, groups, rule, text_of};
use crate::diag::{Diagnostic, Span, config};
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item};

/// The most layers of a model. Every group's pattern is tried on every layer's names, each setting on every `let`.
const MOST_LAYERS: usize = 256;

/// A config being read.
pub(super) struct Reader<'a> {
    ast: &'a Ast,
    pub(super) found: Vec<Diagnostic>,
    config: Config,
    groups: Vec<(&'a str, Span, &'a [Item])>,
    /// What `run` says, and where.
    given: Vec<(&'a str, Span)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ast: &'a Ast) -> Self {
        Self { ast, found: Vec::new(), config: Config::default(), groups: Vec::new(), given: Vec::new() }
    }

    pub(super) fn block(&mut self, kind: &'a Ident, head: Option<&'a Expr>, items: &'a [Item], span: Span) {
        let name = kind.text.as_str();
        let Some(known) = Block::named(name) else {
            let d = Diagnostic::new(&config::BLOCK, kind.span, format!("unknown block `{name}`"));
            return self.found.push(near(d, kind, Block::ALL.iter().map(|kind| kind.name())));
        };
        if !known.row().runs {
            let message = format!("this version's runner has no `{name}` yet");
            return self.found.push(Diagnostic::new(&config::NOT_YET, kind.span, message).help("remove the block"));
        }
        if let Some(first) = self.config.place(known) {
            let d = Diagnostic::new(&config::TWICE, kind.span, format!("there are two `{name}` blocks"));
            return self.found.push(d.label("again here").because(first, "first here").help("join them"));
        }
        // There may be many groups, and only of them.
        if known != Block::Group {
            self.config.seen.push((known, kind.span));
        }
        match known {
            Block::Run => self.run(kind, head, items),
            Block::Data => self.data(kind, head, items),
            Block::Model => self.model(kind, head, items),
            Block::Optimizer => self.optimizer(kind, head, items),
            Block::Group => match head.map(|h| (&h.kind, h.span)) {
                Some((ExprKind::Str(pattern), place)) => self.groups.push((pattern, place, items)),
                _ => self.headless(kind, "a group's regular expression", known.row().example),
            },
            _ => self.scalar(known, kind, head, items, span),
        }
    }

    /// Entries beside an optimizer would be trained with nothing.
    pub(super) fn entries_outside(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Entry { key, .. } = item
                && self.config.rule.is_some()
            {
                let message = format!("`{}` stands outside the optimizer", key.text);
                let d = Diagnostic::new(&config::KEY, key.span, message);
                self.found.push(d.help("move it between the braces of `optimizer` or `group`"));
            }
        }
    }

    pub(super) fn finish(mut self) -> (Config, Vec<Diagnostic>) {
        self.counted();
        let hypers = self.config.rule.map_or(&[][..], |rule| rule.hypers);
        let (mut places, mut known) = (vec![], HashSet::new());
        for (pattern, place, items) in std::mem::take(&mut self.groups) {
            if !known.insert(pattern) {
                let d = Diagnostic::new(&config::TWICE, place, format!("there are two groups \"{pattern}\""));
                self.found.push(d.help("join them"));
                continue;
            }
            // Without an optimizer there is nothing yet to know its hyperparameters by.
            if self.config.rule.is_some() {
                self.hypers(items, hypers, &[]);
            }
            self.config.spec.groups.push(pattern.into());
            places.push(place);
        }
        self.empty_groups(&places);
        (self.config, self.found)
    }

    /// Whether what `run` says of an epoch is what the data give.
    fn counted(&mut self) {
        let facts = self.config.facts;
        let place = |wanted: &str| self.given.iter().find(|(key, _)| *key == wanted).map(|(_, span)| *span);
        let (Some(examples), Some(batch)) = (facts.examples, facts.batch) else { return };
        if let Some(span) = place("batch").filter(|_| batch > examples) {
            let message = format!("`batch` is {batch}, and the data have {examples} samples to train on");
            let d = Diagnostic::new(&config::VALUE, span, message);
            let help = format!("write `batch: {examples}` to train on all of them in every step");
            return self.found.push(d.help(help).maybe(span, examples.to_string()));
        }
        let counted = examples.div_ceil(batch.max(1));
        if let (Some(span), Some(given)) = (place("steps_per_epoch"), facts.steps_per_epoch)
            && given != counted
        {
            let message = format!("`steps_per_epoch` is {given}, and an epoch of these data has {counted} steps");
            let d = Diagnostic::new(&config::VALUE, span, message);
            let help = format!("leave it out: {examples} samples in batches of {batch} are {counted} steps");
            self.found.push(d.help(help).maybe(span, counted.to_string()));
        }
    }

    /// Whether every group, written at its place, gets a parameter of the model.
    fn empty_groups(&mut self, places: &[Span]) {
        let Some(shape) = self.config.shape() else { return };
        let found = groups::faults(&shape.tensors(), &self.config.spec.groups).into_iter().map(|(k, e)| {
            Diagnostic::new(&config::GROUP, places[k], e.to_string())
                .help("a group is a regular expression that finds at least one parameter's name")
        });
        self.found.extend(found);
    }

    fn run(&mut self, kind: &Ident, head: Option<&Expr>, items: &'a [Item]) {
        self.no_head(kind, head);
        for (key, value) in self.entries(items, &Block::Run.row().names(), "run") {
            if key.text == "device" {
                match device(value) {
                    Ok(device) => self.config.spec.device = device,
                    Err(d) => self.found.push(*d),
                }
                continue;
            }
            let min = u64::from(key.text != "seed");
            let number = match whole(&self.ast.items, &key.text, value, min) {
                Ok(number) => number,
                Err(list) => {
                    self.found.extend(list);
                    continue;
                }
            };
            self.given.push((&key.text, value.span));
            let facts = &mut self.config.facts;
            match key.text.as_str() {
                "epochs" => (facts.epochs, self.config.spec.epochs) = (Some(number), number),
                "steps" => (facts.steps, self.config.steps_at) = (Some(number), Some(value.span)),
                "batch" => (facts.batch, self.config.spec.batch) = (Some(number), number as usize),
                "steps_per_epoch" => facts.steps_per_epoch = Some(number),
                "tokens_per_sample" => facts.tokens_per_sample = Some(number),
                _ => self.config.spec.seed = number,
            }
        }
        let given = |wanted: &str| {
            items.iter().find_map(|item| match item {
                Item::Entry { key, .. } if key.text == wanted => Some(key.span),
                _ => None,
            })
        };
        if let (Some(epochs), Some(steps)) = (given("epochs"), given("steps")) {
            let d = Diagnostic::new(&config::TWICE, steps, "the run's length is given twice");
            self.found.push(d.label("here in steps").because(epochs, "here in epochs").help("keep one of them"));
        }
        // What the engine takes where nothing is said.
        self.config.facts.batch.get_or_insert(self.config.spec.batch as u64);
    }

    fn data(&mut self, kind: &Ident, head: Option<&'a Expr>, items: &'a [Item]) {
        let known: Vec<&str> = DATASETS.iter().map(|d| d.name).collect();
        if let Some(name) = self.choice(kind, head, &known, "data set", Block::Data.row().example) {
            self.config.spec.data = name.into();
            self.config.facts.examples = examples(name).map(|n| n as u64);
        }
        self.entries(items, &[], "data");
    }

    fn model(&mut self, kind: &Ident, head: Option<&'a Expr>, items: &'a [Item]) {
        let known: Vec<&str> = MODELS.iter().map(|row| row.name).collect();
        self.choice(kind, head, &known, "model", Block::Model.row().example);
        self.entries(items, &[], "model");
        for arg in arguments(head) {
            let Some(name) = self.named(arg, MLP.args, MLP.name) else { continue };
            if name == "hidden" {
                self.config.hidden_at = Some(arg.value.span);
            }
            match (name, &arg.value.kind) {
                ("hidden", ExprKind::List(list)) if list.len() > MOST_LAYERS => {
                    let message = format!("`hidden` lists {} layers; at most {MOST_LAYERS} are built", list.len());
                    let d = Diagnostic::new(&config::VALUE, arg.value.span, message);
                    self.found.push(d.help("write fewer, wider layers: `hidden: [256, 128]`"));
                }
                ("hidden", ExprKind::List(list)) => match wholes(&self.ast.items, "hidden", list, 1) {
                    Ok(sizes) => self.config.spec.hidden = sizes.into_iter().map(|n| n as usize).collect(),
                    Err(list) => self.found.extend(list),
                },
                ("hidden", _) => {
                    let d = Diagnostic::new(&config::VALUE, arg.value.span, "`hidden` is a list of layer sizes");
                    self.found.push(d.help("write `hidden: [128]`, or `[256, 128]` for two layers"));
                }
                _ => {
                    let known: Vec<&str> = Activation::ALL.iter().map(|a| a.name()).collect();
                    let chosen = text_of(&arg.value).and_then(Activation::by_name);
                    match chosen {
                        Some(activation) => self.config.spec.activation = activation,
                        None => self.unknown(&arg.value, &known, "activation"),
                    }
                }
            }
        }
    }

    fn optimizer(&mut self, kind: &Ident, head: Option<&'a Expr>, items: &'a [Item]) {
        let known: Vec<&str> = RULES.iter().map(|r| r.name).collect();
        let name = self.choice(kind, head, &known, "optimizer", "optimizer adamw { lr: 1e-3 }");
        let Some(rule) = name.and_then(rule) else { return };
        self.config.rule = Some(rule);
        self.config.spec.rule = rule.name.into();
        let flags: Vec<&str> = rule.flags.iter().map(|f| f.name).collect();
        for arg in arguments(head) {
            let Some(flag) = self.named(arg, &flags, rule.name) else { continue };
            match text_of(&arg.value) {
                Some("true") => {
                    self.config.spec.flags.push(flag.into());
                    self.needs(rule, flag, arg.value.span, items);
                }
                Some("false") => {}
                _ => {
                    let message = format!("`{flag}` is `true` or `false`");
                    let help = "leave it out for `false`";
                    self.found.push(Diagnostic::new(&config::VALUE, arg.value.span, message).help(help));
                }
            }
        }
        self.config.has_lr = has(items, "lr");
        self.hypers(items, rule.hypers, &flags);
    }

    /// A switch that does nothing alone.
    fn needs(&mut self, rule: &Rule, flag: &str, place: Span, items: &[Item]) {
        let needed = rule.flags.iter().find(|f| f.name == flag).map(|f| f.needs);
        if let Some(needed) = needed.filter(|n| !n.is_empty() && !has(items, n)) {
            let d = Diagnostic::new(&config::MISSING, place, format!("`{flag}` needs `{needed}`"));
            self.found.push(d.help(format!("write `{needed}: 0.9` between the braces")));
        }
    }

    /// The entries of an optimizer or a group: what they compute is the checker's business, their names are ours.
    fn hypers(&mut self, items: &'a [Item], hypers: &[Hyper], flags: &[&str]) {
        let known: Vec<&str> = hypers.iter().map(|h| h.name).collect();
        for item in items {
            if let Item::Entry { key, .. } = item
                && flags.contains(&key.text.as_str())
            {
                let d = Diagnostic::new(&config::KEY, key.span, format!("`{}` is a switch", key.text));
                self.found.push(d.help(format!(
                    "it stands in parentheses: `optimizer {}({}: true) {{ … }}`",
                    self.config.spec.rule, key.text
                )));
                return;
            }
        }
        self.entries(items, &known, &self.config.spec.rule.clone());
    }

    /// A block of one number.
    fn scalar(&mut self, block: Block, kind: &Ident, head: Option<&Expr>, items: &'a [Item], span: Span) {
        self.no_head(kind, head);
        let (row, clips) = (block.row(), block == Block::Clip);
        let entries = self.entries(items, &row.names(), row.name);
        let Some((key, value)) = entries.first() else {
            let needed = row.names().join("`, `");
            let d = Diagnostic::new(&config::MISSING, span, format!("`{}` needs `{needed}`", row.name));
            return self.found.push(d.help(format!("write `{}`", row.example)));
        };
        match constant(&self.ast.items, value) {
            Err(list) => self.found.extend(list),
            Ok(norm) if clips && norm > 0.0 => self.config.spec.clip_norm = Some(norm),
            Ok(decay) if !clips && (0.0..1.0).contains(&decay) => self.config.spec.ema_decay = Some(decay),
            Ok(x) => {
                let range = if clips { "above 0" } else { "at least 0 and below 1" };
                let message = format!("`{}` is {x}; it must be {range}", key.text);
                let usual = if clips { "1.0" } else { "0.999" };
                let help = format!("a usual one is `{usual}`");
                self.found.push(Diagnostic::new(&config::VALUE, value.span, message).help(help));
            }
        }
    }
}
