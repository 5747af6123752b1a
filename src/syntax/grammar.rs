//! The parser that pest derives from `grammar/etude.pest`.
#![allow(missing_docs, unreachable_pub, reason = "the derive writes these items; none leaves this stage")]

/// The strict grammar.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/etude.pest"]
pub(super) struct Grammar;
