//! The parameters of the models that a program can name.

use super::activation::Activation;

/// A model that a program can name.
#[derive(Debug)]
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

impl Shape {
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
