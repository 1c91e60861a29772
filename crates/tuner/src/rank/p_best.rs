//! The probability that each trial is the best, given its fold losses; and the winner's loss
//! corrected for selection bias.
//!
//! *Probability.* Trial i's mean over J folds lies around its true mean θᵢ with variance vᵢ/J after
//! fold effects are removed. With a flat prior θᵢ ~ N(mean, vᵢ/J), so P(i is best) = ∫
//! φᵢ(x)·∏_{j≠i} P(θⱼ > x) dx, averaged over the uncertainty of the pooled variance. "Best" means
//! the lowest mean over all ways to split these data. Between folds of the same data the residuals
//! are not correlated as between data sets: over 16 real data sets, 24 configurations and 40
//! repeats of 5 folds, the variance of a difference of means was 0.5 to 1.1 times that of
//! independent folds. So Nadeau and Bengio's correction, which the standard errors have, is not
//! needed here.
//!
//! *Correction.* The winner of many trials owes part of its low loss to noise. The winner by all
//! folds but one is evaluated on that fold (a bias correction like that of Tibshirani and
//! Tibshirani 2009, with folds left out).

use crate::stats::{Additive, Residuals, cdf_between, mean};

/// A trial may be this many times noisier than the better half, as a standard deviation, as for
/// ties.
const NOISIEST: f64 = 3.0;

/// Degrees of freedom that the pooled variance counts for beside a trial's own.
const POOLED_FREEDOM: f64 = 5.0;

/// The integral extends this many standard deviations around the means.
const REACH: f64 = 7.0;

/// Points of the integral, at most a sixth of the smallest standard deviation apart.
const N_POINTS: usize = 256;

/// The most trials considered, the first by mean: a second's work. The probability of the others is
/// negligible.
const MOST_NEAR: usize = 8192;

/// Normal quantiles at the midpoints of three equally probable parts.
const Z_OF_THIRDS: [f64; 3] = [-0.967_421_566_101_701, 0.0, 0.967_421_566_101_701];

/// Returns the probability of each trial to be the best; `means` ascend and belong to the rows of
/// `residuals`. Returns `None` on overflow. Costs O(f) for the f trials close to the best.
pub(super) fn p_best(means: &[f64], residuals: &Residuals, n_splits: usize) -> Option<Vec<f64>> {
    let first = *means.first()?;
    // Without residuals the means are exact, and ties share the probability.
    if residuals.sd == 0.0 {
        let n_first = means.iter().take_while(|mean| **mean == first).count();
        return Some(
            means.iter().map(|m| if *m == first { 1.0 / n_first as f64 } else { 0.0 }).collect(),
        );
    }

    // Everything in pooled standard deviations above the best mean, so that no square overflows.
    let own_freedom = n_splits as f64 - 1.0;
    let places: Vec<(f64, f64)> = means
        .iter()
        .zip(&residuals.row_sds)
        .map(|(mean, own)| {
            let own = (own / residuals.sd).min(1e3);
            // A trial's own variance is shrunk towards the pooled one, as if by a prior with these
            // degrees of freedom.
            let shrunk =
                (POOLED_FREEDOM + own_freedom * own * own) / (POOLED_FREEDOM + own_freedom);
            let sd = (shrunk.clamp(1.0, NOISIEST * NOISIEST) / n_splits as f64).sqrt();
            ((mean - first) / residuals.sd, sd)
        })
        .collect();

    let mut sums = vec![0.0; means.len()];
    for z in Z_OF_THIRDS {
        add_probabilities(&places, scale(z, residuals.dof as f64), &mut sums);
    }

    // The integral has a discretisation error, so the probabilities are normalised.
    let whole: f64 = sums.iter().sum();
    (whole.is_finite() && whole > 0.0).then(|| sums.into_iter().map(|sum| sum / whole).collect())
}

/// Returns the ratio of the true standard deviation to the pooled one at a normal quantile of its
/// uncertainty (Wilson and Hilferty 1931).
fn scale(z: f64, dof: f64) -> f64 {
    let part = 2.0 / (9.0 * dof);
    let cube = (1.0 - part + z * part.sqrt()).max(0.05);
    1.0 / (cube * cube * cube).sqrt()
}

/// Adds the probabilities for normal distributions with these means, and these standard deviations
/// times `scale`.
fn add_probabilities(places: &[(f64, f64)], scale: f64, sums: &mut [f64]) {
    let low = |(mean, sd): &(f64, f64)| mean - REACH * scale * sd;
    let from = places.iter().map(low).fold(f64::INFINITY, f64::min);
    // Beyond this point the trial of least upper end is certainly better, so nobody else wins.
    let to =
        places.iter().map(|(mean, sd)| mean + REACH * scale * sd).fold(f64::INFINITY, f64::min);
    let near: Vec<usize> =
        (0..places.len()).filter(|&i| low(&places[i]) <= to).take(MOST_NEAR).collect();

    let step = (to - from) / (N_POINTS - 1) as f64;
    let mut log_tails = vec![0.0; near.len()];
    for point in 0..N_POINTS {
        let x = from + point as f64 * step;
        for (log_tail, &i) in log_tails.iter_mut().zip(&near) {
            let (mean, sd) = places[i];
            let tail = cdf_between(f64::NEG_INFINITY, (mean - x) / (scale * sd));
            *log_tail = libm::log(tail.max(f64::MIN_POSITIVE));
        }
        // The product over all others, in logarithms: that of all minus the own factor.
        let all: f64 = log_tails.iter().sum();
        for (log_tail, &i) in log_tails.iter().zip(&near) {
            let (mean, sd) = (places[i].0, scale * places[i].1);
            let z = (x - mean) / sd;
            sums[i] += step / sd * libm::exp(all - log_tail - 0.5 * z * z);
        }
    }
}

/// Returns the winner's loss corrected for selection bias: the mean over folds of the loss there of
/// the winner by the other folds, with fold effects removed. Returns `None` for fewer than three
/// folds, which are too few to choose a winner.
pub(super) fn corrected_loss(rows: &[&[f64]], fit: &Additive) -> Option<f64> {
    let n_splits = fit.fold_effects.len();
    if n_splits < 3 || rows.is_empty() {
        return None;
    }

    let means: Vec<f64> = rows.iter().map(|row| mean(row)).collect::<Option<_>>()?;
    let folds = n_splits as f64;
    let losses: Vec<f64> = (0..n_splits)
        .map(|fold| {
            // The order by the other folds: their sum is that of all minus this one's.
            let others = |i: usize| means[i] - rows[i][fold] / folds;
            let winner = (0..rows.len()).min_by(|&a, &b| others(a).total_cmp(&others(b)))?;
            Some(rows[winner][fold] - fit.fold_effects[fold])
        })
        .collect::<Option<_>>()?;

    mean(&losses).filter(|loss| loss.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(means: &[f64], row_sds: &[f64]) -> Vec<f64> {
        let residuals = Residuals { sd: 1.0, row_sds: row_sds.to_vec(), dof: 1_000_000 };
        p_best(means, &residuals, 4).unwrap()
    }

    #[test]
    fn two_trials_are_compared_by_their_difference() {
        // Standard deviations of the means ½ each: P(θ₁ < θ₂) = Φ(1/√½) = Φ(1.41421) = 0.9213504
        // (scipy).
        let p = of(&[0.0, 1.0], &[1.0, 1.0]);
        assert!((p[0] - 0.921_350_4).abs() < 1e-6, "{p:?}");
        assert!((p[0] + p[1] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_trials_share_and_far_ones_have_nothing() {
        let p = of(&[0.0, 0.0, 0.0, 50.0], &[1.0; 4]);
        assert!(p[..3].iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-9) && p[3] == 0.0, "{p:?}");
        let residuals = Residuals { sd: 0.0, row_sds: vec![0.0; 3], dof: 4 };
        assert_eq!(p_best(&[1.0, 1.0, 2.0], &residuals, 3), Some(vec![0.5, 0.5, 0.0]));
    }

    #[test]
    fn few_folds_make_the_probability_less_extreme() {
        let residuals = |dof| Residuals { sd: 1.0, row_sds: vec![1.0; 2], dof };
        let p = |dof| p_best(&[0.0, 1.0], &residuals(dof), 4).unwrap()[0];
        assert!(p(2) < p(8) && p(8) < p(1000), "{} {} {}", p(2), p(8), p(1000));
    }

    #[test]
    fn a_fold_that_made_the_winner_does_not_rate_it() {
        // Without fold effects, trial 0 wins by fold 0 alone; by the other two trial 1 does, and
        // has 3 there.
        let rows: [&[f64]; 2] = [&[-6.0, 3.0, 3.0], &[3.0, 0.0, 0.0]];
        let fit = Additive { fold_effects: vec![0.0; 3], n_fitted: 2, residuals: None };
        assert_eq!(corrected_loss(&rows, &fit), Some((3.0 + 3.0 + 3.0) / 3.0));
        let two = Additive { fold_effects: vec![0.0; 2], n_fitted: 1, residuals: None };
        assert_eq!(corrected_loss(&[&[1.0, 2.0]], &two), None);
    }
}
