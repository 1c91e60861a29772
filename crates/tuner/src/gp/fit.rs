//! The most probable θ: likelihood times prior, maximised.
//!
//! The search starts at the prior's centre. Further starts found the same maximum or one as good: regret on the tuning
//! problems stayed the same with one start and with three. With many results each step is dear and the maximum is
//! sharp: then a fit starts at the optimum of another view of the same results if there is one, and ends sooner.

use crate::gp::dataset::Dataset;
use crate::gp::features::Embedding;
use crate::gp::hyperparameters::{Hyperprior, Theta};
use crate::gp::lbfgs::{Limits, minimize};
use crate::gp::likelihood::Likelihood;
use crate::prior::MeanFunction;
use crate::tuning::gp::{DECREASE_OF_MANY, MANY_RESULTS};

const LIMITS: Limits = Limits { iterations: 60, gradient: 1e-3, decrease: 1e-7, first_step: 0.5 };

/// Returns the θ of the highest posterior density found, and −ln of that density up to a constant; where there are no
/// data, the prior's centre. `other` is that found for the same results under another warp.
pub(crate) fn fit(
    prior: &Hyperprior,
    embedding: &Embedding,
    mean_function: &MeanFunction,
    data: &Dataset,
    other: Option<&Theta>,
) -> (Theta, f64) {
    let centre = prior.centre();
    if data.len() == 0 {
        return (centre, 0.0);
    }
    let (start, decrease) = if data.len() > MANY_RESULTS {
        (other.unwrap_or(&centre), DECREASE_OF_MANY)
    } else {
        (&centre, LIMITS.decrease)
    };
    let mut likelihood = Likelihood::new(embedding, mean_function, data);
    let objective = |theta: &[f64], gradient: &mut [f64]| {
        let value = likelihood.evaluate(theta, gradient);
        value + prior.penalty(theta, gradient)
    };
    let end =
        minimize(objective, start.values(), &prior.low, &prior.high, Limits { decrease, ..LIMITS });
    (Theta::from_values(end.point), end.value)
}
