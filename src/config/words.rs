//! What can be written at a place of a config, for an editor to offer and explain.

use super::block::Block;
use super::data::DATASETS;
use super::model::MODELS;
use super::rules::RULES;

/// The keys that a block of this kind knows, each with its meaning; `rule` is the update rule of an optimizer or group.
pub fn keys(kind: &str, rule: Option<&str>) -> Vec<(&'static str, &'static str)> {
    match Block::named(kind) {
        Some(Block::Optimizer | Block::Group) => {
            let rules = RULES.iter().filter(|r| rule.is_none_or(|name| name == r.name));
            let mut all: Vec<_> = rules.flat_map(|r| r.hypers).map(|h| (h.name, h.meaning)).collect();
            all.sort_by_key(|(name, _)| *name);
            all.dedup_by_key(|(name, _)| *name);
            all
        }
        Some(kind) => kind.row().keys.iter().map(|key| (key.name, key.meaning)).collect(),
        None => vec![],
    }
}

/// What the entry `key` of a block of this kind chooses from, as it is written; nothing where it is no choice.
pub fn choices(kind: &str, key: &str) -> &'static [&'static str] {
    let keys = Block::named(kind).map_or(&[][..], |kind| kind.row().keys);
    keys.iter().find(|known| known.name == key).map_or(&[], |known| known.choices)
}

/// What the head of a block of this kind names.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Head {
    /// As it is written.
    pub text: String,
    /// One line of help.
    pub summary: &'static str,
    /// Whether arguments follow it.
    pub call: bool,
}

/// What the head of a block of this kind chooses from.
pub fn heads(kind: &str) -> Vec<Head> {
    match Block::named(kind) {
        Some(Block::Optimizer) => {
            RULES.iter().map(|rule| Head { text: rule.name.into(), summary: rule.summary, call: false }).collect()
        }
        Some(Block::Model) => {
            MODELS.iter().map(|row| Head { text: row.name.into(), summary: row.summary, call: true }).collect()
        }
        Some(Block::Data) => DATASETS
            .iter()
            .map(|row| Head { text: format!("\"{}\"", row.name), summary: row.summary, call: false })
            .collect(),
        _ => vec![],
    }
}
