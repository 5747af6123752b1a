//! Exponential moving average of the parameters (Polyak averaging), with the semantics of
//! `torch.optim.swa_utils.get_ema_multi_avg_fn`: the first update copies, later ones move by 1 − decay.

use super::simd::{Element, Isa, Sweep, dispatch};

#[derive(Clone, Copy)]
struct Average {
    weight: f32,
}

impl Element<0> for Average {
    #[inline(always)]
    fn element(self, average: f32, param: f32, _: [f32; 0]) -> (f32, [f32; 0]) {
        (average + self.weight * (param - average), [])
    }
}

/// Moves `average` towards `param` after the update of step `step`. `decay` is in [0, 1); the slices have one length.
pub fn update(isa: Isa, step: u64, decay: f64, average: &mut [f32], param: &[f32]) {
    if step == 0 {
        average.copy_from_slice(param);
    } else {
        let rule = Average { weight: (1.0 - decay) as f32 };
        dispatch(isa, Sweep { rule, param: average, grad: param, state: [] });
    }
}
