//! The picture of a run: loss, learning rate and accuracy over the steps.

use std::ops::ControlFlow;

use super::curve::Curve;
use crate::plot::{Figure, Line, Panel};
use crate::train::{EpochRecord, Error, Observer, RunInfo, StepRecord, Weights};

/// Collects a run's curves, in memory that does not grow with its length.
#[derive(Debug, Default)]
pub struct Curves {
    loss: Curve,
    lr: Vec<Group>,
    /// The mean training loss of each epoch, then test loss and accuracy after it.
    epochs: [Curve; 3],
    steps_per_epoch: u64,
}

/// The learning rate of one group.
#[derive(Debug)]
struct Group {
    name: String,
    /// Its place among the hyperparameters of a step.
    place: usize,
    curve: Curve,
}

impl Observer for Curves {
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        self.steps_per_epoch = run.steps_per_epoch;
        let place = run.hypers.iter().position(|h| h.name == "lr").unwrap_or(0);
        let names = std::iter::once("learning rate").chain(run.layout.patterns().iter().map(|p| p.as_str()));
        let curve = |(i, name): (usize, &str)| Group {
            name: name.to_owned(),
            place: i * run.hypers.len() + place,
            curve: Curve::default(),
        };
        self.lr = names.enumerate().map(curve).collect();
        Ok(())
    }

    fn step(&mut self, s: &StepRecord<'_>) -> Result<(), Error> {
        self.loss.push(s.step as f64, s.loss);
        self.lr.iter_mut().for_each(|g| g.curve.push(s.step as f64, s.values[g.place]));
        Ok(())
    }

    fn epoch(&mut self, e: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let end = e.steps as f64;
        let [mean, loss, accuracy] = &mut self.epochs;
        mean.push(end - self.steps_per_epoch as f64 / 2.0, e.train_loss);
        loss.push(end, e.test_loss);
        accuracy.push(end, e.test_accuracy);
        Ok(ControlFlow::Continue(()))
    }
}

impl Curves {
    /// Loss, learning rate and accuracy. An epoch's training loss stands in the epoch's middle, what was measured after
    /// it at its end. Groups with a learning rate of their own have a line.
    pub fn figure(self) -> Figure {
        let panel = |label: &str, lines: Vec<Line>| Panel {
            lines,
            y_label: label.into(),
            x_label: "step".into(),
            ..Panel::default()
        };
        let [mean, test, accuracy] = self.epochs.map(|curve| curve.points());
        let loss = Panel {
            log_y: true,
            ..panel(
                "loss",
                vec![
                    Line::new("train, each batch", self.loss.points()),
                    Line::new("train, mean of the epoch", mean),
                    Line::new("test", test),
                ],
            )
        };
        let mut groups = self.lr.into_iter();
        let default = groups.next().map(|g| Line::new(g.name, g.curve.points())).unwrap_or_default();
        let others =
            groups.map(|g| Line::new(g.name, g.curve.points())).filter(|line| line.segments != default.segments);
        let lines = std::iter::once(default.clone()).chain(others).collect();
        let lr = panel("learning rate", lines);
        let accuracy = panel("test accuracy", vec![Line::new("test accuracy", accuracy)]);
        Figure { panels: vec![loss, lr, accuracy], ..Figure::default() }
    }
}
