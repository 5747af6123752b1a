//! A run's steps on a GPU.
//!
//! A step is one graph: the batch is gathered, the model runs forward and backward, and the schedule and the update follow
//! (`optim::cuda`). Replaying it writes nothing from the host. The host looks in once a window: after an epoch, after
//! 1024 steps, or after every step of a run whose schedule watches what a step reports.
//!
//! Everything else (data order, initial parameters, checks, records, weights) is what the CPU has, so the two log and leave
//! the same things. Their products round differently, so the curves agree closely, not to the bit.

use super::data::Dataset;
use super::engine::{Engine, Epoch, Made, check};
use super::error::Error;
use super::loss::Score;
use super::model::Layers;
use super::observe::{Observer, StepRecord, Weights};
use super::source::Source;
use crate::config::Spec;
use crate::config::model::EVALUATE;
use crate::cuda::{self, Buffer, Device, Graph, Kernel};
use crate::optim::cuda::{Optimizer, Record, Settings, Values};
use crate::optim::{Layout, RuleRow};

mod model;

pub use model::text;

use model::{Mlp, Scores};

/// Steps that follow each other before the host looks in.
const WINDOW: usize = 1024;
/// A text that is longer takes the compiler longer than a table takes the host.
const LONGEST: usize = 1 << 20;

/// The model, its arena, the data and the graphs of a step.
#[derive(Debug)]
pub(super) struct Gpu<'a> {
    /// Of a full batch, and of an epoch's last one, where it is smaller.
    graphs: Vec<(usize, Graph)>,
    device: Device,
    data: &'a Dataset,
    optimizer: Optimizer,
    model: Mlp,
    gather: Kernel,
    train: Examples,
    test: Examples,
    order: Buffer<u32>,
    batch: Examples,
    scores: Scores,
    /// The parameters as they were at the end of the last epoch, and their average.
    param: Vec<f32>,
    ema: Option<Vec<f32>>,
}

#[derive(Debug)]
struct Examples {
    x: Buffer<f32>,
    y: Buffer<u8>,
}

impl<'a> Gpu<'a> {
    pub(super) fn new(
        device: &Device,
        spec: &'a Spec,
        data: &'a Dataset,
        (layers, layout): (Layers, Layout),
        (rule, source): (&'static RuleRow, &dyn Source),
        batch: usize,
    ) -> Result<Self, Error> {
        let code = source.code().filter(|code| !spec.host_schedule && code.text().len() <= LONGEST);
        let settings = Settings {
            clip_norm: spec.clip_norm,
            ema_decay: spec.ema_decay,
            values: code.map_or(Values::Table, Values::Code),
            ..Settings::new(rule, &spec.flags, layout.groups().len())?
        };
        let kernels = text(layers.activation);
        let mut param = vec![0.0; layout.padded_len()];
        layers.init(spec.seed, &mut param);
        let room = (WINDOW, source.inputs().len());
        let copy =
            |x: &[f32], y: &[u8]| -> Result<_, Error> { Ok(Examples { x: device.copy(x)?, y: device.copy(y)? }) };
        let examples = layers.capacity;
        let optimizer = Optimizer::new(device, (settings, &kernels), layout, &param, room)?;
        Ok(Self {
            graphs: Vec::new(),
            model: Mlp::new(device, optimizer.module(), layers)?,
            gather: optimizer.module().kernel("etude_gather")?,
            optimizer,
            train: copy(&data.train.x, &data.train.y)?,
            test: copy(&data.test.x, &data.test.y)?,
            order: device.zeros(data.train.len())?,
            batch: Examples { x: device.zeros(batch * data.inputs)?, y: device.zeros(batch)? },
            scores: Scores { losses: device.zeros(examples)?, correct: device.zeros(examples)? },
            ema: spec.ema_decay.map(|_| vec![0.0; param.len()]),
            param,
            device: device.clone(),
            data,
        })
    }

    /// Asks for the gradients of the clock's step, whose batch has `rows` of `batch` examples.
    #[allow(unsafe_code)]
    fn gradients(&self, batch: usize, rows: usize) -> Result<(), cuda::Error> {
        let inputs = self.data.inputs;
        let args = [
            self.optimizer.clock().into(),
            self.order.all().into(),
            self.train.x.all().into(),
            self.train.y.all().into(),
            (batch as u32).into(),
            (rows as u32).into(),
            (inputs as u32).into(),
            self.batch.x.all().into(),
            self.batch.y.all().into(),
        ];
        // SAFETY: the kernel's own parameters; the clock stands at a step of the epoch whose order is there, every number
        // of which is an example's, and a batch has room.
        unsafe { self.gather.launch(model::blocks(rows * inputs), 256, &args)? };
        let (x, y) = (self.batch.x.part(0..rows * inputs), self.batch.y.part(0..rows));
        self.model.score_and_grad((self.optimizer.param(), self.optimizer.grad()), x, y, &self.scores)
    }

    /// Asks for the clock's step.
    #[allow(unsafe_code)]
    fn replay(&mut self, batch: usize, rows: usize) -> Result<(), cuda::Error> {
        if let Some((_, graph)) = self.graphs.iter().find(|(n, _)| *n == rows) {
            return graph.launch();
        }
        // The libraries load their kernels when they first need them, which a graph must not wait for.
        self.gradients(batch, rows)?;
        // SAFETY: all that a step uses lives as long as `self`, which the graph does not outlive.
        let graph = unsafe {
            self.device.capture(|| {
                self.gradients(batch, rows)?;
                self.optimizer.step(self.scores.losses.part(0..rows))
            })?
        };
        graph.launch()?;
        self.graphs.push((rows, graph));
        Ok(())
    }

    /// What the steps from `step` on read: a table of their values, or what the code reads.
    fn inputs(&self, step: u64, steps: usize, source: &dyn Source) -> Vec<f64> {
        let settings = self.optimizer.settings();
        if settings.values != Values::Table {
            return source.inputs();
        }
        let width = settings.width();
        let mut table = vec![0.0; steps * width];
        for (step, row) in (step..).zip(table.chunks_exact_mut(width)) {
            source.fill(step, row);
        }
        table
    }
}

impl Engine for Gpu<'_> {
    fn device(&self) -> String {
        self.device.name().to_owned()
    }

    fn epoch(&mut self, epoch: &Epoch<'_>, source: &dyn Source, observer: &mut dyn Observer) -> Result<Made, Error> {
        self.device.write(&mut self.order, epoch.order)?;
        let batches: Vec<usize> = epoch.order.chunks(epoch.batch).map(<[u32]>::len).collect();
        let ahead = if source.watches_steps() { 1 } else { self.optimizer.window() };
        let mut made = Made { loss: 0.0, lr: 0.0 };
        let (mut step, mut records) = (epoch.first, Vec::new());
        for window in batches.chunks(ahead) {
            let inputs = self.inputs(step, window.len(), source);
            self.optimizer.begin(step, epoch.first, &inputs)?;
            for &rows in window {
                self.replay(epoch.batch, rows)?;
            }
            let next = self.optimizer.records(window.len(), &mut records)?;
            for (row, &rows) in window.iter().enumerate() {
                let Record { loss: sum, grad_norm, values } = self.optimizer.record(&records, row);
                let (loss, lr) = (sum / rows as f64, values[0]);
                let record = StepRecord { step, epoch: epoch.number, loss, grad_norm, lr, values };
                check(self.optimizer.settings().rule, self.optimizer.layout(), &record)?;
                if step >= next {
                    // It was not made, and the host sees no reason.
                    return Err(Error::Spec(format!("the GPU made no step {step}: its records are damaged")));
                }
                made = Made { loss: made.loss + sum, lr };
                observer.step(&record)?;
                step += 1;
            }
        }
        Ok(made)
    }

    fn norm(&mut self) -> Result<f64, Error> {
        Ok(self.optimizer.norm()?)
    }

    fn evaluate(&mut self) -> Result<Score, Error> {
        self.device.read(self.optimizer.param(), &mut self.param)?;
        if let (Some(ema), Some(average)) = (&mut self.ema, self.optimizer.average()) {
            self.device.read(average, ema)?;
        }
        let param = self.optimizer.average().unwrap_or(self.optimizer.param());
        let (inputs, n) = (self.data.inputs, self.data.test.len());
        let size = EVALUATE.min(self.model.capacity());
        let mut total = Score::default();
        let (mut losses, mut correct) = (vec![0.0; size], vec![0; size]);
        for start in (0..n).step_by(size) {
            let rows = size.min(n - start);
            let x = self.test.x.part(start * inputs..(start + rows) * inputs);
            self.model.score(param, x, self.test.y.part(start..start + rows), &self.scores)?;
            self.device.read(&self.scores.losses, &mut losses[..rows])?;
            self.device.read(&self.scores.correct, &mut correct[..rows])?;
            total.loss += losses[..rows].iter().sum::<f64>();
            total.correct += correct[..rows].iter().map(|&c| c as usize).sum::<usize>();
        }
        Ok(total)
    }

    fn weights(&self) -> Weights<'_> {
        Weights { layout: self.optimizer.layout(), param: &self.param, ema: self.ema.as_deref() }
    }
}
