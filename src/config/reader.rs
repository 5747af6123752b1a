//! One block after the other.

use std::collections::HashSet;

use super::choice::{DEVICES, device};
use super::constant::{constant, whole, wholes};
use super::parts::{arguments, has, near};
use super::{
    Activation, Config, DATASETS, Facts, Hyper, RULES, Rule, Shape, Spec, dataset, examples, groups, rule, text_of,
};
use crate::diag::{Diagnostic, Span, config};
use crate::syntax::ast::{Ast, Expr, ExprKind, Ident, Item};

/// What the `run` block knows.
pub(super) const RUN: &[(&str, &str)] = &[
    ("epochs", "passes over the data"),
    ("steps", "optimizer updates, instead of epochs"),
    ("batch", "samples per update"),
    ("seed", "of everything that is drawn at random"),
    ("device", "where it trains: `cpu`, `cuda` (the first GPU), or with a GPU's number as in `\"cuda:1\"`"),
    ("steps_per_epoch", "updates per pass over the data"),
    ("tokens_per_sample", "the sequence length"),
];

/// The keys of the `run` block.
pub(super) fn run_keys() -> Vec<&'static str> {
    RUN.iter().map(|(key, _)| *key).collect()
}

/// The blocks that are read.
pub const BLOCKS: &[&str] = &["run", "data", "model", "optimizer", "group", "clip", "ema"];

/// The keys that a block of this kind knows, each with its meaning; `rule` is the update rule of an optimizer or group.
pub fn keys(kind: &str, rule: Option<&str>) -> Vec<(&'static str, &'static str)> {
    match kind {
        "run" => RUN.to_vec(),
        "clip" => vec![("norm", "the most that the norm of all gradients may be")],
        "ema" => vec![("decay", "of the mean of the parameters")],
        "optimizer" | "group" => {
            let rules = RULES.iter().filter(|r| rule.is_none_or(|name| name == r.name));
            let mut all: Vec<_> = rules.flat_map(|r| r.hypers).map(|h| (h.name, h.meaning)).collect();
            all.sort_by_key(|(name, _)| *name);
            all.dedup_by_key(|(name, _)| *name);
            all
        }
        _ => vec![],
    }
}

/// What the entry `key` of a block of this kind chooses from, as it is written; nothing where it is no choice.
pub fn choices(kind: &str, key: &str) -> &'static [&'static str] {
    if (kind, key) == ("run", "device") { DEVICES } else { &[] }
}

/// The language's other blocks.
const LATER: &[&str] = &["stop", "save", "sweep"];
const MODELS: &[&str] = &["mlp"];

/// The most layers of a model. Every group's pattern is tried on every layer's names, each setting on every `let`.
const MOST_LAYERS: usize = 256;

/// A config being read.
pub(super) struct Reader<'a> {
    ast: &'a Ast,
    pub(super) found: Vec<Diagnostic>,
    config: Config,
    groups: Vec<(&'a str, Span, &'a [Item])>,
    blocks: Vec<(&'a str, Span)>,
    /// What `run` says, and where.
    given: Vec<(&'a str, Span)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(ast: &'a Ast) -> Self {
        let config = Config {
            facts: Facts::default(),
            spec: Spec::default(),
            rule: None,
            seen: Vec::new(),
            place: Span::default(),
            has_lr: false,
        };
        Self { ast, found: Vec::new(), config, groups: Vec::new(), blocks: Vec::new(), given: Vec::new() }
    }

    pub(super) fn block(&mut self, kind: &'a Ident, head: Option<&'a Expr>, items: &'a [Item], span: Span) {
        let name = kind.text.as_str();
        if LATER.contains(&name) {
            let message = format!("this version's runner has no `{name}` yet");
            return self.found.push(Diagnostic::error(&config::NOT_YET, kind.span, message).help("remove the block"));
        }
        let Some(&known) = BLOCKS.iter().find(|b| **b == name) else {
            let d = Diagnostic::error(&config::BLOCK, kind.span, format!("unknown block `{name}`"));
            return self.found.push(near(d, kind, BLOCKS.iter().chain(LATER).copied()));
        };
        let earlier = self.blocks.iter().find(|(n, _)| *n == name).map(|b| b.1);
        if let Some(first) = earlier {
            let d = Diagnostic::error(&config::TWICE, kind.span, format!("there are two `{name}` blocks"));
            return self.found.push(d.label("again here").because(first, "first here").help("join them"));
        }
        // There may be many groups, and only of them.
        if name != "group" {
            self.blocks.push((name, kind.span));
            self.config.seen.push(known);
        }
        match known {
            "run" => self.run(kind, head, items),
            "data" => self.data(kind, head, items),
            "model" => self.model(kind, head, items),
            "optimizer" => self.optimizer(kind, head, items),
            "group" => match head.map(|h| (&h.kind, h.span)) {
                Some((ExprKind::Str(pattern), place)) => self.groups.push((pattern, place, items)),
                _ => self.headless(kind, "a group's regular expression", "group \"bias\" { weight_decay: 0 }"),
            },
            _ => self.scalar(kind, head, items, span),
        }
    }

    /// Entries beside an optimizer would be trained with nothing.
    pub(super) fn entries_outside(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Entry { key, .. } = item
                && self.config.rule.is_some()
            {
                let message = format!("`{}` stands outside the optimizer", key.text);
                let d = Diagnostic::error(&config::KEY, key.span, message);
                self.found.push(d.help("move it between the braces of `optimizer` or `group`"));
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Config, Vec<Diagnostic>> {
        self.counted();
        let hypers = self.config.rule.map_or(&[][..], |rule| rule.hypers);
        let (mut places, mut known) = (vec![], HashSet::new());
        for (pattern, place, items) in std::mem::take(&mut self.groups) {
            if !known.insert(pattern) {
                let d = Diagnostic::error(&config::TWICE, place, format!("there are two groups \"{pattern}\""));
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
        if self.found.is_empty() { Ok(self.config) } else { Err(self.found) }
    }

    /// Whether what `run` says of an epoch is what the data give.
    fn counted(&mut self) {
        let facts = self.config.facts;
        let place = |wanted: &str| self.given.iter().find(|(key, _)| *key == wanted).map(|(_, span)| *span);
        let (Some(examples), Some(batch)) = (facts.examples, facts.batch) else { return };
        if let Some(span) = place("batch").filter(|_| batch > examples) {
            let message = format!("`batch` is {batch}, and the data have {examples} samples to train on");
            let d = Diagnostic::error(&config::VALUE, span, message);
            let help = format!("write `batch: {examples}` to train on all of them in every step");
            return self.found.push(d.help(help).maybe(span, examples.to_string()));
        }
        let counted = examples.div_ceil(batch.max(1));
        if let (Some(span), Some(given)) = (place("steps_per_epoch"), facts.steps_per_epoch)
            && given != counted
        {
            let message = format!("`steps_per_epoch` is {given}, and an epoch of these data has {counted} steps");
            let d = Diagnostic::error(&config::VALUE, span, message);
            let help = format!("leave it out: {examples} samples in batches of {batch} are {counted} steps");
            self.found.push(d.help(help).maybe(span, counted.to_string()));
        }
    }

    /// Whether every group, written at its place, gets a parameter of the model.
    fn empty_groups(&mut self, places: &[Span]) {
        let spec = &self.config.spec;
        let (true, Some(row)) = (self.config.seen.contains(&"model"), dataset(&spec.data)) else { return };
        let (inputs, classes) = (row.inputs, row.classes);
        let shape = Shape { inputs, hidden: spec.hidden.clone(), classes, activation: spec.activation };
        let found = groups::faults(&shape.tensors(), &spec.groups).into_iter().map(|(k, e)| {
            Diagnostic::error(&config::GROUP, places[k], e.to_string())
                .help("a group is a regular expression that finds at least one parameter's name")
        });
        self.found.extend(found);
    }

    fn run(&mut self, kind: &Ident, head: Option<&Expr>, items: &'a [Item]) {
        self.no_head(kind, head);
        for (key, value) in self.entries(items, &run_keys(), "run") {
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
                "steps" => facts.steps = Some(number),
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
            let d = Diagnostic::error(&config::TWICE, steps, "the run's length is given twice");
            self.found.push(d.label("here in steps").because(epochs, "here in epochs").help("keep one of them"));
        }
        // What the engine takes where nothing is said.
        self.config.facts.batch.get_or_insert(self.config.spec.batch as u64);
    }

    fn data(&mut self, kind: &Ident, head: Option<&'a Expr>, items: &'a [Item]) {
        let known: Vec<&str> = DATASETS.iter().map(|d| d.name).collect();
        if let Some(name) = self.choice(kind, head, &known, "data set", "data \"digits\"") {
            self.config.spec.data = name.into();
            self.config.facts.examples = examples(name).map(|n| n as u64);
        }
        self.entries(items, &[], "data");
    }

    fn model(&mut self, kind: &Ident, head: Option<&'a Expr>, items: &'a [Item]) {
        self.choice(kind, head, MODELS, "model", "model mlp(hidden: [128], activation: relu)");
        self.entries(items, &[], "model");
        for arg in arguments(head) {
            let Some(name) = self.named(arg, &["hidden", "activation"], "mlp") else { continue };
            match (name, &arg.value.kind) {
                ("hidden", ExprKind::List(list)) if list.len() > MOST_LAYERS => {
                    let message = format!("`hidden` lists {} layers; at most {MOST_LAYERS} are built", list.len());
                    let d = Diagnostic::error(&config::VALUE, arg.value.span, message);
                    self.found.push(d.help("write fewer, wider layers: `hidden: [256, 128]`"));
                }
                ("hidden", ExprKind::List(list)) => match wholes(&self.ast.items, "hidden", list, 1) {
                    Ok(sizes) => self.config.spec.hidden = sizes.into_iter().map(|n| n as usize).collect(),
                    Err(list) => self.found.extend(list),
                },
                ("hidden", _) => {
                    let d = Diagnostic::error(&config::VALUE, arg.value.span, "`hidden` is a list of layer sizes");
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
        self.config.place = kind.span;
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
                    self.found.push(Diagnostic::error(&config::VALUE, arg.value.span, message).help(help));
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
            let d = Diagnostic::error(&config::MISSING, place, format!("`{flag}` needs `{needed}`"));
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
                let d = Diagnostic::error(&config::KEY, key.span, format!("`{}` is a switch", key.text));
                self.found.push(d.help(format!(
                    "it stands in parentheses: `optimizer {}({}: true) {{ … }}`",
                    self.config.spec.rule, key.text
                )));
                return;
            }
        }
        self.entries(items, &known, &self.config.spec.rule.clone());
    }

    /// `clip { norm: 1.0 }`, `ema { decay: 0.999 }`
    fn scalar(&mut self, kind: &Ident, head: Option<&Expr>, items: &'a [Item], span: Span) {
        self.no_head(kind, head);
        let (wanted, example) = if kind.text == "clip" { ("norm", "1.0") } else { ("decay", "0.999") };
        let entries = self.entries(items, &[wanted], &kind.text);
        let Some((_, value)) = entries.first() else {
            let d = Diagnostic::error(&config::MISSING, span, format!("`{}` needs `{wanted}`", kind.text));
            return self.found.push(d.help(format!("write `{} {{ {wanted}: {example} }}`", kind.text)));
        };
        match constant(&self.ast.items, value) {
            Err(list) => self.found.extend(list),
            Ok(norm) if wanted == "norm" && norm > 0.0 => self.config.spec.clip_norm = Some(norm),
            Ok(decay) if wanted == "decay" && (0.0..1.0).contains(&decay) => self.config.spec.ema_decay = Some(decay),
            Ok(x) => {
                let range = if wanted == "norm" { "above 0" } else { "at least 0 and below 1" };
                let message = format!("`{wanted}` is {x}; it must be {range}");
                let usual = if wanted == "norm" { "1.0" } else { "0.999" };
                let help = format!("a usual one is `{usual}`");
                self.found.push(Diagnostic::error(&config::VALUE, value.span, message).help(help));
            }
        }
    }
}
