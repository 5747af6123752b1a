//! A multi-layer perceptron over a flat arena: dense layers with one activation between them, softmax cross-entropy on top.
//!
//! Parameters are `layers.0.weight`, `layers.0.bias`, … and `head.weight`, `head.bias`; weights are (outputs × inputs),
//! row-major, as in torch. A forward or backward pass allocates nothing.

use std::ops::Range;

use super::error::Error;
use super::loss::{self, Score};
use super::matmul::{Mat, matmul};
use super::rng::{INIT_STREAM, Stream};
use crate::config::{Activation, Shape};
use crate::optim::Layout;

/// A dense layer's places in the arena.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) weight: Range<usize>,
    pub(super) bias: Range<usize>,
}

/// A shape bound to its places in the arena.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    pub(super) dense: Vec<Dense>,
    pub(super) activation: Activation,
    pub(super) classes: usize,
    /// The most examples per pass.
    pub(super) capacity: usize,
}

/// A model bound to its places in the arena, with the buffers of one batch.
#[derive(Debug)]
pub struct Mlp {
    layers: Layers,
    /// Per hidden layer: what enters the activation. (examples × outputs)
    pre: Vec<Vec<f32>>,
    /// Per layer: what leaves it (logits for the head); in the backward pass, the gradient of `pre`.
    post: Vec<Vec<f32>>,
}

impl Layers {
    /// The places of `shape` in `layout`, for batches of up to `capacity` examples.
    pub(super) fn new(shape: &Shape, layout: &Layout, capacity: usize) -> Result<Self, Error> {
        if let Some(fault) = shape.fault(capacity) {
            return Err(Error::Spec(fault));
        }
        let mut dense = Vec::new();
        for pair in shape.tensors().chunks_exact(2) {
            let find = |(name, shape): &(String, Vec<usize>)| {
                layout
                    .tensor(name)
                    .filter(|t| t.shape == *shape)
                    .map(|t| t.range.clone())
                    .ok_or_else(|| Error::Spec(format!("the layout has no parameter {name} of shape {shape:?}")))
            };
            let (outputs, inputs) = (pair[0].1[0], pair[0].1[1]);
            dense.push(Dense { inputs, outputs, weight: find(&pair[0])?, bias: find(&pair[1])? });
        }
        Ok(Self { dense, activation: shape.activation, classes: shape.classes, capacity })
    }

    /// The layers with an activation.
    pub(super) fn hidden(&self) -> &[Dense] {
        &self.dense[..self.dense.len() - 1]
    }

    /// See [`Mlp::init`].
    pub(super) fn init(&self, seed: u64, param: &mut [f32]) {
        let mut stream = Stream::new(seed, INIT_STREAM);
        for (i, dense) in self.dense.iter().enumerate() {
            let gain = if i + 1 == self.dense.len() { 1.0 } else { self.activation.gain() };
            let deviation = (gain / dense.inputs as f64).sqrt();
            param[dense.weight.clone()].fill_with(|| (deviation * stream.normal()) as f32);
            param[dense.bias.clone()].fill(0.0);
        }
    }
}

impl Mlp {
    /// A model for batches of up to `capacity` examples, whose tensors are those of `shape` in `layout`.
    ///
    /// # Errors
    /// A shape without inputs, units or classes, a layout made for another shape, or buffers beyond reason (2^30 numbers).
    pub fn new(shape: &Shape, layout: &Layout, capacity: usize) -> Result<Self, Error> {
        Layers::new(shape, layout, capacity).map(Self::of)
    }

    pub(super) fn of(layers: Layers) -> Self {
        let buffers = |list: &[Dense]| list.iter().map(|d| vec![0.0; d.outputs * layers.capacity]).collect();
        let (pre, post) = (buffers(layers.hidden()), buffers(&layers.dense));
        Self { layers, pre, post }
    }

    /// The most examples per pass.
    pub fn capacity(&self) -> usize {
        self.layers.capacity
    }

    /// Fills `param` with the initial values of `seed`: weights normal with variance gain / fan-in ([`Activation::gain`];
    /// 1 for the head), biases zero. Values come in the tensors' order, whatever their places.
    pub fn init(&self, seed: u64, param: &mut [f32]) {
        self.layers.init(seed, param);
    }

    /// Scores examples: `x` is row-major (examples × inputs) with one label per example in `y`, at most
    /// [`Mlp::capacity`] of them.
    pub fn score(&mut self, param: &[f32], x: &[f32], y: &[u8]) -> Score {
        self.forward(param, x, y.len());
        loss::score(
            self.post.last().map_or(&[], |logits| &logits[..y.len() * self.layers.classes]),
            y,
            self.layers.classes,
        )
    }

    /// Scores a batch and writes the gradient of its mean loss to `grad`, over what was there. Padding is not touched.
    pub fn score_and_grad(&mut self, param: &[f32], grad: &mut [f32], x: &[f32], y: &[u8]) -> Score {
        let n = y.len();
        self.forward(param, x, n);
        let last = self.layers.dense.len() - 1;
        let score = loss::score_and_grad(&mut self.post[last][..n * self.layers.classes], y, self.layers.classes);
        for (i, dense) in self.layers.dense.iter().enumerate().rev() {
            let (before, after) = self.post.split_at_mut(i);
            let delta = &after[0][..n * dense.outputs];
            let below = before.last_mut().map(|b| &mut b[..n * dense.inputs]);
            let input = below.as_deref().unwrap_or(x);
            let delta_matrix = Mat::new(delta, n, dense.outputs);
            matmul(&mut grad[dense.weight.clone()], false, delta_matrix.transposed(), Mat::new(input, n, dense.inputs));
            let bias = &mut grad[dense.bias.clone()];
            bias.fill(0.0);
            for row in delta.chunks_exact(dense.outputs) {
                for (sum, d) in bias.iter_mut().zip(row) {
                    *sum += d;
                }
            }
            if let Some(below) = below {
                let weight = Mat::new(&param[dense.weight.clone()], dense.outputs, dense.inputs);
                matmul(below, false, delta_matrix, weight);
                self.layers.activation.backward(&self.pre[i - 1][..below.len()], below);
            }
        }
        score
    }

    fn forward(&mut self, param: &[f32], x: &[f32], n: usize) {
        for (i, dense) in self.layers.dense.iter().enumerate() {
            let (before, after) = self.post.split_at_mut(i);
            let input = before.last().map_or(x, |b| &b[..n * dense.inputs]);
            let post = &mut after[0][..n * dense.outputs];
            let hidden = self.pre.get_mut(i);
            let (out, post) = match hidden {
                Some(pre) => (&mut pre[..n * dense.outputs], Some(post)),
                None => (post, None),
            };
            for row in out.chunks_exact_mut(dense.outputs) {
                row.copy_from_slice(&param[dense.bias.clone()]);
            }
            let weight = Mat::new(&param[dense.weight.clone()], dense.outputs, dense.inputs);
            matmul(out, true, Mat::new(input, n, dense.inputs), weight.transposed());
            if let Some(post) = post {
                self.layers.activation.forward(out, post);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(activation: Activation) -> Shape {
        Shape { inputs: 5, hidden: vec![7, 6], classes: 3, activation }
    }

    #[test]
    fn gradients_match_differences() {
        let (x, y): (Vec<f32>, _) = ((0..20u8).map(|i| f32::from(i * 7 % 13) / 6.0 - 1.0).collect(), [0, 2, 1, 2]);
        for activation in Activation::ALL {
            let shape = shape(activation);
            // A group makes the places differ from the tensors' order.
            let layout = Layout::new(&shape.tensors(), &["bias".to_owned()]).unwrap();
            let mut model = Mlp::new(&shape, &layout, 4).unwrap();
            let (mut param, mut grad) = (vec![0.0; layout.padded_len()], vec![0.0; layout.padded_len()]);
            model.init(11, &mut param);
            // Off zero, so that no relu sits on its kink.
            for tensor in layout.tensors().iter().filter(|t| t.group == 1) {
                param[tensor.range.clone()].fill(0.03);
            }
            let score = model.score_and_grad(&param, &mut grad, &x, &y);
            assert_eq!(score, model.score(&param, &x, &y));
            for tensor in layout.tensors() {
                for i in tensor.range.clone() {
                    let (h, at) = (2e-3, param[i]);
                    param[i] = at + h;
                    let high = model.score(&param, &x, &y).loss;
                    param[i] = at - h;
                    let low = model.score(&param, &x, &y).loss;
                    param[i] = at;
                    let slope = (high - low) / (2.0 * f64::from(h)) / y.len() as f64;
                    let error = (slope - f64::from(grad[i])).abs();
                    assert!(error < 5e-4, "{activation:?} {} {i}: {slope} {}", tensor.name, grad[i]);
                }
            }
        }
    }

    #[test]
    fn init_has_the_right_variance_and_ignores_places() {
        let shape = Shape { inputs: 100, hidden: vec![200], classes: 10, activation: Activation::Relu };
        let weights = |patterns: &[String]| {
            let layout = Layout::new(&shape.tensors(), patterns).unwrap();
            let mut param = vec![0.0; layout.padded_len()];
            Mlp::new(&shape, &layout, 1).unwrap().init(5, &mut param);
            param[layout.tensor("layers.0.weight").unwrap().range.clone()].to_vec()
        };
        let plain = weights(&[]);
        assert_eq!(plain, weights(&["bias".to_owned()]));
        let variance = plain.iter().map(|w| f64::from(w * w)).sum::<f64>() / plain.len() as f64;
        assert!((variance * 100.0 / 2.0 - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn bad_shapes_are_errors() {
        for (hidden, classes) in [(vec![0], 3), (vec![4], 0), (vec![4], 257)] {
            let shape = Shape { inputs: 5, hidden, classes, activation: Activation::Relu };
            let layout = Layout::new(&shape.tensors(), &[]).unwrap();
            assert!(Mlp::new(&shape, &layout, 4).is_err());
        }
    }
}
