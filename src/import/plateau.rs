//! Schedulers that wait for a metric, all of which are torch's inside.

use super::text::number;

/// torch's ReduceLROnPlateau with its defaults.
#[derive(Clone, Copy, Debug)]
pub struct Plateau {
    /// Whether a higher metric is better.
    pub max: bool,
    pub factor: f64,
    pub patience: u64,
    pub threshold: f64,
    /// Whether the threshold is a difference.
    pub abs: bool,
    pub cooldown: u64,
    pub min: f64,
    pub eps: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self { max: false, factor: 0.1, patience: 10, threshold: 1e-4, abs: false, cooldown: 0, min: 0.0, eps: 1e-8 }
    }
}

impl Plateau {
    /// The program of a schedule that it cuts.
    pub fn of(&self, schedule: &str) -> String {
        let default = Self::default();
        let mut args = String::from("metric");
        let mut add = |differs: bool, text: String| args += &if differs { format!(", {text}") } else { String::new() };
        add(self.max, "mode: max".into());
        add(self.factor != default.factor, format!("factor: {}", number(self.factor)));
        add(self.patience != default.patience, format!("patience: {}", self.patience));
        add(self.threshold != default.threshold, format!("threshold: {}", number(self.threshold)));
        add(self.abs, "threshold_mode: abs".into());
        add(self.cooldown != default.cooldown, format!("cooldown: {}", self.cooldown));
        add(self.min != default.min, format!("min: {}", number(self.min)));
        add(self.eps != default.eps, format!("eps: {}", number(self.eps)));
        format!("{schedule} | plateau({args})")
    }
}
