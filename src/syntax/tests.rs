//! What programs read as.

mod explained;
mod limits;
mod several;
mod valid;

use super::parse;

/// The tree of a valid program, as text.
fn tree(source: &str) -> String {
    match parse(source) {
        Ok(ast) => ast.to_string(),
        Err(errors) => panic!("{source}\n{errors:#?}"),
    }
}
