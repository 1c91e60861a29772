//! Adam (Kingma and Ba 2015, algorithm 1) and `AdamW` (Loshchilov and Hutter 2019), as PyTorch
//! writes them.
//!
//! m ← β₁ m + (1 − β₁) g; s ← β₂ s + (1 − β₂) g²; w ← w − η/(1 − β₁ᵗ) · m / (√s/√(1 − β₂ᵗ) + ε).

use super::{Slice, penalised, sign};
use crate::network::kernels::{Kernel, Simd};

/// How penalties affect the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Penalties {
    /// Through the gradient, which is then scaled.
    InGradient,
    /// Subtracted from the weights: w ← w − η (λ w + λ₁ sign w) before the step.
    Decoupled,
}

pub(super) struct Adam<'a> {
    slice: Slice<'a>,
    learning_rate: f32,
    /// η/(1 − β₁ᵗ).
    rate: f32,
    /// 1/√(1 − β₂ᵗ).
    root_scale: f32,
    betas: (f32, f32),
    /// 1 − β₁ and 1 − β₂, from double precision.
    rest: (f32, f32),
    epsilon: f32,
    penalties: Penalties,
}

impl<'a> Adam<'a> {
    pub(super) fn new(
        slice: Slice<'a>,
        learning_rate: f64,
        (beta1, beta2): (f64, f64),
        epsilon: f32,
        penalties: Penalties,
        step: i32,
    ) -> Self {
        let step = f64::from(step);
        // The bias corrections of Kingma and Ba (2015), once a step instead of once a weight.
        Self {
            slice,
            learning_rate: learning_rate as f32,
            rate: (learning_rate / (1.0 - libm::pow(beta1, step))) as f32,
            root_scale: (1.0 / libm::sqrt(1.0 - libm::pow(beta2, step))) as f32,
            betas: (beta1 as f32, beta2 as f32),
            rest: ((1.0 - beta1) as f32, (1.0 - beta2) as f32),
            epsilon,
            penalties,
        }
    }
}

impl Kernel for Adam<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { slice, learning_rate, rate, root_scale, betas, rest, epsilon, penalties } = self;
        let Slice { parameters, gradient, first: means, second: squares, l2, l1 } = slice;
        let (inside, outside) = match penalties {
            Penalties::InGradient => ((l2, l1), (0.0, 0.0)),
            Penalties::Decoupled => ((0.0, 0.0), (learning_rate * l2, learning_rate * l1)),
        };

        for (((w, &g), m), s) in parameters.iter_mut().zip(gradient).zip(means).zip(squares) {
            let g = penalised(g, *w, inside.0, inside.1);
            *w -= outside.0 * *w + outside.1 * sign(*w);
            *m = betas.0 * *m + rest.0 * g;
            *s = betas.1 * *s + rest.1 * g * g;
            *w -= rate * *m / (s.sqrt() * root_scale + epsilon);
        }
    }
}
