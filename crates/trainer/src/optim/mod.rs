//! Optimizers: what is done with a gradient.

use crate::choice::Choice;
use serde::{Deserialize, Serialize};

/// The rule by which weights follow their gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptimizerName {
    /// Stochastic gradient descent, with or without momentum.
    Sgd,
    /// RMSProp (Tieleman and Hinton 2012).
    Rmsprop,
    /// Adam (Kingma and Ba 2015).
    Adam,
    /// Adam with decoupled penalties (Loshchilov and Hutter 2019).
    Adamw,
}

impl Choice for OptimizerName {
    const NAMES: &'static [(&'static str, Self)] =
        &[("sgd", Self::Sgd), ("rmsprop", Self::Rmsprop), ("adam", Self::Adam), ("adamw", Self::Adamw)];
}
