//! Signals: the step that is being made is finished, what there is is written, and the run ends. A second one ends the
//! process at once.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::train::{EpochRecord, Error, Observer, StepRecord, Weights};

/// Ends a run when a signal asks for it.
#[derive(Debug, Default)]
pub struct Stop {
    /// The signal's number; 0 as long as there was none.
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Watches for signals, from now on.
    pub fn new() -> Self {
        let stop = Self::default();
        #[cfg(unix)]
        stop.watch();
        stop
    }

    #[cfg(unix)]
    fn watch(&self) {
        use std::sync::atomic::AtomicBool;

        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::flag::{register, register_conditional_default, register_usize};

        let again = Arc::new(AtomicBool::new(false));
        let ignored = ignored();
        // A signal that cannot be watched does what it did before.
        for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
            _ = register_conditional_default(signal, again.clone());
            _ = register(signal, again.clone());
            _ = register_usize(signal, self.signal.clone(), signal.cast_unsigned() as usize);
        }
    }

    /// The signal that came, with its name.
    pub fn asked(&self) -> Option<(u8, &'static str)> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            1 => Some((1, "SIGHUP")),
            2 => Some((2, "Ctrl-C")),
            other => Some((other as u8, "SIGTERM")),
        }
    }
}

/// The signals that this process was started to ignore, as bits from signal 1 on: `nohup` and the background jobs of a
/// script mean it.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "the system's word on signals is a file")]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Comes after the observers that write down the step.
impl Observer for Stop {
    fn step(&mut self, step: &StepRecord<'_>) -> Result<(), Error> {
        self.asked().map_or(Ok(()), |_| Err(Error::Stopped { step: step.step }))
    }

    fn epoch(&mut self, epoch: &EpochRecord, _: &Weights<'_>) -> Result<ControlFlow<()>, Error> {
        let step = epoch.steps.saturating_sub(1);
        self.asked().map_or(Ok(ControlFlow::Continue(())), |_| Err(Error::Stopped { step }))
    }
}
