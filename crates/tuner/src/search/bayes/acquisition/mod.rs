//! What a place is worth trying for, given what the model predicts there: higher is better.
//!
//! A new criterion is one file and one line of [`Acquisition`].

mod bound;
mod improvement;
mod mills;

use crate::gp::Prediction;

/// A criterion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Acquisition {
    /// The lower confidence bound at this many standard deviations, negated.
    Bound {
        /// Standard deviations below the mean.
        deviations: f64,
    },
    /// The logarithm of the augmented expected improvement on this value.
    Improvement {
        /// The value to improve on.
        incumbent: f64,
        /// Standard deviation of the noise of a result.
        noise: f64,
    },
}

/// A criterion's value and its derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rated {
    /// The value.
    pub(super) value: f64,
    /// Its derivative by the predicted mean.
    pub(super) by_mean: f64,
    /// Its derivative by the predicted standard deviation.
    pub(super) by_sd: f64,
}

/// Standard deviations of the confidence bound.
pub(super) const DEVIATIONS: f64 = 2.0;

/// The share of the noise's variance that an improvement is believed to be hidden by: with all of it searches looked farther
/// away than was good for them (regret on the data sets of experience, left out in turn, higher by a tenth).
const NOISE_SHARE: f64 = 0.2;

/// The first trial with experience that may seek improvement: before it too little is known to improve on.
const IMPROVES_FROM: usize = 4;

impl Acquisition {
    /// The criterion of trial number `trial`. The bound; but where there is experience, which tells where to look, every
    /// other trial seeks improvement on the `incumbent`, the lowest mean that is predicted of a result: the bound alone
    /// spends too many of the first trials on doubt, and improvement alone stays where the first ones were. `noise` is
    /// the variance of a result's noise.
    pub(super) fn of_turn(trial: usize, is_experienced: bool, incumbent: f64, noise: f64) -> Self {
        if is_experienced
            && trial >= IMPROVES_FROM
            && trial.is_multiple_of(2)
            && incumbent.is_finite()
        {
            Self::Improvement { incumbent, noise: (NOISE_SHARE * noise).sqrt() }
        } else {
            Self::Bound { deviations: DEVIATIONS }
        }
    }

    /// Rates a prediction.
    pub(super) fn rate(&self, prediction: Prediction) -> Rated {
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
    fn with_experience_every_other_trial_seeks_improvement() {
        let of = |trial, is_experienced| Acquisition::of_turn(trial, is_experienced, -1.0, 0.0);
        let (bound, improvement) = (
            Acquisition::Bound { deviations: 2.0 },
            Acquisition::Improvement { incumbent: -1.0, noise: 0.0 },
        );
        assert_eq!(
            [0, 2, 3, 4, 5, 6].map(|trial| of(trial, true)),
            [bound, bound, bound, improvement, bound, improvement]
        );
        assert!((0..9).all(|trial| of(trial, false) == bound));
        assert_eq!(Acquisition::of_turn(4, true, f64::INFINITY, 0.0), bound);
    }

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
