//! The language server, through the binary, over stdin and stdout as an editor speaks to it.

mod client;
mod editing;
mod lifecycle;
mod looking;
mod same;
mod vscode;
