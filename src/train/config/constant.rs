//! Settings: expressions whose value is one number.

use crate::check::check;
use crate::clock::{Clock, Ratio};
use crate::diag::{Diagnostic, config};
use crate::lower;
use crate::recording::no_files;
use crate::syntax::ast::{Ast, Expr, ExprKind, Item};

/// The value of `expr`, which sees the `let`s among `items`.
pub(super) fn constant(items: &[Item], expr: &Expr) -> Result<f64, Vec<Diagnostic>> {
    Constants::new(items).value(expr)
}

/// What settings may refer to.
struct Constants {
    program: Ast,
}

impl Constants {
    fn new(items: &[Item]) -> Self {
        let mut lets = Vec::new();
        collect(items, &mut lets);
        Self { program: Ast { items: lets, ..Ast::default() } }
    }

    fn value(&mut self, expr: &Expr) -> Result<f64, Vec<Diagnostic>> {
        // A list of numbers need not be checked number by number.
        if let ExprKind::Number(number) = &expr.kind {
            return Ok(number.value);
        }
        self.program.body = Some(expr.clone());
        let plan = check(&self.program, &Clock::steps(1), &no_files)?;
        let sig = &plan.outputs[0].1;
        let zero = Ratio::from_integer(0);
        let value = sig.is_fixed().then(|| lower::constant(sig, zero, false, &plan.work)).flatten();
        value.filter(|v| v.is_finite()).ok_or_else(|| {
            let d = Diagnostic::error(&config::VALUE, expr.span, "this setting must be a number that does not change");
            vec![d.help("only the hyperparameters of `optimizer` and `group` may be schedules")]
        })
    }

    fn whole(&mut self, key: &str, expr: &Expr, min: u64) -> Result<u64, Vec<Diagnostic>> {
        const MAX: u64 = 1 << 53;
        let value = self.value(expr)?;
        if value.fract() == 0.0 && value >= min as f64 && value <= MAX as f64 {
            return Ok(value as u64);
        }
        let message = format!("`{key}` is {value}; it is a whole number from {min} up to 2^53");
        let d = Diagnostic::error(&config::VALUE, expr.span, message);
        Err(vec![d.help("round it to a whole number in that range")])
    }
}

/// The `let`s among `items`, also within blocks, as the checker sees them.
fn collect(items: &[Item], lets: &mut Vec<Item>) {
    for item in items {
        match item {
            Item::Let { .. } => lets.push(item.clone()),
            Item::Block { items, .. } => collect(items, lets),
            _ => {}
        }
    }
}

/// A whole number from `min` up to 2^53.
pub(super) fn whole(items: &[Item], key: &str, expr: &Expr, min: u64) -> Result<u64, Vec<Diagnostic>> {
    Constants::new(items).whole(key, expr, min)
}

/// The same for each of a list, up to its first mistake.
pub(super) fn wholes(items: &[Item], key: &str, list: &[Expr], min: u64) -> Result<Vec<u64>, Vec<Diagnostic>> {
    let mut constants = Constants::new(items);
    list.iter().map(|expr| constants.whole(key, expr, min)).collect()
}
