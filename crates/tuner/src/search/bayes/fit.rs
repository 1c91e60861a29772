//! The most probable θ: likelihood times prior, maximised.
//!
//! The search starts at the prior's centre. Further starts found the same maximum or one as good: regret on the tuning
//! problems stayed the same with one start and with three.

use super::dataset::Dataset;
use super::features::Embedding;
use super::hyperparameters::{Hyperprior, Theta};
use super::lbfgs::{Limits, minimize};
use super::likelihood::Likelihood;
use super::trend::Trend;

const LIMITS: Limits = Limits { iterations: 60, gradient: 1e-3, decrease: 1e-7, first_step: 0.5 };

/// Returns the θ of the highest posterior density found, and −ln of that density up to a constant; where there are no
/// data, the prior's centre.
pub(super) fn fit(embedding: &Embedding, trend: &Trend, data: &Dataset) -> (Theta, f64) {
    let prior = Hyperprior::new(embedding.n_axes());
    let centre = prior.centre();
    if data.len() == 0 {
        return (centre, 0.0);
    }
    let mut likelihood = Likelihood::new(embedding, trend, data);
    let objective = |theta: &[f64], gradient: &mut [f64]| {
        let value = likelihood.evaluate(theta, gradient);
        value + prior.penalty(theta, gradient)
    };
    let end = minimize(objective, centre.values(), &prior.low, &prior.high, LIMITS);
    (Theta::from_values(end.point), end.value)
}
