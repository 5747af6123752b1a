//! An axis: the range it spans, where a value falls on it, and its ticks.
//!
//! Guarantees for whatever range it is given: `lo < hi`, both finite; [`Axis::unit`] of a value in the range lies in
//! `0..=1`; ticks lie in the range and ascend.

use super::number::{Decimal, labels, log_labels, log10, scientific};

/// Spans `lo..=hi`, with an empty margin of the fraction `pad` at either end.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    lo: f64,
    hi: f64,
    pad: f64,
    log: bool,
    /// Ticks aimed for.
    aim: usize,
}

/// A place on an axis; a minor tick has no label.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

impl Axis {
    /// A horizontal axis: the data reaches both ends. `None` is no data at all.
    pub(super) fn across(range: Option<(f64, f64)>, log: bool, aim: usize) -> Self {
        let (lo, hi) = range.unwrap_or((0.0, 1.0));
        let (lo, hi) = match (log, lo == hi) {
            (false, true) if lo.abs() < 1e6 => (lo - 1.0, lo + 1.0),
            _ => widen(lo, hi, log),
        };
        Self { lo, hi, log, pad: 0.0, aim }.snap(0.025)
    }

    /// A vertical axis: a little room above and below, and zero is shown where it is near.
    pub(super) fn upright(range: Option<(f64, f64)>, log: bool, aim: usize) -> Self {
        let (mut lo, mut hi) = range.unwrap_or((0.0, 1.0));
        (lo, hi) = widen(lo, hi, log);
        if !log {
            if lo > 0.0 && lo < 0.4 * hi {
                lo = 0.0;
            }
            if hi < 0.0 && hi > 0.4 * lo {
                hi = 0.0;
            }
        }
        Self { lo, hi, log, pad: 0.04, aim }.snap(0.04)
    }

    /// Where `value` falls: 0 at the start of the axis, 1 at its end.
    pub(super) fn unit(&self, value: f64) -> f64 {
        let at = |v: f64| if self.log { log10(v) } else { v };
        let t = (at(value) - at(self.lo)) / (at(self.hi) - at(self.lo));
        self.pad + (1.0 - 2.0 * self.pad) * t
    }

    /// Whether `value` can be shown.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.lo..=self.hi).contains(&value)
    }

    /// From low to high.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        if !self.log {
            return self.linear_ticks();
        }
        let decades = powers(self.lo, self.hi, &[1]);
        if decades.len() < 3 {
            let fine = powers(self.lo, self.hi, &[1, 2, 5]);
            return if fine.len() < 3 { self.linear_ticks() } else { named(&fine, log_labels(&fine)) };
        }
        let stride = decades.len().div_ceil(self.aim.max(1)) as i32;
        let kept: Vec<_> = decades.into_iter().filter(|d| d.exponent.rem_euclid(stride) == 0).collect();
        let mut ticks = named(&kept, log_labels(&kept));
        if stride == 1 {
            let minor = powers(self.lo, self.hi, &[2, 3, 4, 5, 6, 7, 8, 9]);
            ticks.extend(minor.into_iter().map(|d| Tick { value: d.value(), label: String::new() }));
            ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
        }
        ticks
    }

    fn linear_ticks(&self) -> Vec<Tick> {
        let ticks = self.step().multiples(self.lo, self.hi);
        named(&ticks, labels(&ticks))
    }

    fn step(&self) -> Decimal {
        Decimal::nearest((self.hi - self.lo) / self.aim.max(1) as f64)
    }

    /// Reaches out to the next tick where that is nearer than the fraction `reach` of the axis: 9 999 steps end at 10k.
    fn snap(mut self, reach: f64) -> Self {
        if self.log {
            let decade = |x: f64, up: i32| Decimal { mantissa: 1, exponent: scientific(x).1 + up }.value();
            let (below, above) = (decade(self.lo, 0), decade(self.hi, 1));
            let near = reach * 3.0 * (log10(self.hi) - log10(self.lo)).max(1.0);
            if log10(self.lo) - log10(below) < near {
                self.lo = below;
            }
            if log10(above) - log10(self.hi) < near {
                self.hi = above;
            }
            return self;
        }
        let (step, span) = (self.step(), self.hi - self.lo);
        let ticks = step.multiples(self.lo - reach * span, self.hi + reach * span);
        if let (Some(first), Some(last)) = (ticks.first(), ticks.last()) {
            self.lo = self.lo.min(first.value());
            self.hi = self.hi.max(last.value());
        }
        self
    }
}

/// A range with no width gets one that reaches from zero to a little beyond the constant.
fn widen(lo: f64, hi: f64, log: bool) -> (f64, f64) {
    if log {
        return if hi / lo > 1.0 + 1e-6 { (lo, hi) } else { (lo / 4.0, hi * 4.0) };
    }
    let size = lo.abs().max(hi.abs());
    if size == 0.0 {
        (0.0, 1.0)
    } else if hi - lo > 1e-9 * size {
        (lo, hi)
    } else {
        (f64::min(0.0, 1.25 * lo), f64::max(0.0, 1.25 * hi))
    }
}

/// The `mantissas` times powers of ten in `lo..=hi`, ascending.
fn powers(lo: f64, hi: f64, mantissas: &[i64]) -> Vec<Decimal> {
    let exponents = scientific(lo).1..=scientific(hi).1;
    let all = exponents.flat_map(|exponent| mantissas.iter().map(move |&mantissa| Decimal { mantissa, exponent }));
    all.filter(|d| (lo * (1.0 - 1e-9)..=hi * (1.0 + 1e-9)).contains(&d.value())).collect()
}

fn named(ticks: &[Decimal], labels: Vec<String>) -> Vec<Tick> {
    ticks.iter().zip(labels).map(|(tick, label)| Tick { value: tick.value(), label }).collect()
}
