//! Metric-driven scales: the small state machines behind `plateau` and `adapt`.
//!
//! Guarantees: the same observations give the same bits; a scale is a finite number, never negative; a state is a few
//! scalars that serde carries exactly, infinities and NaN included. A rule sees the value that it scales only when a
//! metric is observed, as `v`: its scale times the schedule at that step.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// The greatest scale that a rise may lead to.
pub const MOST_SCALE: f64 = 1e100;

/// The most observations that a moving average is over: they are kept, and saved with every state.
pub const MOST_WINDOW: u64 = 100_000;

/// How a scale follows its metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What the metric must do to count as better.
    pub better: Better,
    /// The factor of one cut; one rise divides by it.
    pub factor: f64,
    /// Observations in a row that may pass without a change.
    pub patience: u64,
    /// Observations after a cut during which nothing is counted.
    pub cooldown: u64,
    /// Changes of the value that are not larger are left out.
    pub eps: f64,
    /// Scales beyond these are never set: the program is not known to be finite there.
    pub least: f64,
    /// See `least`.
    pub most: f64,
    /// What follows improvement; `None` is torch's ReduceLROnPlateau, which only cuts.
    pub rise: Option<Rise>,
}

/// When a metric counts as better than the best so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Better {
    /// Whether more is better.
    pub max: bool,
    /// By how much.
    pub threshold: f64,
    /// Whether the threshold is a share of the best, or a difference.
    pub relative: bool,
}

/// What GreedyLR does beyond cutting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// Observations after a rise during which nothing is counted.
    pub warmup: u64,
    /// Observations that the metric is averaged over, if it is.
    pub window: Option<u64>,
    /// Cuts at the lower bound until everything starts again.
    pub reset_start: u64,
}

/// What a rule remembers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What the schedule is multiplied by.
    #[serde(with = "exact")]
    pub scale: f64,
    /// The best value of the metric.
    #[serde(with = "exact")]
    pub best: f64,
    /// Worse observations in a row.
    pub bad: u64,
    /// Better observations in a row.
    pub good: u64,
    /// Observations still to be left out after a cut.
    pub cooldown: u64,
    /// Observations still to be left out after a rise.
    pub warmup: u64,
    /// Cuts at the lower bound that have been counted.
    pub at_floor: u64,
    /// What the moving average is over.
    #[serde(with = "exact::list")]
    pub recent: VecDeque<f64>,
    /// The sum of `recent`, as it was added up.
    #[serde(with = "exact")]
    pub sum: f64,
}

/// What a scale acts on at one observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subject {
    /// The schedule's value without this scale.
    pub value: f64,
    /// The least value that a cut may lead to.
    pub min: f64,
    /// The greatest value that a rise may lead to.
    pub max: f64,
}

impl Better {
    fn worst(&self) -> f64 {
        if self.max { f64::NEG_INFINITY } else { f64::INFINITY }
    }

    /// NaN is never better, and anything but a NaN is better than nothing seen yet.
    fn is(&self, a: f64, best: f64) -> bool {
        match (self.max, self.relative) {
            (false, true) => a < best * (1.0 - self.threshold),
            (false, false) => a < best - self.threshold,
            (true, true) => a > best * (self.threshold + 1.0),
            (true, false) => a > best + self.threshold,
        }
    }
}

impl Rule {
    /// Nothing observed yet.
    pub fn start(&self) -> State {
        State {
            scale: 1.0,
            best: self.better.worst(),
            bad: 0,
            good: 0,
            cooldown: 0,
            warmup: 0,
            at_floor: 0,
            recent: VecDeque::new(),
            sum: 0.0,
        }
    }

    /// Takes one observation.
    pub fn observe(&self, state: &mut State, metric: f64, subject: Subject) {
        match self.rise {
            None => self.plateau(state, metric, subject),
            Some(rise) => self.adapt(rise, state, metric, subject),
        }
    }

    /// torch.optim.lr_scheduler.ReduceLROnPlateau.step
    fn plateau(&self, state: &mut State, metric: f64, subject: Subject) {
        self.count(state, metric);
        if state.cooldown > 0 {
            state.cooldown -= 1;
            state.bad = 0;
        }
        if state.bad > self.patience {
            self.cut(state, subject);
            state.cooldown = self.cooldown;
            state.bad = 0;
        }
    }

    /// transformers.GreedyLR.step
    fn adapt(&self, rise: Rise, state: &mut State, metric: f64, subject: Subject) {
        let metric = rise.window.map_or(metric, |window| average(state, metric, window));
        let waits = if state.cooldown > 0 { &mut state.cooldown } else { &mut state.warmup };
        if *waits > 0 {
            *waits -= 1;
            (state.bad, state.good) = (0, 0);
            return;
        }
        self.count(state, metric);
        if state.good > self.patience {
            let (from, to) = (subject.value * state.scale, subject.value * state.scale / self.factor);
            if to.min(subject.max) - from > self.eps {
                let scale = if to <= subject.max { state.scale / self.factor } else { reach(subject, subject.max) };
                self.set(state, scale);
            }
            state.at_floor = 0;
            state.warmup = rise.warmup;
            state.good = 0;
        } else if state.bad > self.patience {
            self.cut(state, subject);
            // The product with the scale that reaches the bound may be one rounding above it.
            if subject.value * state.scale <= subject.min + 4.0 * f64::EPSILON * subject.min.abs() {
                state.at_floor = state.at_floor.saturating_add(1);
                if state.at_floor >= rise.reset_start {
                    *state = self.start();
                }
            }
            state.cooldown = self.cooldown;
            state.bad = 0;
        }
    }

    fn count(&self, state: &mut State, metric: f64) {
        if self.better.is(metric, state.best) {
            state.best = metric;
            state.bad = 0;
            state.good = state.good.saturating_add(1);
        } else {
            state.bad = state.bad.saturating_add(1);
            state.good = 0;
        }
    }

    fn cut(&self, state: &mut State, subject: Subject) {
        let from = subject.value * state.scale;
        let to = from * self.factor;
        if from - to.max(subject.min) > self.eps {
            let scale = if to >= subject.min { state.scale * self.factor } else { reach(subject, subject.min) };
            self.set(state, scale);
        }
    }

    /// Leaves out what the program is not known to be finite for.
    fn set(&self, state: &mut State, scale: f64) {
        if self.takes(scale) {
            state.scale = scale;
        }
    }

    fn takes(&self, scale: f64) -> bool {
        self.least <= scale && scale <= self.most
    }

    /// What no run comes to in `state`, in words, if there is such a thing.
    pub(crate) fn damage(&self, state: &State) -> Option<String> {
        let State { scale, best, bad, good, cooldown, warmup, at_floor, ref recent, sum } = *state;
        let rise = self.rise.unwrap_or(Rise { warmup: 0, window: None, reset_start: 1 });
        // Only what rises acts on a row of better observations.
        let most_good = if self.rise.is_some() { self.patience } else { u64::MAX };
        let counts = [
            ("bad", bad, self.patience),
            ("good", good, most_good),
            ("cooldown", cooldown, self.cooldown),
            ("warmup", warmup, rise.warmup),
            ("at_floor", at_floor, rise.reset_start - 1),
            ("recent", recent.len() as u64, rise.window.unwrap_or(0)),
        ];
        if !self.takes(scale) {
            return Some(format!("`scale` is {scale:?}, and must be from {:?} to {:?}", self.least, self.most));
        }
        if best.is_nan() {
            return Some("`best` is NaN".into());
        }
        if let Some((name, count, most)) = counts.into_iter().find(|(_, count, most)| count > most) {
            let what = if name == "recent" { "has" } else { "is" };
            return Some(format!("`{name}` {what} {count}, and must be at most {most}"));
        }
        if bad > 0 && good > 0 {
            return Some(format!("`bad` is {bad} and `good` is {good}, and one must be 0"));
        }
        (recent.is_empty() && sum != 0.0).then(|| format!("`sum` is {sum:?} of no numbers"))
    }
}

/// The scale that takes the value to `target`, to the bit where there is one that does.
fn reach(subject: Subject, target: f64) -> f64 {
    let near = target / subject.value;
    let exact = [near, near.next_up(), near.next_down()].into_iter().find(|s| subject.value * s == target);
    exact.unwrap_or(near)
}

/// The mean of the last `window` values, from a running sum.
fn average(state: &mut State, metric: f64, window: u64) -> f64 {
    state.recent.push_back(metric);
    state.sum += metric;
    if state.recent.len() as u64 > window
        && let Some(oldest) = state.recent.pop_front()
    {
        state.sum -= oldest;
    }
    state.sum / state.recent.len() as f64
}

/// Numbers as their shortest text that reads back to the same bits: no format loses infinities, NaN or digits so.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(x: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{x:?}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a number")))
    }

    pub(super) mod list {
        use std::collections::VecDeque;

        use serde::{Deserialize, Deserializer, Serializer, de::Error};

        pub(in super::super) fn serialize<S: Serializer>(list: &VecDeque<f64>, to: S) -> Result<S::Ok, S::Error> {
            to.collect_seq(list.iter().map(|x| format!("{x:?}")))
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<VecDeque<f64>, D::Error> {
            let number =
                |text: &String| text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a number")));
            Vec::<String>::deserialize(from)?.iter().map(number).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn torch(patience: u64, cooldown: u64, relative: bool) -> Rule {
        let better = Better { max: false, threshold: 1e-4, relative };
        Rule { better, factor: 0.5, patience, cooldown, eps: 1e-8, least: 0.0, most: 1.0, rise: None }
    }

    fn run(rule: Rule, value: f64, metrics: &[f64]) -> Vec<f64> {
        let mut state = rule.start();
        let subject = Subject { value, min: 0.0, max: f64::INFINITY };
        let mut lr = |metric: &f64| {
            rule.observe(&mut state, *metric, subject);
            value * state.scale
        };
        metrics.iter().map(&mut lr).collect()
    }

    #[test]
    fn flat_metrics_cut_after_patience_and_one() {
        assert_eq!(run(torch(2, 0, true), 1.0, &[1.0; 9]), [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
        assert_eq!(run(torch(0, 0, true), 1.0, &[1.0; 4]), [1.0, 0.5, 0.25, 0.125]);
    }

    #[test]
    fn relative_thresholds_never_cut_for_a_flat_negative_metric() {
        assert_eq!(run(torch(0, 0, true), 1.0, &[-1.0; 4]), [1.0; 4]);
        assert_eq!(run(torch(0, 0, false), 1.0, &[-1.0; 4]), [1.0, 0.5, 0.25, 0.125]);
    }

    #[test]
    fn nan_is_bad_and_does_not_become_the_best() {
        let nan = f64::NAN;
        assert_eq!(run(torch(1, 0, true), 1.0, &[nan, 1.0, nan, nan]), [1.0, 1.0, 1.0, 0.5]);
    }

    #[test]
    fn values_up_to_eps_do_not_move() {
        assert_eq!(run(torch(0, 0, true), 1e-8, &[1.0; 4]), [1e-8; 4]);
    }

    #[test]
    fn after_enough_cuts_at_the_floor_everything_starts_again() {
        let rise = Some(Rise { warmup: 0, window: None, reset_start: 2 });
        let rule = Rule { rise, most: MOST_SCALE, ..torch(0, 0, true) };
        let (mut state, subject) = (rule.start(), Subject { value: 0.3, min: 0.1, max: 1.0 });
        let mut lr = vec![];
        for _ in 0..6 {
            rule.observe(&mut state, 1.0, subject);
            lr.push(subject.value * state.scale);
        }
        // Better, cut, cut to the floor (1), at the floor (2): all again.
        assert_eq!(lr, [0.6, 0.3, 0.15, 0.1, 0.3, 0.6]);
    }
}
