//! Trees as text: one s-expression per item, operators first, for tests and `--ast`.

use std::fmt::{Display, Formatter, Result, Write};

use super::ast::{Arg, Ast, BinaryOp, Expr, ExprKind, Item, Timing};

impl Display for Ast {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut newline = "";
        if let Some((edition, _)) = self.edition {
            write!(f, "(edition {edition})")?;
            newline = "\n";
        }
        for item in &self.items {
            write!(f, "{newline}{item}")?;
            newline = "\n";
        }
        match &self.body {
            Some(body) => write!(f, "{newline}{body}"),
            None => Ok(()),
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Use { path, .. } => write!(f, "(use {})", Quoted(&path.text)),
            Self::Let { name, params: None, value, .. } => write!(f, "(let {} {value})", name.text),
            Self::Let { name, params: Some(params), value, .. } => {
                write!(f, "(let ({}", name.text)?;
                params.iter().try_for_each(|p| match &p.default {
                    None => write!(f, " {}", p.name.text),
                    Some(default) => write!(f, " {}: {default}", p.name.text),
                })?;
                write!(f, ") {value})")
            }
            Self::Entry { key, value } => write!(f, "({}: {value})", key.text),
            Self::Block { kind, head, items, .. } => {
                write!(f, "(block {}", kind.text)?;
                if let Some(head) = head {
                    write!(f, " {head}")?;
                }
                list(f, items)?;
                f.write_char(')')
            }
        }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.kind {
            ExprKind::Number(n) => f.write_str(&n.text),
            ExprKind::Quantity(n, unit) if matches!(&*unit.text, "%" | "x") => write!(f, "{}{}", n.text, unit.text),
            ExprKind::Quantity(n, unit) => write!(f, "{}_{}", n.text, unit.text),
            ExprKind::Str(text) => write!(f, "{}", Quoted(text)),
            ExprKind::List(elements) => {
                f.write_str("(list")?;
                list(f, elements)?;
                f.write_char(')')
            }
            ExprKind::Name(name) => f.write_str(name),
            ExprKind::Call { name, args } => {
                write!(f, "({}", name.text)?;
                list(f, args)?;
                f.write_char(')')
            }
            ExprKind::Paren(inner) => write!(f, "(paren {inner})"),
            ExprKind::Neg(inner) => write!(f, "(neg {inner})"),
            ExprKind::Binary(op, a, b) => write!(f, "({op} {a} {b})"),
            ExprKind::Ramp(ends) => {
                f.write_str("(->")?;
                for end in ends {
                    match end {
                        Some(end) => write!(f, " {end}")?,
                        None => f.write_str(" previous")?,
                    }
                }
                f.write_char(')')
            }
            ExprKind::Timed(phase, timing, duration) => write!(f, "({timing} {phase} {duration})"),
            ExprKind::Seq(phases) => {
                f.write_str("(>>")?;
                list(f, phases)?;
                f.write_char(')')
            }
            ExprKind::Pipe(schedule, modifiers) => {
                write!(f, "(| {schedule}")?;
                list(f, modifiers)?;
                f.write_char(')')
            }
        }
    }
}

impl Display for Arg {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.name {
            Some(name) => write!(f, "{}: {}", name.text, self.value),
            None => write!(f, "{}", self.value),
        }
    }
}

impl Display for Timing {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::For => "for",
            Self::Until => "until",
        })
    }
}

impl Display for BinaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Pow => "**",
        })
    }
}

fn list(f: &mut Formatter<'_>, elements: &[impl Display]) -> Result {
    elements.iter().try_for_each(|e| write!(f, " {e}"))
}

/// Text as it would be written in a program.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}
