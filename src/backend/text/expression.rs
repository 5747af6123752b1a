//! Expressions as Python writes them, with what is known of their values.

use crate::interval::{Ints, Range};

/// How strongly the outermost operator binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    Float(Range),
    Int(Ints),
}

/// A text, and what is known of its value.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) level: Level,
    pub(super) bounds: Bounds,
    /// What a variable that holds it is called.
    pub(super) hint: &'static str,
}

impl Expression {
    pub(super) fn new(text: String, level: Level, bounds: Bounds) -> Self {
        Self { text, level, bounds, hint: "x" }
    }

    pub(super) fn called(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// The text as an operand of what binds at `level`.
    pub(super) fn at_least(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }

    pub(super) fn ints(&self) -> Ints {
        match self.bounds {
            Bounds::Int(ints) => ints,
            Bounds::Float(_) => Ints::ANY,
        }
    }

    /// `a op b`, where operators of `level` are read from the left.
    pub(super) fn infix(a: &Self, op: &str, b: &Self, level: Level, bounds: Bounds) -> Self {
        let above = if level == Level::Sum { Level::Product } else { Level::Sign };
        Self::new(format!("{} {op} {}", a.at_least(level), b.at_least(above)), level, bounds)
    }

    /// `a ** b`, which binds more than a sign before it and less than one behind it.
    pub(super) fn power(a: &Self, b: &Self, bounds: Bounds) -> Self {
        let text = format!("{} ** {}", a.at_least(Level::Atom), b.at_least(Level::Sign));
        Self::new(text, Level::Power, bounds)
    }

    /// `-a`
    pub(super) fn minus(a: &Self, bounds: Bounds) -> Self {
        Self::new(format!("-{}", a.at_least(Level::Sign)), Level::Sign, bounds)
    }

    /// `name(a, b)`
    pub(super) fn call(name: &str, args: &[&str], bounds: Bounds) -> Self {
        Self::new(format!("{name}({})", args.join(", ")), Level::Atom, bounds)
    }
}

/// An f64 as a literal that reads back to the same bits.
pub(super) fn literal(c: f64) -> String {
    match c {
        _ if c.is_nan() => "float(\"nan\")".into(),
        f64::INFINITY => "float(\"inf\")".into(),
        f64::NEG_INFINITY => "-float(\"inf\")".into(),
        _ => format!("{c:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(text: &str) -> Expression {
        Expression::new(text.into(), Level::Atom, Bounds::Float(Range::ANY))
    }

    #[test]
    fn parentheses_keep_the_order() {
        let any = Bounds::Float(Range::ANY);
        let sum = Expression::infix(&atom("a"), "-", &atom("b"), Level::Sum, any);
        let show = |e: Expression| e.text;
        assert_eq!(show(Expression::infix(&sum, "-", &sum, Level::Sum, any)), "a - b - (a - b)");
        let quotient = Expression::infix(&sum, "/", &atom("c"), Level::Product, any);
        assert_eq!(
            show(Expression::infix(&quotient, "*", &quotient, Level::Product, any)),
            "(a - b) / c * ((a - b) / c)"
        );
        let minus = Expression::minus(&sum, any);
        assert_eq!(show(Expression::power(&minus, &minus, any)), "(-(a - b)) ** -(a - b)");
        let power = Expression::power(&atom("a"), &minus, any);
        assert_eq!(show(Expression::minus(&power, any)), "-a ** -(a - b)");
        assert_eq!(show(Expression::power(&power, &power, any)), "(a ** -(a - b)) ** a ** -(a - b)");
        assert_eq!(show(Expression::infix(&power, "*", &minus, Level::Product, any)), "a ** -(a - b) * -(a - b)");
    }

    #[test]
    fn literals_read_back() {
        for (c, text) in [(1e-3, "0.001"), (1e-7, "1e-7"), (-0.0, "-0.0"), (1e22, "1e22"), (100.0, "100.0")] {
            assert_eq!(literal(c), text);
        }
    }
}
