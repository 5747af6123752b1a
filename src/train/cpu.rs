//! A run's steps on the CPU.

use super::data::Dataset;
use super::engine::{Engine, Epoch, Made, check};
use super::error::Error;
use super::loss::Score;
use super::model::{Layers, Mlp};
use super::observe::{Observer, StepRecord, Weights};
use super::source::Source;
use crate::config::Spec;
use crate::config::model::EVALUATE;
use crate::optim::arena::Buffer;
use crate::optim::norm::clip_scale;
use crate::optim::simd::Isa;
use crate::optim::{self, Arena, Layout, Optimizer, RuleRow};

/// The model, its arena and the buffers of one batch.
#[derive(Debug)]
pub(super) struct Cpu<'a> {
    spec: &'a Spec,
    data: &'a Dataset,
    model: Mlp,
    arena: Arena,
    ema: Option<Buffer>,
    optimizer: Optimizer,
    values: Vec<f64>,
    x: Vec<f32>,
    y: Vec<u8>,
}

impl<'a> Cpu<'a> {
    pub(super) fn new(
        spec: &'a Spec,
        data: &'a Dataset,
        (layers, layout): (Layers, Layout),
        rule: &'static RuleRow,
        batch: usize,
    ) -> Result<Self, Error> {
        let model = Mlp::of(layers);
        let threads = spec.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
        let optimizer = Optimizer::new(rule, &spec.flags, threads)?;
        let (len, values) = (layout.padded_len(), vec![0.0; layout.groups().len() * rule.words.hypers.len()]);
        let mut arena = Arena::new(layout, rule)?;
        model.init(spec.seed, &mut arena.param);
        let ema = spec.ema_decay.map(|_| Buffer::zeroed(len, 2 + rule.words.state.len())).transpose()?;
        let (x, y) = (vec![0.0; batch * data.inputs], vec![0; batch]);
        Ok(Self { spec, data, model, arena, ema, optimizer, values, x, y })
    }

    /// One step on the examples `batch`; returns the sum of their losses.
    fn step(
        &mut self,
        (epoch, step): (u64, u64),
        batch: &[u32],
        source: &dyn Source,
        observer: &mut dyn Observer,
    ) -> Result<f64, Error> {
        let inputs = self.data.inputs;
        source.fill(step, &mut self.values);
        let (x, y) = (&mut self.x[..batch.len() * inputs], &mut self.y[..batch.len()]);
        for ((&i, x), y) in batch.iter().zip(x.chunks_exact_mut(inputs)).zip(y.iter_mut()) {
            x.copy_from_slice(&self.data.train.x[i as usize * inputs..][..inputs]);
            *y = self.data.train.y[i as usize];
        }
        let score = self.model.score_and_grad(&self.arena.param, &mut self.arena.grad, x, y);
        let loss = score.loss / batch.len() as f64;
        let grad_norm = self.optimizer.norm(&self.arena.grad);
        let record = StepRecord { step, epoch, loss, grad_norm, lr: self.values[0], values: &self.values };
        check(self.optimizer.rule(), self.arena.layout(), &record)?;

        let grad_scale = clip_scale(self.spec.clip_norm, grad_norm);
        self.optimizer.step(&mut self.arena, step, &self.values, grad_scale)?;
        if let (Some(ema), Some(decay)) = (&mut self.ema, self.spec.ema_decay) {
            optim::ema::update(Isa::best(), step, decay, ema, &self.arena.param);
        }
        observer.step(&record)?;
        Ok(score.loss)
    }
}

impl Engine for Cpu<'_> {
    fn device(&self) -> String {
        "cpu".to_owned()
    }

    fn epoch(&mut self, epoch: &Epoch<'_>, source: &dyn Source, observer: &mut dyn Observer) -> Result<Made, Error> {
        let mut loss = 0.0;
        for (step, batch) in (epoch.first..).zip(epoch.order.chunks(epoch.batch)) {
            loss += self.step((epoch.number, step), batch, source, observer)?;
        }
        Ok(Made { loss, lr: self.values[0] })
    }

    fn norm(&mut self) -> Result<f64, Error> {
        Ok(self.optimizer.norm(&self.arena.param))
    }

    fn evaluate(&mut self) -> Result<Score, Error> {
        let param: &[f32] = self.ema.as_deref().unwrap_or(&self.arena.param);
        let (test, size) = (&self.data.test, EVALUATE.min(self.model.capacity()));
        let mut total = Score::default();
        for (x, y) in test.x.chunks(size * self.data.inputs).zip(test.y.chunks(size)) {
            let score = self.model.score(param, x, y);
            total.loss += score.loss;
            total.correct += score.correct;
        }
        Ok(total)
    }

    fn weights(&self) -> Weights<'_> {
        Weights { layout: self.arena.layout(), param: &self.arena.param, ema: self.ema.as_deref() }
    }
}
