//! What a run knows about its own length: the facts that turn `5%`, `2 epochs` or `3B tokens` into steps.
//!
//! Durations are exact rationals of a step; nothing here rounds.

use num_bigint::BigInt;
use num_rational::Ratio as AnyRatio;
use num_traits::{CheckedDiv, CheckedMul, Zero};

/// An exact number of steps (or of ticks, cycles, …).
pub type Ratio = AnyRatio<i128>;

/// The facts of a run that resolve units. Unknown facts are errors only where a program needs them.
///
/// ```
/// let clock = etude::Clock::steps(10_000).steps_per_epoch(500).batch(64);
/// assert_eq!(clock.total(), Some(10_000));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    #[serde(default, rename = "steps")]
    total: Option<u64>,
    #[serde(default)]
    steps_per_epoch: Option<u64>,
    #[serde(default)]
    batch: Option<u64>,
    #[serde(default)]
    tokens_per_sample: Option<u64>,
}

/// What a clock may know of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// The run's length in optimizer updates.
    Steps,
    /// Updates per pass over the data.
    StepsPerEpoch,
    /// Samples per update.
    Batch,
    /// Tokens per sample.
    TokensPerSample,
}

impl Fact {
    /// Every fact.
    pub const ALL: [Self; 4] = [Self::Steps, Self::StepsPerEpoch, Self::Batch, Self::TokensPerSample];

    /// What configs and arguments call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::StepsPerEpoch => "steps_per_epoch",
            Self::Batch => "batch",
            Self::TokensPerSample => "tokens_per_sample",
        }
    }
}

impl Clock {
    /// The facts in the order of [`Fact::ALL`].
    pub(crate) const fn of([total, steps_per_epoch, batch, tokens_per_sample]: [Option<u64>; 4]) -> Self {
        Self { total, steps_per_epoch, batch, tokens_per_sample }
    }

    /// A run of which nothing is known: enough for programs without `%`, epochs, samples and tokens.
    pub const fn unknown() -> Self {
        Self { total: None, steps_per_epoch: None, batch: None, tokens_per_sample: None }
    }

    /// A run of `total` optimizer updates.
    pub const fn steps(total: u64) -> Self {
        Self { total: Some(total), ..Self::unknown() }
    }

    /// With this many updates per pass over the data.
    pub const fn steps_per_epoch(self, steps: u64) -> Self {
        Self { steps_per_epoch: Some(steps), ..self }
    }

    /// With this many samples per update, over all devices and accumulated micro-batches.
    pub const fn batch(self, samples: u64) -> Self {
        Self { batch: Some(samples), ..self }
    }

    /// With this many tokens per sample (the sequence length).
    pub const fn tokens_per_sample(self, tokens: u64) -> Self {
        Self { tokens_per_sample: Some(tokens), ..self }
    }

    /// The run's length in updates.
    pub const fn total(&self) -> Option<u64> {
        self.total
    }

    /// Updates per pass over the data.
    pub const fn epoch(&self) -> Option<u64> {
        self.steps_per_epoch
    }

    /// Every fact, and its value where it is known.
    ///
    /// ```
    /// use etude::{Clock, Fact};
    ///
    /// let clock = Clock::steps(100).with(Fact::Batch, Some(8));
    /// let again = clock.facts().into_iter().fold(Clock::unknown(), |clock, (fact, value)| clock.with(fact, value));
    /// assert_eq!((again, again.get(Fact::Batch)), (clock, Some(8)));
    /// ```
    pub fn facts(&self) -> [(Fact, Option<u64>); 4] {
        Fact::ALL.map(|fact| (fact, self.get(fact)))
    }

    /// What is known of `fact`.
    pub const fn get(&self, fact: Fact) -> Option<u64> {
        match fact {
            Fact::Steps => self.total,
            Fact::StepsPerEpoch => self.steps_per_epoch,
            Fact::Batch => self.batch,
            Fact::TokensPerSample => self.tokens_per_sample,
        }
    }

    /// With this value of `fact`, or without it.
    #[must_use]
    pub const fn with(mut self, fact: Fact, value: Option<u64>) -> Self {
        match fact {
            Fact::Steps => self.total = value,
            Fact::StepsPerEpoch => self.steps_per_epoch = value,
            Fact::Batch => self.batch = value,
            Fact::TokensPerSample => self.tokens_per_sample = value,
        }
        self
    }

    /// The length of one `unit` in steps, or the fact that is missing. `whole` is the span that `%` is of.
    #[doc(hidden)]
    pub fn resolve(&self, unit: Unit, whole: Option<Ratio>) -> Result<Ratio, Fact> {
        let known = |fact: Option<u64>, missing| match fact {
            Some(0) | None => Err(missing),
            Some(n) => Ok(n as i128),
        };
        Ok(match unit {
            Unit::Percent => {
                // What overflows is too fine to be counted, and so is this.
                let finest = || Ratio::new(1, i128::MAX);
                whole.ok_or(Fact::Steps)?.checked_div(&Ratio::from_integer(100)).unwrap_or_else(finest)
            }
            Unit::Step => Ratio::from_integer(1),
            Unit::Epoch => Ratio::from_integer(known(self.steps_per_epoch, Fact::StepsPerEpoch)?),
            Unit::Sample => Ratio::new(1, known(self.batch, Fact::Batch)?),
            Unit::Token => {
                let tokens = known(self.tokens_per_sample, Fact::TokensPerSample)?;
                // Two facts beyond 2^63 overflow; any number that large is too fine to be counted.
                Ratio::new(1, known(self.batch, Fact::Batch)?.saturating_mul(tokens))
            }
        })
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `%` of the enclosing span.
    Percent,
    /// One optimizer update.
    Step,
    /// One pass over the data.
    Epoch,
    /// One training example.
    Sample,
    /// One token.
    Token,
}

impl Unit {
    /// Every unit word with its meaning; the singular first.
    pub const WORDS: &[(&str, Unit)] = &[
        ("%", Unit::Percent),
        ("step", Unit::Step),
        ("steps", Unit::Step),
        ("epoch", Unit::Epoch),
        ("epochs", Unit::Epoch),
        ("sample", Unit::Sample),
        ("samples", Unit::Sample),
        ("token", Unit::Token),
        ("tokens", Unit::Token),
    ];

    /// The unit that `word` names.
    pub fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|&(_, unit)| unit)
    }
}

/// The exact value of a decimal literal such as `1_000`, `2.5e3`, `10k`; `None` beyond 128 bits.
pub fn exact(text: &str) -> Option<Ratio> {
    let (text, mut exponent) = match text.as_bytes().last()? {
        b'k' => (&text[..text.len() - 1], 3),
        b'M' => (&text[..text.len() - 1], 6),
        b'B' => (&text[..text.len() - 1], 9),
        _ => (text, 0i32),
    };
    let (digits, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    exponent = exponent.checked_add(power.parse().ok()?)?;
    let mut mantissa = 0i128;
    let mut fraction = false;
    for byte in digits.bytes() {
        match byte {
            b'_' => {}
            b'.' => fraction = true,
            b'0'..=b'9' => {
                mantissa = mantissa.checked_mul(10)?.checked_add((byte - b'0').into())?;
                exponent = exponent.checked_sub(fraction.into())?;
            }
            _ => return None,
        }
    }
    if mantissa.is_zero() {
        return Some(Ratio::zero());
    }
    let scale = 10i128.checked_pow(exponent.unsigned_abs())?;
    let scale = if exponent < 0 { Ratio::new(1, scale) } else { Ratio::from_integer(scale) };
    Ratio::from_integer(mantissa).checked_mul(&scale)
}

/// The f64 nearest to `r`.
pub fn to_f64(r: Ratio) -> f64 {
    if let (Ok(n), Ok(d)) = (i64::try_from(*r.numer()), i64::try_from(*r.denom())) {
        const EXACT: u64 = 1 << 53;
        if n.unsigned_abs() <= EXACT && d.unsigned_abs() <= EXACT {
            return n as f64 / d as f64;
        }
    }
    let big = AnyRatio::new(BigInt::from(*r.numer()), BigInt::from(*r.denom()));
    num_traits::ToPrimitive::to_f64(&big).unwrap_or(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(exact("0.05"), Some(Ratio::new(1, 20)));
        assert_eq!(exact("1_500.5e-1"), Some(Ratio::new(30_01, 20)));
        assert_eq!(exact("2.5k"), Some(Ratio::from_integer(2500)));
        assert_eq!(exact("0e999999"), Some(Ratio::zero()));
        assert_eq!(exact("1e99"), None);
    }

    #[test]
    fn units_resolve_or_name_the_missing_fact() {
        let clock = Clock::steps(1001).batch(8).tokens_per_sample(4);
        let whole = Some(Ratio::from_integer(1001));
        assert_eq!(clock.resolve(Unit::Percent, whole), Ok(Ratio::new(1001, 100)));
        assert_eq!(clock.resolve(Unit::Token, whole), Ok(Ratio::new(1, 32)));
        assert_eq!(clock.resolve(Unit::Epoch, whole), Err(Fact::StepsPerEpoch));
        assert_eq!(Clock::unknown().resolve(Unit::Percent, None), Err(Fact::Steps));
    }
}
