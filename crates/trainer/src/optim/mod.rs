//! Optimizers.
//!
//! Each is one pass over the parameters that adds penalties and updates the weights. The penalty is
//! (λ/2) Σw² + λ₁ Σ|w| on top of the mean loss of the batch, so λw + λ₁ sign w is added to the
//! gradient of a weight; `adamw` instead subtracts both directly from the weight. Biases and gains
//! are not penalised. With λ as `weight_decay` the formulas are PyTorch's.
#![expect(
    clippy::inline_always,
    reason = "kernels are compiled for the instruction set of their caller"
)]

mod adam;
mod rmsprop;
mod sgd;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::choice::NamedChoice;
use crate::network::Aligned;
use crate::network::kernels::{By, PIECE};
use adam::{Adam, Penalties};
use rmsprop::RmsProp;
use sgd::Sgd;

/// The name of an optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptimizerName {
    /// Stochastic gradient descent, with or without momentum.
    Sgd,
    /// `RMSProp` (Tieleman and Hinton 2012).
    Rmsprop,
    /// Adam (Kingma and Ba 2015).
    Adam,
    /// Adam with decoupled penalties (Loshchilov and Hutter 2019).
    Adamw,
}

impl NamedChoice for OptimizerName {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("sgd", Self::Sgd),
        ("rmsprop", Self::Rmsprop),
        ("adam", Self::Adam),
        ("adamw", Self::Adamw),
    ];
}

/// An optimizer with its coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    Sgd { momentum: f32, look_ahead: LookAhead },
    RmsProp { rho: f32, epsilon: f32 },
    Adam { beta1: f64, beta2: f64, epsilon: f32, penalties: Penalties },
}

pub(crate) use adam::Penalties as AdamPenalties;
pub(crate) use sgd::LookAhead;

/// Parameters that share penalties.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    pub range: Range<usize>,
    /// λ, the L2 penalty.
    pub l2: f32,
    /// λ₁, the L1 penalty.
    pub l1: f32,
}

/// An optimizer and its state.
pub(crate) struct Optimizer {
    rule: Rule,
    segments: Vec<Segment>,
    /// Velocity, or mean gradient; empty if the optimizer needs none.
    first: Aligned,
    /// Mean squared gradient; empty if the optimizer needs none.
    second: Aligned,
    n_steps: i32,
}

/// One segment of parameters, gradient and state, with its penalties.
pub(crate) struct Slice<'a> {
    parameters: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    l2: f32,
    l1: f32,
}

impl Optimizer {
    /// Makes an optimizer for the parameters that `segments` cover.
    pub(crate) fn new(rule: Rule, segments: Vec<Segment>) -> Self {
        let len = segments.iter().map(|segment| segment.range.end).max().unwrap_or(0);
        let (first, second) = match rule {
            Rule::Sgd { momentum: 0.0, .. } => (0, 0),
            Rule::Sgd { .. } => (len, 0),
            Rule::RmsProp { .. } => (0, len),
            Rule::Adam { .. } => (len, len),
        };
        let (first, second) = (Aligned::zeros(first), Aligned::zeros(second));
        Self { rule, segments, first, second, n_steps: 0 }
    }

    /// Moves `parameters` one step against `gradient`.
    pub(crate) fn step(
        &mut self,
        by: By,
        learning_rate: f64,
        parameters: &mut [f32],
        gradient: &[f32],
    ) {
        self.n_steps = self.n_steps.saturating_add(1);
        let Self { rule, segments, first, second, n_steps } = self;
        for Segment { range, l2, l1 } in segments {
            let gradient = &gradient[range.clone()];
            // Rules without moments have empty ones.
            let of_segment = [
                &mut parameters[range.clone()],
                first.get_mut(range.clone()).unwrap_or_default(),
                second.get_mut(range.clone()).unwrap_or_default(),
            ];
            by.pieces(of_segment, PIECE, |begin, [parameters, first, second]| {
                let gradient = &gradient[begin..][..parameters.len()];
                let slice = Slice { parameters, gradient, first, second, l2: *l2, l1: *l1 };
                rule.step(by, learning_rate, slice, *n_steps);
            });
        }
    }
}

impl Rule {
    /// Moves some parameters, in the optimizer's step number `n_steps`.
    fn step(self, By { set, .. }: By, learning_rate: f64, slice: Slice, n_steps: i32) {
        match self {
            Self::Sgd { momentum, look_ahead } => {
                set.run(Sgd { slice, learning_rate: learning_rate as f32, momentum, look_ahead });
            }
            Self::RmsProp { rho, epsilon } => {
                set.run(RmsProp { slice, learning_rate: learning_rate as f32, rho, epsilon });
            }
            Self::Adam { beta1, beta2, epsilon, penalties } => {
                let betas = (beta1, beta2);
                set.run(Adam::new(slice, learning_rate, betas, epsilon, penalties, n_steps));
            }
        }
    }
}

/// Returns the gradient of loss and penalty.
#[inline(always)]
fn penalised(gradient: f32, weight: f32, l2: f32, l1: f32) -> f32 {
    gradient + l2 * weight + l1 * sign(weight)
}

/// −1, 0 or 1.
#[inline(always)]
fn sign(weight: f32) -> f32 {
    let positive = if weight > 0.0 { 1.0 } else { 0.0 };
    let negative = if weight < 0.0 { 1.0 } else { 0.0 };
    positive - negative
}
