//! Acquisition functions: the value of trying a point, given the surrogate's prediction there;
//! higher is better.
//!
//! A new function is one file and one line of [`Acquisition`].

mod bound;
mod improvement;
mod mills;

use crate::gp::Prediction;

/// An acquisition function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Acquisition {
    /// The lower confidence bound with this many standard deviations, negated.
    Bound {
        /// Standard deviations below the mean.
        deviations: f64,
    },
    /// The logarithm of the augmented expected improvement over this value.
    Improvement {
        /// The incumbent's value.
        incumbent: f64,
        /// Standard deviation of a result's observation noise.
        noise: f64,
    },
}

/// An acquisition value and its derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AcquisitionValue {
    /// The value of the acquisition function.
    pub(super) value: f64,
    /// The derivative with respect to the predicted mean.
    pub(super) by_mean: f64,
    /// The derivative with respect to the predicted standard deviation.
    pub(super) by_sd: f64,
}

impl Acquisition {
    /// Evaluates it for a prediction.
    pub(super) fn rate(&self, prediction: Prediction) -> AcquisitionValue {
        match self {
            Self::Bound { deviations } => bound::rate(*deviations, prediction),
            Self::Improvement { incumbent, noise } => {
                improvement::rate(*incumbent, *noise, prediction)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let improvement = |noise| Acquisition::Improvement { incumbent: -1.0, noise };
        let criteria = [Acquisition::Bound { deviations: 2.0 }, improvement(0.0), improvement(0.2)];
        for criterion in criteria {
            for (mean, sd) in [(0.0, 1.0), (-2.0, 0.3), (3.0, 0.5), (1.0, 0.07), (5.0, 0.1)] {
                let at = |mean, sd| criterion.rate(Prediction { mean, sd });
                let h = 1e-6 * sd;
                let by_mean = (at(mean + h, sd).value - at(mean - h, sd).value) / (2.0 * h);
                let by_sd = (at(mean, sd + h).value - at(mean, sd - h).value) / (2.0 * h);
                let rate = at(mean, sd);
                assert!(
                    (rate.by_mean - by_mean).abs() < 1e-5 * (1.0 + by_mean.abs()),
                    "{criterion:?} {mean} {sd}"
                );
                assert!(
                    (rate.by_sd - by_sd).abs() < 1e-5 * (1.0 + by_sd.abs()),
                    "{criterion:?} {mean} {sd}"
                );
            }
        }
    }
}
