//! A training loop of one's own, driven by a program of three values with a base of its own for each param group.
//!
//! Linear regression with momentum SGD and decoupled weight decay; one call per step and group fills all of its
//! hyperparameters.
//!
//! `cargo run --example trainer`

use etude::{Clock, Program};

/// What the data is drawn from: two weights and a bias.
const TRUTH: [f64; 3] = [3.0, -2.0, 0.5];
const STEPS: u64 = 400;
const BATCH: usize = 16;

const HYPERPARAMETERS: &str = "
lr:           warmup(10%) >> cosine(1x -> 0)
momentum:     0.8 -> 0.9 for 30% >> 0.9
weight_decay: 1e-4
";

/// The parameters that share a base learning rate.
struct Group {
    hyperparameters: Program,
    members: std::ops::Range<usize>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = Program::compile(HYPERPARAMETERS, Clock::steps(STEPS).batch(BATCH as u64))?;
    assert_eq!(program.names().collect::<Vec<_>>(), ["lr", "momentum", "weight_decay"]);
    let groups = [
        Group { hyperparameters: program.with_base(0.05)?, members: 0..2 },
        Group { hyperparameters: program.with_base(0.1)?, members: 2..3 },
    ];

    let mut noise = Noise(42);
    let (mut weights, mut velocity) = ([0.0; 3], [0.0; 3]);
    let (mut first, mut last) = (0.0, 0.0);
    for step in 0..STEPS {
        let (loss, gradient) = loss(&weights, &mut noise);
        if step == 0 {
            first = loss;
        }
        last = loss;
        for Group { hyperparameters, members } in &groups {
            let mut values = [0.0; 3];
            hyperparameters.at(step, &mut values);
            let [lr, momentum, weight_decay] = values;
            for i in members.clone() {
                velocity[i] = momentum * velocity[i] + gradient[i];
                weights[i] -= lr * (velocity[i] + weight_decay * weights[i]);
            }
        }
    }

    println!("loss {first:.3} -> {last:.1e}, weights {weights:.3?}");
    assert!(last < first / 1000.0, "{first} -> {last}");
    for (found, wanted) in weights.iter().zip(TRUTH) {
        assert!((found - wanted).abs() < 0.02, "{weights:?} is not {TRUTH:?}");
    }
    Ok(())
}

/// Half the mean squared error of a new batch, and its gradient.
fn loss(weights: &[f64; 3], noise: &mut Noise) -> (f64, [f64; 3]) {
    let (mut loss, mut gradient) = (0.0, [0.0; 3]);
    for _ in 0..BATCH {
        let x = [noise.next(), noise.next(), 1.0];
        let dot = |w: &[f64; 3]| w[0] * x[0] + w[1] * x[1] + w[2] * x[2];
        let error = dot(weights) - (dot(&TRUTH) + 0.01 * noise.next());
        loss += error * error / 2.0 / BATCH as f64;
        for (g, x) in gradient.iter_mut().zip(x) {
            *g += error * x / BATCH as f64;
        }
    }
    (loss, gradient)
}

/// Numbers from -1 to 1 that are the same everywhere.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}
