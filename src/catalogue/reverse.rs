//! Time turned round.

use super::{Entry, Form, Modifier};

/// `s | reverse`
pub const REVERSE: Entry = Entry {
    name: "reverse",
    summary: "runs what stands on its left backwards, from its end to its start",
    formula: "s(n - i), the limit from the left where s jumps",
    source: "ParameterSchedulers.jl reverse, symmetric",
    example: "warmup(20%) >> cosine(1e-3 -> 1e-4) | reverse",
    params: &[],
    form: Form::Modifier(Modifier::Reverse),
};
