//! One optimizer update over the whole arena, each group with its own hyperparameters.

use super::arena::Arena;
use super::error::Error;
use super::layout::Layout;
use super::norm;
use super::rule::{At, RuleRow, Scalars, Slices};
use super::simd::Isa;

/// Elements that make one more thread worth starting: that costs about 50 µs, updating so many 200 µs. (A pool would
/// start faster, but a smaller model spends twenty times as long in its matrix products as in its update.)
const PER_THREAD: usize = 1 << 20;
/// Threads share the arena at multiples of this many elements, so that no cache line has two owners.
const GRAIN: usize = 64;

/// An update rule with its switches, ready to step.
#[derive(Debug)]
pub struct Optimizer {
    rule: &'static RuleRow,
    flags: Vec<bool>,
    threads: usize,
    per_thread: usize,
    isa: Isa,
    scalars: Vec<Scalars>,
    partial: Vec<f64>,
}

impl Optimizer {
    /// Prepares `rule` with the switches named in `flags`. At most `threads` threads work on an update (0 means 1); the
    /// result does not depend on their number.
    ///
    /// # Errors
    /// [`Error::UnknownFlag`].
    pub fn new(rule: &'static RuleRow, flags: &[String], threads: usize) -> Result<Self, Error> {
        let on = rule.switches(flags)?;
        let (scalars, partial) = (Vec::new(), Vec::new());
        Ok(Self {
            rule,
            flags: on,
            threads: threads.max(1),
            per_thread: PER_THREAD,
            isa: Isa::best(),
            scalars,
            partial,
        })
    }

    /// The rule.
    pub fn rule(&self) -> &'static RuleRow {
        self.rule
    }

    /// The Euclidean norm of an array of the arena, summed in f64 in a fixed order; not finite if an element is not.
    pub fn norm(&mut self, array: &[f32]) -> f64 {
        self.partial.resize(array.len().div_ceil(norm::CHUNK), 0.0);
        let threads = self.parallel(array.len());
        norm::sum_of_squares(array, &mut self.partial, threads).sqrt()
    }

    /// Makes update number `step` (0 is the first) with `values`, laid out `[group][hyperparameter]`. Gradients are
    /// multiplied by `grad_scale` on the way.
    ///
    /// # Errors
    /// As [`RuleRow::check`]; then nothing has changed.
    pub fn step(&mut self, arena: &mut Arena, step: u64, values: &[f64], grad_scale: f32) -> Result<(), Error> {
        self.rule.check(arena.layout(), step, values)?;
        self.scalars.clear();
        for hypers in values.chunks(self.rule.words.hypers.len()) {
            self.scalars.push((self.rule.prepare)(&At { step, hypers, flags: &self.flags, grad_scale }));
        }
        let threads = self.parallel(arena.param.len());
        let (layout, all) = arena.slices();
        let this = &*self;
        if threads == 1 {
            this.apply(layout, 0, all);
        } else {
            let share = layout.padded_len().div_ceil(threads).next_multiple_of(GRAIN);
            std::thread::scope(|scope| {
                let (mut rest, mut start) = (all, 0);
                while rest.param.len() > share {
                    let part = take(&mut rest, share);
                    scope.spawn(move || this.apply(layout, start, part));
                    start += share;
                }
                this.apply(layout, start, rest);
            });
        }
        Ok(())
    }

    /// Updates the elements `start..` of the arena, which are `slices`, each segment with its group's constants.
    fn apply(&self, layout: &Layout, start: usize, mut slices: Slices<'_>) {
        let end = start + slices.param.len();
        let mut at = start;
        for (range, group) in layout.segments() {
            let stop = range.end.min(end);
            if stop > at {
                (self.rule.update)(self.isa, &self.scalars[*group], take(&mut slices, stop - at));
                at = stop;
            }
        }
    }

    fn parallel(&self, elements: usize) -> usize {
        (elements / self.per_thread).clamp(1, self.threads)
    }
}

/// Splits the first `n` elements off; empty state slots stay empty.
fn take<'a>(slices: &mut Slices<'a>, n: usize) -> Slices<'a> {
    let (grad, rest) = slices.grad.split_at(n);
    slices.grad = rest;
    Slices {
        param: slices.param.split_off_mut(..n).unwrap_or_default(),
        grad,
        state: slices.state.each_mut().map(|slot| slot.split_off_mut(..n).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::rule::RULES;

    fn arena(rule: &'static RuleRow, elements: usize) -> Arena {
        let tensors: Vec<_> = [("a.weight", elements), ("a.bias", 77), ("b.weight", elements / 3 + 1), ("b.bias", 5)]
            .map(|(name, n)| (name.to_owned(), vec![n]))
            .to_vec();
        let layout = Layout::new(&tensors, &["bias".to_owned()]).unwrap();
        let mut arena = Arena::new(layout, rule).unwrap();
        let mut x = 1u32;
        for value in arena.param.iter_mut() {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = (x >> 8) as f32 / (1 << 24) as f32 - 0.5;
        }
        arena
    }

    /// A few steps; returns the bits of parameters and state.
    fn bits(rule: &'static RuleRow, isa: Isa, threads: usize, elements: usize) -> Vec<u32> {
        let mut arena = arena(rule, elements);
        let flags: Vec<_> = rule.words.flags.iter().map(|f| f.name.to_owned()).collect();
        let mut optimizer = Optimizer::new(rule, &flags, threads).unwrap();
        optimizer.isa = isa;
        optimizer.per_thread = 1000;
        let group: Vec<f64> = rule.words.hypers.iter().map(|h| h.default.filter(|&d| d > 0.0).unwrap_or(0.1)).collect();
        let mut values = [group.clone(), group].concat();
        values[rule.words.hyper("weight_decay").unwrap()] = 0.0;
        for step in 0..3 {
            let (param, grad) = (&arena.param, &mut arena.grad);
            for (i, (g, p)) in grad.iter_mut().zip(param.iter()).enumerate() {
                *g = p * 0.3 + (i % 17) as f32 * 0.01 - 0.08;
            }
            optimizer.step(&mut arena, step, &values, 0.75).unwrap();
        }
        let all = arena.state.iter().flat_map(|s| s.iter()).chain(arena.param.iter());
        all.map(|x| x.to_bits()).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for rule in RULES {
            let portable = bits(rule, Isa::Portable, 1, 1003);
            for isa in Isa::available() {
                assert!(bits(rule, isa, 1, 1003) == portable, "{} {isa:?}", rule.words.name);
            }
        }
    }

    #[test]
    fn every_thread_count_gives_the_same_bits() {
        for rule in RULES {
            let one = bits(rule, Isa::best(), 1, 9000);
            for threads in [2, 3, 7] {
                assert!(bits(rule, Isa::best(), threads, 9000) == one, "{} {threads}", rule.words.name);
            }
        }
    }

    #[test]
    fn groups_have_their_own_values() {
        let mut arena = arena(&crate::optim::sgd::SGD, 100);
        arena.grad.fill(1.0);
        arena.param.fill(0.0);
        let mut optimizer = Optimizer::new(&crate::optim::sgd::SGD, &[], 1).unwrap();
        optimizer.step(&mut arena, 0, &[1.0, 0.0, 0.0, 2.0, 0.0, 0.0], 1.0).unwrap();
        for tensor in arena.layout().tensors() {
            let expected = if tensor.group == 1 { -2.0 } else { -1.0 };
            assert!(arena.param[tensor.range.clone()].iter().all(|&p| p == expected), "{}", tensor.name);
        }
    }

    #[test]
    fn bad_values_change_nothing() {
        let mut arena = arena(&crate::optim::sgd::SGD, 100);
        let before = arena.param.to_vec();
        arena.grad.fill(1.0);
        let mut optimizer = Optimizer::new(&crate::optim::sgd::SGD, &[], 1).unwrap();
        let error = optimizer.step(&mut arena, 7, &[1.0, 0.0, 0.0, f64::NAN, 0.0, 0.0], 1.0).unwrap_err();
        assert_eq!(error.to_string(), "lr of the group \"bias\" is NaN at step 7; it must be in [0, inf)");
        assert!(matches!(optimizer.step(&mut arena, 0, &[1.0], 1.0), Err(Error::Count { given: 1, needed: 6 })));
        assert_eq!(before, arena.param.to_vec());
        assert!(matches!(
            Optimizer::new(&crate::optim::adamw::ADAMW, &["nesterov".to_owned()], 1),
            Err(Error::UnknownFlag { .. })
        ));
    }
}
