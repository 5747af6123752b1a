//! The multi-layer perceptron on a GPU: model.rs with its arithmetic in activation.cu and loss.cu.
//!
//! Products are made by cuBLAS where it is installed, otherwise by matmul.cu. Either way the same run on the same GPU
//! gives the same bits.

use crate::config::Activation;
use crate::cuda::blas::{Blas, Mat};
use crate::cuda::{Arg, Buffer, Device, Error, Kernel, Module, View};
use crate::train::model::Layers;

/// Threads of a block; matmul.cu counts on it.
const THREADS: u32 = 256;
/// Rows and columns that a block of matmul.cu makes.
const TILE: usize = 64;

/// The model's kernels in CUDA C, for one activation. They follow those of
/// [`Settings::text`](crate::optim::cuda::Settings::text).
pub fn text(activation: Activation) -> String {
    let all = Activation::ALL.iter().enumerate();
    let names = all.map(|(i, a)| format!("#define ETUDE_{} {i}\n", a.name().to_uppercase()));
    let chosen = format!("#define ETUDE_ACTIVATION ETUDE_{}\n\n", activation.name().to_uppercase());
    let parts = [
        include_str!("../float.cu"),
        include_str!("../activation.cu"),
        include_str!("../loss.cu"),
        include_str!("../matmul.cu"),
        include_str!("../model.cu"),
    ];
    names.collect::<String>() + &chosen + &parts.join("\n")
}

/// The model with the buffers of one batch.
#[derive(Debug)]
pub(super) struct Mlp {
    layers: Layers,
    /// Per hidden layer: what enters the activation.
    pre: Vec<Buffer<f32>>,
    /// Per layer: what leaves it; in the backward pass, the gradient of `pre`.
    post: Vec<Buffer<f32>>,
    blas: Option<Blas>,
    matmul: Kernel,
    activate: Kernel,
    deactivate: Kernel,
    loss: Kernel,
    columns: Kernel,
}

/// Where the loss of each example goes.
#[derive(Debug)]
pub(super) struct Scores {
    pub(super) losses: Buffer<f64>,
    /// 1 where the largest logit is the label's, 0 elsewhere.
    pub(super) correct: Buffer<u32>,
}

impl Mlp {
    pub(super) fn new(device: &Device, module: &Module, layers: Layers) -> Result<Self, Error> {
        let room = |list: &[crate::train::model::Dense]| -> Result<Vec<_>, Error> {
            list.iter().map(|d| device.zeros(d.outputs * layers.capacity)).collect()
        };
        Ok(Self {
            pre: room(layers.hidden())?,
            post: room(&layers.dense)?,
            blas: Blas::open(device)?,
            matmul: module.kernel("etude_matmul")?,
            activate: module.kernel("etude_activate")?,
            deactivate: module.kernel("etude_deactivate")?,
            loss: module.kernel("etude_loss")?,
            columns: module.kernel("etude_columns")?,
            layers,
        })
    }

    /// The most examples per pass.
    pub(super) fn capacity(&self) -> usize {
        self.layers.capacity
    }

    /// Asks for the scores of the examples `x`, `y`.
    pub(super) fn score(
        &self,
        param: &Buffer<f32>,
        x: View<'_, f32>,
        y: View<'_, u8>,
        scores: &Scores,
    ) -> Result<(), Error> {
        self.forward(param, x, y.len())?;
        self.softmax(param, y, scores, false)
    }

    /// Asks for the scores of a batch and for the gradient of its mean loss. Padding is not touched.
    pub(super) fn score_and_grad(
        &self,
        (param, grad): (&Buffer<f32>, &Buffer<f32>),
        x: View<'_, f32>,
        y: View<'_, u8>,
        scores: &Scores,
    ) -> Result<(), Error> {
        let n = y.len();
        self.forward(param, x, n)?;
        self.softmax(param, y, scores, true)?;
        for (i, dense) in self.layers.dense.iter().enumerate().rev() {
            let delta = Mat::new(self.post[i].part(0..n * dense.outputs), n, dense.outputs);
            let below = i.checked_sub(1).map(|below| self.post[below].part(0..n * dense.inputs));
            let input = Mat::new(below.unwrap_or(x), n, dense.inputs);
            self.matmul(grad.part(dense.weight.clone()), delta.transposed(), input)?;
            self.sum_columns(delta.data(), grad.part(dense.bias.clone()))?;
            if let Some(below) = below {
                let weight = Mat::new(param.part(dense.weight.clone()), dense.outputs, dense.inputs);
                self.matmul(below, delta, weight)?;
                self.scale_by_slope(self.pre[i - 1].part(0..below.len()), below, n)?;
            }
        }
        Ok(())
    }

    fn forward(&self, param: &Buffer<f32>, x: View<'_, f32>, n: usize) -> Result<(), Error> {
        let mut input = x;
        for (i, dense) in self.layers.dense.iter().enumerate() {
            let post = self.post[i].part(0..n * dense.outputs);
            let out = self.pre.get(i).map_or(post, |pre| pre.part(0..n * dense.outputs));
            let weight = Mat::new(param.part(dense.weight.clone()), dense.outputs, dense.inputs);
            self.matmul(out, Mat::new(input, n, dense.inputs), weight.transposed())?;
            if i < self.pre.len() {
                self.add_bias_and_activate(out, param.part(dense.bias.clone()), post, n)?;
            }
            input = post;
        }
        Ok(())
    }

    #[allow(unsafe_code)]
    fn matmul(&self, out: View<'_, f32>, a: Mat<'_>, b: Mat<'_>) -> Result<(), Error> {
        if let Some(blas) = &self.blas {
            return blas.matmul(out, a, b);
        }
        let [rows, columns, inner] = a.product(b, out);
        let ([ar, ac], [br, bc]) = (a.strides(), b.strides());
        let numbers = [rows, columns, inner, ar, ac, br, bc].map(|n| Arg::Narrow(n as u32));
        let args = [&[out.into(), a.data().into(), b.data().into()], &numbers[..]].concat();
        let blocks = [columns.div_ceil(TILE), rows.div_ceil(TILE)].map(|n| n as u32);
        // SAFETY: the kernel's own parameters; every matrix fills its memory, as checked in `Mat::product` and `Mat::new`.
        unsafe { self.matmul.launch(blocks, THREADS, &args) }
    }

    #[allow(unsafe_code)]
    fn add_bias_and_activate(
        &self,
        pre: View<'_, f32>,
        bias: View<'_, f32>,
        post: View<'_, f32>,
        rows: usize,
    ) -> Result<(), Error> {
        assert!(pre.len() == rows * bias.len() && post.len() == pre.len(), "one bias for each column");
        let args = [pre.into(), bias.into(), post.into(), (rows as u32).into(), (bias.len() as u32).into()];
        // SAFETY: the kernel's own parameters; the lengths agree.
        unsafe { self.activate.launch(blocks(pre.len()), THREADS, &args) }
    }

    #[allow(unsafe_code)]
    fn scale_by_slope(&self, pre: View<'_, f32>, delta: View<'_, f32>, rows: usize) -> Result<(), Error> {
        assert_eq!(pre.len(), delta.len(), "one slope for each number");
        let columns = pre.len() / rows;
        let args = [pre.into(), delta.into(), (rows as u32).into(), (columns as u32).into()];
        // SAFETY: the kernel's own parameters; the lengths agree.
        unsafe { self.deactivate.launch(blocks(pre.len()), THREADS, &args) }
    }

    #[allow(unsafe_code)]
    fn sum_columns(&self, matrix: View<'_, f32>, sums: View<'_, f32>) -> Result<(), Error> {
        let (rows, columns) = (matrix.len() / sums.len(), sums.len());
        let args = [matrix.into(), sums.into(), (rows as u32).into(), (columns as u32).into()];
        // SAFETY: the kernel's own parameters; there are whole rows of as many numbers as there are sums.
        unsafe { self.columns.launch(blocks(columns), THREADS, &args) }
    }

    /// Adds the head's bias and scores; with `gradient` the logits become the gradient of the mean loss.
    #[allow(unsafe_code)]
    fn softmax(&self, param: &Buffer<f32>, y: View<'_, u8>, scores: &Scores, gradient: bool) -> Result<(), Error> {
        let (Some(head), Some(logits)) = (self.layers.dense.last(), self.post.last()) else { return Ok(()) };
        let (rows, classes) = (y.len(), self.layers.classes);
        let args = [
            logits.part(0..rows * classes).into(),
            param.part(head.bias.clone()).into(),
            y.into(),
            (rows as u32).into(),
            (classes as u32).into(),
            u32::from(gradient).into(),
            scores.losses.part(0..rows).into(),
            scores.correct.part(0..rows).into(),
        ];
        // SAFETY: the kernel's own parameters; the lengths agree, and labels are below the number of classes
        // (`Dataset::check`).
        unsafe { self.loss.launch(blocks(rows), THREADS, &args) }
    }
}

/// Blocks for one thread each of `threads`.
pub(super) fn blocks(threads: usize) -> [u32; 2] {
    [threads.div_ceil(THREADS as usize) as u32, 1]
}
