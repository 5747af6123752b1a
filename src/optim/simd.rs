//! Element-wise rules over slices, with the widest vectors that the processor has.

pub use crate::simd::{Isa, Pass, dispatch};

/// A rule on one element: (parameter, gradient, state) → (parameter, state).
pub(crate) trait Element<const N: usize>: Copy {
    fn element(self, param: f32, grad: f32, state: [f32; N]) -> (f32, [f32; N]);
}

/// Applies a rule to every element of slices of one length.
pub(crate) struct Sweep<'a, K, const N: usize> {
    pub(crate) rule: K,
    pub(crate) param: &'a mut [f32],
    pub(crate) grad: &'a [f32],
    pub(crate) state: [&'a mut [f32]; N],
}

impl<K: Element<N>, const N: usize> Pass for Sweep<'_, K, N> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let n = self.param.len();
        let (param, grad) = (self.param, &self.grad[..n]);
        let state = self.state.map(|s| &mut s[..n]);
        for i in 0..n {
            let (p, s) = self.rule.element(param[i], grad[i], std::array::from_fn(|j| state[j][i]));
            param[i] = p;
            for j in 0..N {
                state[j][i] = s[j];
            }
        }
    }
}
