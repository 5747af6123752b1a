//! AdamW: Adam with decoupled weight decay.
//!
//! Loshchilov & Hutter, *Decoupled Weight Decay Regularization* (2019), with the semantics of `torch.optim.AdamW`
//! (amsgrad off). At update t = 1, 2, … with gradient g:
//!
//! ```text
//! p ← p · (1 − lr · weight_decay)
//! m ← m + (1 − β1) · (g − m)
//! v ← β2 · v + (1 − β2) · g²
//! p ← p − lr / (1 − β1^t) · m / (√v / √(1 − β2^t) + eps)
//! ```
//!
//! The bias corrections use the β of the current step, as torch's schedulers that move β do.

use super::rule::{At, RuleRow, Scalars, Slices, power};
use super::simd::{Element, Isa, Sweep, dispatch};
use crate::config;

/// The row of AdamW.
pub static ADAMW: RuleRow = RuleRow { words: &config::rules::ADAMW, prepare, update, cuda: include_str!("adamw.cu") };

/// Constants: gradient scale, 1 − lr·weight_decay, 1 − β1, β2, 1 − β2, 1/√(1 − β2^t), eps, lr/(1 − β1^t).
fn prepare(at: &At<'_>) -> Scalars {
    let &[lr, beta1, beta2, eps, weight_decay] = at.hypers else { return Scalars::default() };
    let t = at.step.saturating_add(1);
    let (correction1, correction2) = (1.0 - power(beta1, t), 1.0 - power(beta2, t));
    Scalars([
        at.grad_scale,
        (1.0 - lr * weight_decay) as f32,
        (1.0 - beta1) as f32,
        beta2 as f32,
        (1.0 - beta2) as f32,
        (1.0 / correction2.sqrt()) as f32,
        eps as f32,
        (lr / correction1) as f32,
    ])
}

fn update(isa: Isa, scalars: &Scalars, slices: Slices<'_>) {
    let Slices { param, grad, state } = slices;
    dispatch(isa, Sweep { rule: AdamW(*scalars), param, grad, state });
}

#[derive(Clone, Copy)]
struct AdamW(Scalars);

impl Element<2> for AdamW {
    #[inline(always)]
    fn element(self, p: f32, g: f32, [m, v]: [f32; 2]) -> (f32, [f32; 2]) {
        let [scale, decay, weight1, beta2, weight2, correction2, eps, step_size] = self.0.0;
        let g = g * scale;
        let m = m + weight1 * (g - m);
        let v = beta2 * v + weight2 * (g * g);
        let p = p * decay - step_size * (m / (v.sqrt() * correction2 + eps));
        (p, [m, v])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas of the module's head, in f64 and one element at a time.
    fn reference(steps: u64, lr: f64, decay: f64, grad: impl Fn(u64) -> f64) -> f64 {
        let (mut p, mut m, mut v) = (1.0, 0.0, 0.0);
        for t in 1..=steps {
            let g = grad(t - 1);
            p *= 1.0 - lr * decay;
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            let root: f64 = v / (1.0 - power(0.999, t));
            p -= lr * (m / (1.0 - power(0.9, t))) / (root.sqrt() + 1e-8);
        }
        p
    }

    #[test]
    fn follows_the_formula() {
        let grad = |t: u64| ((t * 37 % 11) as f64 - 4.5) / 7.0;
        let (mut p, mut m, mut v) = ([1.0f32], [0.0f32], [0.0f32]);
        for step in 0..200 {
            let at = At { step, hypers: &[1e-2, 0.9, 0.999, 1e-8, 0.1], flags: &[], grad_scale: 1.0 };
            let slices = Slices { param: &mut p, grad: &[grad(step) as f32], state: [&mut m, &mut v] };
            update(Isa::Portable, &prepare(&at), slices);
        }
        assert!((f64::from(p[0]) - reference(200, 1e-2, 0.1, grad)).abs() < 1e-5, "{}", p[0]);
        // torch 2.15, float32, fused=True.
        assert!((p[0] - 0.567_870_44).abs() < 2e-7, "{}", p[0]);
    }

    #[test]
    fn the_first_step_moves_by_the_learning_rate() {
        // m̂/√v̂ = sign(g) at t = 1, whatever the gradient's size.
        let (mut p, mut m, mut v) = ([1.0f32, 1.0], [0.0; 2], [0.0; 2]);
        let at = At { step: 0, hypers: &[0.125, 0.9, 0.999, 1e-30, 0.0], flags: &[], grad_scale: 1.0 };
        let slices = Slices { param: &mut p, grad: &[3.0, -1e-3], state: [&mut m, &mut v] };
        update(Isa::Portable, &prepare(&at), slices);
        assert!((p[0] - 0.875).abs() < 1e-6 && (p[1] - 1.125).abs() < 1e-6, "{p:?}");
    }
}
