//! Fold effects and observation noise: how much harder each fold is, and how precise a trial's mean
//! is.
//!
//! Losses are trial effect + fold effect + residual. All trials share their folds, so that only the
//! residual is noise in a comparison. Trials that nearly diverged dominate it, so fold effects and
//! its variance come from the better half of the complete trials by mean, at least 5 of them or
//! all.

use crate::prior::Noise;
use crate::tuning::bayes::POOLED_FREEDOM;

/// The least number of complete trials for the estimate.
const AT_LEAST: usize = 5;

/// The smallest noise variance of a mean.
const FLOOR: f64 = 1e-8;

/// Fold effects and the residual variance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoldEffects {
    effects: Vec<f64>,
    /// Residual variance; `None` with fewer than two trials or folds and without a prior.
    variance: Option<f64>,
}

impl FoldEffects {
    /// Estimates them from complete trials, one row of `n_folds` losses each, and one value for
    /// each row: its mean or, on a warped scale, the warped mean. The prior for the residual
    /// variance is combined with them.
    pub(crate) fn fit(
        rows: &[Vec<f64>],
        values: &[f64],
        n_folds: usize,
        known: Option<Noise>,
    ) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        // The better half: how the folds of bad trials differ says little about those of good ones.
        order.truncate(rows.len().div_ceil(2).max(AT_LEAST));
        let k = order.len() as f64;

        let mut effects = vec![0.0; n_folds];
        for &index in &order {
            effects
                .iter_mut()
                .zip(&rows[index])
                .for_each(|(effect, loss)| *effect += (loss - values[index]) / k);
        }

        let mut fitted = Self { effects, variance: None };
        let squares: f64 = order.iter().map(|&index| fitted.squares(&rows[index])).sum();
        // A degree of freedom is spent on each trial's level, and on each fold's effect.
        let freedom = (k - 1.0).max(0.0) * (n_folds as f64 - 1.0).max(0.0);
        let found = (freedom > 0.0).then(|| squares / freedom);
        fitted.variance = match (known, found) {
            (Some(known), Some(found)) => Some(together(known, found, freedom)),
            (known, found) => found.or(known.map(|known| libm::exp(known.mean))),
        };

        fitted
    }

    /// Returns the mean that a trial would have with all folds; it may only have the first ones.
    pub(crate) fn adjusted_mean(&self, losses: &[f64]) -> f64 {
        let effects: f64 = self.effects[..losses.len()].iter().sum();
        (losses.iter().sum::<f64>() - effects) / losses.len() as f64
    }

    /// Returns the noise variance of a trial's mean: the pooled one or, if larger, its own shrunk
    /// towards it, for its number of folds. 0 if unknown, as with one fold.
    pub(crate) fn noise(&self, losses: &[f64]) -> f64 {
        let Some(pooled) = self.variance else {
            return 0.0;
        };
        let freedom = losses.len() as f64 - 1.0;
        let shrunk = (POOLED_FREEDOM * pooled + self.squares(losses)) / (POOLED_FREEDOM + freedom);
        (shrunk.max(pooled) / losses.len() as f64).max(FLOOR)
    }

    /// The squared residuals of a trial.
    fn squares(&self, losses: &[f64]) -> f64 {
        let centre = self.adjusted_mean(losses);
        losses
            .iter()
            .zip(&self.effects)
            .map(|(y, effect)| (y - effect - centre) * (y - effect - centre))
            .sum()
    }
}

/// Combines the prior for a variance with an estimate of some degrees of freedom, on the log scale:
/// half the degrees of freedom are its Fisher information. Data sets differ by powers of ten, so a
/// mean of the variances themselves would be far too high for clean data.
fn together(known: Noise, found: f64, freedom: f64) -> f64 {
    let (prior, own) = (1.0 / (known.sd * known.sd), 0.5 * freedom);
    libm::exp((prior * known.mean + own * libm::log(found.max(FLOOR))) / (prior + own))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trial i has mean i, fold effects are −1, 0, 1, and residuals are ±0.1 and sum to 0 over
    /// trials and folds.
    fn rows(n: usize) -> Vec<Vec<f64>> {
        let rest = [[0.1, -0.1, 0.0], [-0.1, 0.1, 0.0]];
        (0..n)
            .map(|i| (0..3).map(|j| i as f64 + j as f64 - 1.0 + rest[i % 2][j]).collect())
            .collect()
    }

    const MEANS: [f64; 12] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0];

    #[test]
    fn fold_effects_are_removed_and_residuals_are_pooled() {
        let fitted = FoldEffects::fit(&rows(12), &MEANS, 3, None);
        for (effect, expected) in fitted.effects.iter().zip([-1.0, 0.0, 1.0]) {
            assert!((effect - expected).abs() < 1e-12);
        }
        // Six trials, each with squares 0.02, over (6 − 1)·(3 − 1) degrees of freedom.
        assert!((fitted.variance.unwrap() - 0.012).abs() < 1e-12);
        assert!((fitted.noise(&[1.0, 2.0, 3.0]) - 0.004).abs() < 1e-12);
        assert!(fitted.noise(&[0.0, 9.0, 3.0]) > 1.0);
    }

    #[test]
    fn a_trial_with_its_first_folds_is_adjusted_for_them() {
        let fitted = FoldEffects::fit(&rows(12), &MEANS, 3, None);
        assert!((fitted.adjusted_mean(&[4.0]) - 5.0).abs() < 1e-12);
        assert!((fitted.noise(&[4.0]) - 0.012).abs() < 1e-12);
    }

    #[test]
    fn one_fold_or_one_trial_gives_no_estimate() {
        assert_eq!(
            FoldEffects::fit(&[vec![1.0], vec![2.0]], &[1.0, 2.0], 1, None).noise(&[3.0]),
            0.0
        );
        assert_eq!(FoldEffects::fit(&[vec![1.0, 2.0]], &[1.5], 2, None).noise(&[3.0, 4.0]), 0.0);
        assert_eq!(FoldEffects::fit(&[], &[], 0, None).variance, None);
    }

    #[test]
    fn the_prior_for_noise_is_combined_with_the_estimate() {
        let known = Some(Noise { mean: libm::log(0.3), sd: 0.5 });
        // One trial gives no information, nor does one fold: the mean of three folds has a third of
        // the prior variance.
        assert!(
            (FoldEffects::fit(&rows(1), &MEANS, 3, known).noise(&[-1.0, 0.0, 1.0]) - 0.1).abs()
                < 1e-12
        );
        assert!(
            (FoldEffects::fit(&[vec![1.0], vec![2.0]], &[1.0, 2.0], 1, known).noise(&[3.0]) - 0.3)
                .abs()
                < 1e-12
        );
        // 0.012 with ten degrees of freedom, which weigh 5, and 0.3, which weighs 4: a mean of
        // their logarithms.
        let expected = libm::pow(0.012, 5.0 / 9.0) * libm::pow(0.3, 4.0 / 9.0);
        assert!(
            (FoldEffects::fit(&rows(12), &MEANS, 3, known).variance.unwrap() - expected).abs()
                < 1e-12
        );
    }
}
