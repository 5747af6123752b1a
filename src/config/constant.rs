//! Settings: expressions whose value is one number.

use crate::check::check;
use crate::clock::{self, Clock, Ratio};
use crate::diag::{Diagnostic, config};
use crate::host::NoFiles;
use crate::lower;
use crate::syntax::ast::{Ast, Expr, ExprKind, Item, Number};

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
        let plan = check(&self.program, &Clock::steps(1), &NoFiles)?;
        let sig = &plan.outputs[0].1;
        let zero = Ratio::from_integer(0);
        let value = sig.is_fixed().then(|| lower::constant(sig, zero, false, &plan.work)).flatten();
        value.filter(|v| v.is_finite()).ok_or_else(|| {
            let d = Diagnostic::new(&config::VALUE, expr.span, "this setting must be a number that does not change");
            vec![d.help("only the hyperparameters of `optimizer` and `group` may be schedules")]
        })
    }

    /// One that is written is taken as it is written; one that is computed has been rounded.
    fn whole(&mut self, key: &str, expr: &Expr, min: u64) -> Result<u64, Vec<Diagnostic>> {
        const MAX: i128 = 1 << 53;
        let value = self.value(expr)?;
        let (exact, shown) = match written(&self.program.items, expr) {
            Some(number) => (clock::exact(&number.text), number.text.clone()),
            // At 2^53 it may have been another number before it was rounded.
            None => {
                let whole = |v: f64| (v.abs() < MAX as f64 && v.fract() == 0.0).then(|| Ratio::from_integer(v as i128));
                (whole(value), format!("{value:?}"))
            }
        };
        let allowed = exact.filter(|n| n.is_integer() && (i128::from(min)..=MAX).contains(n.numer()));
        if let Some(number) = allowed.and_then(|n| u64::try_from(n.to_integer()).ok()) {
            return Ok(number);
        }
        let message =
            format!("`{key}` is {}; it is a whole number from {min} up to 2^53", shown.trim_end_matches(".0"));
        let d = Diagnostic::new(&config::VALUE, expr.span, message);
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

/// The number that `expr` is as it is written, here or by a `let` that it names.
fn written<'a>(lets: &'a [Item], expr: &'a Expr) -> Option<&'a Number> {
    let mut expr = expr;
    // Every `let` is followed once at most.
    for _ in 0..=lets.len() {
        while let ExprKind::Paren(inner) = &expr.kind {
            expr = inner;
        }
        match &expr.kind {
            ExprKind::Number(number) => return Some(number),
            ExprKind::Name(wanted) => {
                expr = lets.iter().find_map(|item| match item {
                    Item::Let { name, params: None, value, .. } if name.text == *wanted => Some(value),
                    _ => None,
                })?;
            }
            _ => return None,
        }
    }
    None
}
