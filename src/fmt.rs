//! One canonical style for programs.
//!
//! Guarantees: the tree stays what it was (numbers as they are written, too), every comment stays, in its order, and
//! formatting twice changes nothing more.

use crate::diag::Diagnostics;
use crate::{stack, syntax};

mod gap;
mod page;
mod doc;
mod items;
mod exprs;

use doc::Doc;
use items::Writer;

/// The columns of a line, where there is a place to break it.
pub const WIDTH: usize = 100;

/// `source` in the canonical style: one blank around operators, one item a line, entries below each other aligned. What
/// is longer than [`WIDTH`] columns, or has a comment within, goes on one line for each phase, modifier or argument. Of
/// blank lines one stays. Lines end as the first one does.
///
/// ```
/// assert_eq!(etude::fmt("warmup( 5% )>>cosine(1e-3->0)# up, then down").unwrap(),
///     "warmup(5%) >> cosine(1e-3 -> 0)  # up, then down\n");
/// ```
///
/// # Errors
/// Why the source does not parse.
pub fn fmt(source: &str) -> Result<String, Diagnostics> {
    let ast = syntax::parse(source).map_err(|list| Diagnostics::new("<program>", source, list))?;
    let text = stack::enough(|| page::lay_out(Writer::new(source).file(&ast)));
    let carriage = source.find('\n').is_some_and(|at| source[..at].ends_with('\r'));
    Ok(if carriage { text.replace('\n', "\r\n") } else { text })
}
