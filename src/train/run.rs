//! The training loop.

use std::time::Instant;

use super::cpu::Cpu;
use super::data::{self, Dataset};
use super::engine::{Engine, Epoch, finite};
use super::error::Error;
use super::model::Layers;
use super::observe::{EpochRecord, Observer, Report, RunInfo, Weights};
use super::source::Source;
use crate::config::model::EVALUATE;
use crate::config::{Device, Rule, Shape, Spec};
use crate::optim::{self, Layout, RuleRow};

/// Trains on the dataset that `spec` names, on the device that it names. `source` gives the hyperparameters of every
/// step; steps count from 0.
///
/// # Errors
/// A spec that cannot be run, a device that is not there, a hyperparameter outside its range, a loss or gradient that is
/// not finite, or an observer's error.
pub fn train(spec: &Spec, source: &dyn Source, observer: &mut dyn Observer) -> Result<Report, Error> {
    let data = data::load(&spec.data)?;
    Trainer::new(spec, &data, source)?.run(observer)
}

/// A run in progress: its whole state is the step count and what its engine holds, the arena and the moving average.
pub struct Trainer<'a> {
    spec: &'a Spec,
    data: &'a Dataset,
    source: &'a dyn Source,
    engine: Box<dyn Engine + 'a>,
    rule: &'static RuleRow,
    batch: usize,
    step: u64,
}

impl<'a> Trainer<'a> {
    /// The update rule.
    pub fn rule(&self) -> &'static Rule {
        self.rule.words
    }

    /// Builds the model on `data`, with its initial parameters.
    ///
    /// # Errors
    /// A spec that cannot be run, or a device that is not there.
    pub fn new(spec: &'a Spec, data: &'a Dataset, source: &'a dyn Source) -> Result<Self, Error> {
        spec.check().map_err(Error::Spec)?;
        data.check()?;
        let rule = optim::rule(&spec.rule)?;
        let (inputs, classes) = (data.inputs, data.classes);
        let shape = Shape { inputs, hidden: spec.hidden.clone(), classes, activation: spec.activation };
        let layout = Layout::new(&shape.tensors(), &spec.groups)?;
        let batch = spec.batch.min(data.train.len());
        let layers = Layers::new(&shape, &layout, batch.max(EVALUATE.min(data.test.len())))?;
        let engine: Box<dyn Engine + 'a> = match spec.device {
            Device::Cpu => Box::new(Cpu::new(spec, data, (layers, layout), rule, batch)?),
            #[cfg(feature = "cuda")]
            Device::Cuda(ordinal) => {
                let device = crate::cuda::Device::open(ordinal)?;
                Box::new(super::cuda::Gpu::new(&device, spec, data, (layers, layout), (rule, source), batch)?)
            }
            #[cfg(not(feature = "cuda"))]
            Device::Cuda(_) => {
                let text = "this build has no CUDA (feature `cuda`); train with `device: cpu`";
                return Err(Error::Spec(text.to_owned()));
            }
        };
        Ok(Self { spec, data, source, engine, rule, batch, step: 0 })
    }

    /// Trains from the start of the epoch it stands in to the end.
    ///
    /// # Errors
    /// As [`train`].
    pub fn run(&mut self, observer: &mut dyn Observer) -> Result<Report, Error> {
        #[allow(clippy::disallowed_methods, reason = "the report says how long it took")]
        let begin = Instant::now();
        let steps_per_epoch = self.spec.steps_per_epoch(self.data.train.len());
        let device = self.engine.device();
        let info = RunInfo {
            device: &device,
            hypers: self.rule.words.hypers,
            layout: self.weights().layout,
            steps: steps_per_epoch.saturating_mul(self.spec.epochs),
            steps_per_epoch,
            epochs: self.spec.epochs,
        };
        observer.start(&info)?;
        let (mut epochs, mut stopped) = (Vec::new(), false);
        for epoch in self.step / steps_per_epoch..self.spec.epochs {
            let record = self.epoch(epoch, observer)?;
            epochs.push(record);
            if observer.epoch(&record, &self.weights())?.is_break() {
                stopped = true;
                break;
            }
        }
        let mut best = 0;
        for (i, record) in epochs.iter().enumerate() {
            if record.test_accuracy > epochs[best].test_accuracy {
                best = i;
            }
        }
        let parameters = self.weights().layout.parameters();
        let report = Report { device, parameters, steps: self.step, epochs, best, stopped, wall: begin.elapsed() };
        observer.finish(&report)?;
        Ok(report)
    }

    /// The parameters as they were at the end of the last epoch.
    pub fn weights(&self) -> Weights<'_> {
        self.engine.weights()
    }

    fn epoch(&mut self, number: u64, observer: &mut dyn Observer) -> Result<EpochRecord, Error> {
        let mut order = vec![0; self.data.train.len()];
        data::epoch_order(self.spec.seed, number, &mut order);
        let epoch = Epoch { number, first: self.step, order: &order, batch: self.batch };
        let made = self.engine.epoch(&epoch, self.source, observer)?;
        self.step += order.len().div_ceil(self.batch) as u64;
        let (train_loss, last) = (made.loss / order.len() as f64, self.step - 1);
        // Every later number depends on the parameters, but an infinite one can hide behind a saturated softmax.
        finite(last, number, made.lr, "parameter norm", self.engine.norm()?)?;
        let test = self.engine.evaluate()?;
        let n = self.data.test.len() as f64;
        let (test_loss, test_accuracy) = (test.loss / n, test.correct as f64 / n);
        finite(last, number, made.lr, "test loss", test_loss)?;
        Ok(EpochRecord { epoch: number, steps: self.step, train_loss, test_loss, test_accuracy })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::ops::ControlFlow;

    use super::*;
    use crate::train::StepRecord;

    /// Warmup over 5 %, then a straight line to 0: enough of a schedule to learn with.
    fn schedule(peak: f64, steps: u64) -> impl Fn(u64, &mut [f64]) {
        move |step, values: &mut [f64]| {
            let t = step as f64 / steps as f64;
            let lr = peak * if t < 0.05 { t / 0.05 } else { (1.0 - t) / 0.95 };
            for (i, group) in values.chunks_mut(5).enumerate() {
                group.copy_from_slice(&[lr, 0.9, 0.999, 1e-8, if i == 0 { 0.1 } else { 0.0 }]);
            }
        }
    }

    fn spec() -> Spec {
        Spec { groups: vec!["bias|norm".to_owned()], epochs: 3, ..Spec::default() }
    }

    fn bits(spec: &Spec) -> (Vec<u32>, Report) {
        let data = data::load(&spec.data).unwrap();
        let source = schedule(3e-3, 23 * spec.epochs);
        let mut trainer = Trainer::new(spec, &data, &source).unwrap();
        let report = trainer.run(&mut ()).unwrap();
        (trainer.weights().evaluated().iter().map(|p| p.to_bits()).collect(), report)
    }

    #[test]
    fn learns_the_digits() {
        let (_, report) = bits(&Spec { epochs: 6, clip_norm: Some(1.0), ..spec() });
        assert_eq!((report.parameters, report.steps), (64 * 128 + 128 + 128 * 10 + 10, 6 * 23));
        assert!(report.last().unwrap().test_accuracy > 0.93, "{report:?}");
        assert!(report.epochs[0].train_loss > report.epochs[2].train_loss);
    }

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let spec = Spec { ema_decay: Some(0.9), ..spec() };
        let (first, report) = bits(&spec);
        let (second, again) = bits(&spec);
        assert!(first == second);
        assert_eq!(report.epochs, again.epochs);
        assert!(first != bits(&Spec { seed: 1, ..spec.clone() }).0);
    }

    #[test]
    fn threads_change_no_bit() {
        // 74 weights per unit: enough for two threads.
        let wide = |threads| Spec { hidden: vec![30_000], epochs: 1, batch: 720, threads: Some(threads), ..spec() };
        assert!(bits(&wide(1)).0 == bits(&wide(2)).0);
    }

    #[test]
    fn hypers_are_asked_for_once_per_step_and_recorded() {
        struct Seen(Vec<(u64, f64)>);
        impl Observer for Seen {
            fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
                assert_eq!((step.values.len(), step.values[9]), (10, 0.0));
                self.0.push((step.step, step.lr));
                Ok(())
            }
            fn epoch(&mut self, epoch: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
                Ok(if epoch.epoch == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            }
        }
        let (calls, inner) = (RefCell::new(Vec::new()), schedule(1e-3, 69));
        let hypers = |step, values: &mut [f64]| {
            inner(step, values);
            calls.borrow_mut().push((step, values[0]));
        };
        let mut seen = Seen(Vec::new());
        let report = train(&spec(), &hypers, &mut seen).unwrap();
        assert!(report.stopped);
        assert_eq!(report.steps, 46);
        assert_eq!(seen.0, calls.into_inner());
    }

    #[test]
    fn clipping_limits_the_update() {
        // Plain SGD with lr 1 moves the parameters by the clipped gradient.
        let data = data::load("digits").unwrap();
        let spec = Spec { rule: "sgd".to_owned(), batch: 1437, epochs: 1, clip_norm: Some(0.125), ..Spec::default() };
        let source = |_, values: &mut [f64]| values.copy_from_slice(&[1.0, 0.0, 0.0]);
        let mut trainer = Trainer::new(&spec, &data, &source).unwrap();
        let before = trainer.weights().param.to_vec();
        trainer.run(&mut ()).unwrap();
        let moved = trainer.weights().param.iter().zip(&before).map(|(a, b)| f64::from((a - b) * (a - b)));
        assert!((moved.sum::<f64>().sqrt() - 0.125).abs() < 1e-5);
    }

    #[test]
    fn the_average_lags_behind() {
        let data = data::load("digits").unwrap();
        let spec = Spec { ema_decay: Some(0.5), batch: 720, epochs: 1, ..spec() };
        let source = schedule(1e-3, 2);
        let mut trainer = Trainer::new(&spec, &data, &source).unwrap();
        let start = trainer.weights().param.to_vec();
        trainer.run(&mut ()).unwrap();
        // Two steps: a copy of the first, then half way to the second. lr is 0 at step 0.
        let weights = trainer.weights();
        for ((average, p), start) in weights.evaluated().iter().zip(weights.param).zip(&start) {
            assert!((average - 0.5 * (p + start)).abs() < 1e-6);
        }
        assert!(weights.param != start);
    }

    #[test]
    fn divergence_is_an_error() {
        let hypers = |_, values: &mut [f64]| values.copy_from_slice(&[1e30, 0.9, 0.0]);
        let spec = Spec { rule: "sgd".to_owned(), ..Spec::default() };
        let error = train(&spec, &hypers, &mut ()).unwrap_err();
        assert!(matches!(error, Error::Diverged { step: 1.., .. }), "{error}");
        assert!(error.to_string().contains("lr is 1e30"), "{error}");
        // The only step of the run: nothing but the check at its end can see it.
        let hypers = |_, values: &mut [f64]| values.copy_from_slice(&[1e300, 0.9, 0.0]);
        let spec = Spec { batch: 1437, epochs: 1, ..spec };
        assert!(matches!(train(&spec, &hypers, &mut ()), Err(Error::Diverged { step: 0, .. })));
    }

    #[test]
    fn bad_specs_are_errors() {
        let cases = [
            (Spec { epochs: 0, ..Spec::default() }, "epoch"),
            (Spec { batch: 0, ..Spec::default() }, "batch"),
            (Spec { data: "mnist".to_owned(), ..Spec::default() }, "mnist"),
            (Spec { rule: "adam".to_owned(), ..Spec::default() }, "adamw"),
            (Spec { flags: vec!["nesterov".to_owned()], ..Spec::default() }, "nesterov"),
            (Spec { groups: vec!["conv".to_owned()], ..Spec::default() }, "conv"),
            (Spec { hidden: vec![0], ..Spec::default() }, "hidden"),
            (Spec { hidden: vec![usize::MAX], ..Spec::default() }, "layers.0.weight"),
            (Spec { clip_norm: Some(0.0), ..Spec::default() }, "clip"),
            (Spec { ema_decay: Some(1.0), ..Spec::default() }, "ema"),
        ];
        for (spec, word) in cases {
            let error = train(&spec, &schedule(1e-3, 69), &mut ()).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
        let nan = |_, values: &mut [f64]| values.fill(f64::NAN);
        assert!(train(&Spec::default(), &nan, &mut ()).unwrap_err().to_string().contains("lr is NaN at step 0"));
    }
}
