//! A Gaussian process: predicts a number everywhere from noisy observations.
//!
//! `features` of points, the Matérn kernel over them, the `likelihood` of its parameters θ under
//! their `hyperparameters`' prior, the `fit` that maximises both, and the `posterior` given a
//! `dataset`. Nothing here knows about trials, losses or acquisition functions. Formulas follow
//! Rasmussen and Williams (2006), "Gaussian Processes for Machine Learning".

mod algebra;
mod dataset;
mod exponential;
mod features;
mod fit;
mod hyperparameters;
pub(crate) mod lbfgs;
mod learned;
pub(crate) mod likelihood;
mod matern;
mod posterior;

pub(crate) use dataset::Dataset;
pub(crate) use exponential::exp_negative;
pub(crate) use features::{Embedding, FeatureMatrix};
pub(crate) use fit::fit;
pub(crate) use hyperparameters::{Hyperprior, Theta};
pub(crate) use posterior::{Place, Posterior, Prediction, Scratch};
