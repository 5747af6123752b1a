//! What kernels are given: numbers that come out the same for the CPU and for every device.

use etude::optim::arena::Buffer;
use etude::optim::cuda::Settings;
use etude::optim::norm::clip_scale;
use etude::optim::simd::Isa;
use etude::optim::{Arena, Layout, Optimizer, ema};

/// A pseudo-random number in [−0.5, 0.5) for each place and step.
pub fn noise(step: u64, i: usize) -> f32 {
    let mut x = (step << 32 | i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((x >> 40) as f32) / (1u64 << 24) as f32 - 0.5
}

/// Numbers of every size, zeros of both signs, infinities and NaN.
pub fn numbers(count: usize) -> Vec<f32> {
    let odd = [0.0, -0.0, 1e-40, -1e-40, f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 88.4, -87.4];
    let scaled = |i: usize| noise(3, i) * [1e-4, 1.0, 10.0, 200.0][i % 4];
    (0..count).map(|i| odd.get(i).copied().unwrap_or_else(|| scaled(i))).collect()
}

/// Bits; any NaN is like any other.
pub fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| if x.is_nan() { f32::NAN.to_bits() } else { x.to_bits() }).collect()
}

/// The hyperparameters of a step. Each group has its own, which change; momentum is 0 now and then.
pub fn hypers(settings: &Settings, step: u64) -> Vec<f64> {
    let rule = settings.rule;
    let mut values: Vec<f64> =
        (0..settings.width()).map(|i| rule.words.hypers[i % rule.words.hypers.len()].default.unwrap_or(0.1)).collect();
    for (group, values) in values.chunks_mut(rule.words.hypers.len()).enumerate() {
        values[0] = 1e-2 / (1.0 + step as f64 * 0.01) * (group + 1) as f64;
        let decay = rule.words.hyper("weight_decay").unwrap();
        values[decay] = 0.1 * (group == 0) as u8 as f64;
        if let Some(momentum) = rule.words.hyper("momentum") {
            values[momentum] = if step % 10 == group as u64 { 0.0 } else { 0.9 };
        }
        if let Some(beta) = rule.words.hyper("beta2") {
            values[beta] = 0.99 + step as f64 * 1e-6;
        }
    }
    values
}

/// The gradients of a step; padding keeps its zeros.
pub fn gradients(layout: &Layout, step: u64, param: &[f32], grad: &mut [f32]) {
    for tensor in layout.tensors() {
        for i in tensor.range.clone() {
            grad[i] = noise(step + 100, i) + 0.01 * param[i];
        }
    }
}

/// What the CPU makes of the steps.
pub struct Host {
    settings: Settings,
    pub arena: Arena,
    pub optimizer: Optimizer,
    average: Buffer,
}

impl Host {
    pub fn new(settings: &Settings, layout: &Layout) -> Self {
        let mut arena = Arena::new(layout.clone(), settings.rule).unwrap();
        arena.param.iter_mut().enumerate().for_each(|(i, p)| *p = noise(7, i));
        let optimizer = Optimizer::new(settings.rule, &flags(settings), 1).unwrap();
        let average = Buffer::zeroed(arena.param.len(), 0).unwrap();
        Self { settings: settings.clone(), arena, optimizer, average }
    }

    /// Makes a step with gradients of its own, which are left in the arena; its hyperparameters and the gradients' norm.
    pub fn step(&mut self, step: u64) -> (Vec<f64>, f64) {
        let Self { settings, arena, optimizer, average } = self;
        let values = hypers(settings, step);
        let layout = arena.layout().clone();
        gradients(&layout, step, &arena.param, &mut arena.grad);
        let norm = optimizer.norm(&arena.grad);
        optimizer.step(arena, step, &values, clip_scale(settings.clip_norm, norm)).unwrap();
        if let Some(decay) = settings.ema_decay {
            ema::update(Isa::best(), step, decay, average, &arena.param);
        }
        (values, norm)
    }

    /// The parameters, the state and, if there is one, the average.
    pub fn arrays(&self) -> Vec<&[f32]> {
        let average = self.settings.ema_decay.map(|_| &self.average[..]);
        [&self.arena.param[..]].into_iter().chain(self.arena.state.iter().map(|s| &s[..])).chain(average).collect()
    }
}

/// The names of the switches that are on.
fn flags(settings: &Settings) -> Vec<String> {
    let all = settings.rule.words.flags.iter().zip(&settings.flags);
    all.filter(|(_, on)| **on).map(|(flag, _)| flag.name.to_owned()).collect()
}
