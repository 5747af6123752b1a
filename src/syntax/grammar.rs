//! The parsers that pest derives from the two grammars.
#![allow(missing_docs, unreachable_pub, reason = "the derive writes these items; none leaves this stage")]

/// The strict grammar: what a program is.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/etude.pest"]
pub(super) struct Grammar;

/// The tolerant grammar: what people write.
pub(super) mod tolerant {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/tolerant.pest"]
    pub(crate) struct Tolerant;
}
