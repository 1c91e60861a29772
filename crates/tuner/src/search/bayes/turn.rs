//! The exploration schedule: what one proposal is made to look for, by its number alone.
//!
//! Three rules, none of which looks at the results:
//!
//! - *Criterion.* The lower confidence bound; but with a learned prior mean, which tells where to look, every
//!   other proposal seeks improvement on the incumbent: the bound alone spends too many of the first trials on
//!   exploration, and improvement alone stays where the first trials were.
//! - *Widening.* Where the bound leads to a place that is known already, little can be gained there. On odd
//!   turns it is then widened until it leads elsewhere, so that a branch or a category that was given up early
//!   is looked at again.
//! - *Shrinkage.* On every fourth turn length scales are shorter than fitted. A few results close together can
//!   make an axis look as if it did not matter, and a model that is sure of it never looks at the other end.
//!   Shorter lengths give unexplored places their variance back (Berkenkamp, Schoellig and Krause 2019 show
//!   that shrinking them bounds the regret when they are unknown).

use crate::gp::Theta;
use crate::search::bayes::acquisition::Acquisition;
use crate::tuning::bayes::{
    IMPROVEMENT_FROM, IMPROVEMENT_NOISE_SHARE, KNOWN_SD, LCB_DEVIATIONS, SHRINKAGE,
    SHRINKAGE_EVERY, SHRINKAGE_FROM, WIDEST_DEVIATIONS,
};

/// One turn of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// The number of the proposed trial.
    trial: usize,
    /// Whether a learned prior mean is part of the surrogate.
    has_learned_mean: bool,
}

impl Turn {
    /// The turn of trial number `trial`.
    pub(super) fn new(trial: usize, has_learned_mean: bool) -> Self {
        Self { trial, has_learned_mean }
    }

    /// The factor of the fitted length scales.
    pub(super) fn length_factor(self) -> f64 {
        let is_shrunk = self.trial >= SHRINKAGE_FROM && self.trial.is_multiple_of(SHRINKAGE_EVERY);
        if is_shrunk { SHRINKAGE } else { 1.0 }
    }

    /// The kernel's parameters with which the proposal is made.
    pub(super) fn theta(self, fitted: &Theta) -> Theta {
        if self.length_factor() == 1.0 {
            fitted.clone()
        } else {
            fitted.with_lengths_times(self.length_factor())
        }
    }

    /// The criterion that the turn begins with. `incumbent` is the lowest mean that is predicted of a result,
    /// infinite without results, and `noise` the variance of a result's noise.
    pub(super) fn acquisition(self, incumbent: f64, noise: f64) -> Acquisition {
        let seeks_improvement = self.has_learned_mean
            && self.trial >= IMPROVEMENT_FROM
            && self.trial.is_multiple_of(2)
            && incumbent.is_finite();

        if seeks_improvement {
            Acquisition::Improvement { incumbent, noise: (IMPROVEMENT_NOISE_SHARE * noise).sqrt() }
        } else {
            Acquisition::Bound { deviations: LCB_DEVIATIONS }
        }
    }

    /// The criterion to go on with where `acquisition` leads to a place with this predicted standard deviation;
    /// `None` if that place is taken.
    pub(super) fn widened(self, acquisition: Acquisition, sd: f64) -> Option<Acquisition> {
        let Acquisition::Bound { deviations } = acquisition else {
            return None;
        };
        let widens = self.trial % 2 == 1 && deviations < WIDEST_DEVIATIONS && sd < KNOWN_SD;
        widens.then_some(Acquisition::Bound { deviations: 2.0 * deviations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fourth_trial_sees_half_the_length_scales_and_the_same_variances() {
        let theta = Theta::from_values(vec![0.1, -0.4, 0.3, -5.0]);
        let at = |trial| Turn::new(trial, false).theta(&theta);
        assert!((0..20).chain([21, 22, 23, 25]).all(|trial| at(trial) == theta));
        for trial in [20, 24, 400] {
            let shorter = at(trial);
            let ratios: Vec<f64> =
                shorter.weights().iter().zip(theta.weights()).map(|(a, b)| a / b).collect();
            assert!(ratios.iter().all(|ratio| (ratio - 4.0).abs() < 1e-12), "{ratios:?}");
            assert_eq!((shorter.signal(), shorter.noise()), (theta.signal(), theta.noise()));
        }
    }

    #[test]
    fn with_a_learned_mean_every_other_trial_seeks_improvement() {
        let of = |trial, has_mean| Turn::new(trial, has_mean).acquisition(-1.0, 0.0);
        let (bound, improvement) = (
            Acquisition::Bound { deviations: 2.0 },
            Acquisition::Improvement { incumbent: -1.0, noise: 0.0 },
        );
        assert_eq!(
            [0, 2, 3, 4, 5, 6].map(|trial| of(trial, true)),
            [bound, bound, bound, improvement, bound, improvement]
        );
        assert!((0..9).all(|trial| of(trial, false) == bound));
        assert_eq!(Turn::new(4, true).acquisition(f64::INFINITY, 0.0), bound);
    }

    #[test]
    fn the_bound_is_widened_on_odd_turns_alone_and_where_little_is_open() {
        let (two, four) =
            (Acquisition::Bound { deviations: 2.0 }, Acquisition::Bound { deviations: 4.0 });
        assert_eq!(Turn::new(7, false).widened(two, 0.01), Some(four));
        assert_eq!(Turn::new(7, false).widened(two, 0.5), None);
        assert_eq!(Turn::new(8, false).widened(two, 0.01), None);
        let widest = Acquisition::Bound { deviations: 128.0 };
        assert_eq!(Turn::new(7, false).widened(widest, 0.01), None);
    }
}
