//! `RMSProp` as PyTorch writes it: s ← ρ s + (1 − ρ) g²; w ← w − η g / (√s + ε).

use super::{Slice, penalised};
use crate::network::kernels::{Kernel, Simd};

pub(super) struct RmsProp<'a> {
    pub slice: Slice<'a>,
    pub learning_rate: f32,
    pub rho: f32,
    pub epsilon: f32,
}

impl Kernel for RmsProp<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { slice, learning_rate: rate, rho, epsilon } = self;
        let Slice { parameters, gradient, second: squares, l2, l1, .. } = slice;
        for ((w, &g), s) in parameters.iter_mut().zip(gradient).zip(squares) {
            let g = penalised(g, *w, l2, l1);
            *s = rho * *s + (1.0 - rho) * g * g;
            *w -= rate * g / (s.sqrt() + epsilon);
        }
    }
}
