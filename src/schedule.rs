//! The handles that users hold: [`Schedule`] for one value, [`Program`] for several.
//!
//! Guarantees: `Clone + Send + Sync + 'static`; evaluation cannot fail and does not lock, and that of a step does not
//! allocate; a handle owns its code, whose memory is freed with the last clone.

mod base;
mod fill;
mod identity;
mod kept;
mod outputs;
mod rows;
mod run;
mod serde;
mod text;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub use base::BaseError;
use fill::Whole;
use kept::Kept;
use outputs::Names;
pub use outputs::Output;
use run::Control;
pub use run::{Run, RunError, RunState};
pub use text::TextError;

use crate::backend::{Backend, Code, Open, Owner};
use crate::clock::Clock;
use crate::compile::{Checked, Input, UNNAMED};
use crate::diag::{Diagnostic, Diagnostics, Span, names};
use crate::explain::PhaseRow;
use crate::finite::Proven;
use crate::lower::controls;

/// Compiles a program that computes one value.
///
/// The value of `lr(step)` is finite at every u64 step, for every base that [`Schedule::with_base`] takes and for every
/// scale that a [`Run`] comes to or restores; it is held past the end of the run. A program of which that cannot be
/// proven is refused.
///
/// # Errors
/// Every mistake found, with its place, reason and fix.
pub fn compile(source: &str, clock: Clock) -> Result<Schedule, Diagnostics> {
    Input::new(source, clock).schedule()
}

/// A compiled schedule: a pure function from the step to a value.
///
/// Native code is private to its process, and nothing can write to it. So a child made by `fork` calls the schedules that it
/// inherits, drops them and compiles others, whatever other threads did at that moment, and neither process sees
/// what the other does. Where the system gives no memory for code, the interpreter runs the schedule, with the same
/// bits; [`backend`](Self::backend) tells.
///
/// ```
/// let schedule = etude::compile("2x for 10 steps >> 1x", etude::Clock::steps(100))?;
/// let head = schedule.with_base(0.5)?;
/// assert_eq!((schedule.lr(0), head.lr(0), head.lr(10)), (2.0, 1.0, 0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Schedule {
    program: Program,
}

impl Schedule {
    /// The value for update `step` (from 0). Past the end it is the limit of the curve at the end.
    #[inline]
    pub fn lr(&self, step: u64) -> f64 {
        // SAFETY: `live` owns the code.
        #[allow(unsafe_code)]
        unsafe {
            self.program.code.first(step, &self.program.inputs)
        }
    }

    /// The values for the steps of `range`, in order: the bits of [`lr`](Self::lr), many at a time. See
    /// [`Program::fill`].
    ///
    /// ```
    /// let schedule = etude::compile("warmup(5%) >> cosine(1e-3 -> 0)", etude::Clock::steps(10_000))?;
    /// let mut all = vec![0.0; 10_000];
    /// schedule.fill(0..10_000, &mut all);
    /// assert_eq!((all[250], all[5250]), (schedule.lr(250), schedule.lr(5250)));
    /// # Ok::<(), etude::Diagnostics>(())
    /// ```
    ///
    /// # Panics
    /// When `out` is not as long as `range`.
    pub fn fill(&self, range: Range<u64>, out: &mut [f64]) {
        self.program.fill(range, out);
    }

    /// The same schedule for another base value, which `2x` and `base` refer to; 1 unless set. Nothing is
    /// compiled again, so that each param group can have its own.
    ///
    /// Most programs are proven to be finite for every base up to 1e100 when they are compiled: see
    /// [`Program::bases`]. For a base beyond, the source is checked again.
    ///
    /// ```
    /// let inverse = etude::compile("1 / base", etude::Clock::unknown())?;
    /// assert_eq!(inverse.with_base(0.5)?.lr(0), 2.0);
    /// let error = inverse.with_base(0.0).unwrap_err().to_string();
    /// assert_eq!(error, "the base 0 is none that the program can have: lr is infinite from step 0 on: the divisor is 0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The base is negative or not finite, or the schedule is not known to be finite at every step for it.
    pub fn with_base(&self, base: f64) -> Result<Self, BaseError> {
        Ok(Self { program: self.program.with_base(base)? })
    }

    /// The metrics that the schedule watches, each once. Without observations every `plateau` and `adapt` has
    /// the scale 1, and that is what [`lr`](Self::lr) gives; [`start`](Self::start) takes observations.
    pub fn metrics(&self) -> Vec<&str> {
        self.program.metrics()
    }

    /// A run of this schedule, for its metrics to be observed.
    pub fn start(&self) -> Run {
        self.program.start()
    }

    /// The phases with their absolute times and values.
    pub fn phases(&self) -> Vec<PhaseRow> {
        self.program.phases()
    }

    /// The phase table as text.
    pub fn explain(&self) -> String {
        self.program.explain()
    }

    /// What really runs it: the interpreter where native code was asked for and could not be had.
    pub fn backend(&self) -> Backend {
        self.program.backend()
    }

    /// The program's text.
    pub fn source(&self) -> &str {
        self.program.source()
    }

    /// The clock that it was compiled with.
    pub fn clock(&self) -> Clock {
        self.program.clock()
    }
}

/// A compiled program of one or more values: ONE native function fills them all.
///
/// ```
/// let source = "lr: warmup(10%) >> cosine(1e-3 -> 0)\nbeta1: 0.85 -> 0.95";
/// let program = etude::Program::compile(source, etude::Clock::steps(100))?;
/// let mut values = [0.0; 2];
/// program.at(10, &mut values);
/// assert_eq!(program.names().collect::<Vec<_>>(), ["lr", "beta1"]);
/// assert_eq!(values[0], 1e-3);
/// # Ok::<(), etude::Diagnostics>(())
/// ```
#[derive(Clone)]
pub struct Program {
    code: Code,
    inputs: [f64; 1],
    live: Arc<Live>,
}

/// What all clones of a program share: its code, and what it was made of.
struct Live {
    owner: Owner,
    kept: Kept,
    clock: Clock,
    names: Names,
    outputs: usize,
    proven: Proven,
    /// What the metrics set, where there are any.
    closed: Option<Box<Closed>>,
    /// What long ranges are filled from.
    whole: Whole,
}

/// A program that reads scales.
struct Closed {
    /// What `code` of every handle points to.
    open: Arc<Open>,
    controls: Box<[Control]>,
}

impl Program {
    /// Compiles with the fastest backend that this machine has; [`Input`] says more of a program.
    ///
    /// # Errors
    /// Every mistake found, with its place, reason and fix.
    pub fn compile(source: &str, clock: Clock) -> Result<Self, Diagnostics> {
        Input::new(source, clock).program()
    }

    /// What a checked program is run by.
    pub(crate) fn of(checked: Checked, backend: Backend) -> Result<Self, Diagnostics> {
        let Checked { parsed, plan, ir, proven } = checked;
        let names = Names::new(&plan);
        let found = |d: Box<Diagnostic>| parsed.text.found(vec![*d]);
        let inputs = ir.inputs.max(1 + plan.controls.len());
        let (mut code, owner) = Code::new(ir, backend);
        let mut closed = None;
        if !plan.controls.is_empty() {
            let open = Arc::new(Open::new(code, inputs));
            code = Code::open(&open);
            let subjects = controls(&plan).map_err(found)?;
            let each = plan.controls.iter().zip(subjects);
            let controls = each.map(|(c, subject)| Control::new(c, subject, proven.scales)).collect();
            closed = Some(Box::new(Closed { open, controls }));
        }
        let live = Arc::new(Live {
            owner,
            kept: Kept::new(&parsed.text, plan.recordings),
            clock: plan.clock,
            outputs: names.count(),
            names,
            proven,
            closed,
            whole: Whole::default(),
        });
        Ok(Self { code, inputs: [1.0], live })
    }

    /// Fills `out` with the values at `step`, in the order of [`names`](Self::names).
    ///
    /// # Panics
    /// When `out` is shorter than the number of values.
    #[inline]
    pub fn at(&self, step: u64, out: &mut [f64]) {
        self.based(step, &self.inputs, out);
    }

    /// The same for another base, which it can have.
    #[inline]
    fn based(&self, step: u64, base: &[f64; 1], out: &mut [f64]) {
        // SAFETY: `live` owns the code.
        #[allow(unsafe_code)]
        unsafe {
            self.code.all(step, base, out);
        }
    }

    /// The metrics that the program watches, each once; see [`Schedule::metrics`].
    pub fn metrics(&self) -> Vec<&str> {
        let mut names: Vec<&str> = vec![];
        for control in self.controls() {
            if !names.contains(&&*control.metric) {
                names.push(&control.metric);
            }
        }
        names
    }

    /// A run of this program, for its metrics to be observed.
    pub fn start(&self) -> Run {
        Run::new(self.clone())
    }

    pub(crate) fn controls(&self) -> &[Control] {
        self.live.closed.as_ref().map_or(&[], |closed| &closed.controls)
    }

    /// The base value, then a 1 for each scale.
    pub(crate) fn inputs(&self) -> Box<[f64]> {
        let mut inputs = vec![1.0; self.live.closed.as_ref().map_or(1, |closed| closed.open.inputs())];
        inputs[0] = self.inputs[0];
        inputs.into()
    }

    /// Fills `out` with the values at `step` for the scales in `inputs`; see [`at`](Self::at).
    pub(crate) fn closed(&self, step: u64, inputs: &[f64], out: &mut [f64]) {
        let (code, count) = self.live.closed.as_ref().map_or((self.code, 1), |c| (c.open.code(), c.open.inputs()));
        assert!(inputs.len() >= count, "one place for each input");
        // SAFETY: `live` owns the code; there are as many inputs as it reads.
        #[allow(unsafe_code)]
        unsafe {
            code.all(step, inputs, out);
        }
    }

    /// What really runs it; see [`Schedule::backend`].
    pub fn backend(&self) -> Backend {
        self.live.owner.backend()
    }

    /// Bytes of native code and its constants; 0 where the program is interpreted.
    pub fn code_size(&self) -> usize {
        self.live.owner.size()
    }

    /// The program's text.
    pub fn source(&self) -> &str {
        self.live.kept.source()
    }

    /// The clock that it was compiled with.
    pub fn clock(&self) -> Clock {
        self.live.clock
    }

    /// The phases of every value with their absolute times and values.
    pub fn phases(&self) -> Vec<PhaseRow> {
        self.checked().map_or_else(|_| vec![], |checked| checked.phases())
    }

    /// The program as a device function `name(step, inputs, out)` in CUDA C, which follows
    /// [`HEAD`](crate::backend::c::HEAD); see [`backend::c`](crate::backend::c).
    #[cfg(feature = "cuda")]
    pub fn cuda(&self, name: &str) -> String {
        self.checked().map_or_else(|_| String::new(), |checked| checked.cuda(name))
    }

    /// Checks the source again, so that a live program need not keep its plan.
    fn checked(&self) -> Result<Checked, Diagnostics> {
        let Live { kept, clock, .. } = &*self.live;
        Input::new(kept.source(), *clock).with(kept).check()
    }

    /// The phase table as text.
    pub fn explain(&self) -> String {
        crate::explain::table(&self.phases(), self.live.clock)
    }
}

impl TryFrom<Program> for Schedule {
    type Error = Diagnostics;

    fn try_from(program: Program) -> Result<Self, Diagnostics> {
        let outputs: Vec<&str> = program.names().collect();
        if let [_] = outputs[..] {
            return Ok(Self { program });
        }
        let several = format!("{}: {}", outputs.len(), outputs.join(", "));
        let computed = if outputs.is_empty() { "none" } else { &several };
        let message = format!("a schedule computes one value, and this computes {computed}");
        let source = program.source();
        let d = Diagnostic::new(&names::ONE_VALUE, Span::new(0, source.len()), message);
        Err(Diagnostics::new(UNNAMED, source, vec![d.help("compile it as a `Program`")]))
    }
}

impl From<Schedule> for Program {
    fn from(schedule: Schedule) -> Self {
        schedule.program
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schedule").field("source", &self.source()).field("clock", &self.clock()).finish()
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("source", &self.source()).field("clock", &self.clock()).finish()
    }
}
