//! The device of a `run` block: a choice as a word, or as a string where it has a number.

use std::borrow::Cow;

use super::text_of;
use crate::diag::{Diagnostic, config};
use crate::syntax::ast::{Expr, ExprKind};
use crate::train::Device;

/// What is offered where a device is written.
pub(super) const DEVICES: &[&str] = &["cpu", "cuda", "\"cuda:1\""];

/// The device that `value` names.
pub(super) fn device(value: &Expr) -> Result<Device, Vec<Diagnostic>> {
    let text = text_of(value).unwrap_or("");
    text.parse().map_err(|_| {
        let message = if text.is_empty() { "this names no device".into() } else { format!("unknown device `{text}`") };
        let d = Diagnostic::error(&config::CHOICE, value.span, message);
        vec![match Device::meant(text) {
            Some(near) => {
                let quoted = matches!(value.kind, ExprKind::Str(_)) || matches!(near, Device::Cuda(1..));
                let fix = if quoted { format!("\"{near}\"") } else { near.to_string() };
                d.help(format!("did you mean `{near}`?")).maybe(value.span, fix)
            }
            None => d.help(format!("known: {}", DEVICES.join(", "))),
        }]
    })
}

/// A device from a command line as a config writes it: a shell has eaten the quotes of `cuda:1`.
pub(super) fn quoted(value: &str) -> Cow<'_, str> {
    if value.contains(':') && !value.contains(['"', '\\', '\n', '\r']) {
        format!("\"{value}\"").into()
    } else {
        value.into()
    }
}
