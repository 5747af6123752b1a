//! The runner's kernels on a GPU, against copies of the same bytes and against torch.
//!
//! `cargo bench --bench cuda [-- <millions of parameters> …]`. The binary needs nothing of the repository: it can be built
//! on one machine and run on another. Where Python has torch, benches/torch_adamw.py follows in the same run.
//!
//! Every figure is the fastest of several rounds. A step's share of the host is what a replay takes beyond the same step
//! inside a graph of many steps.

#![allow(clippy::disallowed_methods, reason = "a benchmark measures, and compares with the platform")]

use std::process::{Command, Stdio};
use std::time::Instant;

use etude::config::{Device as Place, Spec};
use etude::cuda::{Arg, Device, Error};
use etude::optim::cuda::{Optimizer, Settings};
use etude::optim::{Layout, RULES, RuleRow};
use etude::train::train;

const ROUNDS: usize = 12;
/// Steps that a window has room for: more than any round makes.
const WINDOW: usize = 1 << 12;

fn main() {
    let device = match Device::open(0) {
        Ok(device) => device,
        Err(e) => return println!("{e}"),
    };
    println!("{}, CUDA {}\n", device.name(), device.driver());
    let sizes: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1.0, 10.0, 100.0] } else { sizes };
    println!("{:<26} {:>12} {:>12} {:>12} {:>10}", "", "parameters", "us", "GB/s", "of copy");
    let measured = sizes.iter().try_for_each(|&size| updates(&device, (size * 1e6) as usize));
    if let Err(e) = measured.and_then(|()| replays(&device)) {
        return println!("{e}");
    }
    digits();
    torch(&sizes);
}

/// Seconds of one of `repeats` pieces of work.
fn round(device: &Device, repeats: usize, work: impl Fn() -> Result<(), Error>) -> Result<f64, Error> {
    device.finish()?;
    let start = Instant::now();
    (0..repeats).try_for_each(|_| work())?;
    device.finish()?;
    Ok(start.elapsed().as_secs_f64() / repeats as f64)
}

/// The same, of the fastest round.
fn fastest(device: &Device, repeats: usize, work: impl Fn() -> Result<(), Error>) -> Result<f64, Error> {
    (0..ROUNDS).try_fold(f64::INFINITY, |best, _| Ok(best.min(round(device, repeats, &work)?)))
}

const COPY: &str = "
extern \"C\" __global__ void copy1(const float4 *from, float4 *to, unsigned long long count)
{
    const unsigned long long i = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count)
        to[i] = from[i];
}

extern \"C\" __global__ void copy4(const float4 *from, float4 *to, unsigned long long count)
{
    const unsigned long long i = (unsigned long long)blockIdx.x * blockDim.x * 4 + threadIdx.x;
    float4 x[4];
    for (int k = 0; k < 4; k++)
        if (i + k * blockDim.x < count)
            x[k] = from[i + k * blockDim.x];
    for (int k = 0; k < 4; k++)
        if (i + k * blockDim.x < count)
            to[i + k * blockDim.x] = x[k];
}
";

/// Updates, and whole steps with the gradient norm and the schedule, against the faster of two copies of as many bytes as
/// AdamW moves.
fn updates(device: &Device, parameters: usize) -> Result<(), Error> {
    let repeats = (200_000_000 / parameters.max(1)).clamp(2, 200);
    let copy = copies(device, parameters, repeats)?;
    let report = |name: &str, seconds: f64, bytes: usize| {
        let rate = (bytes * parameters) as f64 / seconds / 1e9;
        println!("{name:<26} {parameters:>12} {:>12.1} {rate:>12.0} {:>10.2}", seconds * 1e6, rate / copy);
    };
    report("copy", (28 * parameters) as f64 / copy / 1e9, 28);
    for rule in RULES {
        let bytes = rule.bytes_per_param();
        let mut plain = Bench::new(device, rule, parameters, None)?;
        // The constants of an update are those of the last tick.
        plain.optimizer.tick(plain.losses.all())?;
        report(rule.words.name, fastest(device, repeats, || plain.optimizer.update())?, bytes);
        let averaged = Bench::new(device, rule, parameters, Some(0.999))?;
        averaged.optimizer.tick(averaged.losses.all())?;
        let name = format!("{} + average", rule.words.name);
        report(&name, fastest(device, repeats, || averaged.optimizer.update())?, bytes + 8);
        // A step reads the gradients once more, for their norm.
        let name = format!("{} + norm + tick", rule.words.name);
        report(&name, steps(device, &mut plain, repeats, 1)?, bytes + 4);
    }
    Ok(())
}

/// The rate of the fastest copy, in GB/s.
#[allow(unsafe_code)]
fn copies(device: &Device, parameters: usize, repeats: usize) -> Result<f64, Error> {
    // AdamW moves seven floats for a parameter; a copy two for each that is copied.
    let quads = parameters * 7 / 8;
    let (from, to) = (device.zeros::<f32>(quads * 4)?, device.zeros::<f32>(quads * 4)?);
    let module = device.load(COPY)?;
    let mut best = f64::INFINITY;
    for (name, each) in [("copy1", 1), ("copy4", 4)] {
        let kernel = module.kernel(name)?;
        let args: [Arg; 3] = [from.all().into(), to.all().into(), (quads as u64).into()];
        let blocks = quads.div_ceil(256 * each) as u32;
        // SAFETY: the kernel's own parameters; both arrays hold `quads` times four numbers.
        let work = || unsafe { kernel.launch([blocks, 1], 256, &args) };
        best = best.min(fastest(device, repeats, work)?);
    }
    Ok((32 * quads) as f64 / best / 1e9)
}

/// An optimizer with gradients and a window of equal steps.
struct Bench {
    optimizer: Optimizer,
    losses: etude::cuda::Buffer<f64>,
    table: Vec<f64>,
}

impl Bench {
    fn new(device: &Device, rule: &'static RuleRow, parameters: usize, ema_decay: Option<f64>) -> Result<Self, Error> {
        let settings = Settings { ema_decay, ..Settings::new(rule, &[], 1).expect("no switches") };
        let layout = Layout::new(&[("w".to_owned(), vec![parameters])], &[]).expect("one tensor");
        let param: Vec<f32> = (0..layout.padded_len()).map(|i| (i % 1013) as f32 / 1013.0 - 0.5).collect();
        let mut optimizer = Optimizer::new(device, (settings, ""), layout, &param, (WINDOW, 0))?;
        let grad: Vec<f32> = param.iter().map(|p| 0.1 * p + 0.01).collect();
        optimizer.set_grad(&grad)?;
        let value = |h: &etude::config::Hyper| match h.name {
            "lr" => 1e-3,
            "momentum" => 0.9,
            _ => h.default.unwrap_or(0.0),
        };
        let values: Vec<f64> = rule.words.hypers.iter().map(value).collect();
        let mut bench = Self { optimizer, losses: device.copy(&[0.0])?, table: values.repeat(WINDOW) };
        bench.begin()?;
        Ok(bench)
    }

    fn begin(&mut self) -> Result<(), Error> {
        self.optimizer.begin(0, 0, &self.table)
    }
}

/// Seconds of a step, replayed as a graph of `each` steps.
#[allow(unsafe_code)]
fn steps(device: &Device, bench: &mut Bench, repeats: usize, each: usize) -> Result<f64, Error> {
    let mut best = f64::INFINITY;
    // SAFETY: the optimizer outlives the graph.
    let graph = unsafe { device.capture(|| (0..each).try_for_each(|_| bench.optimizer.step(bench.losses.all())))? };
    for _ in 0..ROUNDS {
        bench.begin()?;
        best = best.min(round(device, repeats, || graph.launch())?);
    }
    Ok(best / each as f64)
}

/// What the host adds to a step that it replays by itself.
fn replays(device: &Device) -> Result<(), Error> {
    let mut bench = Bench::new(device, RULES[0], 9_610, None)?;
    let alone = steps(device, &mut bench, 2000, 1)?;
    let among = steps(device, &mut bench, 40, 50)?;
    println!(
        "\na step of {} on 9610 parameters: {:.2} us replayed alone, {:.2} us in a graph of 50",
        RULES[0].words.name,
        alone * 1e6,
        among * 1e6
    );
    println!("a replay adds {:.2} us", (alone - among) * 1e6);
    Ok(())
}

/// The whole job on both devices; the second run finds everything compiled.
fn digits() {
    let hypers = |_: u64, values: &mut [f64]| values.copy_from_slice(&[1e-3, 0.9, 0.999, 1e-8, 0.01]);
    for device in [Place::Cpu, Place::Cuda(0)] {
        let spec = Spec::default().with(|spec| spec.device = device);
        let runs: Result<Vec<_>, _> = (0..5).map(|_| train(&spec, &Ahead(hypers), &mut ())).collect();
        match runs {
            Err(e) => println!("{device}: {e}"),
            Ok(runs) => {
                let best = runs.iter().min_by_key(|r| r.wall).expect("five runs");
                let (seconds, steps) = (best.wall.as_secs_f64(), best.steps as f64);
                let accuracy = best.last().map_or(0.0, |e| e.test_accuracy);
                println!(
                    "digits, {device}: {seconds:.3} s, {:.1} us a step, test accuracy {accuracy:.4}",
                    seconds / steps * 1e6
                );
            }
        }
    }
}

/// Values that no step's metrics change.
struct Ahead<F>(F);

impl<F: Fn(u64, &mut [f64])> etude::train::Source for Ahead<F> {
    fn fill(&self, step: u64, values: &mut [f64]) {
        self.0(step, values);
    }

    fn watches_steps(&self) -> bool {
        false
    }
}

/// The same by torch, where it is.
fn torch(sizes: &[f64]) {
    println!();
    let sizes = sizes.iter().map(f64::to_string);
    let python =
        Command::new("python3").args(["-c", include_str!("torch_adamw.py")]).args(sizes).stdin(Stdio::null()).status();
    if python.is_err() {
        println!("torch: there is no python3");
    }
}
