//! The training loop.

use std::time::Instant;

use super::data::{self, Dataset};
use super::error::Error;
use super::loss::Score;
use super::model::{Mlp, Shape};
use super::observe::{EpochRecord, Observer, Report, RunInfo, StepRecord, Weights};
use super::spec::Spec;
use crate::optim::arena::Buffer;
use crate::optim::simd::Isa;
use crate::optim::{self, Arena, Layout, Optimizer};

/// Examples per pass of an evaluation: large enough for fast products, small enough to stay in cache.
const EVALUATE: usize = 256;

/// Trains on the dataset that `spec` names.
///
/// `hypers(step, values)` is called once per step, before it, and fills `values`, laid out `[group][hyperparameter]`:
/// group 0 is the default group, then one per pattern of [`Spec::groups`]; hyperparameters are in the order of the
/// rule's table ([`crate::optim::RuleRow::hypers`]). Steps count from 0.
///
/// # Errors
/// A spec that cannot be run, a hyperparameter outside its range, a loss or gradient that is not finite, or an observer's
/// error.
pub fn train(spec: &Spec, hypers: &dyn Fn(u64, &mut [f64]), observer: &mut dyn Observer) -> Result<Report, Error> {
    let data = (spec.dataset()?.load)()?;
    Trainer::new(spec, &data)?.run(hypers, observer)
}

/// A run in progress: its whole state is the step count, the arena and the moving average.
#[derive(Debug)]
pub struct Trainer<'a> {
    spec: &'a Spec,
    data: &'a Dataset,
    model: Mlp,
    arena: Arena,
    ema: Option<Buffer>,
    optimizer: Optimizer,
    step: u64,
    values: Vec<f64>,
    order: Vec<u32>,
    x: Vec<f32>,
    y: Vec<u8>,
}

impl<'a> Trainer<'a> {
    /// Builds the model on `data`, with its initial parameters.
    ///
    /// # Errors
    /// A spec that cannot be run.
    pub fn new(spec: &'a Spec, data: &'a Dataset) -> Result<Self, Error> {
        spec.check()?;
        data.check()?;
        let rule = optim::rule(&spec.rule)?;
        let (inputs, classes) = (data.inputs, data.classes);
        let shape = Shape { inputs, hidden: spec.hidden.clone(), classes, activation: spec.activation };
        let layout = Layout::new(&shape.tensors(), &spec.groups)?;
        let batch = spec.batch.min(data.train.len());
        let model = Mlp::new(&shape, &layout, batch.max(EVALUATE.min(data.test.len())))?;
        let values = vec![0.0; layout.groups().len() * rule.hypers.len()];
        let len = layout.padded_len();
        let threads = spec.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let optimizer = Optimizer::new(rule, &spec.flags, threads)?;
        let mut arena = Arena::new(layout, rule)?;
        model.init(spec.seed, &mut arena.param);
        let ema = spec.ema_decay.map(|_| Buffer::zeroed(len, 2 + rule.state.len())).transpose()?;
        let order = vec![0; data.train.len()];
        let (x, y) = (vec![0.0; batch * inputs], vec![0; batch]);
        Ok(Self { spec, data, model, arena, ema, optimizer, step: 0, values, order, x, y })
    }

    /// Trains from the start of the epoch it stands in to the end.
    ///
    /// # Errors
    /// As [`train`].
    pub fn run(&mut self, hypers: &dyn Fn(u64, &mut [f64]), observer: &mut dyn Observer) -> Result<Report, Error> {
        let begin = Instant::now();
        let steps_per_epoch = self.spec.steps_per_epoch(self.data.train.len());
        let info = RunInfo {
            hypers: self.optimizer.rule().hypers,
            layout: self.arena.layout(),
            steps: steps_per_epoch.saturating_mul(self.spec.epochs),
            steps_per_epoch,
            epochs: self.spec.epochs,
        };
        observer.start(&info)?;
        let (mut epochs, mut stopped) = (Vec::new(), false);
        for epoch in self.step / steps_per_epoch..self.spec.epochs {
            let record = self.epoch(epoch, hypers, observer)?;
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
        let parameters = self.arena.layout().parameters();
        let report = Report { parameters, steps: self.step, epochs, best, stopped, wall: begin.elapsed() };
        observer.finish(&report)?;
        Ok(report)
    }

    /// The parameters as they are now.
    pub fn weights(&self) -> Weights<'_> {
        Weights { layout: self.arena.layout(), param: &self.arena.param, ema: self.ema.as_deref() }
    }

    fn epoch(
        &mut self,
        epoch: u64,
        hypers: &dyn Fn(u64, &mut [f64]),
        observer: &mut dyn Observer,
    ) -> Result<EpochRecord, Error> {
        let mut order = std::mem::take(&mut self.order);
        data::epoch_order(self.spec.seed, epoch, &mut order);
        let mut loss = 0.0;
        for batch in order.chunks(self.y.len()) {
            loss += self.update(epoch, batch, hypers, observer)?;
        }
        let train_loss = loss / order.len() as f64;
        self.order = order;
        // Every later number depends on the parameters, but an infinite one can hide behind a saturated softmax.
        let norm = self.optimizer.norm(&self.arena.param);
        self.finite(epoch, self.step.saturating_sub(1), "parameter norm", norm)?;
        let test = self.evaluate();
        let n = self.data.test.len() as f64;
        let (test_loss, test_accuracy) = (test.loss / n, test.correct as f64 / n);
        self.finite(epoch, self.step.saturating_sub(1), "test loss", test_loss)?;
        Ok(EpochRecord { epoch, steps: self.step, train_loss, test_loss, test_accuracy })
    }

    /// One step on the examples `batch`; returns the sum of their losses.
    fn update(
        &mut self,
        epoch: u64,
        batch: &[u32],
        hypers: &dyn Fn(u64, &mut [f64]),
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let (step, inputs) = (self.step, self.data.inputs);
        hypers(step, &mut self.values);
        self.optimizer.check(self.arena.layout(), step, &self.values)?;

        let (x, y) = (&mut self.x[..batch.len() * inputs], &mut self.y[..batch.len()]);
        for ((&i, x), y) in batch.iter().zip(x.chunks_exact_mut(inputs)).zip(y.iter_mut()) {
            x.copy_from_slice(&self.data.train.x[i as usize * inputs..][..inputs]);
            *y = self.data.train.y[i as usize];
        }
        let score = self.model.score_and_grad(&self.arena.param, &mut self.arena.grad, x, y);
        let loss = score.loss / batch.len() as f64;
        self.finite(epoch, step, "loss", loss)?;
        let grad_norm = self.optimizer.norm(&self.arena.grad);
        self.finite(epoch, step, "gradient norm", grad_norm)?;

        let grad_scale = self.spec.clip_norm.map_or(1.0, |limit| clip_scale(limit, grad_norm));
        self.optimizer.step(&mut self.arena, step, &self.values, grad_scale)?;
        if let (Some(ema), Some(decay)) = (&mut self.ema, self.spec.ema_decay) {
            optim::ema::update(Isa::best(), step, decay, ema, &self.arena.param);
        }
        self.step += 1;
        observer.step(&StepRecord { step, epoch, loss, grad_norm, lr: self.values[0], values: &self.values })?;
        Ok(score.loss)
    }

    /// Scores the test examples.
    fn evaluate(&mut self) -> Score {
        let param: &[f32] = self.ema.as_deref().unwrap_or(&self.arena.param);
        let (test, size) = (&self.data.test, EVALUATE.min(self.model.capacity()));
        let mut total = Score::default();
        for (x, y) in test.x.chunks(size * self.data.inputs).zip(test.y.chunks(size)) {
            let score = self.model.score(param, x, y);
            total.loss += score.loss;
            total.correct += score.correct;
        }
        total
    }

    fn finite(&self, epoch: u64, step: u64, what: &'static str, value: f64) -> Result<(), Error> {
        if value.is_finite() {
            return Ok(());
        }
        Err(Error::Diverged { step, epoch, lr: self.values[0], what, value })
    }
}

/// The factor of `torch.nn.utils.clip_grad_norm_`: min(1, limit / (norm + 1e-6)).
fn clip_scale(limit: f64, norm: f64) -> f32 {
    (limit / (norm + 1e-6)).min(1.0) as f32
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::ops::ControlFlow;

    use super::*;

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
        let data = (spec.dataset().unwrap().load)().unwrap();
        let mut trainer = Trainer::new(spec, &data).unwrap();
        let report = trainer.run(&schedule(3e-3, 23 * spec.epochs), &mut ()).unwrap();
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
        let data = (Spec::default().dataset().unwrap().load)().unwrap();
        let spec = Spec { rule: "sgd".to_owned(), batch: 1437, epochs: 1, clip_norm: Some(0.125), ..Spec::default() };
        let mut trainer = Trainer::new(&spec, &data).unwrap();
        let before = trainer.weights().param.to_vec();
        trainer.run(&|_, values| values.copy_from_slice(&[1.0, 0.0, 0.0]), &mut ()).unwrap();
        let moved = trainer.weights().param.iter().zip(&before).map(|(a, b)| f64::from((a - b) * (a - b)));
        assert!((moved.sum::<f64>().sqrt() - 0.125).abs() < 1e-5);
        assert_eq!(clip_scale(1.0, 0.5), 1.0);
    }

    #[test]
    fn the_average_lags_behind() {
        let data = (Spec::default().dataset().unwrap().load)().unwrap();
        let spec = Spec { ema_decay: Some(0.5), batch: 720, epochs: 1, ..spec() };
        let mut trainer = Trainer::new(&spec, &data).unwrap();
        trainer.run(&schedule(1e-3, 2), &mut ()).unwrap();
        // Two steps: a copy of the first, then half way to the second. lr is 0 at step 0.
        let mut start = vec![0.0; trainer.arena.param.len()];
        trainer.model.init(spec.seed, &mut start);
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
