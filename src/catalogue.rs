//! The registry of phases and modifiers: one row each, from which checking, help, completion, the README's
//! table and the suggestions for mistyped names all come.
//!
//! Guarantee: everything about an entry stands in its file, and nothing else knows it by its name. It sees neither syntax nor
//! a backend, and of the checker only what `check::build` lists.

use num_traits::{CheckedDiv, One};

use crate::clock::Ratio;
use crate::ir::{Builder, Local, Val};

mod row;
mod param;
mod args;
mod control;

pub use args::{Arg, Args};
pub use param::{Kind, Param};
pub use row::{Entry, Form, LowerCurve, LowerRamp, Modifier, Time};

use row::PLAIN;

/// Declares the files of rows and lists them, so that a new one is one line. `cargo fmt` does not see files that a macro
/// declares; `rustfmt src/catalogue/*.rs` does.
macro_rules! rows {
    ($($file:ident::$row:ident,)*) => {
        $(mod $file;)*

        /// Every phase and modifier, in the order in which help lists them.
        pub const ALL: &[&Entry] = &[$(&$file::$row),*];
    };
}

rows! {
    constant::CONST,
    linear::LINEAR,
    cosine::COSINE,
    poly::POLY,
    exp::EXP,
    sqrt::SQRT,
    rsqrt::RSQRT,
    inv::INV,
    tanh::TANH,
    sigmoid::SIGMOID,
    rex::REX,
    bezier::BEZIER,
    warmup::WARMUP,
    decay::DECAY,
    product::PRODUCT,
    table::TABLE,
    cycle::CYCLE,
    clamp::CLAMP,
    staircase::STAIRCASE,
    overlay::OVERLAY,
    plateau::PLATEAU,
    adapt::ADAPT,
    reverse::REVERSE,
    jitter::JITTER,
}

/// What a bare `a -> b` is short for.
pub const ARROW: &Entry = &linear::LINEAR;

/// The entry called `name`.
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|e| e.name == name).copied()
}

/// A ramp whose halves are computed from the end that is nearer: what is left of a difference of nearly equal
/// numbers would lose its digits where the value goes to 0. `half` is told whether it is the first one, and gets
/// the nearer end and the other.
fn halves(
    b: &mut Builder,
    time: Local,
    from: Val,
    to: Val,
    mut half: impl FnMut(&mut Builder, bool, Val, Val) -> Val,
) -> Val {
    let two = Ratio::from_integer(2);
    let middle = time.len.and_then(|len| len.checked_div(&two)).unwrap_or_else(Ratio::one);
    time.reached(b, &[middle], |b, passed| if passed == 0 { half(b, true, from, to) } else { half(b, false, to, from) })
}

/// The ends that every ramp takes.
const RAMP: Param =
    Param { name: "ends", kind: Kind::Ramp, default: None, doc: "the ramp `a -> b` (or a chain of keypoints)" };
