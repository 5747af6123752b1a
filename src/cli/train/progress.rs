//! A bar on stderr; nothing where that is no terminal.

use std::fmt::Write;
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::train::{EpochRecord, Error, Observer, RunInfo, StepRecord, Weights};

/// Shows how far a run has come.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new() -> Self {
        let style = ProgressStyle::with_template("{elapsed_precise} [{bar:30}] {pos}/{len} steps  {speed}  {msg}");
        let style = style.map(|s| {
            s.with_key("speed", |s: &ProgressState, w: &mut dyn Write| _ = write!(w, "{:.0} steps/s", s.per_sec()))
        });
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")))
    }
}

impl Observer for Progress {
    fn start(&mut self, run: &RunInfo<'_>) -> Result<(), Error> {
        self.0.set_length(run.steps);
        Ok(())
    }

    fn step(&mut self, _: &StepRecord<'_>) -> Result<(), Error> {
        self.0.inc(1);
        Ok(())
    }

    fn epoch(&mut self, e: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let (epoch, loss, accuracy) = (e.epoch + 1, e.test_loss, e.test_accuracy * 100.0);
        self.0.set_message(format!("epoch {epoch}: test loss {loss:.4}, accuracy {accuracy:.2}%"));
        Ok(ControlFlow::Continue(()))
    }
}

/// However a run ends, no half a bar stays.
impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
