//! The digits job of `digits.py`: MLP 64-128-10, AdamW, batch 64, 30 epochs, with an evaluation after every epoch.
//!
//! `cargo bench --no-default-features --features train --bench digits`
//!
//! Then accuracy over five seeds, for a grid of peak learning rates and weight decays under warmup 5 % and a cosine.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures, and compares with the platform")]

use etude::config::{Activation, Spec};
use etude::train::train;

fn main() {
    let constant = |_: u64, values: &mut [f64]| values.copy_from_slice(&[1e-3, 0.9, 0.999, 1e-8, 0.01]);
    for activation in Activation::ALL {
        let spec = Spec::default().with(|spec| spec.activation = activation);
        let runs: Vec<_> = (0..10).map(|_| train(&spec, &constant, &mut ()).expect("a valid spec")).collect();
        let best = runs.iter().map(|r| r.wall).min().unwrap_or_default();
        let accuracy = runs[0].last().map_or(0.0, |e| e.test_accuracy);
        println!("etude, {}: 30 epochs {:.4} s, test accuracy {accuracy:.4}", activation.name(), best.as_secs_f64());
    }

    println!("{:>8} {:>6} {:>6} {:>6} {:>8} {:>8}  per seed", "peak", "end", "decay", "hidden", "mean", "worst");
    for hidden in [128, 256] {
        for (peak, end, decay) in [(1e-3, 0.0), (2e-3, 0.0), (3e-3, 0.0), (3e-3, 0.1), (5e-3, 0.0), (1e-2, 0.0)]
            .into_iter()
            .flat_map(|(peak, end)| [0.01, 0.1].map(|decay| (peak, end, decay)))
        {
            seeds(hidden, peak, end, decay);
        }
    }
}

fn seeds(hidden: usize, peak: f64, end: f64, decay: f64) {
    let hypers = |step: u64, values: &mut [f64]| {
        let t = step as f64 / 690.0;
        let fall = half_cosine(((t - 0.05) / 0.95).max(0.0));
        let lr = if t < 0.05 { peak * t / 0.05 } else { peak * (end + (1.0 - end) * fall) };
        for (group, decay) in values.chunks_mut(5).zip([decay, 0.0]) {
            group.copy_from_slice(&[lr, 0.9, 0.999, 1e-8, decay]);
        }
    };
    let run = |seed| {
        let spec = Spec::default().with(|spec| {
            (spec.seed, spec.hidden, spec.groups) = (seed, vec![hidden], vec!["bias|norm".to_owned()]);
        });
        train(&spec, &hypers, &mut ()).expect("a valid spec").last().map_or(0.0, |e| e.test_accuracy)
    };
    let scores: Vec<f64> = (0..5).map(run).collect();
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    let worst = scores.iter().copied().fold(1.0, f64::min);
    println!("{peak:>8} {end:>6} {decay:>6} {hidden:>6} {mean:>8.4} {worst:>8.4}  {scores:.4?}");
}

/// (1 + cos πt) / 2 for t in [0, 1], as the square of the cosine of πt/2 by its series.
fn half_cosine(t: f64) -> f64 {
    let x = std::f64::consts::FRAC_PI_2 * t;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..=10 {
        term *= -x * x / f64::from((2 * k - 1) * (2 * k));
        sum += term;
    }
    sum * sum
}
