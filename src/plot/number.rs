//! Numbers for people: round tick values and their labels.
//!
//! A tick is a whole multiple of a power of ten, so its label is exact and never shows rounding noise. Nothing here
//! calls the platform's libm.

/// `mantissa · 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) mantissa: i64,
    pub(super) exponent: i32,
}

impl Decimal {
    pub(super) fn value(self) -> f64 {
        format!("{}e{}", self.mantissa, self.exponent).parse().unwrap_or(0.0)
    }

    /// Of 1, 2, 5 times the powers of ten the one nearest to `x` > 0, by ratio.
    pub(super) fn nearest(x: f64) -> Self {
        let (mantissa, exponent) = scientific(x);
        match mantissa {
            m if m < 1.414 => Self { mantissa: 1, exponent },
            m if m < 3.162 => Self { mantissa: 2, exponent },
            m if m < 7.071 => Self { mantissa: 5, exponent },
            _ => Self { mantissa: 1, exponent: exponent + 1 },
        }
    }

    /// The multiples of this step inside `lo..=hi`, at most a hundred.
    pub(super) fn multiples(self, lo: f64, hi: f64) -> Vec<Self> {
        let step = self.value();
        let first = (lo / step - 1e-6).ceil();
        let last = (hi / step + 1e-6).floor();
        if !(first.abs() < 1e15 && last - first < 100.0) {
            return Vec::new();
        }
        (first as i64..=last as i64).map(|k| Self { mantissa: k * self.mantissa, ..self }).collect()
    }

    /// Written out, with all the places that the exponent asks for.
    fn plain(self) -> String {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        if self.mantissa == 0 {
            return "0".into();
        }
        if self.exponent >= 0 {
            return format!("{sign}{digits}{}", "0".repeat(self.exponent as usize));
        }
        let places = self.exponent.unsigned_abs() as usize;
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        format!("{sign}{whole}.{part}")
    }

    /// Without the mantissa's trailing zeros.
    fn reduced(mut self) -> Self {
        while self.mantissa != 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.exponent += 1;
        }
        self
    }

    /// As `1e-3` or `2.5e-4`.
    fn exponential(self) -> String {
        let Self { mantissa, exponent } = self.reduced();
        if mantissa == 0 {
            return "0".into();
        }
        let places = mantissa.unsigned_abs().to_string().len() as i32 - 1;
        format!("{}e{}", Self { mantissa, exponent: -places }.plain(), exponent + places)
    }

    /// As `500`, `10k` or `1.5M`.
    fn prefixed(self) -> String {
        let reduced = self.reduced();
        let size = self.value().abs();
        let prefixes = [(1e12, 12, "T"), (1e9, 9, "G"), (1e6, 6, "M"), (1e3, 3, "k")];
        match prefixes.iter().find(|p| size >= p.0) {
            Some(&(_, shift, prefix)) => {
                format!("{}{prefix}", Self { exponent: reduced.exponent - shift, ..reduced }.plain())
            }
            None => reduced.plain(),
        }
    }
}

/// Labels in one style for the ticks of one axis.
pub(super) fn labels(ticks: &[Decimal]) -> Vec<String> {
    let top = ticks.iter().map(|t| t.value().abs()).fold(0.0, f64::max);
    let finest = ticks.iter().filter(|t| t.mantissa != 0).map(|t| t.exponent).min().unwrap_or(0);
    let style = if !(0.010_000_1..1e15).contains(&top) || (top < 0.1 && finest < -3) {
        Decimal::exponential
    } else if top >= 1e4 && finest >= 2 {
        Decimal::prefixed
    } else {
        Decimal::plain
    };
    ticks.iter().map(|&t| style(t)).collect()
}

/// Labels for ticks that are far apart: every one has its own style.
pub(super) fn log_labels(ticks: &[Decimal]) -> Vec<String> {
    let readable = |t: &Decimal| (0.01..1e4).contains(&t.value());
    let all = ticks.iter().all(readable);
    let style = |t: &Decimal| if all || t.value() == 1.0 { t.reduced().plain() } else { t.exponential() };
    ticks.iter().map(style).collect()
}

/// `x` as `m · 10^e` with 1 ≤ |m| < 10.
pub(super) fn scientific(x: f64) -> (f64, i32) {
    let text = format!("{x:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.parse().unwrap_or(0.0), exponent.parse().unwrap_or(0))
}

/// The decimal logarithm of a normal `x` > 0, to about 1e-13: far below what a picture can show.
pub(super) fn log10(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let fraction = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    let s = (fraction - 1.0) / (fraction + 1.0);
    // ln(fraction) = 2 artanh(s), and s is at most 1/3.
    let series = (0..14).rev().fold(0.0, |sum, k| sum * s * s + 1.0 / (2 * k + 1) as f64);
    exponent as f64 * std::f64::consts::LOG10_2 + 2.0 * s * series * std::f64::consts::LOG10_E
}
