//! The three kernels of a step, with the arguments that src/optim/cuda.rs passes them.

use etude::optim::cuda::Settings;
use etude::optim::norm::{CHUNK, clip_scale};
use etude::optim::{Arena, Layout, Optimizer, RULES};

use super::{Device, TARGETS, Target, compiler};
use crate::gpu::numbers::{Host, gradients, hypers, noise};
use crate::gpu::texts;

/// The arena on the interpreter; every array by its address.
struct Gpu {
    device: Device,
    len: usize,
    width: usize,
    param: u64,
    grad: u64,
    state: [u64; 2],
    average: u64,
    ends: u64,
    groups: u64,
    constants: u64,
    partial: u64,
    clock: u64,
    records: u64,
}

impl Gpu {
    fn new(text: &str, target: Target, settings: &Settings, layout: &Layout, param: &[f32]) -> Self {
        let mut device = Device::load(text, target);
        let (len, width) = (layout.padded_len(), settings.width());
        let ends: Vec<u64> = layout.segments().iter().map(|(range, _)| range.end as u64).collect();
        let groups: Vec<u32> = layout.segments().iter().map(|(_, group)| *group as u32).collect();
        // What a rule does not have is never touched: one number would not be enough.
        let slot = |used: bool| vec![0f32; if used { len } else { 1 }];
        let slots = settings.rule.words.state.len();
        Self {
            len,
            width,
            param: device.copy(param),
            grad: device.copy(&vec![0f32; len]),
            state: [device.copy(&slot(slots > 0)), device.copy(&slot(slots > 1))],
            average: device.copy(&slot(settings.ema_decay.is_some())),
            ends: device.copy(&ends),
            groups: device.copy(&groups),
            constants: device.copy(&vec![0f32; settings.groups * 8]),
            partial: device.copy(&vec![0f64; len.div_ceil(CHUNK)]),
            clock: device.copy(&[0u64; 4]),
            records: device.copy(&vec![0f64; 2 + width]),
            device,
        }
    }

    /// Update number `step`, or an attempt at it: the step that comes next, and the record.
    fn step(&mut self, step: u64, grad: &[f32], inputs: &[f64], losses: &[f64]) -> (u64, Vec<f64>) {
        let (len, device) = (self.len as u64, &mut self.device);
        device.memory.write(self.grad, grad);
        device.memory.write(self.clock, &[step, step, 0, 0]);
        let (inputs, there) = (device.copy(inputs), device.copy(losses));
        let chunks = self.len.div_ceil(CHUNK);
        device.launch("etude_squares", [chunks as u32, 1], 256, &[self.grad.into(), len.into(), self.partial.into()]);
        let args = [
            self.clock.into(),
            inputs.into(),
            self.partial.into(),
            (chunks as u64).into(),
            there.into(),
            (losses.len() as u64).into(),
            self.records.into(),
            1u64.into(),
            self.constants.into(),
        ];
        device.launch("etude_tick", [1, 1], 256, &args);
        let arrays = [
            self.clock,
            self.constants,
            self.ends,
            self.groups,
            self.param,
            self.grad,
            self.state[0],
            self.state[1],
            self.average,
        ];
        let args: Vec<_> = arrays.into_iter().chain([len]).map(Into::into).collect();
        device.launch("etude_update", [self.len.div_ceil(1024) as u32, 1], 256, &args);
        (device.read_back(self.clock, 1)[0], device.read_back(self.records, 2 + self.width))
    }

    fn read(&mut self, array: u64) -> Vec<f32> {
        self.device.read_back(array, self.len)
    }
}

fn layout(elements: usize) -> Layout {
    let tensors =
        [("a.weight", vec![elements / 5, 5]), ("a.bias", vec![77]), ("b.weight", vec![3]), ("b.bias", vec![5])];
    let tensors = tensors.map(|(name, shape)| (name.to_owned(), shape)).to_vec();
    Layout::new(&tensors, &["bias".to_owned()]).unwrap()
}

/// The sum of `numbers` in the order of src/optim/norm.rs, for up to 256 lanes.
fn sum(numbers: &[f64]) -> f64 {
    let mut lanes = vec![0.0; 256];
    numbers.iter().enumerate().for_each(|(i, x)| lanes[i % 256] += x);
    while lanes.len() > 1 {
        let upper = lanes.split_off(lanes.len() / 2);
        lanes.iter_mut().zip(upper).for_each(|(a, b)| *a += b);
    }
    lanes[0]
}

/// Makes `steps` updates on both; how many values were compared and instructions done.
fn compare(settings: &Settings, target: Target, elements: usize, steps: u64) -> (usize, u64) {
    let (rule, layout) = (settings.rule, layout(elements));
    let mut host = Host::new(settings, &layout);
    let mut gpu = Gpu::new(&settings.text(), target, settings, &layout, &host.arena.param);
    let losses: Vec<f64> = (0..300).map(|i| f64::from(noise(9, i)) + 1.0).collect();
    let mut compared = 0;
    for step in 0..steps {
        let (values, norm) = host.step(step);
        let (next, record) = gpu.step(step, &host.arena.grad, &values, &losses);
        assert_eq!(next, step + 1);
        let expected = [&[sum(&losses), norm], &values[..]].concat();
        assert!(record.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()), "{record:?} {expected:?}");
        // The interpreter's arrays stand in the same order; what is not there has no twin.
        let state = gpu.state.into_iter().take(rule.words.state.len());
        let arrays: Vec<u64> = [gpu.param].into_iter().chain(state).chain([gpu.average]).collect();
        for (k, (array, expected)) in arrays.into_iter().zip(host.arrays()).enumerate() {
            let all = gpu.read(array);
            let differing = all.iter().zip(expected).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
            assert_eq!(differing, 0, "of array {k} of {} at step {step} for {target:?}", rule.words.name);
            compared += all.len();
        }
    }
    assert!(host.arena.state.iter().all(|s| s.iter().any(|x| *x != 0.0)), "every slot has moved");
    (compared, gpu.device.done)
}

#[test]
fn updates_have_the_cpus_bits() {
    if !compiler() {
        return;
    }
    for target in TARGETS {
        let (mut compared, mut done) = (0, 0);
        for settings in RULES.iter().flat_map(|rule| texts::settings(rule)) {
            // Several chunks of the norm are worth a few steps.
            for (elements, steps) in [(1000, 25), (8300, 3)] {
                let (values, instructions) = compare(&settings, target, elements, steps);
                (compared, done) = (compared + values, done + instructions);
            }
        }
        println!("{target:?}: {compared} values of updates, {done} instructions: 0 bits differ");
    }
}

/// Powers of the decays by squaring, at steps that runs come to late.
#[test]
fn late_steps_have_the_cpus_constants() {
    if !compiler() {
        return;
    }
    let settings = texts::settings(RULES[0]).remove(1);
    assert_eq!(settings.rule.words.name, "adamw");
    let layout = layout(100);
    for target in TARGETS {
        let mut arena = Arena::new(layout.clone(), settings.rule).unwrap();
        let mut host = Optimizer::new(settings.rule, &[], 1).unwrap();
        let mut gpu = Gpu::new(&settings.text(), target, &settings, &layout, &arena.param);
        for step in [999, 12_345, 1 << 32, (1 << 53) - 1, u64::MAX - 1] {
            let values = hypers(&settings, 100);
            gradients(&layout, step % 1000, &arena.param, &mut arena.grad);
            let norm = host.norm(&arena.grad);
            host.step(&mut arena, step, &values, clip_scale(settings.clip_norm, norm)).unwrap();
            assert_eq!(gpu.step(step, &arena.grad, &values, &[1.0]).0, step + 1);
            let got = gpu.read(gpu.param);
            assert!(got.iter().map(|x| x.to_bits()).eq(arena.param.iter().map(|x| x.to_bits())), "{step} {target:?}");
        }
    }
}

#[test]
fn a_step_that_cannot_be_made_changes_nothing() {
    if !compiler() {
        return;
    }
    let settings = texts::settings(RULES[0]).remove(1);
    let layout = layout(1000);
    let param: Vec<f32> = (0..layout.padded_len()).map(|i| noise(1, i)).collect();
    for target in TARGETS {
        let mut gpu = Gpu::new(&settings.text(), target, &settings, &layout, &param);
        let good = hypers(&settings, 17);
        let at = |index: usize, value: f64| {
            let mut values = good.clone();
            values[index] = value;
            values
        };
        let cases = [
            (f32::NAN, 1.0, good.clone()),
            (f32::NEG_INFINITY, 1.0, good.clone()),
            (0.5, f64::NAN, good.clone()),
            (0.5, f64::INFINITY, good.clone()),
            (0.5, 1.0, at(0, f64::NAN)),
            (0.5, 1.0, at(1, 1.0)),
            (0.5, 1.0, at(5, -1e-3)),
        ];
        for (grad, loss, values) in cases {
            let mut grads = vec![0.0; param.len()];
            grads[321] = grad;
            let (next, record) = gpu.step(17, &grads, &values, &[loss]);
            assert_eq!(next, 17, "{grad} {loss} {values:?}");
            assert_eq!(gpu.read(gpu.param), param);
            let expected = [loss, f64::from(grad).abs()].into_iter().chain(values);
            let same = |(a, b): (&f64, f64)| *a == b || a.is_nan() && b.is_nan();
            assert!(record.iter().zip(expected).all(same), "{record:?}");
        }
        assert_eq!(gpu.step(17, &vec![0.5; param.len()], &good, &[1.0]).0, 18);
        assert!(gpu.read(gpu.param) != param);
    }
}

/// The schedule in the kernel that ticks gives what it gives on the host.
#[test]
fn a_schedule_beside_the_update_has_the_hosts_bits() {
    if !compiler() {
        return;
    }
    let program = texts::beside();
    let runner = texts::runner();
    let layout = layout(100);
    for target in TARGETS {
        for rule in RULES {
            let (_, text) =
                runner.iter().find(|(name, _)| *name == format!("{} with a schedule", rule.words.name)).unwrap();
            let settings = texts::settings(rule).remove(1);
            let mut gpu = Gpu::new(text, target, &settings, &layout, &vec![0.0; layout.padded_len()]);
            for step in [0, 1, 49, 50, 51, 287, 288, 500, 762, 763, 998, 999, 1000, 1 << 40] {
                let (_, record) = gpu.step(
                    step,
                    &vec![0.0; layout.padded_len()],
                    program.start().inputs(),
                    &[f64::from(step as u32)],
                );
                let mut value = [0.0];
                program.at(step, &mut value);
                assert!(record[2..].iter().all(|x| x.to_bits() == value[0].to_bits()), "{step}: {record:?} {value:?}");
            }
        }
    }
}
