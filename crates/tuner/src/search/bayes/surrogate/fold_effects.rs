//! What folds tell: how much harder each one is, and how far a trial's mean can be trusted.
//!
//! Losses are trial + fold + rest. All trials share their folds, so that only the rest is noise of a comparison. Trials
//! that nearly diverged own most of it: fold effects and its variance come from the better half of the complete trials
//! by mean, at least 5 of them or all.

use crate::prior::Noise;
use crate::tuning::bayes::POOLED_FREEDOM;

/// Complete trials from which the effects are taken at least.
const AT_LEAST: usize = 5;

/// The smallest variance of a mean.
const FLOOR: f64 = 1e-8;

/// Effects of the folds and the variance of the rest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoldEffects {
    effects: Vec<f64>,
    /// Variance of the rest; none from less than two trials or folds where nothing is known beforehand.
    variance: Option<f64>,
}

impl FoldEffects {
    /// Estimates them from complete trials, one row of `n_folds` losses each, and the value that stands for each row:
    /// its mean, or on a warped scale the warped mean. What experience knows of the rest's variance counts beside them.
    pub(crate) fn fit(
        rows: &[Vec<f64>],
        values: &[f64],
        n_folds: usize,
        known: Option<Noise>,
    ) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
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
        let freedom = (k - 1.0).max(0.0) * (n_folds as f64 - 1.0).max(0.0);
        let found = (freedom > 0.0).then(|| squares / freedom);
        fitted.variance = match (known, found) {
            (Some(known), Some(found)) => Some(together(known, found, freedom)),
            (known, found) => found.or(known.map(|known| libm::exp(known.mean))),
        };
        fitted
    }

    /// Returns what would stand for a trial if it had all folds; the first ones may be all it has.
    pub(crate) fn adjusted_mean(&self, losses: &[f64]) -> f64 {
        let effects: f64 = self.effects[..losses.len()].iter().sum();
        (losses.iter().sum::<f64>() - effects) / losses.len() as f64
    }

    /// Returns the known variance of a trial's mean: the pooled one or, if larger, its own shrunk to it, by the folds
    /// it has. 0 where nothing is known, as with one fold.
    pub(crate) fn noise(&self, losses: &[f64]) -> f64 {
        let Some(pooled) = self.variance else {
            return 0.0;
        };
        let freedom = losses.len() as f64 - 1.0;
        let shrunk = (POOLED_FREEDOM * pooled + self.squares(losses)) / (POOLED_FREEDOM + freedom);
        (shrunk.max(pooled) / losses.len() as f64).max(FLOOR)
    }

    /// The squared rests of a trial.
    fn squares(&self, losses: &[f64]) -> f64 {
        let centre = self.adjusted_mean(losses);
        losses
            .iter()
            .zip(&self.effects)
            .map(|(y, effect)| (y - effect - centre) * (y - effect - centre))
            .sum()
    }
}

/// Weighs what is known of a variance against one found with some degrees of freedom, by their logarithms: half the
/// degrees are the information that it has of its own (Fisher's). Data sets differ by powers of ten; a mean of the
/// variances themselves would hold those of clean data far too high.
fn together(known: Noise, found: f64, freedom: f64) -> f64 {
    let (prior, own) = (1.0 / (known.sd * known.sd), 0.5 * freedom);
    libm::exp((prior * known.mean + own * libm::log(found.max(FLOOR))) / (prior + own))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trial i has mean i, folds differ by −1, 0, 1, and a rest of ±0.1 that sums to 0 over trials and folds.
    fn rows(n: usize) -> Vec<Vec<f64>> {
        let rest = [[0.1, -0.1, 0.0], [-0.1, 0.1, 0.0]];
        (0..n)
            .map(|i| (0..3).map(|j| i as f64 + j as f64 - 1.0 + rest[i % 2][j]).collect())
            .collect()
    }

    const MEANS: [f64; 12] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0];

    #[test]
    fn fold_effects_are_removed_and_the_rest_is_pooled() {
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
    fn with_one_fold_or_one_trial_nothing_is_known() {
        assert_eq!(
            FoldEffects::fit(&[vec![1.0], vec![2.0]], &[1.0, 2.0], 1, None).noise(&[3.0]),
            0.0
        );
        assert_eq!(FoldEffects::fit(&[vec![1.0, 2.0]], &[1.5], 2, None).noise(&[3.0, 4.0]), 0.0);
        assert_eq!(FoldEffects::fit(&[], &[], 0, None).variance, None);
    }

    #[test]
    fn what_is_known_of_noise_counts_beside_what_folds_tell() {
        let known = Some(Noise { mean: libm::log(0.3), sd: 0.5 });
        // One trial tells nothing, nor does one fold: the mean of three folds has a third of what is known.
        assert!(
            (FoldEffects::fit(&rows(1), &MEANS, 3, known).noise(&[-1.0, 0.0, 1.0]) - 0.1).abs()
                < 1e-12
        );
        assert!(
            (FoldEffects::fit(&[vec![1.0], vec![2.0]], &[1.0, 2.0], 1, known).noise(&[3.0]) - 0.3)
                .abs()
                < 1e-12
        );
        // 0.012 with ten degrees of freedom, which weigh 5, and 0.3, which weighs 4: a mean of their logarithms.
        let expected = libm::pow(0.012, 5.0 / 9.0) * libm::pow(0.3, 4.0 / 9.0);
        assert!(
            (FoldEffects::fit(&rows(12), &MEANS, 3, known).variance.unwrap() - expected).abs()
                < 1e-12
        );
    }
}
