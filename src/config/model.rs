//! The parameters of the models that a program can name.

use super::activation::Activation;

/// A model that a program can name.
#[derive(Debug)]
#[non_exhaustive]
pub struct ModelRow {
    /// The name that a program writes: `model mlp(hidden: [128])`.
    pub name: &'static str,
    /// One line of help.
    pub summary: &'static str,
    /// The arguments that it takes.
    pub args: &'static [&'static str],
}

/// Every model, in the order in which help lists them.
pub const MODELS: &[&ModelRow] = &[&MLP];

/// Dense layers.
pub static MLP: ModelRow = ModelRow {
    name: "mlp",
    summary: "a multi-layer perceptron: dense layers with one activation between them",
    args: &["hidden", "activation"],
};

/// With the parameter `name` there are more than [`MAX_ELEMENTS`].
pub fn too_many(name: &str) -> String {
    format!("with {name} the model has more than {MAX_ELEMENTS} parameters")
}

/// The extents of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Numbers per example.
    pub inputs: usize,
    /// Units of each hidden layer; none makes a linear classifier.
    pub hidden: Vec<usize>,
    /// Classes; at most 256.
    pub classes: usize,
    /// What follows each hidden layer.
    pub activation: Activation,
}

/// Tensors are aligned to and padded to this many elements: a cache line.
pub const ALIGN: usize = 16;
/// The most elements that the parameters may take: 4 GiB for each array of them.
pub const MAX_ELEMENTS: usize = 1 << 30;
/// The most numbers that a model's layers may hold between them for a batch.
const MAX_UNITS: usize = 1 << 30;
/// Examples per pass of an evaluation: large enough for fast products, small enough to stay in cache.
pub const EVALUATE: usize = 256;

impl Shape {
    /// Why no model has this shape, for batches of up to `capacity` examples.
    pub fn fault(&self, capacity: usize) -> Option<String> {
        if self.inputs == 0 || self.classes == 0 || self.classes > 256 || self.hidden.contains(&0) {
            let text = "a model needs inputs, 1 to 256 classes, and at least one unit in every hidden layer";
            return Some(text.to_owned());
        }
        let mut all = 0usize;
        for (name, shape) in self.tensors() {
            let len = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n <= MAX_ELEMENTS);
            all = all.saturating_add(len.map_or(usize::MAX, |len| len.next_multiple_of(ALIGN)));
            if all > MAX_ELEMENTS {
                return Some(too_many(&name));
            }
        }
        let units = self.hidden.iter().fold(self.classes, |sum, &n| sum.saturating_add(n));
        let fits = units.checked_mul(capacity).is_some_and(|n| n <= MAX_UNITS);
        (!fits).then(|| format!("{units} units for a batch of {capacity} need too much memory"))
    }

    /// The parameters: (name, shape), from the input to the head.
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let mut list = Vec::with_capacity(2 * self.hidden.len() + 2);
        let mut inputs = self.inputs;
        for (i, &outputs) in self.hidden.iter().chain([&self.classes]).enumerate() {
            let name = if i == self.hidden.len() { "head".to_owned() } else { format!("layers.{i}") };
            list.push((format!("{name}.weight"), vec![outputs, inputs]));
            list.push((format!("{name}.bias"), vec![outputs]));
            inputs = outputs;
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named() {
        let shape = Shape { inputs: 5, hidden: vec![7, 6], classes: 3, activation: Activation::Relu };
        let names: Vec<_> = shape.tensors().into_iter().map(|(name, _)| name).collect();
        let expected =
            ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "head.weight", "head.bias"];
        assert_eq!(names, expected);
    }
}
