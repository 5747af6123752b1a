//! The picture of a run: loss, learning rate and accuracy over the steps.

use std::ops::ControlFlow;

use crate::plot::{Figure, Line, Panel};
use crate::train::{EpochRecord, Error, Observer, RunInfo, StepRecord, Weights};

/// Collects a run's curves.
#[derive(Debug, Default)]
pub struct Curves {
    loss: Vec<(f64, f64)>,
    lr: Vec<Group>,
    epochs: Vec<EpochRecord>,
    steps_per_epoch: u64,
}

/// The learning rate of one group.
#[derive(Debug)]
struct Group {
    name: String,
    /// Its place among the hyperparameters of a step.
    place: usize,
    curve: Vec<(f64, f64)>,
}

impl Observer for Curves {
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        self.steps_per_epoch = run.steps_per_epoch;
        let place = run.hypers.iter().position(|h| h.name == "lr").unwrap_or(0);
        let names = std::iter::once("learning rate").chain(run.layout.patterns().iter().map(|p| p.as_str()));
        let curve = |(i, name): (usize, &str)| Group {
            name: name.to_owned(),
            place: i * run.hypers.len() + place,
            curve: vec![],
        };
        self.lr = names.enumerate().map(curve).collect();
        Ok(())
    }

    fn step(&mut self, s: &StepRecord<'_>) -> Result<(), Error> {
        self.loss.push((s.step as f64, s.loss));
        self.lr.iter_mut().for_each(|g| g.curve.push((s.step as f64, s.values[g.place])));
        Ok(())
    }

    fn epoch(&mut self, e: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        self.epochs.push(*e);
        Ok(ControlFlow::Continue(()))
    }
}

impl Curves {
    /// Loss, learning rate and accuracy. An epoch's training loss stands in the epoch's middle, what was measured after
    /// it at its end. Groups with a learning rate of their own have a line.
    pub fn figure(mut self) -> Figure {
        let half = self.steps_per_epoch as f64 / 2.0;
        let epochs = std::mem::take(&mut self.epochs);
        let per_epoch = |f: fn(&EpochRecord) -> f64| epochs.iter().map(|e| (e.steps as f64, f(e))).collect();
        let panel = |label: &str, lines: Vec<Line>| Panel {
            lines,
            y_label: label.into(),
            x_label: "step".into(),
            ..Panel::default()
        };
        let means = epochs.iter().map(|e| (e.steps as f64 - half, e.train_loss)).collect();
        let loss = Panel {
            log_y: true,
            ..panel(
                "loss",
                vec![
                    Line::new("train, each batch", self.loss),
                    Line::new("train, mean of the epoch", means),
                    Line::new("test", per_epoch(|e| e.test_loss)),
                ],
            )
        };
        let mut groups = self.lr.into_iter();
        let default = groups.next().map(|g| Line::new(g.name, g.curve)).unwrap_or_default();
        let others = groups.map(|g| Line::new(g.name, g.curve)).filter(|line| line.segments != default.segments);
        let lines = std::iter::once(default.clone()).chain(others).collect();
        let lr = panel("learning rate", lines);
        let accuracy = panel("test accuracy", vec![Line::new("test accuracy", per_epoch(|e| e.test_accuracy))]);
        Figure { panels: vec![loss, lr, accuracy], ..Figure::default() }
    }
}
