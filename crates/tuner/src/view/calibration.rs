//! Calibration: the coverage of a surrogate's intervals.

use serde::Serialize;

/// The coverage of the surrogate's leave-one-out intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Number of trials that were left out.
    pub n_trials: usize,
    /// The share of them within one standard deviation of the prediction; 68 % if the surrogate is
    /// calibrated.
    pub within_68: f64,
    /// The share of them within 1.96 standard deviations; 95 % if it is.
    pub within_95: f64,
}

/// A normal number's 97.5 % quantile.
const Z_95: f64 = 1.959_963_984_540_054;

impl Calibration {
    /// Counts errors of prediction, each in its own standard deviations; `None` without any.
    pub fn of(standardized_errors: &[f64]) -> Option<Self> {
        let n_trials = standardized_errors.len();
        let within = |z: f64| {
            standardized_errors.iter().filter(|error| error.abs() <= z).count() as f64
                / n_trials as f64
        };
        (n_trials > 0).then(|| Self { n_trials, within_68: within(1.0), within_95: within(Z_95) })
    }

    /// Whether the 95 % intervals cover less than nine in ten, by more than two standard errors:
    /// then the surrogate underestimates its uncertainty.
    pub fn is_overconfident(&self) -> bool {
        let error = (0.95 * 0.05 / self.n_trials as f64).sqrt();
        self.within_95 < 0.9 && self.within_95 < 0.95 - 2.0 * error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_counted_and_too_narrow_ones_are_noticed() {
        assert_eq!(Calibration::of(&[]), None);
        let fine = Calibration::of(&[0.1, -0.5, 0.9, -1.5, 0.3, 1.2, -0.2, 0.7, -0.8, 1.9]);
        let fine = fine.unwrap();
        assert_eq!((fine.within_68, fine.within_95), (0.7, 1.0));
        assert!(!fine.is_overconfident());
        let narrow = [[4.0, 0.1], [-3.0, 0.2], [0.3, 2.5]].as_flattened().repeat(4);
        assert!(Calibration::of(&narrow).unwrap().is_overconfident());
    }
}
