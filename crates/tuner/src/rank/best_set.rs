//! Which trials may be the best: multiple comparisons with the smallest mean.

use super::SplitFacts;
use crate::stats::{Additive, corrected_se, upper_quantile};

/// The probability that the set misses the best trial.
const ALPHA: f64 = 0.05;

/// What the folds that all trials share say about differences of mean losses.
pub(super) struct BestSet {
    /// √(2 s² (1/J + r)): the standard error of a difference of two mean losses, fold by fold.
    pub(super) difference_se: f64,
    /// How far above the smallest mean a trial may lie and still be the best.
    pub(super) margin: f64,
}

impl BestSet {
    /// Derives the margin for `n_ok` complete trials from the fit to the better half of them.
    ///
    /// Bonferroni over the m − 1 comparisons of m = `n_ok` trials with the smallest mean, one-sided:
    /// t(1 − 0.05/(m − 1); (k−1)(J−1)).
    /// None for one split, whose spread cannot be known, and if the losses are too large to have one. A single trial is
    /// the best of all.
    pub(super) fn new(fit: &Additive, n_ok: usize, facts: &SplitFacts) -> Option<Self> {
        if facts.n_splits < 2 {
            return None;
        }
        if n_ok == 1 {
            return Some(Self { difference_se: 0.0, margin: 0.0 });
        }
        let residual_sd = fit.residual_sd?;
        let difference_se = corrected_se(2f64.sqrt() * residual_sd, facts.n_splits, facts.test_train_ratio);
        let margin = upper_quantile(ALPHA / (n_ok - 1) as f64, fit.dof as f64) * difference_se;
        margin.is_finite().then_some(Self { difference_se, margin })
    }
}
