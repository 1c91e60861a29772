//! Ties for best: trials that no test excludes, by multiple comparisons with the better ones.
//!
//! Trials differ in noise. A low mean of a trial that nearly diverged does not prove that a steady
//! one is worse, and one ruined fold does not prove that a bad trial may be good. So each trial has
//! its own residual variance, at least the pooled s²; and as a candidate, at most [`NOISIEST`]² s².
//! With one variance for all, the true best is missed in up to a third of studies with nearly
//! diverged trials; `benches/truth` prints both.

use super::SplitFacts;
use crate::stats::{Residuals, corrected_se, root_sum_of_squares, upper_quantile};

/// The probability that the best trial is excluded.
const ALPHA: f64 = 0.05;

/// The best trial may be this many times noisier than the better half, as a standard deviation.
const NOISIEST: f64 = 3.0;

/// Returns for each trial whether it is tied for best; `means` ascend and belong to the rows of
/// `residuals`.
///
/// Trial i is out if a trial l with a smaller mean lies more than t · √((`v_i` + `v_l`)(1/J + r))
/// below it, where `v_l` = max(s², own of l) and `v_i` = min(max(s², own of i), [`NOISIEST`]² s²).
/// Bonferroni over m − 1 comparisons, one-sided: t = t(1 − 0.05/(m − 1); (k−1)(J−1)). Costs O(m ·
/// f) for the f trials that no other beats in both mean and variance, about ln m.
pub(super) fn ties(means: &[f64], residuals: &Residuals, facts: &SplitFacts) -> Vec<bool> {
    let margin = margin_of(means.len(), residuals, facts);
    let mut rivals: Vec<(f64, f64)> = Vec::new();
    let is_tied = |(&mean, own): (&f64, &f64)| {
        let noise = own.max(residuals.sd);
        let candidate = noise.min(NOISIEST * residuals.sd);
        let is_within =
            rivals.iter().all(|&(smaller, rival)| mean - smaller <= margin([candidate, rival]));
        // Means ascend, so only a rival with less noise than all before can exclude more.
        if rivals.last().is_none_or(|&(_, least)| noise < least) {
            rivals.push((mean, noise));
        }
        is_within
    };

    means.iter().zip(&residuals.row_sds).map(is_tied).collect()
}

/// The margin beyond which a candidate is worse than a rival, given their standard deviations,
/// among `n` trials.
fn margin_of(n: usize, residuals: &Residuals, facts: &SplitFacts) -> impl Fn([f64; 2]) -> f64 {
    let n_comparisons = n.saturating_sub(1).max(1);
    let t = upper_quantile(ALPHA / n_comparisons as f64, residuals.dof as f64);
    let (n_splits, ratio) = (facts.n_splits, facts.test_train_ratio);
    move |sds| t * corrected_se(root_sum_of_squares(sds.into_iter()), n_splits, ratio)
}

/// Returns the margin between two of `n` trials, by their positions, the better one first.
pub(super) fn margin_between(
    n: usize,
    residuals: &Residuals,
    facts: &SplitFacts,
) -> impl Fn(usize, usize) -> f64 {
    let margin = margin_of(n, residuals, facts);
    move |better, worse| {
        let noise = |i: usize| residuals.row_sds[i].max(residuals.sd);
        margin([noise(worse).min(NOISIEST * residuals.sd), noise(better)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: SplitFacts = SplitFacts { n_splits: 5, test_train_ratio: 0.25 };

    /// m = 3 and 8 degrees of freedom: t(1 − 0.05/2; 8) = 2.3060041 (scipy 1.17.1); with s = 1, the
    /// margin between two quiet trials is t · √(2 · 0.45) = 2.1877.
    fn set(means: [f64; 3], row_sds: [f64; 3]) -> Vec<bool> {
        ties(&means, &Residuals { sd: 1.0, row_sds: row_sds.to_vec(), dof: 8 }, &FACTS)
    }

    #[test]
    fn equal_noise_makes_one_margin() {
        assert_eq!(set([0.0, 2.18, 2.19], [1.0; 3]), [true, true, false]);
    }

    #[test]
    fn quiet_trials_are_not_taken_for_quieter_than_the_rest() {
        assert_eq!(set([0.0, 2.18, 2.19], [0.0, 0.1, 0.0]), [true, true, false]);
    }

    #[test]
    fn a_noisy_leader_proves_little() {
        // The margin to the leader is t · √(26 · 0.45) = 7.888; to the second it is that of equal
        // noise.
        assert_eq!(set([0.0, 7.8, 9.9], [5.0, 1.0, 1.0]), [true, true, false]);
        assert_eq!(set([0.0, 7.9, 8.0], [5.0, 1.0, 1.0]), [true, false, false]);
    }

    #[test]
    fn a_ruined_trial_is_treated_as_at_most_the_noisiest() {
        // t · √(10 · 0.45) = 4.892.
        assert_eq!(set([0.0, 1.0, 4.89], [1.0, 1.0, 100.0]), [true, true, true]);
        assert_eq!(set([0.0, 0.0, 4.90], [1.0, 1.0, 100.0]), [true, true, false]);
    }

    #[test]
    fn a_single_trial_is_the_best() {
        assert_eq!(
            ties(&[3.0], &Residuals { sd: 1.0, row_sds: vec![1.0], dof: 1 }, &FACTS),
            [true]
        );
    }
}
