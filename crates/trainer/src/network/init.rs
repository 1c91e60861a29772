//! Initial weights.
//!
//! Biases start at zero. With f inputs and g outputs of a layer: `uniform` is U(±1/√f), the plain rule; Xavier (Glorot
//! and Bengio 2010) has variance 2/(f + g); He (He et al. 2015) has variance 2/f. A uniform of variance v is
//! U(±√(3v)).

use crate::choice::Choice;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use serde::{Deserialize, Serialize};

use super::activation::Activation;

/// The distribution of the weights before training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Xavier normal before a sigmoid, tanh, linear or output layer, He normal before the others.
    Auto,
    /// U(±1/√f).
    Uniform,
    /// U(±√(6/(f + g))).
    XavierUniform,
    /// N(0, 2/(f + g)).
    XavierNormal,
    /// U(±√(6/f)).
    HeUniform,
    /// N(0, 2/f).
    HeNormal,
}

impl Choice for Init {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("auto", Self::Auto),
        ("uniform", Self::Uniform),
        ("xavier_uniform", Self::XavierUniform),
        ("xavier_normal", Self::XavierNormal),
        ("he_uniform", Self::HeUniform),
        ("he_normal", Self::HeNormal),
    ];
}

impl Init {
    /// Draws the weights of one layer into `weights`, one number of the stream a weight in their order.
    ///
    /// `fan_in` and `fan_out` are the layer's numbers of inputs and outputs; `activation` follows the layer.
    pub(crate) fn draw<'a>(
        self,
        rng: &mut ChaCha8Rng,
        (fan_in, fan_out): (usize, usize),
        activation: Activation,
        weights: impl Iterator<Item = &'a mut f32>,
    ) {
        let (inputs, sum) = (fan_in.max(1) as f64, (fan_in + fan_out).max(1) as f64);
        let uniform = |half_width: f64, rng: &mut ChaCha8Rng| {
            let unit: f64 = StandardUniform.sample(rng);
            half_width * (2.0 * unit - 1.0)
        };
        let normal = |variance: f64, rng: &mut ChaCha8Rng| {
            let unit: f64 = StandardNormal.sample(rng);
            libm::sqrt(variance) * unit
        };
        for weight in weights {
            let drawn = match self.resolved(activation) {
                Self::Uniform => uniform(1.0 / libm::sqrt(inputs), rng),
                Self::XavierUniform => uniform(libm::sqrt(6.0 / sum), rng),
                Self::HeUniform => uniform(libm::sqrt(6.0 / inputs), rng),
                Self::HeNormal => normal(2.0 / inputs, rng),
                Self::XavierNormal | Self::Auto => normal(2.0 / sum, rng),
            };
            *weight = drawn as f32;
        }
    }

    fn resolved(self, activation: Activation) -> Self {
        match self {
            Self::Auto if activation.saturates() => Self::XavierNormal,
            Self::Auto => Self::HeNormal,
            named => named,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn moments(init: Init, activation: Activation) -> (f64, f64, f64) {
        let mut weights = vec![0.0_f32; 40_000];
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        init.draw(&mut rng, (50, 30), activation, weights.iter_mut());
        let n = weights.len() as f64;
        let mean = weights.iter().map(|&w| f64::from(w)).sum::<f64>() / n;
        let variance = weights.iter().map(|&w| (f64::from(w) - mean).powi(2)).sum::<f64>() / n;
        let widest = weights.iter().fold(0.0, |widest: f64, &w| widest.max(f64::from(w).abs()));
        (mean, variance, widest)
    }

    #[test]
    fn each_rule_has_its_variance() {
        use Activation::{Relu, Tanh};
        for (init, activation, variance) in [
            (Init::Uniform, Relu, 1.0 / 150.0),
            (Init::XavierUniform, Relu, 2.0 / 80.0),
            (Init::XavierNormal, Relu, 2.0 / 80.0),
            (Init::HeUniform, Tanh, 2.0 / 50.0),
            (Init::HeNormal, Tanh, 2.0 / 50.0),
            (Init::Auto, Relu, 2.0 / 50.0),
            (Init::Auto, Tanh, 2.0 / 80.0),
        ] {
            let (mean, found, _) = moments(init, activation);
            // 40,000 draws: the variance of a normal is known to √(2/40000) = 0.7 %, five of them are 3.5 %.
            assert!((found / variance - 1.0).abs() < 0.035, "{init:?}: {found} for {variance}");
            assert!(mean.abs() < 5.0 * (variance / 40_000.0).sqrt(), "{init:?}: mean {mean}");
        }
    }

    #[test]
    fn a_uniform_stays_within_its_bounds() {
        let (_, _, widest) = moments(Init::HeUniform, Activation::Relu);
        assert!(widest <= (6.0_f64 / 50.0).sqrt() + 1e-6);
    }
}
