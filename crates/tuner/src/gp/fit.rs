//! Fits θ: maximises likelihood times prior.
//!
//! The search starts at the prior's centre. Further starts found the same maximum or one as good:
//! regret on the tuning problems was the same with one start and with three. With many results each
//! step is expensive and the maximum is sharp: then a fit starts at the optimum of another warp of
//! the same results, if there is one, and ends sooner.

use crate::gp::dataset::Dataset;
use crate::gp::features::Embedding;
use crate::gp::hyperparameters::{Hyperprior, Theta};
use crate::gp::lbfgs::{Limits, minimize};
use crate::gp::likelihood::Likelihood;
use crate::prior::MeanFunction;
use crate::tuning::gp::{DECREASE_OF_MANY, MANY_RESULTS};

const LIMITS: Limits = Limits { iterations: 60, gradient: 1e-3, decrease: 1e-7, first_step: 0.5 };

/// Returns the θ of the highest posterior density found, and −ln of that density up to a constant;
/// without data, the prior's centre. `other` is the θ found for the same results under another
/// warp.
///
/// There are two hypotheses about observation noise: that there is next to none, as in a function or
/// a training with a seed of its own, or that it is a good part of the losses' spread. One broad
/// prior over both would let a few results look like noise where there is none; so each has its own
/// fit, and the second one must be likelier by more than its prior odds. A learned prior mean was
/// learned together with the noise: then there is one hypothesis only.
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
    let mut maximize = |prior: &Hyperprior, start: &Theta| {
        let objective = |theta: &[f64], gradient: &mut [f64]| {
            let value = likelihood.evaluate(theta, gradient);
            value + prior.penalty(theta, gradient)
        };
        let limits = Limits { decrease, ..LIMITS };
        let end = minimize(objective, start.values(), &prior.low, &prior.high, limits);
        (Theta::from_values(end.point), end.value)
    };

    // Both hypotheses start at the same θ apart from the noise, so that neither has an advantage.
    let clean = maximize(prior, start);
    if mean_function.scale().is_some() {
        return clean;
    }

    let (noisy_prior, less_likely) = prior.noisy();
    let (theta, value) = maximize(&noisy_prior, &noisy_prior.with_noise_of_centre(start));
    let noisy = (theta, value + less_likely);
    if noisy.1 < clean.1 { noisy } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gp::likelihood::tests::square;
    use crate::space::Point;
    use crate::space::axes::Axes;

    /// Sixty places in a square, a smooth function of them and a pseudo-random number of mean 0 and
    /// variance 1.
    fn results() -> Vec<(Point, f64, f64)> {
        (0..60u32)
            .map(|i| {
                let at = |k: u32| f64::from((i * k) % 61) / 61.0;
                let (a, b, u) = (at(7), at(23), at(37));
                let point = Point { coordinates: vec![a, b], active: vec![true; 2] };
                (point, libm::sin(3.0 * a) + b * b, (u - 0.5) * 12.0_f64.sqrt())
            })
            .collect()
    }

    fn fitted_noise(noise: f64, known: f64) -> f64 {
        let space = square();
        let axes = Axes::new(&space);
        let (embedding, mean_function) = (Embedding::new(&axes), MeanFunction::new(&space, None));
        let (points, targets) =
            results().into_iter().map(|(point, y, e)| (point, 2.0 * y + noise * e)).unzip();
        let data = Dataset::new(&embedding, &mean_function, points, targets, vec![known; 60]);
        let prior = Hyperprior::new(&axes, &mean_function);
        fit(&prior, &embedding, &mean_function, &data, None).0.noise()
    }

    #[test]
    fn noise_that_results_show_is_found_and_none_is_seen_where_there_is_none() {
        assert!(fitted_noise(0.0, 0.0) < 1e-3);
        let found = fitted_noise(0.4, 0.0);
        assert!((0.05..0.4).contains(&found), "0.16 was put in, {found} found");
    }

    #[test]
    fn where_the_noise_is_known_no_more_is_looked_for() {
        assert!(fitted_noise(0.4, 0.16) < 0.03);
    }
}
