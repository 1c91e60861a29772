//! Activation functions.
//!
//! Three of the eight (linear, relu, `leaky_relu`) are one formula, `max(z, 0) + leak · min(z, 0)`,
//! which a layer's product applies to its results before they leave the registers; the other five
//! are separate passes.

use crate::choice::NamedChoice;
use serde::{Deserialize, Serialize};

/// The function between a layer's sum and its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// z.
    Linear,
    /// 1 / (1 + e^−z).
    Sigmoid,
    /// tanh z.
    Tanh,
    /// max(z, 0).
    Relu,
    /// z above zero, 0.01 z below (Maas et al. 2013).
    LeakyRelu,
    /// z above zero, e^z − 1 below (Clevert et al. 2016, α = 1).
    Elu,
    /// z Φ(z), with the exact normal distribution function (Hendrycks and Gimpel 2016).
    Gelu,
    /// z / (1 + e^−z) (Elfwing et al. 2018).
    Silu,
}

impl NamedChoice for Activation {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("linear", Self::Linear),
        ("sigmoid", Self::Sigmoid),
        ("tanh", Self::Tanh),
        ("relu", Self::Relu),
        ("leaky_relu", Self::LeakyRelu),
        ("elu", Self::Elu),
        ("gelu", Self::Gelu),
        ("silu", Self::Silu),
    ];
}

impl Activation {
    /// Returns the slope below zero of a function that is linear on both sides of zero, and of
    /// slope one above.
    pub fn leak(self) -> Option<f32> {
        match self {
            Self::Linear => Some(1.0),
            Self::Relu => Some(0.0),
            Self::LeakyRelu => Some(0.01),
            _ => None,
        }
    }

    /// Whether it saturates at both ends, so that Xavier initialisation suits it better than He
    /// initialisation.
    pub fn saturates(self) -> bool {
        matches!(self, Self::Linear | Self::Sigmoid | Self::Tanh)
    }
}
