//! Whole runs on a GPU.

use etude::Input;
use etude::config::Device;
use etude::train::{EpochRecord, Error, Observer, Report, StepRecord, Trainer, Weights};

const DIGITS: &str = "
let peak = 3e-3
run { epochs: 4, batch: 64, seed: 3 }
data \"digits\"
model mlp(hidden: [64, 48], activation: gelu)
optimizer adamw {
  lr: warmup(5%) >> cosine(peak -> peak / 10) | plateau(test_loss, factor: 0.5, patience: 0)
  weight_decay: 0.1
}
group \"bias\" { weight_decay: 0 }
clip { norm: 0.5 }
ema { decay: 0.98 }
";

/// What a run tells and leaves.
#[derive(Default)]
struct Seen {
    steps: Vec<(u64, u64, f64, f64, Vec<u64>)>,
    epochs: Vec<EpochRecord>,
    weights: Vec<u32>,
}

impl Observer for Seen {
    fn step(&mut self, s: &StepRecord<'_>) -> Result<(), Error> {
        self.steps.push((s.step, s.epoch, s.loss, s.grad_norm, s.values.iter().map(|v| v.to_bits()).collect()));
        Ok(())
    }

    fn epoch(&mut self, e: &EpochRecord, weights: &Weights<'_>) -> Result<std::ops::ControlFlow<()>, Error> {
        self.epochs.push(*e);
        self.weights = weights.param.iter().chain(weights.evaluated()).map(|p| p.to_bits()).collect();
        Ok(std::ops::ControlFlow::Continue(()))
    }
}

/// Trains what `text` says, somewhere.
fn run(text: &str, device: Device, host_schedule: bool) -> (Report, Seen) {
    let (spec, hypers) = Input::config(text).training().unwrap();
    let spec = spec.with(|spec| (spec.device, spec.host_schedule) = (device, host_schedule));
    let data = etude::train::data::load(&spec.data).unwrap();
    let mut seen = Seen::default();
    let mut watch = hypers.watch();
    let mut all: Vec<&mut dyn Observer> = vec![&mut watch, &mut seen];
    let mut trainer = Trainer::new(&spec, &data, &hypers).unwrap_or_else(|e| panic!("{e}"));
    let report = trainer.run(&mut all).unwrap_or_else(|e| panic!("{e}"));
    (report, seen)
}

#[test]
#[ignore = "needs a GPU"]
fn runs_tell_and_leave_what_the_cpus_do() {
    use Device::{Cpu, Cuda};
    let texts = [
        DIGITS.to_owned(),
        // A metric of every step decides about the next.
        DIGITS.replace("test_loss", "loss").replace("epochs: 4", "epochs: 1").replace("gelu", "silu"),
        DIGITS
            .replace("adamw", "sgd(nesterov: true)")
            .replace("lr:", "momentum: 0.9 -> 0.95\n  lr:")
            .replace("gelu", "tanh"),
        DIGITS.replace("gelu", "relu").replace("batch: 64", "batch: 1437").replace("[64, 48]", "[]"),
        // More steps than the host lets pass without looking in.
        DIGITS.replace("epochs: 4, batch: 64", "epochs: 1, batch: 1").replace("[64, 48]", "[]"),
    ];
    for text in texts {
        let (report, host) = run(&text, Cpu, false);
        let (again, gpu) = run(&text, Cuda(0), false);
        let (_, table) = run(&text, Cuda(0), true);
        assert_eq!(
            (report.parameters, report.steps, report.epochs.len()),
            (again.parameters, again.steps, again.epochs.len())
        );
        assert_eq!(host.steps.len(), gpu.steps.len());
        // Both sources of the hyperparameters give the same bits, and a run gives them again.
        for (a, b) in gpu.steps.iter().zip(&table.steps) {
            assert_eq!(a, b, "computed here and sent by the host");
        }
        assert_eq!(gpu.epochs, table.epochs);
        assert!(gpu.weights == table.weights);
        // The same start, data and schedule; products round differently, which grows with the steps.
        for (k, (a, b)) in host.steps.iter().zip(&gpu.steps).enumerate() {
            assert_eq!((a.0, a.1), (b.0, b.1));
            if k < 5 {
                assert!((a.2 / b.2 - 1.0).abs() < 1e-5 && (a.3 / b.3 - 1.0).abs() < 1e-4, "step {k}: {a:?} {b:?}");
            }
        }
        // Before the first metric decides, the schedule is the same to the bit.
        let first = report.epochs[0].steps as usize;
        if !text.contains("plateau(loss") {
            assert!(host.steps[..first].iter().zip(&gpu.steps).all(|(a, b)| a.4 == b.4));
        }
        let (a, b) = (report.last().unwrap(), again.last().unwrap());
        println!("accuracy {} on the CPU, {} here", a.test_accuracy, b.test_accuracy);
        // Where a step's loss decides, a rounding may decide otherwise.
        assert!(
            text.contains("plateau(loss")
                || (a.test_accuracy - b.test_accuracy).abs() < 0.02 && (a.test_loss - b.test_loss).abs() < 0.05,
            "{a:?} {b:?}"
        );
    }
}

#[test]
#[ignore = "needs a GPU"]
fn digits_reaches_the_cpus_accuracy() {
    let text = include_str!("../../../../examples/digits.etude");
    let (host, _) = run(text, Device::Cpu, false);
    let (gpu, _) = run(text, Device::Cuda(0), false);
    let (a, b) = (host.last().unwrap().test_accuracy, gpu.last().unwrap().test_accuracy);
    println!("accuracy {a} on the CPU, {b} here; {:?} and {:?}", host.wall, gpu.wall);
    assert!(b > 0.97 && (a - b).abs() < 0.01, "{a} {b}");
}
