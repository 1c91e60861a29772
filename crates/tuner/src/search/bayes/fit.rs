//! The most probable θ: likelihood times prior, maximised from several starts.

use super::dataset::Dataset;
use super::features::Embedding;
use super::hyperparameters::{Hyperprior, Theta};
use super::lbfgs::{Limits, minimize};
use super::likelihood::Likelihood;
use super::trend::Trend;
use rand::Rng;

/// Starts besides the prior's centre.
const N_DRAWS: usize = 1;

const LIMITS: Limits = Limits { iterations: 60, gradient: 1e-3, decrease: 1e-7, first_step: 0.5 };

/// Returns the θ of the highest posterior density found from the prior's centre and from draws around it; the centre
/// itself where there are no data.
pub(super) fn fit(embedding: &Embedding, trend: &Trend, data: &Dataset, rng: &mut impl Rng) -> Theta {
    let prior = Hyperprior::new(embedding.n_axes());
    let mut best = prior.centre();
    if data.len() == 0 {
        return best;
    }
    let mut likelihood = Likelihood::new(embedding, trend, data);
    let mut lowest = f64::INFINITY;
    for start in 0..=N_DRAWS {
        let from = if start == 0 { prior.centre() } else { prior.draw(rng) };
        let objective = |theta: &[f64], gradient: &mut [f64]| {
            let value = likelihood.evaluate(theta, gradient);
            value + prior.penalty(theta, gradient)
        };
        let end = minimize(objective, from.values(), &prior.low, &prior.high, LIMITS);
        if end.value < lowest {
            lowest = end.value;
            best = Theta::from_values(end.point);
        }
    }
    best
}
