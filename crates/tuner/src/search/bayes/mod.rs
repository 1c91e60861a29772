//! Bayesian optimisation: a Gaussian process predicts the loss everywhere with its uncertainty, and
//! the next trial maximises an acquisition function of the prediction.
//!
//! A proposal consists of these steps: the `surrogate` of what the request knows, the `turn` of the
//! exploration policy and its `branch`, `candidates` and gradient ascent of the `acquisition` minus
//! the `boundary` penalty from the best of them (`optimise`), and the `decision` for the best new
//! configuration. Nothing is kept between proposals except θ, which is part of the request.

mod acquisition;
mod boundary;
mod branch;
mod candidates;
mod decision;
mod explain;
mod gain;
mod optimise;
mod predictive;
#[cfg(test)]
mod problems;
mod sampler;
pub(crate) mod surrogate;
mod turn;

pub use sampler::Bayes;
pub(super) use sampler::METHOD;
pub use surrogate::{Capacity, LengthScales};
