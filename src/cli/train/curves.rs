//! The picture of a run: loss, learning rate and accuracy over the steps.

use std::ops::ControlFlow;

use crate::plot::{Figure, Line, Panel};
use crate::train::{EpochRecord, Error, Observer, StepRecord, Weights};

/// Collects a run's curves.
#[derive(Debug, Default)]
pub struct Curves {
    loss: Vec<(f64, f64)>,
    lr: Vec<(f64, f64)>,
    epochs: Vec<EpochRecord>,
}

impl Observer for Curves {
    fn step(&mut self, s: &StepRecord<'_>) -> Result<(), Error> {
        self.loss.push((s.step as f64, s.loss));
        self.lr.push((s.step as f64, s.lr));
        Ok(())
    }

    fn epoch(&mut self, e: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        self.epochs.push(*e);
        Ok(ControlFlow::Continue(()))
    }
}

impl Curves {
    pub fn figure(self) -> Figure {
        let per_epoch = |f: fn(&EpochRecord) -> f64| self.epochs.iter().map(|e| (e.steps as f64, f(e))).collect();
        let panel = |label: &str, lines: Vec<Line>| Panel {
            lines,
            y_label: label.into(),
            x_label: "step".into(),
            ..Panel::default()
        };
        let loss = Panel {
            log_y: true,
            ..panel("loss", vec![
                Line::new("train, each batch", self.loss),
                Line::new("train, each epoch", per_epoch(|e| e.train_loss)),
                Line::new("test", per_epoch(|e| e.test_loss)),
            ])
        };
        let lr = panel("learning rate", vec![Line::new("learning rate", self.lr)]);
        let accuracy = panel("test accuracy", vec![Line::new("test accuracy", per_epoch(|e| e.test_accuracy))]);
        Figure { panels: vec![loss, lr, accuracy], ..Figure::default() }
    }
}
