//! What the non-linearities between dense layers compute.

use super::float::{exp, tanh};
use crate::config::Activation;
use crate::optim::simd::{Isa, Pass, dispatch};

/// √(2/π)
const GELU_SCALE: f32 = 0.797_884_6;
const GELU_CUBE: f32 = 0.044_715;

impl Activation {
    /// The gain of the initial weights: their variance is gain / fan-in. 2 for the relu family (He et al. 2015), which
    /// halves the variance of its input; 1 for tanh (LeCun et al. 1998).
    pub fn gain(self) -> f64 {
        if self == Self::Tanh { 1.0 } else { 2.0 }
    }

    /// `post` = f(`pre`). The slices have one length. NaN stays NaN, so that a broken model shows in its loss.
    pub fn forward(self, pre: &[f32], post: &mut [f32]) {
        let isa = Isa::best();
        match self {
            Self::Relu => dispatch(isa, Map(pre, post, |x: f32| if x <= 0.0 { 0.0 } else { x })),
            Self::Tanh => dispatch(isa, Map(pre, post, tanh)),
            Self::Gelu => dispatch(isa, Map(pre, post, gelu)),
            Self::Silu => dispatch(isa, Map(pre, post, |x: f32| x / (1.0 + exp(-x)))),
        }
    }

    /// Multiplies `grad` by f′(`pre`). The slices have one length.
    pub fn backward(self, pre: &[f32], grad: &mut [f32]) {
        let isa = Isa::best();
        match self {
            Self::Relu => dispatch(isa, Scale(pre, grad, |x: f32| if x <= 0.0 { 0.0 } else { 1.0 })),
            Self::Tanh => dispatch(isa, Scale(pre, grad, |x: f32| 1.0 - tanh(x) * tanh(x))),
            Self::Gelu => dispatch(isa, Scale(pre, grad, gelu_slope)),
            Self::Silu => dispatch(isa, Scale(pre, grad, silu_slope)),
        }
    }
}

#[inline(always)]
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + tanh(GELU_SCALE * (x + GELU_CUBE * (x * x * x))))
}

#[inline(always)]
fn gelu_slope(x: f32) -> f32 {
    let t = tanh(GELU_SCALE * (x + GELU_CUBE * (x * x * x)));
    let inner = GELU_SCALE * (1.0 + 3.0 * GELU_CUBE * (x * x));
    0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner
}

#[inline(always)]
fn silu_slope(x: f32) -> f32 {
    let s = 1.0 / (1.0 + exp(-x));
    s * (1.0 + x * (1.0 - s))
}

struct Map<'a, F>(&'a [f32], &'a mut [f32], F);

impl<F: Fn(f32) -> f32> Pass for Map<'_, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for (x, y) in self.0.iter().zip(self.1) {
            *y = (self.2)(*x);
        }
    }
}

struct Scale<'a, F>(&'a [f32], &'a mut [f32], F);

impl<F: Fn(f32) -> f32> Pass for Scale<'_, F> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        for (x, g) in self.0.iter().zip(self.1) {
            *g *= (self.2)(*x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_never_hidden() {
        for activation in Activation::ALL {
            let mut y = [0.0];
            activation.forward(&[f32::NAN], &mut y);
            assert!(y[0].is_nan(), "{activation:?}");
        }
    }

    #[test]
    fn slopes_match_differences() {
        for activation in Activation::ALL {
            for i in -30..=30i8 {
                let (x, h) = (f32::from(i) * 0.2 + 0.05, 1e-2);
                let mut y = [0.0; 2];
                activation.forward(&[x - h, x + h], &mut y);
                let mut slope = [1.0];
                activation.backward(&[x], &mut slope);
                assert!(((y[1] - y[0]) / (2.0 * h) - slope[0]).abs() < 2e-3, "{activation:?} {x}");
            }
        }
    }
}
