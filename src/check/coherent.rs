//! What a row of the catalogue cannot say about its parameters.

use std::sync::Arc;

use super::Checker;
use super::args::Bound;
use super::scope::Ex;
use crate::catalogue::Entry;
use crate::diag::{Diagnostic, names};
use crate::ir::Binary;
use crate::plan::{Arg, Sig};

impl<'a> Checker<'a> {
    /// Whether the arguments go together.
    pub(super) fn coherent(
        &mut self,
        ex: &Ex<'a>,
        entry: &'static Entry,
        bound: &Bound<'a>,
        args: &[Arg],
    ) -> Option<()> {
        match (entry.name, args) {
            ("decay", [_, _, Arg::Time(_), Arg::Missing] | [_, _, Arg::Missing, Arg::Times(_)]) => {}
            ("decay", _) => {
                let message = "`decay` needs either `every:` or `at:`";
                return self.fail(
                    Diagnostic::error(&names::ARGUMENTS, ex.span(), message)
                        .help("`every: 10 epochs`, or `at: [30 epochs, 60 epochs]`"),
                );
            }
            ("tanh", [_, Arg::Value(lo), Arg::Value(hi)]) => {
                if let (Sig::Const(lo), Sig::Const(hi)) = (&**lo, &**hi)
                    && lo >= hi
                {
                    let message = format!("`lo: {lo}` is not below `hi: {hi}`");
                    return self.fail(
                        Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message)
                            .help("to turn the curve round, swap the ends of the ramp"),
                    );
                }
            }
            ("bezier", [_, Arg::Value(x1), _, Arg::Value(x2), _]) => {
                for (k, x) in [(1, x1), (3, x2)] {
                    if matches!(**x, Sig::Const(x) if x < 0.0) {
                        let message =
                            format!("`{}` of `bezier` is negative: a handle's time is 0 to 1", entry.params[k].name);
                        let span = bound.values[k].as_ref().map_or(ex.span(), Ex::span);
                        return self.fail(
                            Diagnostic::error(&names::OUT_OF_RANGE, span, message)
                                .help("`etude explain bezier` shows what its handles do"),
                        );
                    }
                }
            }
            ("inv", [Arg::Value(_), Arg::Missing, ..]) => {
                let message = "`inv` from one value needs `every:`";
                return self.fail(
                    Diagnostic::error(&names::ARGUMENTS, ex.span(), message)
                        .help("`inv(1e-3, every: 1 epoch)`, or both ends: `inv(1e-3 -> 1e-5)`"),
                );
            }
            ("inv", [Arg::Missing, ..]) => {
                if let Some(k) = bound.values[1..].iter().position(Option::is_some) {
                    let message = format!("`{}` is for `inv` from one value", entry.params[k + 1].name);
                    let span = bound.values[k + 1].as_ref().map_or(ex.span(), Ex::span);
                    return self.fail(
                        Diagnostic::error(&names::ARGUMENTS, span, message)
                            .help("a ramp from a to b has no other parameters"),
                    );
                }
            }
            _ => {}
        }
        Some(())
    }

    /// `sig` with noise; `amount` and `seed` are what `jitter` was given.
    pub(super) fn jittered(&mut self, ex: &Ex<'a>, sig: Arc<Sig>, args: &[Arg]) -> Option<Arc<Sig>> {
        let [Arg::Value(amount), Arg::Value(seed)] = args else { return None };
        let Sig::Const(number) = **seed else { return None };
        if number.fract() != 0.0 || number < 0.0 {
            let message = format!("`seed` of `jitter` is {number}, and must be a whole number from 0 on");
            return self.fail(
                Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message)
                    .help("any whole number: another one gives other noise"),
            );
        }
        let noise = Arc::new(Sig::Noise(number as u64));
        let change = Arc::new(Sig::Binary(Binary::Mul, amount.clone(), noise));
        let factor = Arc::new(Sig::Binary(Binary::Add, Arc::new(Sig::Const(1.0)), change));
        Some(Arc::new(Sig::Binary(Binary::Mul, sig, factor)))
    }

    /// Whether the ramp's shape can join its ends.
    pub(super) fn possible(&mut self, ex: &Ex<'a>, entry: &'static Entry, sig: &Sig) -> Option<()> {
        match sig {
            Sig::Seq(pieces) => pieces.iter().try_for_each(|(_, piece)| self.possible(ex, entry, piece)),
            Sig::Ramp { ends: [a, b], .. } if entry.name == "inv" => match (&**a, &**b) {
                (Sig::Const(a), Sig::Const(b)) if *a == 0.0 || *b == 0.0 || (*a < 0.0) != (*b < 0.0) => {
                    let message = format!("`inv` cannot go from {a} to {b}: its ends have one sign and are not 0");
                    self.fail(
                        Diagnostic::error(&names::OUT_OF_RANGE, ex.span(), message)
                            .help("a hyperbola never reaches 0; end it at a small value"),
                    )
                }
                _ => Some(()),
            },
            _ => Some(()),
        }
    }
}
