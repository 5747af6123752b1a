//! The phases of a program as people see them: when, from which value to which, and how they are written.

use std::fmt;

use serde::Serialize;

use crate::clock::{Ratio, to_f64};
use crate::diag::number::brief;
use crate::eval::open_loop;
use crate::ir::{Ir, Output, Val};
use crate::lower::moment;
use crate::plan::{Phase, Plan, Sig};
use crate::work::Work;

/// One line of the phase table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PhaseRow {
    /// The value that it belongs to.
    pub output: String,
    /// How deep it lies in cycles and groups.
    pub depth: usize,
    /// Its start in steps, within the cycle if it lies in one.
    pub start: f64,
    /// Its end, where it has one.
    pub end: Option<f64>,
    /// The value at its start.
    pub from: Value,
    /// The limit of its value at its end.
    pub to: Value,
    /// Where it is written.
    pub span: crate::diag::Span,
    /// How it is written.
    pub source: String,
}

/// A value that may depend on the base value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Value {
    /// A number.
    Number(f64),
    /// So many times the base value.
    TimesBase(f64),
    /// Some other function of the base value, or nothing to show.
    Other,
}

/// The phases of `plan`, for people.
pub(crate) fn rows(plan: &Plan, source: &str) -> Vec<PhaseRow> {
    let work = plan.work.clone();
    let row = |phase: &Phase| PhaseRow {
        output: plan.outputs[phase.output].0.clone(),
        depth: phase.depth,
        start: to_f64(phase.start),
        end: phase.end.map(to_f64),
        from: value(&phase.sig, phase.start, false, &work),
        to: phase.end.map_or(Value::Other, |end| value(&phase.sig, end, true, &work)),
        span: phase.span,
        source: source[phase.span.range()].split_whitespace().collect::<Vec<_>>().join(" "),
    };
    plan.phases.iter().map(row).collect()
}

/// The value of `sig` at one moment, for people.
fn value(sig: &Sig, at: Ratio, left: bool, work: &Work) -> Value {
    let Some((block, registers)) = moment(sig, at, left, work) else { return Value::Other };
    if let Val::Const(c) = block.result {
        return Value::Number(c);
    }
    let ir = Ir::new(vec![Output { name: String::new(), block }], registers);
    let at_base = |base: f64| {
        let mut out = [0.0];
        open_loop(&ir, 0, base, &mut out);
        out[0]
    };
    let one = at_base(1.0);
    if at_base(2.0) == 2.0 * one && at_base(4.0) == 4.0 * one { Value::TimesBase(one) } else { Value::Other }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => f.write_str(&brief(*n)),
            Self::TimesBase(n) => write!(f, "{}x", brief(*n)),
            Self::Other => f.write_str("…"),
        }
    }
}
