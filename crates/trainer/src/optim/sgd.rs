//! Stochastic gradient descent with momentum (Polyak 1964) and Nesterov's variant, as PyTorch
//! writes them.
//!
//! v ← μ v + g; w ← w − η v, or with Nesterov momentum w ← w − η (g + μ v).

use super::{Slice, penalised};
use crate::network::kernels::{Kernel, Simd};

/// Whether Nesterov momentum is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookAhead {
    Plain,
    Nesterov,
}

pub(super) struct Sgd<'a> {
    pub slice: Slice<'a>,
    pub learning_rate: f32,
    pub momentum: f32,
    pub look_ahead: LookAhead,
}

impl Kernel for Sgd<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Self { slice, learning_rate: rate, momentum, look_ahead } = self;
        let Slice { parameters, gradient, first: velocity, l2, l1, .. } = slice;

        let pairs = parameters.iter_mut().zip(gradient);
        // Without momentum no velocity is kept.
        if velocity.is_empty() {
            for (w, &g) in pairs {
                *w -= rate * penalised(g, *w, l2, l1);
            }
            return;
        }

        match look_ahead {
            LookAhead::Plain => {
                for ((w, &g), v) in pairs.zip(velocity) {
                    *v = momentum * *v + penalised(g, *w, l2, l1);
                    *w -= rate * *v;
                }
            }
            LookAhead::Nesterov => {
                for ((w, &g), v) in pairs.zip(velocity) {
                    let g = penalised(g, *w, l2, l1);
                    *v = momentum * *v + g;
                    *w -= rate * (g + momentum * *v);
                }
            }
        }
    }
}
