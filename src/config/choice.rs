//! The device of a `run` block: a choice as a word, or as a string where it has a number.

use std::borrow::Cow;

use super::block::DEVICES;
use super::parts::no_choice;
use super::{Device, text_of};
use crate::diag::Diagnostic;
use crate::syntax::ast::{Expr, ExprKind};

/// The device that `value` names.
pub(super) fn device(value: &Expr) -> Result<Device, Box<Diagnostic>> {
    let text = text_of(value).unwrap_or("");
    text.parse().map_err(|_| {
        let meant = Device::meant(text);
        let quoted = matches!(value.kind, ExprKind::Str(_)) || matches!(meant, Some(Device::Cuda(1..)));
        let near = meant.map(|device| device.to_string());
        no_choice(value.span, "device", text, near.as_deref().map(|near| (near, quoted)), DEVICES).into()
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
