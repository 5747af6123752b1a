//! Stochastic gradient descent with momentum.
//!
//! The semantics of `torch.optim.SGD` with dampening 0 (Sutskever et al., *On the importance of initialization and
//! momentum in deep learning*, 2013, in torch's form, where the learning rate is outside the buffer):
//!
//! ```text
//! g ← g + weight_decay · p
//! b ← momentum · b + g              (left alone where momentum is 0)
//! p ← p − lr · g                    momentum 0
//! p ← p − lr · b                    momentum
//! p ← p − lr · (g + momentum · b)   momentum, nesterov
//! ```

use super::rule::{At, RuleRow, Scalars, Slices};
use super::simd::{Element, Isa, Sweep, dispatch};
use crate::config;

/// The row of SGD.
pub static SGD: RuleRow = RuleRow { words: &config::rules::SGD, prepare, update, cuda: include_str!("sgd.cu") };

/// Constants: gradient scale, weight decay, momentum, lr, 1 for nesterov or else 0.
fn prepare(at: &At<'_>) -> Scalars {
    let &[lr, momentum, weight_decay] = at.hypers else { return Scalars::default() };
    let nesterov = f32::from(u8::from(at.flags.first().is_some_and(|&on| on)));
    Scalars([at.grad_scale, weight_decay as f32, momentum as f32, lr as f32, nesterov, 0.0, 0.0, 0.0])
}

fn update(isa: Isa, scalars: &Scalars, slices: Slices<'_>) {
    let Slices { param, grad, state: [buffer, _] } = slices;
    let [scale, decay, momentum, lr, nesterov, ..] = scalars.0;
    if momentum == 0.0 {
        dispatch(isa, Sweep { rule: Plain { scale, decay, lr }, param, grad, state: [] });
    } else if nesterov != 0.0 {
        let rule = Momentum::<true> { scale, decay, momentum, lr };
        dispatch(isa, Sweep { rule, param, grad, state: [buffer] });
    } else {
        let rule = Momentum::<false> { scale, decay, momentum, lr };
        dispatch(isa, Sweep { rule, param, grad, state: [buffer] });
    }
}

#[derive(Clone, Copy)]
struct Plain {
    scale: f32,
    decay: f32,
    lr: f32,
}

impl Element<0> for Plain {
    #[inline(always)]
    fn element(self, p: f32, g: f32, _: [f32; 0]) -> (f32, [f32; 0]) {
        let g = g * self.scale + self.decay * p;
        (p - self.lr * g, [])
    }
}

#[derive(Clone, Copy)]
struct Momentum<const NESTEROV: bool> {
    scale: f32,
    decay: f32,
    momentum: f32,
    lr: f32,
}

impl<const NESTEROV: bool> Element<1> for Momentum<NESTEROV> {
    #[inline(always)]
    fn element(self, p: f32, g: f32, [b]: [f32; 1]) -> (f32, [f32; 1]) {
        let g = g * self.scale + self.decay * p;
        let b = self.momentum * b + g;
        let direction = if NESTEROV { g + self.momentum * b } else { b };
        (p - self.lr * direction, [b])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(momentum: impl Fn(u64) -> f64, decay: f64, nesterov: bool, grads: &[f32]) -> (f32, f32) {
        let (mut p, mut b) = ([1.0f32], [0.0f32]);
        for (step, &g) in (0..).zip(grads) {
            let hypers = [0.5, momentum(step), decay];
            let at = At { step, hypers: &hypers, flags: &[nesterov], grad_scale: 1.0 };
            let slices = Slices { param: &mut p, grad: &[g], state: [&mut b, &mut []] };
            update(Isa::Portable, &prepare(&at), slices);
        }
        (p[0], b[0])
    }

    #[test]
    fn follows_torch() {
        // By hand; dyadic numbers, so that every value is exact.
        assert_eq!(run(|_| 0.0, 0.0, false, &[0.5, -0.25]), (0.875, 0.0));
        assert_eq!(run(|_| 0.5, 0.0, false, &[0.5, -0.25]), (0.75, 0.0));
        assert_eq!(run(|_| 0.5, 0.0, true, &[0.5, -0.25]), (0.75, 0.0));
        assert_eq!(run(|_| 0.0, 0.5, false, &[0.0]), (0.75, 0.0));
        assert_eq!(run(|_| 0.5, 0.0, true, &[0.5]), (0.625, 0.5));
    }

    #[test]
    fn gives_the_values_of_torch() {
        // torch 2.15, float32: lr 0.5, momentum 0.5, weight_decay 0.1, 20 steps.
        let grads: Vec<f32> = (0..20u16).map(|t| (f32::from(t * 37 % 11) - 4.5) / 7.0).collect();
        assert!((run(|_| 0.5, 0.1, false, &grads).0 + 0.716_296_4).abs() < 1e-6);
        assert!((run(|_| 0.5, 0.1, true, &grads).0 + 0.896_820_55).abs() < 1e-6);
    }

    #[test]
    fn zero_momentum_leaves_the_buffer_alone() {
        let (_, b) = run(|step| if step == 1 { 0.0 } else { 0.5 }, 0.0, false, &[1.0, 8.0, 0.0]);
        assert_eq!(b, 0.5);
    }
}
