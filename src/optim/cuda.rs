//! The update on a GPU, with the schedule beside it: a step's hyperparameters are computed where they are used.
//!
//! Guarantees:
//! * the same bits as [`Optimizer`](super::Optimizer) and [`Average`](super::ema) give for the same gradients;
//! * a step is three kernels, whatever the number of groups, and writes nothing from the host: the step counter, the
//!   hyperparameters and what is recorded of a step live in the GPU's memory;
//! * a loss, norm or hyperparameter that cannot be used leaves the parameters and the step counter alone.
//!
//! ```no_run
//! use etude::optim::{self, Layout, cuda::{Code, Optimizer, Settings, Values}};
//!
//! let device = etude::cuda::Device::open(0)?;
//! let layout = Layout::new(&[("weight".into(), vec![512, 512]), ("bias".into(), vec![512])], &["bias".into()])?;
//! let mut settings = Settings::new(optim::rule("adamw")?, &[], 2)?;
//! // The schedule becomes device code; the other values stay what they are.
//! let program = etude::Program::compile("warmup(5%) >> cosine(1e-3 -> 0)", etude::Clock::steps(10_000))?;
//! let values = "static __device__ void etude_values(etude_u64 step, etude_u64, const double *inputs, double *values)
//! {
//!     double lr;
//!     program(step, inputs, &lr);
//!     for (int group = 0; group < 2; group++) {
//!         const double all[] = {lr, 0.9, 0.999, 1e-8, group ? 0.0 : 0.1};
//!         for (int i = 0; i < 5; i++)
//!             values[group * 5 + i] = all[i];
//!     }
//! }";
//! // SAFETY: it fills `values` and reads the program's inputs.
//! let code = unsafe { Code::new(program.cuda("program") + values, program.start().inputs().len()) };
//! settings.values = Values::Code(code);
//!
//! let param = vec![0.0; layout.padded_len()];
//! let mut optimizer = Optimizer::new(&device, (settings, ""), layout, &param, (100, 1))?;
//! let losses = device.zeros(1)?;
//! optimizer.begin(0, 0, program.start().inputs())?; // a hundred steps without the host
//! for _ in 0..100 {
//!     // your own kernels fill `optimizer.grad()` and `losses`, then:
//!     optimizer.step(losses.all())?;
//! }
//! let mut records = Vec::new();
//! assert_eq!(optimizer.records(100, &mut records)?, 100);
//! assert_eq!(optimizer.record(&records, 99).values[0], 1e-3 * 99.0 / 500.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::layout::Layout;
use super::norm::CHUNK;
use super::rule::MAX_STATE;
use crate::cuda::{Arg, Buffer, Device, Error, Kernel, Module, View};

mod settings;

pub use settings::{Code, Settings, Values};

/// Threads of a block that sums or ticks.
const LANES: u32 = 256;
/// Elements that a block updates.
const BLOCK: usize = 1024;

/// The arena and its update on a GPU.
#[derive(Debug)]
pub struct Optimizer {
    device: Device,
    layout: Layout,
    /// Steps that are recorded before the host has to read them; no more are made.
    window: usize,
    settings: Settings,
    param: Buffer<f32>,
    grad: Buffer<f32>,
    /// Those that the rule does not have hold one number.
    state: [Buffer<f32>; MAX_STATE],
    /// One number, if there is none.
    average: Buffer<f32>,
    ends: Buffer<u64>,
    groups: Buffer<u32>,
    constants: Buffer<f32>,
    partial: Buffer<f64>,
    clock: Buffer<u64>,
    inputs: Buffer<f64>,
    records: Buffer<f64>,
    module: Module,
    squares: Kernel,
    tick: Kernel,
    update: Kernel,
}

/// What a step left behind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// The sum of what the examples gave.
    pub loss: f64,
    /// The global gradient norm, before clipping.
    pub grad_norm: f64,
    /// Every hyperparameter: `[group][hyperparameter]`.
    pub values: &'a [f64],
}

impl Optimizer {
    /// Room for `layout` on `device`, with `param` as the first parameters, padding included. `more` kernels may follow
    /// its own. At most `window` steps follow each other without the host, and code that computes values reads at most
    /// `inputs` numbers.
    ///
    /// # Errors
    /// No compiler or no room on the device.
    ///
    /// # Panics
    /// When there are not as many groups or parameters as in the layout, or fewer `inputs` than the code reads.
    pub fn new(
        device: &Device,
        (settings, more): (Settings, &str),
        layout: Layout,
        param: &[f32],
        (window, inputs): (usize, usize),
    ) -> Result<Self, Error> {
        assert_eq!(settings.groups, layout.groups().len(), "the groups are those of the layout");
        assert_eq!(param.len(), layout.padded_len(), "a parameter for each place");
        let module = device.load(&(settings.text() + "\n" + more))?;
        let len = layout.padded_len();
        let slot = |used: bool| device.zeros(if used { len } else { 1 });
        let segments = layout.segments();
        let ends: Vec<u64> = segments.iter().map(|(range, _)| range.end as u64).collect();
        let groups: Vec<u32> = segments.iter().map(|(_, group)| *group as u32).collect();
        let inputs = match settings.values {
            Values::Table => window * settings.width(),
            Values::Code(_) => inputs,
        };
        if let Values::Code(code) = &settings.values {
            assert!(inputs >= code.inputs(), "there is room for what the code reads");
        }
        Ok(Self {
            device: device.clone(),
            window,
            param: device.copy(param)?,
            grad: device.zeros(len)?,
            state: [slot(!settings.rule.words.state.is_empty())?, slot(settings.rule.words.state.len() > 1)?],
            average: slot(settings.ema_decay.is_some())?,
            ends: device.copy(&ends)?,
            groups: device.copy(&groups)?,
            constants: device.zeros(settings.groups * 8)?,
            partial: device.zeros(len.div_ceil(CHUNK))?,
            clock: device.zeros(4)?,
            inputs: device.zeros(inputs)?,
            records: device.zeros(window * settings.record())?,
            squares: module.kernel("etude_squares")?,
            tick: module.kernel("etude_tick")?,
            update: module.kernel("etude_update")?,
            module,
            layout,
            settings,
        })
    }

    /// Where the tensors are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What it was made for.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The compiled kernels, those that were added among them.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The parameters.
    pub fn param(&self) -> &Buffer<f32> {
        &self.param
    }

    /// Their gradients. Padding must stay zero.
    pub fn grad(&self) -> &Buffer<f32> {
        &self.grad
    }

    /// Replaces the gradients by the host's.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn set_grad(&mut self, grad: &[f32]) -> Result<(), Error> {
        self.device.write(&mut self.grad, grad)
    }

    /// The rule's state slots.
    pub fn state(&self) -> &[Buffer<f32>] {
        &self.state[..self.settings.rule.words.state.len()]
    }

    /// The moving average, if there is one.
    pub fn average(&self) -> Option<&Buffer<f32>> {
        self.settings.ema_decay.map(|_| &self.average)
    }

    /// How many steps may follow each other without the host.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The step counter and where the epoch began, for kernels: `ETUDE_STEP`, `ETUDE_WINDOW`, `ETUDE_EPOCH`, `ETUDE_SKIP`.
    pub fn clock(&self) -> View<'_, u64> {
        self.clock.all()
    }

    /// Begins a window at `step`, in the epoch that began with step `epoch`. `inputs` is the table of its steps, or what
    /// the code reads.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn begin(&mut self, step: u64, epoch: u64, inputs: &[f64]) -> Result<(), Error> {
        self.device.write(&mut self.clock, &[step, step, epoch, 0])?;
        self.device.write(&mut self.inputs, inputs)
    }

    /// Asks for a step with the gradients that are there; the loss of example i is `losses[i]`.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn step(&self, losses: View<'_, f64>) -> Result<(), Error> {
        self.tick(losses)?;
        self.update()
    }

    /// The first part of a step: everything about it that is one number.
    ///
    /// # Errors
    /// [`Error::Call`].
    #[allow(unsafe_code)]
    pub fn tick(&self, losses: View<'_, f64>) -> Result<(), Error> {
        self.device.owns(losses, "make a step")?;
        self.sum_squares(&self.grad)?;
        let args: [Arg; 9] = [
            self.clock.all().into(),
            self.inputs.all().into(),
            self.partial.all().into(),
            (self.grad.len().div_ceil(CHUNK) as u64).into(),
            losses.into(),
            (losses.len() as u64).into(),
            self.records.all().into(),
            (self.window as u64).into(),
            self.constants.all().into(),
        ];
        // SAFETY: the kernel's own parameters; it makes no step beyond the window, which the inputs and records have room
        // for.
        unsafe { self.tick.launch([1, 1], LANES, &args) }
    }

    /// The second part of a step: parameters, state and average.
    ///
    /// # Errors
    /// [`Error::Call`].
    #[allow(unsafe_code)]
    pub fn update(&self) -> Result<(), Error> {
        let len = self.layout.padded_len();
        let args: [Arg; 10] = [
            self.clock.all().into(),
            self.constants.all().into(),
            self.ends.all().into(),
            self.groups.all().into(),
            self.param.all().into(),
            self.grad.all().into(),
            self.state[0].all().into(),
            self.state[1].all().into(),
            self.average.all().into(),
            (len as u64).into(),
        ];
        // SAFETY: the kernel's own parameters; the segments cover the arena, which every array that the rule has is as long
        // as, and the others are not touched.
        unsafe { self.update.launch([len.div_ceil(BLOCK) as u32, 1], LANES, &args) }
    }

    /// Asks for the partial sums of squares of an array of the arena.
    #[allow(unsafe_code)]
    fn sum_squares(&self, array: &Buffer<f32>) -> Result<(), Error> {
        let blocks = array.len().div_ceil(CHUNK);
        assert!(blocks <= self.partial.len(), "an array of the arena");
        let args = [array.all().into(), (array.len() as u64).into(), self.partial.all().into()];
        // SAFETY: the kernel's own parameters; there is a partial sum for every chunk.
        unsafe { self.squares.launch([blocks as u32, 1], LANES, &args) }
    }

    /// The Euclidean norm of the parameters; not finite if one of them is not.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn norm(&self) -> Result<f64, Error> {
        self.sum_squares(&self.param)?;
        let mut partial = vec![0.0; self.partial.len()];
        self.device.read(&self.partial, &mut partial)?;
        Ok(super::norm::fold(&partial).sqrt())
    }

    /// What the `steps` steps of the window left, and the step that comes next: fewer steps have been made where one could
    /// not be, whose record is the last.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn records(&self, steps: usize, out: &mut Vec<f64>) -> Result<u64, Error> {
        out.resize(steps * self.settings.record(), 0.0);
        self.device.read(&self.records, out)?;
        let mut clock = [0; 4];
        self.device.read(&self.clock, &mut clock)?;
        Ok(clock[0])
    }

    /// The record in row `row` of what [`Optimizer::records`] gave.
    pub fn record<'a>(&self, records: &'a [f64], row: usize) -> Record<'a> {
        let width = self.settings.record();
        let row = &records[row * width..][..width];
        Record { loss: row[0], grad_norm: row[1], values: &row[2..] }
    }
}
