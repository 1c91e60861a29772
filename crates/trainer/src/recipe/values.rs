//! A value for every hyperparameter.

use super::setting::{BatchSize, PerLayer};
use crate::choice::NamedChoice;
use crate::network::activation::Activation;
use crate::network::init::Init;
use crate::optim::OptimizerName;
use crate::prepare::Scaling;
use crate::schedule::Decay;

/// The settings of one training; each field is documented in [`fields`](super::fields()).
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the list of fields documents each")]
pub struct Recipe {
    pub learning_rate: f64,
    pub schedule: Decay,
    pub decay: f64,
    pub decay_epochs: f64,
    pub warmup_epochs: f64,
    pub optimizer: OptimizerName,
    pub momentum: f64,
    pub nesterov: bool,
    pub beta1: f64,
    pub beta2: f64,
    pub rho: f64,
    pub epsilon: f64,
    pub batch_size: BatchSize,
    pub epochs: u32,
    pub patience: u32,
    pub averaging: f64,
    pub dropout: f64,
    pub input_dropout: f64,
    pub lambda: PerLayer<f64>,
    pub lambda_l1: PerLayer<f64>,
    pub depth: u32,
    pub width: u32,
    pub shape: Shape,
    pub layers: Vec<u32>,
    pub activation: PerLayer<Activation>,
    pub init: Init,
    pub scaling: Scaling,
    pub bins: u32,
    pub batch_norm: bool,
    pub clip_norm: f64,
    pub label_smoothing: f64,
    pub class_weight: ClassWeight,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            learning_rate: 0.003,
            schedule: Decay::Constant,
            decay: 0.5,
            decay_epochs: 10.0,
            warmup_epochs: 0.0,
            optimizer: OptimizerName::Adam,
            momentum: 0.9,
            nesterov: false,
            beta1: 0.9,
            beta2: 0.999,
            rho: 0.99,
            epsilon: 1e-8,
            batch_size: BatchSize::Rows(32),
            epochs: 40,
            patience: 0,
            averaging: 0.0,
            dropout: 0.0,
            input_dropout: 0.0,
            lambda: PerLayer::All(1e-4),
            lambda_l1: PerLayer::All(0.0),
            depth: 2,
            width: 64,
            shape: Shape::Constant,
            layers: Vec::new(),
            activation: PerLayer::All(Activation::Relu),
            init: Init::Auto,
            scaling: Scaling::Standard,
            bins: 0,
            batch_norm: false,
            clip_norm: 0.0,
            label_smoothing: 0.0,
            class_weight: ClassWeight::None,
        }
    }
}

impl Recipe {
    /// Returns the widths of the hidden layers from the input on.
    pub fn hidden_widths(&self) -> Vec<u32> {
        if !self.layers.is_empty() {
            return self.layers.clone();
        }
        let width = |layer: u32| match self.shape {
            Shape::Constant => self.width,
            Shape::Funnel => self.width.checked_shr(layer).unwrap_or(0).max(self.width.min(2)),
        };
        (0..self.depth).map(width).collect()
    }
}

/// How the widths of the hidden layers follow from `width` and `depth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All alike.
    Constant,
    /// Each half as wide as the one before, at least 2.
    Funnel,
}

impl NamedChoice for Shape {
    const NAMES: &'static [(&'static str, Self)] =
        &[("constant", Self::Constant), ("funnel", Self::Funnel)];
}

/// The weight of a class's rows in the training loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassWeight {
    /// 1.
    None,
    /// n / (K nₖ) for n training rows, nₖ of them of this class, and K classes that occur: each
    /// class counts alike.
    Balanced,
}

impl NamedChoice for ClassWeight {
    const NAMES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("balanced", Self::Balanced)];
}

impl NamedChoice for Scaling {
    const NAMES: &'static [(&'static str, Self)] =
        &[("standard", Self::Standard), ("minmax", Self::MinMax), ("none", Self::None)];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_funnel_halves() {
        let recipe = Recipe { depth: 7, shape: Shape::Funnel, ..Recipe::default() };
        assert_eq!(recipe.hidden_widths(), [64, 32, 16, 8, 4, 2, 2]);
    }
}
